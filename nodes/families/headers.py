"""Safetensors files without torch: what is in them, and whether they are whole.

A file is eight bytes of length (little endian), so much JSON, and the bytes of the tensors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nodes.families.errors import UnusableModel

LARGEST_HEADER = 100_000_000
"""Bytes; the format's own limit."""


@dataclass(frozen=True, slots=True)
class TensorRecord:
    """A tensor in a file: its type as the format names it ("F16"), its shape, and where its bytes are."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Header:
    """The table of contents of a safetensors file."""

    path: Path
    tensors: Mapping[str, TensorRecord]
    metadata: Mapping[str, str]


def read_header(path: Path) -> Header:
    """Read a file's table of contents. Raises UnusableModel where it is not a whole safetensors file."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            size = path.stat().st_size
            if not 2 <= length <= min(LARGEST_HEADER, max(size - 8, 0)):
                raise UnusableModel(f"{path.name} is not a safetensors file, or is cut off within its first part")
            header = json.loads(file.read(length))
    except OSError as error:
        raise UnusableModel(f"{path.name} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnusableModel):
            raise
        raise UnusableModel(f"{path.name} is not a safetensors file: its table of contents is not JSON") from error
    return _checked(path, header, 8 + length, size)


def _checked(path: Path, header: object, data: int, size: int) -> Header:
    try:
        assert isinstance(header, dict)
        metadata = header.pop("__metadata__", {})
        tensors = {
            name: TensorRecord(
                record["dtype"],
                tuple(record["shape"]),
                data + record["data_offsets"][0],
                data + record["data_offsets"][1],
            )
            for name, record in header.items()
        }
    except (AssertionError, KeyError, IndexError, TypeError) as error:
        raise UnusableModel(f"{path.name} is not a safetensors file: its table of contents is malformed") from error
    wanted = max((record.end for record in tensors.values()), default=data)
    if size < wanted:
        raise UnusableModel(f"{path.name} is cut off: it has {size:,} of {wanted:,} bytes; copy or download it again")
    return Header(path, tensors, metadata)


def read_tensor(header: Header, name: str) -> NDArray[np.float32]:
    """One tensor's values as float32, whatever they are stored as (F32, F16 or BF16)."""
    record = header.tensors[name]
    with header.path.open("rb") as file:
        file.seek(record.begin)
        raw = file.read(record.end - record.begin)
    if record.dtype == "BF16":
        values = (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
    elif record.dtype in ("F16", "F32"):
        values = np.frombuffer(raw, {"F16": "<f2", "F32": "<f4"}[record.dtype]).astype(np.float32)
    else:
        raise UnusableModel(f"{header.path.name}: tensor {name} is {record.dtype}; wanted F32, F16 or BF16")
    return values.reshape(record.shape)
