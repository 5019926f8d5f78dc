"""Several values for one input, and the points that they make: `seed=1..8`, `cfg=3,5`, a table of rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from pathlib import Path

from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.jsontext import parse_json
from engine.graph.overrides import find_settable, fit_value, set_one_input
from engine.graph.records import JsonValue
from engine.graph.shapes import Asset, Directory, read_value, shorten
from engine.host.given import TEXT_BYTES, Given
from engine.store.regular import read_regular

MAX_POINTS = 10_000
_RANGE = re.compile(r"(-?\d{1,20})\.\.(-?\d{1,20})(?:\.\.(\d{1,20}))?").fullmatch


@dataclass(frozen=True)
class Axis:
    """One direction of a sweep: at each of its `points`, some inputs have these values."""

    points: tuple[Mapping[str, JsonValue], ...]

    def labels(self) -> list[str]:
        """What stands beside each point: `seed = 3`."""
        return ["\n".join(f"{name} = {value_words(value)}" for name, value in point.items()) for point in self.points]


def points_of(axes: Sequence[Axis]) -> Iterator[dict[str, JsonValue]]:
    """Every combination, the last axis moving fastest."""
    for combination in product(*(axis.points for axis in axes)):
        yield {name: value for point in combination for name, value in point.items()}


def read_axis(given: Given, name: str, text: str) -> Axis:
    """The values of `--sweep`: `1..8` or `1..9..2` for whole numbers, a JSON array, or a list parted by commas.

    The list is a line of CSV: a value in double quotes may hold commas, and spaces after a comma do not count. Raises
    InvalidWorkflow.
    """
    spec = find_settable(given.workflow, given.types, name).spec
    span = _RANGE(text.strip()) if spec.type == "Int" else None
    if span is not None:
        numbers = _span(name, int(span[1]), int(span[2]), int(span[3] or 1))
        values: list[JsonValue] = [_fitted(given, name, number) for number in numbers]
    elif text.lstrip().startswith("["):
        values = [_fitted(given, name, value) for value in _array(name, text)]
    else:
        values = [given.read(name, part) for part in _parts(name, text)]
    return Axis(tuple({name: value} for value in values))


def read_table(given: Given, path: str) -> Axis:
    """The rows of a CSV file whose first line names inputs; an empty cell leaves the input as the file has it.

    Raises InvalidWorkflow with all that is wrong in it.
    """
    rows = _rows(path)
    names, faults, points = rows[0], list[Fault](), list[dict[str, JsonValue]]()
    for number, row in enumerate(rows[1:], 2):
        if len(row) > len(names):
            text = f"{path}, line {number}: it has {len(row)} cells, and the table has {len(names)} columns"
            faults.append(Fault("bad_table", text))
            continue
        point = {}
        for name, cell in zip(names, row, strict=False):
            if not cell:
                continue
            try:
                point[name] = given.read(name, cell)
            except InvalidWorkflow as error:
                faults.extend(
                    Fault(fault.code, f"{path}, line {number}: {fault}", None, name) for fault in error.faults
                )
        points.append(point)
    if faults:
        raise InvalidWorkflow(faults)
    return Axis(tuple(points))


def check_axes(given: Given, axes: Sequence[Axis], shared: Iterable[str]) -> None:
    """Raises InvalidWorkflow where there are too many points, none, or one input is said twice.

    `shared` are the names of what all points have: what an axis varies cannot be among it.
    """
    count = prod(len(axis.points) for axis in axes)
    if not 0 < count <= MAX_POINTS:
        words = f"{count:,} runs; at most {MAX_POINTS:,} are made at once" if count else "no run: an axis is empty"
        raise InvalidWorkflow([Fault("bad_sweep", f"this makes {words}")])
    varied = [name for axis in axes for name in dict.fromkeys(name for point in axis.points for name in point)]
    pairs = [(name, other, "swept") for name, other in combinations(varied, 2)]
    pairs += [(name, other, "set to one value") for name, other in product(varied, shared)]
    for name, other, how in pairs:
        if set_one_input(given.workflow, given.types, name, other):
            text = f"'{name}' is swept, and '{other}', which sets the same input, is {how}: leave one of them out"
            if name == other:
                text = f"'{name}' is swept twice" if how == "swept" else f"'{name}' is both swept and {how}: choose one"
            raise InvalidWorkflow([Fault("bad_sweep", text, None, name)])


def value_words(value: JsonValue) -> str:
    """A value as a label shows it."""
    shape = read_value(value)
    if isinstance(shape, Asset | Directory):
        return shape.name
    return value if isinstance(value, str) else shorten(value)


def _span(name: str, first: int, last: int, step: int) -> range:
    if step == 0:
        raise InvalidWorkflow([Fault("bad_sweep", f"'{name}': a range cannot advance by 0", None, name)])
    numbers = range(first, last + 1, step) if last >= first else range(first, last - 1, -step)
    if len(numbers) > MAX_POINTS:
        text = f"'{name}': the range has {len(numbers):,} values; at most {MAX_POINTS:,} are run at once"
        raise InvalidWorkflow([Fault("bad_sweep", text, None, name)])
    return numbers


def _parts(name: str, text: str) -> list[str]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True))
    except csv.Error as error:
        wrong = f'the values of \'{name}\' are no line of CSV ({error}); a value that begins with a quote is "written ""so"""'
        raise InvalidWorkflow([Fault("bad_sweep", wrong, None, name)]) from None
    if len(rows) > 1:
        wrong = (
            f"the values of '{name}' are in {len(rows)} lines; a value with a line break in it is put in double quotes"
        )
        raise InvalidWorkflow([Fault("bad_sweep", wrong, None, name)])
    return rows[0] if rows and rows[0] else [""]


def _array(name: str, text: str) -> list[JsonValue]:
    values = parse_json(text, f"the array of values for '{name}'")
    assert isinstance(values, list)
    return values


def _fitted(given: Given, name: str, value: JsonValue) -> JsonValue:
    spec = find_settable(given.workflow, given.types, name).spec
    if isinstance(value, str) and spec.type not in ("Text", "Int"):
        return given.read(name, value)
    fitted, wrong = fit_value(spec, value)
    if wrong is not None:
        raise InvalidWorkflow([Fault("bad_value", f"'{name}' {wrong}", None, name)])
    return fitted


def _rows(path: str) -> list[list[str]]:
    try:
        text = read_regular(Path(path), TEXT_BYTES).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), strict=True))
    except (OSError, ValueError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise InvalidWorkflow([Fault("bad_table", f"{path} can't be read as a CSV table: {why}")]) from None
    rows = [rows[0], *(row for row in rows[1:] if row)] if rows else []
    if len(rows) < 2:
        raise InvalidWorkflow([Fault("bad_table", f"{path} has no rows; its first line names inputs")])
    if len(set(rows[0])) < len(rows[0]):
        raise InvalidWorkflow([Fault("bad_table", f"{path} names an input twice in its first line")])
    return rows
