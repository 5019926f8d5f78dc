"""A packed value as one safetensors file, the same bytes for the same value on every machine.

The JSON stands in the metadata under `latentloom`, or, where it is long, in a tensor named `json`. Any
safetensors reader sees the tensors; ours checks the whole layout before it believes any of it. Format:
https://huggingface.co/docs/safetensors (eight bytes of length, a JSON header, the buffers without gaps).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson

from engine.run.codec.classes import Classes, CodecError
from engine.run.codec.tensors import ITEM_BYTES, Buffer, check_buffer
from engine.run.codec.values import JsonValue, Packed, pack, unpack

HEADER_BYTES = 8 << 20  # longer headers are an attack: 42 MB of them took 3.5 s and 1.1 GB to parse
TENSORS = 50_000
LONG_JSON = 64 << 10
JSON_NAME = "json"


def save(value: object, path: Path) -> None:
    """Write a value to `path`, over what is there. Raises TypeError if it cannot be packed, and OSError."""
    with path.open("wb") as file:
        file.writelines(pieces(pack(value)))


def load(path: Path, classes: Classes) -> Any:
    """Read a value. Raises CodecError if the file is not one of ours or damaged, and OSError.

    It is read whole, not mapped: a mapped file that is cut short later would kill the process, and one that
    is overwritten would change values that were already checked.
    """
    return loads(read_file(path), classes)


def read_file(path: Path) -> bytearray:
    """The bytes of a file in memory that tensors may share. Raises OSError."""
    with path.open("rb") as file:
        data = bytearray(os.fstat(file.fileno()).st_size)
        count = file.readinto(data)
    del data[count:]
    return data


def dumps(value: object) -> bytes:
    """A value as the bytes of its file. Raises TypeError if it cannot be packed."""
    return b"".join(pieces(pack(value)))


def loads(data: bytes | bytearray | memoryview, classes: Classes) -> Any:
    """The value that `dumps` wrote; tensors share `data` where it is writable. Raises CodecError."""
    packed = parse(data)
    return unpack(packed.json, packed.buffers, classes)


def pieces(packed: Packed) -> list[bytes | memoryview]:
    """The file's bytes in order, buffers uncopied, for `writelines` or a socket.

    Raises CodecError over 50 000 buffers.
    """
    text = orjson.dumps(packed.json)
    buffers = dict(packed.buffers)
    metadata = {"latentloom": text.decode()}
    if len(text) > LONG_JSON:
        metadata = {"latentloom": ""}
        buffers[JSON_NAME] = Buffer("U8", (len(text),), memoryview(text))
    # Largest elements first, so that each buffer begins at a multiple of its element's size.
    order = sorted(buffers, key=lambda name: -ITEM_BYTES[buffers[name].dtype])
    header: dict[str, Any] = {"__metadata__": metadata}
    end = 0
    for name in order:
        begin, end = end, end + buffers[name].data.nbytes
        header[name] = {
            "dtype": buffers[name].dtype,
            "shape": buffers[name].shape,
            "data_offsets": (begin, end),
        }
    head = orjson.dumps(header)
    head += b" " * (-len(head) % 8)
    if len(order) > TENSORS or len(head) > HEADER_BYTES:
        raise CodecError(f"{len(order)} buffers are too many for one file; {TENSORS} may be in it")
    return [len(head).to_bytes(8, "little"), head, *(buffers[name].data for name in order)]


def parse(data: bytes | bytearray | memoryview) -> Packed:
    """The packed value in a file's bytes; buffers look into `data`. Raises CodecError."""
    view = memoryview(data).cast("B")
    header, content = _header(view)
    metadata = header.pop("__metadata__", None)
    text = metadata.get("latentloom") if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        raise CodecError("this safetensors file holds no packed value: no 'latentloom' in its metadata")
    buffers = _buffers(header, content)
    long = buffers.pop(JSON_NAME, None)
    # The walk gave the buffers their numbers; the file has them in another order.
    ordered = dict(sorted(buffers.items(), key=lambda item: (len(item[0]), item[0])))
    return Packed(_json(bytes(long.data) if long is not None and not text else text, "the value"), ordered)


def _header(view: memoryview) -> tuple[dict[str, Any], memoryview]:
    """The parsed header and what follows it."""
    length = int.from_bytes(view[:8], "little")
    if len(view) < 8 or length > len(view) - 8:
        raise CodecError("the file is cut short")
    if length > HEADER_BYTES:
        raise CodecError(f"the header has {length} bytes, more than {HEADER_BYTES}")
    head = bytes(view[8 : 8 + length])
    if head.count(b"data_offsets") > TENSORS:
        raise CodecError(f"the header lists more than {TENSORS} tensors")
    header = _json(head, "the header")
    if not isinstance(header, dict):
        raise CodecError("the header is not an object")
    return header, view[8 + length :]


def _buffers(header: dict[str, Any], content: memoryview) -> dict[str, Buffer]:
    """The buffers that the header lists. They must cover the content without gap or overlap."""
    buffers: dict[str, Buffer] = {}
    spans: list[tuple[int, int]] = []
    for name, entry in header.items():
        dtype, shape, begin, end = _entry(name, entry)
        if end > len(content):
            raise CodecError("the file is cut short")
        data = content[begin:end]
        if begin % ITEM_BYTES.get(dtype, 1):
            data = memoryview(bytearray(data))
        buffers[name] = Buffer(dtype, shape, data)
        check_buffer(name, buffers[name])
        spans.append((begin, end))
    at = 0
    for begin, end in sorted(spans):
        if begin != at:
            raise CodecError("the buffers leave gaps or overlap")
        at = end
    if at != len(content):
        raise CodecError(f"{len(content) - at} bytes follow the last buffer")
    return buffers


def _entry(name: str, entry: Any) -> tuple[str, tuple[int, ...], int, int]:
    match entry:
        case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [int(begin), int(end)]} if (
            len(entry) == 3 and all(type(size) is int and size >= 0 for size in shape) and 0 <= begin <= end
        ):
            return dtype, tuple(shape), begin, end
    raise CodecError(f"the header's entry {name[:40]!r} is malformed")


def _json(text: str | bytes, what: str) -> JsonValue:
    try:
        return orjson.loads(text)  # type: ignore[no-any-return]
    except orjson.JSONDecodeError as fault:
        raise CodecError(f"{what} is not JSON: {fault}") from fault
