"""A look at a value: what it is made of, in numbers that fit on a page, however large it is.

A *row* is one part of it: `{"name", "kind"}` and, for a `tensor`, `dtype`, `shape`, the range of its finite elements (`min`,
`max`, `mean`, `deviation`: of the population), how many are `nan` and `inf`, and a `histogram` of equal steps from `min` to
`max`; for a `text` or a `list` its `length`; for what is written in full its `value`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from engine.run.codec.classes import class_record
from engine.run.codec.tensors import is_array, is_tensor

if TYPE_CHECKING:
    from torch import Tensor

ROWS = 24
ITEMS = 4
TEXT = 2000
BINS = 32
CHUNK = 1 << 22
MOST = 1 << 27
"""Elements of a tensor that are looked at: of a larger one every second, third, …"""

Row = dict[str, Any]


def look(value: object) -> dict[str, Any]:
    """`{"type", "rows"}`, and `more` where it has more parts than are shown."""
    rows = list(islice(_rows("", value), ROWS + 1))
    record = class_record(type(value))
    more = {"more": True} if len(rows) > ROWS else {}
    return {"type": record.name if record is not None else type(value).__name__, "rows": rows[:ROWS], **more}


def _rows(name: str, value: object) -> Iterator[Row]:
    """The parts of a value, depth first, each named by the way to it."""
    record = class_record(type(value))
    if is_tensor(value) or is_array(value):
        yield {"name": name, "kind": "tensor", **_tensor(value)}
    elif isinstance(value, str):
        cut = {"cut": True} if len(value) > TEXT else {}
        yield {"name": name, "kind": "text", "value": value[:TEXT], "length": len(value), **cut}
    elif isinstance(value, list | tuple):
        yield {"name": name, "kind": "list", "length": len(value)}
        for place, item in enumerate(value[:ITEMS]):
            yield from _rows(f"{name}[{place}]", item)
    elif isinstance(value, Mapping):
        yield {"name": name, "kind": "list", "length": len(value)}
        for key in islice(value, ROWS):
            yield from _rows(_joined(name, str(key)[:80]), value[key])
    elif record is not None:
        for field in record.fields:
            yield from _rows(_joined(name, field), getattr(value, field))
    else:
        plain = value if value is None or isinstance(value, bool | int | float) else repr(value)[:TEXT]
        yield {"name": name, "kind": "value", "value": plain}


def _joined(name: str, part: str) -> str:
    return f"{name}.{part}" if name else part


def _tensor(value: Any) -> Row:
    import torch

    shape, dtype = list(value.shape), str(value.dtype).removeprefix("torch.")
    tensor = value.detach() if is_tensor(value) else torch.from_numpy(value.copy())
    flat = torch.view_as_real(tensor.resolve_conj()).reshape(-1) if tensor.is_complex() else tensor.reshape(-1)
    step = -(-flat.numel() // MOST) or 1
    every = {"every": step} if step > 1 else {}
    return {"dtype": dtype, "shape": shape, **every, **_numbers(flat[::step])}


def _numbers(flat: Tensor) -> Row:
    """The range of the finite elements, and what the others are; two passes, so that no second copy of it is needed."""
    import torch

    count, total, nan, inf = 0, 0.0, 0, 0
    low, high = float("inf"), float("-inf")
    for chunk in _chunks(flat):
        finite = chunk[torch.isfinite(chunk)]
        nan += int(torch.isnan(chunk).sum())
        inf += int(torch.isinf(chunk).sum())
        if finite.numel():
            count, total = count + finite.numel(), total + float(finite.sum())
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    if not count:
        return {"nan": nan, "inf": inf}
    mean = total / count
    squares, bins = 0.0, torch.zeros(BINS if high > low else 1, dtype=torch.float64)
    for chunk in _chunks(flat):
        finite = chunk[torch.isfinite(chunk)]
        squares += float(((finite - mean) ** 2).sum())
        bins += torch.histc(finite, len(bins), low, high) if high > low else finite.numel()
    deviation = (squares / count) ** 0.5
    told = {"min": low, "max": high, "mean": mean, "deviation": deviation, "nan": nan, "inf": inf}
    return {**told, "histogram": [int(one) for one in bins]}


def _chunks(flat: Tensor) -> Iterator[Tensor]:
    for chunk in flat.split(CHUNK):
        yield chunk.cpu().double()
