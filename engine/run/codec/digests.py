"""The name of a value's content: BLAKE3, 128 bits, as 32 hex digits.

It covers structure, element types, shapes and bytes. So 1, 1.0, True and "1" differ, a list differs from a
tuple, and the order of a dictionary counts: a node may see it.
"""

from __future__ import annotations

from math import isfinite

from blake3 import blake3
from orjson import dumps

from engine.run.codec.values import Packed, pack

DIGEST_BYTES = 16


def digest(value: object) -> str:
    """The digest of a value. Raises TypeError, saying where, if it cannot be packed."""
    kind = type(value)
    if kind is str or kind is int or (kind is float and isfinite(value)):  # type: ignore[arg-type]
        try:
            return blake3(dumps(value)).digest(DIGEST_BYTES).hex()  # quicker than its own `hexdigest`
        except TypeError:  # an integer beyond 64 bits, or a text that is not Unicode: JSON alone cannot say it
            pass
    return digest_of(pack(value))


def digest_of(packed: Packed) -> str:
    """The digest of the value that was packed."""
    text = dumps(packed.json)
    if not packed.buffers:
        return blake3(text).hexdigest(length=DIGEST_BYTES)
    # No JSON begins with a zero byte, and the head tells all lengths: two values never give the same stream.
    head = dumps([[name, buffer.dtype, buffer.shape] for name, buffer in packed.buffers.items()])
    hasher = blake3(b"\0%d,%d," % (len(text), len(head)))
    hasher.update(text)
    hasher.update(head)
    for buffer in packed.buffers.values():
        hasher.update(buffer.data)
    return hasher.hexdigest(length=DIGEST_BYTES)
