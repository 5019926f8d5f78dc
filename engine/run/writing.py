"""What a value must offer to be written into files by whoever runs a workflow: command line, server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Encoded:
    """One picture as a file's bytes.

    `extension` is without a dot ("png"), `width` and `height` are in pixels, `notices` are sentences about what the
    format could not hold.
    """

    data: bytes
    extension: str
    width: int
    height: int
    notices: tuple[str, ...] = ()


@runtime_checkable
class Writable(Protocol):
    """A value that becomes files; others are stored by the codec, or told as JSON."""

    def encode(self, format: str | None = None, document: str | None = None) -> Sequence[Encoded]:
        """One file an image of the batch, with `document`, a workflow's JSON, inside where it is given.

        `format` is one that the value knows ("png", "webp", "jpeg"), None for its default. Raises LoomError, in a
        sentence, for another.
        """


@runtime_checkable
class Batched(Protocol):
    """A writable value that can be taken apart, so that each of its files gets a document of its own."""

    def split(self) -> Sequence[Writable]:
        """One value a file, in order."""
