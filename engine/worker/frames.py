"""How processes talk: frames of JSON with raw bytes behind it, over a pipe.

A frame is four bytes of length (little-endian), a JSON object of that length, then as many bytes as its "buffers" say,
buffer after buffer. Nothing in it can run code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import orjson

HEADER_BYTES = 256 << 20
BUFFER_BYTES = 1 << 30
LENGTH = 4


class BadFrame(ValueError):
    """What came is no frame, or one that is too large."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A message and the bytes that belong to it. `type` says what the message is."""

    message: dict[str, Any]
    buffers: tuple[bytes, ...] = field(default=())

    @property
    def type(self) -> str:
        """What kind of message it is; "" where it does not say."""
        kind = self.message.get("type")
        return kind if isinstance(kind, str) else ""


def encode(message: dict[str, Any], buffers: Sequence[bytes] = ()) -> bytes:
    """The bytes of a frame. Raises TypeError for what JSON does not have."""
    if buffers:
        message = {**message, "buffers": [len(buffer) for buffer in buffers]}
    head = orjson.dumps(message)
    return b"".join((len(head).to_bytes(LENGTH, "little"), head, *buffers))


def read(stream: BinaryIO) -> Frame | None:
    """The next frame, None at the end of the stream. Raises BadFrame."""
    length = stream.read(LENGTH)
    if len(length) < LENGTH:
        return None
    head = stream.read(size_of(length))
    try:
        message, sizes = parse(head)
    except BadFrame:
        if stream.read(1):
            raise
        return None  # the other side died in the middle of it
    buffers = tuple(stream.read(size) for size in sizes)
    whole = all(len(buffer) == size for buffer, size in zip(buffers, sizes, strict=True))
    return Frame(message, buffers) if whole else None


def size_of(length: bytes) -> int:
    """The size of the message that these four bytes announce. Raises BadFrame."""
    size = int.from_bytes(length, "little")
    if size > HEADER_BYTES:
        raise BadFrame(f"a message of {size} bytes is larger than {HEADER_BYTES}")
    return size


def parse(head: bytes) -> tuple[dict[str, Any], list[int]]:
    """A message, and the sizes of the buffers behind it. Raises BadFrame."""
    try:
        message = orjson.loads(head)
    except orjson.JSONDecodeError as error:
        raise BadFrame(f"a message is no JSON: {error}") from None
    if not isinstance(message, dict):
        raise BadFrame("a message is no JSON object")
    sizes = message.pop("buffers", [])
    if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes):
        raise BadFrame("the sizes of a message's buffers are no list of sizes")
    if sum(sizes) > BUFFER_BYTES:
        raise BadFrame(f"{sum(sizes)} bytes behind a message are more than {BUFFER_BYTES}")
    return message, sizes
