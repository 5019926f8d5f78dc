"""What a run tells while it runs. The executor yields these; command line, server and tests listen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from engine.graph.faults import Fault


@dataclass(frozen=True, slots=True)
class Event:
    """`type` is the name that the outside knows it by."""

    type: ClassVar[str] = "event"


@dataclass(frozen=True, slots=True)
class RunPlanned(Event):
    """What will run, in order, and what is at hand already. Told again when the plan grows."""

    order: tuple[str, ...]
    cached: tuple[str, ...]
    type: ClassVar[str] = "run.planned"


@dataclass(frozen=True, slots=True)
class NodeStarted(Event):
    """A node is called; `item` counts from 0 where it is called once an item of a list."""

    node: str
    item: int | None = None
    type: ClassVar[str] = "node.started"


@dataclass(frozen=True, slots=True)
class NodeProgress(Event):
    """`step` of `of` is done; `seconds_left` is a guess from the steps so far. `preview` makes a small picture if called."""

    node: str
    step: int
    of: int
    seconds_left: float | None = None
    item: int | None = None
    preview: Callable[[], object] | None = None
    type: ClassVar[str] = "node.progress"


@dataclass(frozen=True, slots=True)
class NodeData(Event):
    """The whole state of a node's own view, as JSON."""

    node: str
    data: Any
    item: int | None = None
    type: ClassVar[str] = "node.data"


@dataclass(frozen=True, slots=True)
class NodeSucceeded(Event):
    """A node has its outputs (`outputs`: name → digest). `cached`: it did not have to run for them."""

    node: str
    seconds: float
    outputs: Mapping[str, str]
    cached: bool = False
    partial: bool = False
    peak_bytes: int | None = None
    type: ClassVar[str] = "node.succeeded"


@dataclass(frozen=True, slots=True)
class NodeFailed(Event):
    """A node failed; what depends on it is skipped."""

    node: str
    fault: Fault
    item: int | None = None
    type: ClassVar[str] = "node.failed"


@dataclass(frozen=True, slots=True)
class NodeSkipped(Event):
    """A node did not run; `why` says for what reason."""

    node: str
    why: str
    type: ClassVar[str] = "node.skipped"


@dataclass(frozen=True, slots=True)
class NodeNotice(Event):
    """A word from a node to the user that is no error."""

    node: str
    message: str
    input: str | None = None
    type: ClassVar[str] = "node.notice"


@dataclass(frozen=True, slots=True)
class RunEnded(Event):
    """The last event. `status` is succeeded, failed or cancelled; `partial` where a stop cut something short."""

    status: str
    seconds: float
    partial: bool = False

    @property
    def name(self) -> str:
        """The event's name outside: `run.succeeded`, `run.failed`, `run.cancelled`."""
        return f"run.{self.status}"
