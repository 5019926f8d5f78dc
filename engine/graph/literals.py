"""Literals: whether a JSON value fits an input, which Python value it stands for, and how a file writes it.

Int     int; a decimal string is read too, and written beyond ±(2^53 − 1), where other readers lose digits
Float   float, finite; an int widens
Text    str; with choices, one of them
Bool    bool
Data    any JSON
File    values.File, written {"asset": name, "sha256": …}
Folder  values.Folder, written {"folder": name}
"""

import re
from collections.abc import Callable
from difflib import get_close_matches
from math import isfinite
from typing import Any, TypeAlias

from engine.graph.records import InputSpec, JsonValue
from engine.graph.shapes import Asset, BadShape, Directory, read_value, shorten
from engine.graph.values import File, Folder, is_variable

MIN_INTEGER, MAX_INTEGER = -(2**63), 2**64 - 1  # what the keys' canonical JSON can hold
SAFE_INTEGER = 2**53 - 1

Checked: TypeAlias = tuple[Any, str | None]

_decimal = re.compile(r"-?[0-9]{1,20}").fullmatch
_half_pair = re.compile(r"[\ud800-\udfff]").search


def check_literal(spec: InputSpec, value: JsonValue) -> Checked:
    """The Python value of one literal for `spec`, and None; or None, and what is wrong with it.

    The words lack their subject: "is 0; it takes a whole number from 1 to 1000". For a list input, this is
    about one item. `step` is the widget's matter and checks nothing; `choices_from` is the host's.
    """
    if value is None and spec.optional:
        return None, None
    check = _CHECKS.get(spec.type)
    if check is not None:
        return check(spec, value)
    if is_variable(spec.type):
        return _data(spec, value)
    return _refuse(value, f"a link to an output of type {spec.type}")


def written(spec: InputSpec, value: JsonValue) -> JsonValue:
    """The canonical way to write a literal; one that does not fit stays as it came."""
    checked, wrong = check_literal(spec, value)
    if wrong is not None or checked is None:
        return value
    if spec.type == "Int" and abs(checked) > SAFE_INTEGER:
        return str(checked)
    return checked if spec.type in ("Int", "Float") else value


def wanted(spec: InputSpec) -> str:
    """What an input takes, in words: "a whole number from 1 to 1000"."""
    if spec.choices is not None:
        return f"one of: {', '.join(spec.choices)}"
    words = _WORDS.get(spec.type) or f"a link to an output of type {spec.type}"
    return f"{words}{_bounds(spec)}" if spec.type in ("Int", "Float") else words


_WORDS = {
    "Int": "a whole number",
    "Float": "a number",
    "Text": "a text",
    "Bool": "true or false",
    "Data": "any JSON",
    "File": 'a file, written {"asset": "name"}',
    "Folder": 'a folder, written {"folder": "name"}',
}


def _int(spec: InputSpec, value: JsonValue) -> Checked:
    if type(value) is str and _decimal(value):
        value = int(value)
    if type(value) is not int:
        return _refuse(value, wanted(spec))
    if (
        not MIN_INTEGER <= value <= MAX_INTEGER
        or (spec.min is not None and value < spec.min)
        or (spec.max is not None and value > spec.max)
    ):
        return _refuse(value, wanted(spec))
    return value, None


def _float(spec: InputSpec, value: JsonValue) -> Checked:
    if type(value) is int and MIN_INTEGER <= value <= MAX_INTEGER:
        value = float(value)
    if (
        type(value) is not float
        or not isfinite(value)
        or (spec.min is not None and value < spec.min)
        or (spec.max is not None and value > spec.max)
    ):
        return _refuse(value, wanted(spec))
    return value, None


def _text(spec: InputSpec, value: JsonValue) -> Checked:
    if type(value) is not str:
        return _refuse(value, wanted(spec))
    if not value.isascii() and _half_pair(value):
        return None, "holds half of a surrogate pair, which is not a character"
    if spec.choices is not None and value not in spec.choices:
        close = get_close_matches(value[:100], spec.choices, n=1)
        hint = f"; did you mean '{close[0]}'? It takes " if close else "; it takes "
        return None, f"is {shorten(value)}{hint}{wanted(spec)}"
    return value, None


def _bool(spec: InputSpec, value: JsonValue) -> Checked:
    return (value, None) if type(value) is bool else _refuse(value, wanted(spec))


def _data(_: InputSpec, value: JsonValue) -> Checked:
    """A file holds nothing but JSON; a graph built in Python may hold what no key and no file can take."""
    waiting: list[Any] = [value]
    while waiting:
        here = waiting.pop()
        if type(here) is dict and all(type(key) is str for key in here):
            waiting.extend(here)
            waiting.extend(here.values())
        elif type(here) is list:
            waiting.extend(here)
        elif not _is_scalar(here):
            return None, f"holds {shorten(here)}, which JSON does not have"
    return value, None


def _is_scalar(value: object) -> bool:
    if type(value) is int:
        return MIN_INTEGER <= value <= MAX_INTEGER
    if type(value) is float:
        return isfinite(value)
    if type(value) is str:
        return value.isascii() or not _half_pair(value)
    return value is None or type(value) is bool


def _file(spec: InputSpec, value: JsonValue) -> Checked:
    try:
        shape = read_value(value)
    except BadShape as error:
        return None, f"cannot be read: {error}"
    return (File(*shape), None) if type(shape) is Asset else _refuse(value, wanted(spec))


def _folder(spec: InputSpec, value: JsonValue) -> Checked:
    try:
        shape = read_value(value)
    except BadShape as error:
        return None, f"cannot be read: {error}"
    return (Folder(*shape), None) if type(shape) is Directory else _refuse(value, wanted(spec))


_CHECKS: dict[str, Callable[[InputSpec, JsonValue], Checked]] = {
    "Int": _int,
    "Float": _float,
    "Text": _text,
    "Bool": _bool,
    "Data": _data,
    "File": _file,
    "Folder": _folder,
}

SCALARS = {name: _CHECKS[name] for name in ("Int", "Float", "Text", "Bool")}
"""The checks of inputs whose linked values are held to the same bounds."""


def _refuse(value: object, wanted: str) -> Checked:
    return None, f"is {shorten(value)}; it takes {wanted}"


def _bounds(spec: InputSpec) -> str:
    if spec.min is not None and spec.max is not None:
        return f" from {spec.min} to {spec.max}"
    if spec.min is not None:
        return f" of at least {spec.min}"
    if spec.max is not None:
        return f" of at most {spec.max}"
    return ""
