"""What a run tells while it runs. The executor yields these; command line, server and tests listen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from engine.graph.faults import Fault
from engine.graph.frozen import frozen
from engine.run.outcome import Output


@frozen
class Event:
    """`type` is the name that the outside knows it by."""

    type: ClassVar[str] = "event"


@frozen
class RunPlanned(Event):
    """What will run, in order, and what is at hand already. Told again when the plan grows."""

    order: tuple[str, ...]
    cached: tuple[str, ...]
    type: ClassVar[str] = "run.planned"


@frozen
class NodeStarted(Event):
    """A node is called; `item` counts from 0 where it is called once an item of a list."""

    node: str
    item: int | None = None
    type: ClassVar[str] = "node.started"


@frozen
class NodeProgress(Event):
    """`step` of `of` is done; `seconds_left` is a guess from the steps so far. `preview` makes a small picture if called."""

    node: str
    step: int
    of: int
    seconds_left: float | None = None
    item: int | None = None
    preview: Callable[[], object] | None = None
    type: ClassVar[str] = "node.progress"


@frozen
class NodeData(Event):
    """The whole state of a node's own view, as JSON."""

    node: str
    data: Any
    item: int | None = None
    type: ClassVar[str] = "node.data"


@frozen
class NodeSucceeded(Event):
    """A node has its outputs (`outputs`: name → digest). `cached`: it did not have to run for them.

    `peak_bytes` is the most device memory that was held while the node had models on lease; None where it leased none, and
    on devices that do not count it (the processor's memory is the machine's, and nobody counts it by the call).
    """

    node: str
    seconds: float
    outputs: Mapping[str, str]
    cached: bool = False
    partial: bool = False
    peak_bytes: int | None = None
    type: ClassVar[str] = "node.succeeded"


@frozen
class NodeFailed(Event):
    """A node failed; what depends on it is skipped."""

    node: str
    fault: Fault
    item: int | None = None
    type: ClassVar[str] = "node.failed"


@frozen
class NodeSkipped(Event):
    """A node did not run; `why` says for what reason."""

    node: str
    why: str
    type: ClassVar[str] = "node.skipped"


@frozen
class NodeNotice(Event):
    """A word from a node to the user that is no error."""

    node: str
    message: str
    input: str | None = None
    type: ClassVar[str] = "node.notice"


@frozen
class OutputMade(Event):
    """Something that the run is for is there, and may be written while the rest of it runs."""

    output: Output
    type: ClassVar[str] = "run.output"


@frozen
class RunEnded(Event):
    """The last event. `status` is succeeded, failed or cancelled; `partial` where a stop cut something short."""

    status: str
    seconds: float
    partial: bool = False

    @property
    def name(self) -> str:
        """The event's name outside: `run.succeeded`, `run.failed`, `run.cancelled`."""
        return f"run.{self.status}"
