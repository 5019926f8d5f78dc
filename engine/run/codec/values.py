"""Values to JSON and buffers, and back.

JSON stands for itself: null, true, numbers, text, lists, objects. Whatever JSON cannot say is an object with
one key that begins with `$`:

    {"$tuple": […]}  {"$int": "0x…"}  {"$float": "7ff8…"}  {"$text": "hex"}     values without bytes
    {"$bytes": "0"}  {"$tensor": "1"}  {"$array": "2"}                          the name of a buffer
    {"$complex": {"$tensor": "1"}}                                              pairs (real, imaginary)
    {"$class": "Latent", "fields": {…}}                                         a frozen dataclass

A key of a dictionary that itself begins with `$` has it doubled. Buffers are named 0, 1, … in the order of
the walk.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias, cast

from engine.run.codec.classes import Classes, CodecError, class_record, is_frozen_dataclass
from engine.run.codec.tensors import (
    Buffer,
    array_buffer,
    array_from,
    check_buffer,
    is_array,
    is_tensor,
    tensor_buffer,
    tensor_from,
)

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

DEPTH = 64  # a level of value is at most three of JSON, and orjson writes 254 of these
INT_MIN, INT_MAX = -(2**63), 2**64 - 1


@dataclass(frozen=True, slots=True)
class Packed:
    """A value taken apart: plain JSON, and the buffers that it refers to by name."""

    json: JsonValue
    buffers: dict[str, Buffer]


def pack(value: object) -> Packed:
    """Take a value apart. CPU tensors are not copied: the buffers look at their memory.

    Takes None, bool, int, float, str, bytes, tuple, list, dict with text keys, dense tensors, numeric numpy
    arrays, and frozen dataclasses that some `Classes` knows. Raises TypeError, saying where, for all else.
    """
    buffers: dict[str, Buffer] = {}
    return Packed(_pack(value, buffers, "value", 0), buffers)


def unpack(json: JsonValue, buffers: Mapping[str, Buffer], classes: Classes) -> Any:
    """Put a value together again; tensors share the buffers' memory where that is writable.

    Raises CodecError for anything that `pack` does not write, and for classes that are not in `classes`.
    """
    for name, buffer in buffers.items():
        check_buffer(name, buffer)
    return _Unpacker(buffers, classes).value(json, 0)


def _pack(value: Any, buffers: dict[str, Buffer], where: str, depth: int) -> JsonValue:
    if depth > DEPTH:
        raise TypeError(f"{where[:80]}…: nested more than {DEPTH} deep")
    kind = type(value)
    if kind in _PLAIN:
        return cast(JsonValue, _PLAIN[kind](value))
    if kind is tuple:
        return {"$tuple": _pack_items(value, buffers, where, depth)}
    if kind is list:
        return _pack_items(value, buffers, where, depth)
    if kind is dict or kind is MappingProxyType:
        return {_key(key, where): _pack(item, buffers, f"{where}[{key!r}]", depth + 1) for key, item in value.items()}
    record = class_record(kind)
    if record is not None:
        fields: dict[str, JsonValue] = {
            name: _pack(getattr(value, name), buffers, f"{where}.{name}", depth + 1) for name in record.fields
        }
        return {"$class": record.name, "fields": fields}
    return _pack_bytes(value, buffers, where)


def _pack_items(items: Any, buffers: dict[str, Buffer], where: str, depth: int) -> list[JsonValue]:
    return [_pack(item, buffers, f"{where}[{at}]", depth + 1) for at, item in enumerate(items)]


def _pack_bytes(value: Any, buffers: dict[str, Buffer], where: str) -> JsonValue:
    if type(value) is bytes:
        return {"$bytes": _store(buffers, Buffer("U8", (len(value),), memoryview(value)))}
    if is_tensor(value):
        if value.is_complex() and not value.requires_grad:
            import torch

            pairs = torch.view_as_real(value.resolve_conj())
            return {"$complex": {"$tensor": _store(buffers, tensor_buffer(pairs, where))}}
        return {"$tensor": _store(buffers, tensor_buffer(value, where))}
    if is_array(value):
        if value.dtype.name in _COMPLEX:
            pairs = value.astype(value.dtype.newbyteorder("<"), order="C", copy=False)[..., None]
            pairs = pairs.view(_COMPLEX[value.dtype.name])
            return {"$complex": {"$array": _store(buffers, array_buffer(pairs, where))}}
        return {"$array": _store(buffers, array_buffer(value, where))}
    raise TypeError(f"{where}: {_why_not(type(value))}")


_COMPLEX = {"complex64": "float32", "complex128": "float64"}


def _why_not(kind: type) -> str:
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    if is_frozen_dataclass(kind):
        return f"the class {name} is not registered; its pack must name it among its value types"
    return (
        f"a value of type {name} cannot be packed; what can: numbers, text, bytes, tuples, lists, "
        "dictionaries with text keys, tensors, numpy arrays, and frozen dataclasses of these"
    )


def _store(buffers: dict[str, Buffer], buffer: Buffer) -> str:
    name = str(len(buffers))
    buffers[name] = buffer
    return name


def _key(key: object, where: str) -> str:
    if type(key) is not str or not _is_unicode(key):
        raise TypeError(f"{where}: a dictionary's keys must be text, this one is {key!r}")
    return "$" + key if key.startswith("$") else key


def _is_unicode(text: str) -> bool:
    """Whether a text has no lone surrogates, which JSON cannot carry."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pack_text(text: str) -> JsonValue:
    return text if _is_unicode(text) else {"$text": text.encode("utf-8", "surrogatepass").hex()}


