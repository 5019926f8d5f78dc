"""The header of a safetensors file, read and checked without touching a weight.

Layout (huggingface/safetensors, "Format"): 8 bytes N, little-endian; N bytes of JSON, from `{`, that name
each tensor's dtype, shape and place (`data_offsets`, counted from the header's end); the data, without gaps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from engine.store.errors import WeightsError

HEADER_CAP = 8 << 20
TENSOR_CAP = 50_000

_BYTES = {
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0"), 1),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 2),
    **dict.fromkeys(("U32", "I32", "F32"), 4),
    **dict.fromkeys(("U64", "I64", "F64", "C64"), 8),
}
_NOT_WEIGHTS = (
    (b"PK\x03\x04", "is a zip archive, perhaps a PyTorch pickle that was renamed"),
    (b"\x80\x02", "is a pickle that was renamed"),
    (b"version https://git-lfs", "is only Git LFS's pointer to the model: the model itself was not fetched"),
    (b"<", "is a web page, not a model: the download went wrong"),
)


@dataclass(frozen=True, slots=True)
class TensorPlace:
    """A tensor in a file: `begin` and `end` are bytes from the start of the file."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a safetensors file says of itself; `raw` is its JSON as it stands there, `size` the whole file's bytes."""

    tensors: Mapping[str, TensorPlace]
    metadata: Mapping[str, str]
    raw: bytes
    size: int


def read_header(path: Path) -> Header:
    """Read and check the header of a file. Raises WeightsError, in a sentence, for any that can't be used.

    Caps: 8 MiB of header, 50,000 tensors. Raises OSError where the file can't be read.
    """
    with path.open("rb") as file:
        return read_open_header(file, path)


def read_open_header(file: BinaryIO, path: Path) -> Header:
    """`read_header` of a file that is open already; `path` is for the sentences."""
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(64)
    length = int.from_bytes(start[:8], "little")
    if len(start) > 8 and start[8:9] != b"{":
        raise WeightsError(f"{path} {_what_else(start)}")
    if len(start) <= 8 or (length <= HEADER_CAP and 8 + length > size):
        raise WeightsError(f"{path} is cut short: its {size} bytes end within the header; fetch it again")
    if length > HEADER_CAP:
        raise WeightsError(f"{path} has a header of {length} bytes; {HEADER_CAP} are read at most")
    file.seek(8)
    raw = file.read(length)
    return _checked(raw, size, path)


def _what_else(start: bytes) -> str:
    """What a file without the `{` of a header is; a header's length alone may look like any other file's beginning."""
    for signature, sentence in _NOT_WEIGHTS:
        if start.startswith(signature):
            return sentence
    return "is not a safetensors file"


def _checked(raw: bytes, size: int, path: Path) -> Header:
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise WeightsError(f"{path} is damaged: its header is not JSON ({error})") from None
    metadata = document.pop("__metadata__", {})
    if len(document) > TENSOR_CAP:
        raise WeightsError(f"{path} has {len(document)} tensors; {TENSOR_CAP} are read at most")
    start = 8 + len(raw)
    tensors = {name: _place(name, entry, start, path) for name, entry in document.items()}
    _check_cover(tensors, start, size, path)
    texts = metadata if isinstance(metadata, dict) else {}
    return Header(tensors, {key: str(value) for key, value in texts.items()}, raw, size)


def _place(name: str, entry: Any, start: int, path: Path) -> TensorPlace:
    try:
        dtype, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise WeightsError(f"{path} is damaged: tensor {name!r} lacks dtype, shape or data_offsets") from None
    numbers = [*shape, begin, end] if isinstance(shape, list) else [None]
    if not isinstance(dtype, str) or not all(type(n) is int and n >= 0 for n in numbers) or begin > end:
        raise WeightsError(f"{path} is damaged: tensor {name!r} has an impossible shape or place")
    if dtype in _BYTES and prod(shape) * _BYTES[dtype] != end - begin:
        raise WeightsError(
            f"{path} is damaged: tensor {name!r} is {dtype} {shape}, which is not its {end - begin} bytes"
        )
    return TensorPlace(dtype, tuple(shape), start + begin, start + end)


def _check_cover(tensors: Mapping[str, TensorPlace], start: int, size: int, path: Path) -> None:
    """The tensors must cover the data once, without gaps: what overlaps or lies outside was not written so."""
    reached = start
    for name, place in sorted(tensors.items(), key=lambda item: (item[1].begin, item[1].end)):
        if place.begin != reached:
            raise WeightsError(f"{path} is damaged: tensor {name!r} overlaps another or leaves a gap")
        reached = place.end
    if reached > size:
        raise WeightsError(f"{path} is cut short: {size} of {reached} bytes are there; fetch it again")
    if reached < size:
        raise WeightsError(f"{path} is damaged: {size - reached} bytes follow its last tensor")
