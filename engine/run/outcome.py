"""What a node's call left behind, as the run holds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias


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


@dataclass(slots=True)
class Outcome:
    """A node's outputs, one entry a port; a port of many values is a list. `waiting` counts the consumers still to come."""

    ports: tuple[Port, ...]
    seconds: float = 0.0
    cached: bool = False
    waiting: int = 0

    def each(self) -> Iterator[Made]:
        """Every single value."""
        for port in self.ports:
            if isinstance(port, list):
                yield from port
            else:
                yield port

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
                for made in port:  # type: ignore[union-attr]
                    made.value = ABSENT
