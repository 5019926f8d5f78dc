"""What a node's call left behind, as the run holds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

from engine.graph.frozen import frozen
from engine.graph.links import Source
from engine.run.cache import Notices, Trace


class Absent(Enum):
    """The marker for a value that is not held here, because None is a good value."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


@dataclass(slots=True)
class Made:
    """One value: its digest, and the value itself while the run holds it.

    `environment` names what a model of some machine had a share in; `partial` values come from a stopped node.
    """

    digest: str
    value: Any = ABSENT
    partial: bool = False
    environment: str = ""


Port: TypeAlias = Made | list[Made]


def each(port: Port) -> list[Made]:
    """The single values of a port."""
    return port if isinstance(port, list) else [port]


@dataclass(slots=True)
class Outcome:
    """A node's outputs, one entry a port; a port of many values is a list.

    `trace` is what is noted of them, None where they may not be remembered. `notices` is what the node told the user,
    `data` the digest of what it showed of itself last. `peak_bytes` is as in `NodeSucceeded`.
    """

    ports: tuple[Port, ...]
    seconds: float = 0.0
    cached: bool = False
    trace: Trace | None = None
    notices: Notices = ()
    peak_bytes: int | None = None
    data: str = ""

    def each(self) -> Iterator[Made]:
        """Every single value."""
        for port in self.ports:
            yield from each(port)

    @property
    def partial(self) -> bool:
        """Whether any of it comes from a stopped node."""
        return any(made.partial for made in self.each())

    def release(self) -> None:
        """Let go of the values; the digests stay."""
        for port in self.ports:
            if type(port) is Made:
                port.value = ABSENT
            else:
                for made in each(port):
                    made.value = ABSENT


@frozen
class Output:
    """One thing that a run is for: a value, or a list of them where its port carries many."""

    name: str
    source: Source
    many: bool
    values: tuple[Any, ...]
    digests: tuple[str, ...]
    partial: bool
