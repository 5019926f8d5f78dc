"""Walks over values: what they weigh, where their tensors lie, and the same value with other tensors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from engine.run.codec.classes import class_record
from engine.run.codec.tensors import is_array, is_tensor

if TYPE_CHECKING:
    from torch import Tensor

T = TypeVar("T")

OBJECT_BYTES = 64  # about what CPython spends on a small object, and on a slot's share of a container
COMPACT_FROM = 1 << 20
ATOMS = frozenset((type(None), bool, int, float, str))  # by far most values, and they hold no others


def leaves(value: object) -> Iterator[object]:
    """What a value holds, containers too, each before its content; not recursive, so of any depth."""
    stack = [value]
    while stack:
        item = stack.pop()
        yield item
        kind = type(item)
        if kind is tuple or kind is list:
            stack.extend(item)  # type: ignore[arg-type]
        elif kind is dict or kind is MappingProxyType:
            stack.extend(item.values())  # type: ignore[attr-defined]
        else:
            record = class_record(kind)
            if record is not None:
                stack.extend(getattr(item, name) for name in record.fields)


def nbytes(value: object) -> int:
    """About how much memory a value takes, in bytes: tensors, arrays, text, and 64 an object."""
    kind = type(value)
    if kind in ATOMS:
        more = len(value) if kind is str else value.bit_length() >> 3 if kind is int else 0  # type: ignore[attr-defined, arg-type]
        return OBJECT_BYTES + more
    total = 0
    for item in leaves(value):
        total += OBJECT_BYTES
        if isinstance(item, str | bytes):
            total += len(item)
        elif type(item) is int:
            total += item.bit_length() >> 3
        elif is_tensor(item) or is_array(item):
            total += item.nbytes  # type: ignore[attr-defined]
    return total


def on_device(value: object) -> bool:
    """Whether some tensor of a value lies outside host memory."""
    return type(value) not in ATOMS and any(
        is_tensor(item) and item.device.type != "cpu"  # type: ignore[attr-defined]
        for item in leaves(value)
    )


def map_tensors(value: T, change: Callable[[Tensor], Tensor]) -> T:
    """The value with `change` done to each tensor; what does not change is the same object, not a copy."""
    if type(value) in ATOMS:
        return value
    return _map(value, change)  # type: ignore[no-any-return]


def to_host(value: T) -> T:
    """The value with all tensors in host memory."""
    return map_tensors(value, lambda tensor: tensor.cpu())


def detach(value: T) -> T:
    """The value cut off from any gradient tape."""
    return map_tensors(value, lambda tensor: tensor.detach() if tensor.requires_grad else tensor)


def compact(value: T) -> T:
    """The value with no tensor that keeps over twice its own memory alive, as a slice of a batch would."""
    return map_tensors(value, _own_memory)


def _own_memory(tensor: Tensor) -> Tensor:
    if tensor.layout is not sys.modules["torch"].strided:
        return tensor
    held = tensor.untyped_storage().nbytes()
    return tensor.clone() if held > COMPACT_FROM and held > 2 * tensor.nbytes else tensor


def _map(value: Any, change: Callable[[Tensor], Tensor]) -> Any:
    kind = type(value)
    if kind is tuple or kind is list:
        items = [_map(item, change) for item in value]
        return value if all(map(_is, items, value)) else kind(items)
    if kind is dict or kind is MappingProxyType:
        changed = {key: _map(item, change) for key, item in value.items()}
        return value if all(map(_is, changed.values(), value.values())) else changed
    if is_tensor(value):
        return change(value)
    record = class_record(kind)
    if record is None:
        return value
    fields = {name: getattr(value, name) for name in record.fields}
    new = {name: _map(item, change) for name, item in fields.items()}
    return value if all(map(_is, new.values(), fields.values())) else kind(**new)


def _is(one: object, other: object) -> bool:
    return one is other
