"""Safetensors files without torch: what is in them, and single tensors of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.store.errors import WeightsError
from engine.store.safetensors_header import TensorPlace
from engine.store.safetensors_header import read_header as read_checked
from nodes.families.errors import UnusableModel


@dataclass(frozen=True, slots=True)
class Header:
    """The tensors of one safetensors file, or a model part's share of them, by name."""

    path: Path
    tensors: Mapping[str, TensorPlace]
    metadata: Mapping[str, str]


def read_header(path: Path) -> Header:
    """Read a file's table of contents. Raises UnusableModel where it is not a whole safetensors file."""
    try:
        found = read_checked(path)
    except WeightsError as error:
        raise UnusableModel(str(error)) from error
    except OSError as error:
        raise UnusableModel(f"{path} can't be read: {error.strerror}") from error
    return Header(path, found.tensors, found.metadata)


def read_tensor(header: Header, name: str) -> NDArray[np.float32]:
    """One tensor's values as float32, whatever they are stored as (F32, F16 or BF16)."""
    place = header.tensors[name]
    with header.path.open("rb") as file:
        file.seek(place.begin)
        raw = file.read(place.end - place.begin)
    if place.dtype == "BF16":
        values = (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
    elif place.dtype in ("F16", "F32"):
        values = np.frombuffer(raw, {"F16": "<f2", "F32": "<f4"}[place.dtype]).astype(np.float32)
    else:
        raise UnusableModel(f"{header.path.name}: tensor {name} is {place.dtype}; wanted F32, F16 or BF16")
    return values.reshape(place.shape)
