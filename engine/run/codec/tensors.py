"""Tensors and arrays to raw host bytes and back. Element types bear the names of the safetensors format.

On the way in, torch and numpy are looked up, never imported: where torch was not imported, no
value is a tensor.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.run.codec.classes import CodecError

if TYPE_CHECKING:
    import numpy
    import torch

    Array = numpy.ndarray[Any, numpy.dtype[Any]]

ITEM_BYTES = {
    "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
    "I8": 1, "U8": 1, "BOOL": 1, "F8_E4M3": 1, "F8_E5M2": 1, "F8_E8M0": 1,
}  # fmt: skip

NAMES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16",
    "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
    "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool",
    "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2", "F8_E8M0": "float8_e8m0fnu",
}  # fmt: skip
MAX_DIMENSIONS, MAX_EXTENT = 32, 2**48
CODES = {name: code for code, name in NAMES.items()}


@dataclass(frozen=True, slots=True)
class Buffer:
    """Host bytes of a tensor, C-contiguous, little-endian; `data` is flat, prod(shape) × item size long."""

    dtype: str
    shape: tuple[int, ...]
    data: memoryview


def is_tensor(value: object) -> bool:
    """Whether a value is a torch tensor; never imports torch."""
    tensor = getattr(sys.modules.get("torch"), "Tensor", None)
    return tensor is not None and isinstance(value, tensor)


def is_array(value: object) -> bool:
    """Whether a value is a plain numpy array (not a matrix or a masked array); never imports numpy."""
    return type(value) is getattr(sys.modules.get("numpy"), "ndarray", None)


def tensor_buffer(tensor: torch.Tensor, where: str) -> Buffer:
    """The buffer of a dense real tensor, from whichever device. Raises TypeError in words for any other."""
    import torch

    fault = _tensor_fault(tensor)
    if fault:
        raise TypeError(f"{where}: {fault}")
    host = tensor.detach().cpu().resolve_neg().contiguous()
    data = _raw(host.reshape(-1).view(torch.uint8).numpy()) if host.numel() else memoryview(b"")
    return Buffer(CODES[_dtype_name(tensor)], tuple(tensor.shape), data)


def _tensor_fault(tensor: torch.Tensor) -> str:
    import torch

    if tensor.requires_grad:
        return "the tensor still requires grad; detach it before it leaves the node"
    if tensor.layout is not torch.strided or tensor.is_nested or tensor.is_quantized:
        return f"a {tensor.layout} tensor cannot be packed; make it dense"
    if tensor.device.type == "meta":
        return "a tensor on the meta device has no content"
    if _dtype_name(tensor) not in CODES:
        return f"tensors of {tensor.dtype} cannot be packed; those that can: {', '.join(CODES)}"
    return ""


def _dtype_name(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def array_buffer(array: Array, where: str) -> Buffer:
    """The buffer of an array of real numbers or booleans. Raises TypeError in words for any other."""
    import numpy

    code = CODES.get(array.dtype.name)
    if code is None:
        raise TypeError(f"{where}: numpy arrays of {array.dtype} cannot be packed")
    native = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    return Buffer(code, array.shape, _raw(native.reshape(-1).view(numpy.uint8)))


def _raw(octets: Array) -> memoryview:
    return memoryview(octets)  # type: ignore[arg-type]  # numpy does not declare the buffer protocol below 3.12


def tensor_from(buffer: Buffer) -> torch.Tensor:
    """The tensor of a buffer, sharing its memory where that is writable. Raises CodecError."""
    import torch

    dtype = getattr(torch, NAMES[buffer.dtype])
    try:
        if not len(buffer.data):
            return torch.empty(buffer.shape, dtype=dtype)
        # torch has no read-only tensors, so read-only bytes are copied
        data = bytearray(buffer.data) if buffer.data.readonly else buffer.data
        return torch.frombuffer(data, dtype=dtype).reshape(buffer.shape)
    except (RuntimeError, ValueError, OverflowError) as fault:
        raise CodecError(f"no tensor of {buffer.dtype} {list(buffer.shape)} can be made") from fault


def array_from(buffer: Buffer) -> Array:
    """The array of a buffer, sharing its memory. Raises CodecError."""
    import numpy

    try:
        dtype = numpy.dtype(NAMES[buffer.dtype])
        if not len(buffer.data):
            return numpy.empty(buffer.shape, dtype)
        return numpy.frombuffer(buffer.data, dtype).reshape(buffer.shape)
    except (TypeError, ValueError, OverflowError) as fault:
        raise CodecError(f"no array of {buffer.dtype} {list(buffer.shape)} can be made") from fault


def check_buffer(name: str, buffer: Buffer) -> None:
    """Raise CodecError unless element type, shape and length agree."""
    size = ITEM_BYTES.get(buffer.dtype)
    if size is None:
        raise CodecError(f"buffer {name!r} has an unknown element type {buffer.dtype!r}")
    if len(buffer.shape) > MAX_DIMENSIONS or any(extent > MAX_EXTENT for extent in buffer.shape):
        raise CodecError(f"buffer {name!r} has a shape that no tensor can have")
    wanted = math.prod(buffer.shape) * size
    if wanted != buffer.data.nbytes:
        raise CodecError(f"buffer {name!r} has {buffer.data.nbytes} bytes, its shape asks for {wanted}")
