"""What an executor asks of a cache, and the cache that remembers nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeAlias

from engine.graph.frozen import frozen
from engine.graph.records import MISSING, Missing

__all__ = [
    "DEVICE",
    "DISK",
    "MISSING",
    "RAM",
    "TRACES",
    "Missing",
    "NoCache",
    "Notices",
    "Results",
    "Told",
    "Trace",
    "untold",
]


DEVICE, RAM, DISK, TRACES = "device", "ram", "disk", "traces"
Told: TypeAlias = Callable[[str, str, bool], None]
"""Hears `(key, tier, entered)` of all that enters a tier or leaves it: values by digest in DEVICE, RAM and DISK, and in
TRACES the keys of which it is known what they led to.

It is called from any thread, the disk's writer among them, and must be quick; of what is there already it may hear again.
Of a disk that several processes share, each hears only what it does itself.
"""

Notices: TypeAlias = tuple[tuple[str, str | None], ...]
"""What a node told the user that is no error: sentences, each with the input that it is about."""


def untold(key: str, tier: str, entered: bool) -> None:
    """Hears it, and says nothing to anybody."""


@frozen
class Trace:
    """What is known of one key, be it a recipe key or an action key.

    `outputs` are the digests of a node's outputs in the order of its output ports; () where `need` is given.
    `seconds` is what they cost to make, loading of models included. `need` is the input that a lazy node
    asked for next. `environment` is given by nodes that lease a model: from the disk, such a trace holds only
    where it is equal. `notices` are to be told again whenever the result is taken from here, and so is what a node
    showed of itself last, whose digest is `data` ("" where there is none); both also of the nodes behind the inputs
    in `noticed`, which is known of recipes only.
    """

    outputs: tuple[str, ...]
    seconds: float
    need: str | None = None
    environment: str = ""
    notices: Notices = ()
    noticed: tuple[str, ...] = ()
    data: str = ""


class Results(Protocol):
    """Remembers traces and values. No method fails a run: what cannot be kept is forgotten."""

    def trace(self, key: str) -> Trace | None:
        """What is known of a key. Its outputs need not be here any more: `has` tells."""

    def record(self, key: str, trace: Trace) -> None:
        """Remember what a key led to."""

    def get(self, digest: str) -> object:
        """The value of that digest, never to be changed, or MISSING."""

    def has(self, digest: str) -> bool:
        """Whether `get` would most likely find it; loads nothing."""

    def put(self, digest: str, value: object, seconds: float, *, keep: bool = False) -> None:
        """Offer a value that took `seconds` to make; `keep`: an output of the run needs it, so disk takes it."""

    def pin(self, digests: Iterable[str]) -> AbstractContextManager[None]:
        """While the context is open, these are not evicted."""

    def flush(self) -> None:
        """Wait until what was offered so far is written."""

    def close(self) -> None:
        """Flush and stop; nothing is remembered after it."""


class NoCache:
    """Remembers nothing."""

    def trace(self, key: str) -> Trace | None:  # noqa: ARG002
        """None."""
        return None

    def record(self, key: str, trace: Trace) -> None:
        """Does nothing."""

    def get(self, digest: str) -> object:  # noqa: ARG002
        """MISSING."""
        return MISSING

    def has(self, digest: str) -> bool:  # noqa: ARG002
        """False."""
        return False

    def put(self, digest: str, value: object, seconds: float, *, keep: bool = False) -> None:
        """Does nothing."""

    def pin(self, digests: Iterable[str]) -> AbstractContextManager[None]:  # noqa: ARG002
        """Does nothing."""
        return nullcontext()

    def flush(self) -> None:
        """Does nothing."""

    def close(self) -> None:
        """Does nothing."""
