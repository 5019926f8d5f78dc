"""Safetensors files, written by the library itself or byte by byte."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

Weights = Callable[..., Path]
RawWeights = Callable[..., Path]


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    """Write a real file: `weights("name.safetensors", a=array, …)`; two small tensors by default."""

    def write(name: str, **tensors: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        default: dict[str, Any] = {"a": np.arange(1000, dtype=np.float32), "b.weight": np.zeros((4, 8), np.float16)}
        save_file(tensors or default, str(path))
        return path

    return write


@pytest.fixture
def raw_weights(tmp_path: Path) -> RawWeights:
    """Write a file with a header of one's own: JSON value or bytes, then data."""

    def write(header: Any, data: bytes = b"") -> Path:
        raw = header if isinstance(header, bytes) else json.dumps(header).encode()
        path = tmp_path / "raw.safetensors"
        path.write_bytes(len(raw).to_bytes(8, "little") + raw + data)
        return path

    return write
