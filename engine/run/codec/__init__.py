"""The one codec: any value that may travel along an edge, as JSON and raw buffers.

It serves digests, caches, files and the worker's frames. It imports neither torch nor numpy until a value
needs them, and it never touches pickle.

- `pack(value)` → `Packed(json, buffers)`, `unpack(json, buffers, classes)` → an equal value, bit for bit;
- `digest(value)`, the name of its content, and `digest_of(packed)`, the same from what was packed;
- `nbytes(value)`, what it weighs; `map_tensors(value, change)`, the same value with other tensors;
- `save`, `load`, `dumps`, `loads`, `pieces`, `parse`: a value as one safetensors file.
"""

from engine.run.codec.classes import Classes, CodecError
from engine.run.codec.digests import digest, digest_of
from engine.run.codec.files import dumps, load, loads, parse, pieces, save
from engine.run.codec.tensors import Buffer
from engine.run.codec.tree import ATOMS, compact, detach, map_tensors, nbytes, on_device, to_host
from engine.run.codec.values import JsonValue, Packed, pack, unpack

__all__ = [
    "ATOMS",
    "Buffer",
    "Classes",
    "CodecError",
    "JsonValue",
    "Packed",
    "compact",
    "detach",
    "digest",
    "digest_of",
    "dumps",
    "load",
    "loads",
    "map_tensors",
    "nbytes",
    "on_device",
    "pack",
    "parse",
    "pieces",
    "save",
    "to_host",
    "unpack",
]