def _pack_int(number: int) -> JsonValue:
    return number if INT_MIN <= number <= INT_MAX else {"$int": hex(number)}


def _pack_float(number: float) -> JsonValue:
    return number if math.isfinite(number) else {"$float": struct.pack(">d", number).hex()}


_PLAIN: dict[type, Any] = {
    type(None): lambda value: value,
    bool: lambda value: value,
    str: _pack_text,
    int: _pack_int,
    float: _pack_float,
}


class _Unpacker:
    """Reads one packed value. It trusts nothing: an object must have exactly the keys that `pack` writes."""

    def __init__(self, buffers: Mapping[str, Buffer], classes: Classes) -> None:
        self.buffers = buffers
        self.classes = classes

    def value(self, json: JsonValue, depth: int) -> Any:
        if depth > 2 * DEPTH:
            raise CodecError(f"nested more than {DEPTH} deep")
        if isinstance(json, list):
            return [self.value(item, depth + 1) for item in json]
        if isinstance(json, dict):
            for key in json:
                if key.startswith("$") and not key.startswith("$$"):
                    return self.tagged(key, json, depth)
            return {key.removeprefix("$"): self.value(item, depth + 1) for key, item in json.items()}
        return json

    def tagged(self, tag: str, json: dict[str, JsonValue], depth: int) -> Any:
        content = json[tag]
        if set(json) != ({"$class", "fields"} if tag == "$class" else {tag}):
            raise CodecError(f"the keys {', '.join(sorted(json))[:80]} do not belong together")
        if tag == "$class":
            return self.instance(content, json["fields"], depth)
        if tag == "$tuple" and isinstance(content, list):
            return tuple(self.value(item, depth + 1) for item in content)
        if tag == "$complex" and isinstance(content, dict) and len(content) == 1:
            return self.complex(*next(iter(content.items())))
        if isinstance(content, str):
            if tag in _BUFFERS:
                return _BUFFERS[tag](self.buffer(content))
            if tag in _TEXTS:
                return _read_text(tag, content)
        raise CodecError(f"{tag[:40]!r} with {type(content).__name__} is nothing that is packed")

    def instance(self, name: JsonValue, fields: JsonValue, depth: int) -> object:
        if not isinstance(name, str) or not isinstance(fields, dict):
            raise CodecError("a class needs a name and fields")
        return self.classes.build(name, {key: self.value(item, depth + 1) for key, item in fields.items()})

    def complex(self, tag: str, name: JsonValue) -> Any:
        if tag not in ("$tensor", "$array") or not isinstance(name, str):
            raise CodecError(f"$complex with {tag[:40]!r} is nothing that is packed")
        buffer = self.buffer(name)
        if buffer.shape[-1:] != (2,) or buffer.dtype not in ("F16", "F32", "F64"):
            raise CodecError(f"complex numbers are pairs of floats, not {buffer.dtype} {list(buffer.shape)}")
        if tag == "$tensor":
            import torch

            return torch.view_as_complex(tensor_from(buffer))
        if buffer.dtype == "F16":
            raise CodecError("numpy has no complex numbers of half precision")
        return array_from(buffer).view("complex64" if buffer.dtype == "F32" else "complex128")[..., 0]

    def buffer(self, name: str) -> Buffer:
        try:
            return self.buffers[name]
        except KeyError:
            raise CodecError(f"there is no buffer {name[:40]!r}") from None


def _read_bytes(buffer: Buffer) -> bytes:
    if buffer.dtype != "U8" or len(buffer.shape) != 1:
        raise CodecError(f"bytes are U8 in one dimension, not {buffer.dtype} {list(buffer.shape)}")
    return bytes(buffer.data)


def _read_text(tag: str, content: str) -> object:
    try:
        return _TEXTS[tag](content)
    except (ValueError, struct.error) as fault:
        raise CodecError(f"{content[:40]!r} is no {tag.removeprefix('$')}") from fault


_BUFFERS: dict[str, Any] = {"$bytes": _read_bytes, "$tensor": tensor_from, "$array": array_from}
_TEXTS: dict[str, Any] = {
    "$int": lambda text: int(text, 16),
    "$float": lambda text: cast(float, struct.unpack(">d", bytes.fromhex(text))[0]),
    "$text": lambda text: bytes.fromhex(text).decode("utf-8", "surrogatepass"),
}
