"""JSON text from outside, read with guards: whatever the bytes are, the answer is a JSON value or faults.

Python's own parser lets pass what would hurt later: NaN, numbers beyond a double, integers that other readers
of the file do not keep, half of a surrogate pair, a key that stands twice (the last one would win in
silence).
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from math import isfinite
from typing import Any

from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.places import Path, fault_at, first
from engine.graph.records import JsonValue
from engine.graph.shapes import shorten

MAX_BYTES = 8_000_000
MAX_DEPTH = 64
MIN_INTEGER, MAX_INTEGER = -(2**63), 2**64 - 1

_SPACE = b" \t\n\r\v\f"
_digits_to_zero = bytes.maketrans(b"123456789E", b"000000000e")
_half_pair = re.compile(r"[\ud800-\udfff]").search
_escaped_half = re.compile(rb"\\u[dD][89a-fA-F]").search


def parse_json(data: bytes | str, source: str = "workflow") -> JsonValue:
    """The JSON value of a text of at most 8 MB, depth 64. Raises InvalidWorkflow with all that is wrong."""
    raw = _utf8(data, source)
    guards = _Guards(raw)
    try:
        value: JsonValue = json.loads(raw.decode(), **guards.numbers())
        depth, keys = _size(value)
        if keys != guards.keys:
            value = json.loads(raw.decode(), object_pairs_hook=guards.pairs, **guards.numbers())
    except UnicodeDecodeError as error:
        raise _refused("json", f"{source} is not UTF-8 text (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise _refused("json", _what_broke(error, source, len(raw))) from None
    except RecursionError:
        raise _refused("depth", _too_deep(source)) from None
    if depth > MAX_DEPTH:
        raise _refused("depth", _too_deep(source))
    if guards.suspicious and (faults := first(_findings(value))):
        raise InvalidWorkflow(faults)
    return value


def _size(value: JsonValue) -> tuple[int, int]:
    """How deep a value is nested, and how many keys it has (down to the greatest depth that a file may have)."""
    level: list[Any] = [value] if isinstance(value, dict | list) else []
    depth = keys = 0
    while level and depth <= MAX_DEPTH:
        depth += 1
        inside: list[Any] = []
        for outer in level:
            if type(outer) is list:
                found: Iterable[Any] = outer
            else:
                found = outer.values()
                keys += len(outer)
            for inner in found:
                if type(inner) is dict or type(inner) is list:
                    inside.append(inner)  # noqa: PERF401  (the loop counts keys too)
        level = inside
    return depth, keys


class _Bad(str):
    """Stands in the parsed value for what may not be there, and says what that is."""


class _Twice(dict[str, Any]):
    """An object in which a key stands more than once."""

    repeated: tuple[str, ...] = ()


class _Guards:
    """The parser's hooks. They only mark what is wrong; where it stands is looked up afterwards, if need be.

    A hook costs a call a number, so numbers are hooked only where the text holds a long one or an exponent; and objects
    only where the text, its spaces left out, has more `":` than the parsed value has keys: in a text without strings like
    that, a key stands twice.
    """

    def __init__(self, raw: bytes) -> None:
        self.suspicious = _escaped_half(raw) is not None
        outline = raw.translate(_digits_to_zero)
        self.long = b"0" * 19 in outline
        self.exponent = b"0e" in outline or b"0" * 308 in outline
        self.keys = raw.translate(None, _SPACE).count(b'":')

    def numbers(self) -> dict[str, Any]:
        hooks: dict[str, Callable[[str], Any]] = {"parse_constant": self.constant}
        if self.long:
            hooks["parse_int"] = self.integer
        if self.exponent or self.long:
            hooks["parse_float"] = self.number
        return hooks

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        plain = dict(pairs)
        if len(plain) == len(pairs):
            return plain
        self.suspicious = True
        twice = _Twice(plain)
        twice.repeated = tuple(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return twice

    def constant(self, text: str) -> _Bad:
        return self._bad(f"is {text}, which is not JSON; a number is finite")

    def integer(self, text: str) -> int | _Bad:
        if len(text) <= 20 and MIN_INTEGER <= int(text) <= MAX_INTEGER:
            return int(text)
        shown = text if len(text) <= 40 else f"an integer of {len(text.lstrip('-'))} digits"
        return self._bad(f"is {shown}; an integer in a file lies between -2^63 and 2^64 - 1")

    def number(self, text: str) -> float | _Bad:
        value = float(text)
        return value if isfinite(value) else self._bad(f"is {text[:40]}, which is beyond the range of a number")

    def _bad(self, what: str) -> _Bad:
        self.suspicious = True
        return _Bad(what)


def _findings(value: JsonValue) -> Iterator[Fault]:
    """What the hooks have marked, and half surrogate pairs, in the order of the file."""
    waiting: list[tuple[Path, Any]] = [((), value)]
    while waiting:
        path, here = waiting.pop()
        if isinstance(here, _Bad):
            yield fault_at(path, "number", here)
        elif isinstance(here, str) and _half_pair(here):
            yield fault_at(path, "text", "holds half of a surrogate pair, which is not a character")
        if isinstance(here, _Twice):
            for key in here.repeated:
                yield fault_at(path, "duplicate", f"has the key {shorten(key)} more than once")
        if isinstance(here, dict):
            yield from (
                fault_at(path, "text", "has a key with half of a surrogate pair, which is not a character")
                for key in here
                if _half_pair(key)
            )
            waiting.extend(reversed([((*path, _whole(key)), inner) for key, inner in here.items()]))
        elif isinstance(here, list):
            waiting.extend(reversed([((*path, place), inner) for place, inner in enumerate(here)]))


def _whole(key: str) -> str:
    return key.encode("utf-8", "replace").decode()


def _utf8(data: bytes | str, source: str) -> bytes:
    try:
        raw = data.encode() if isinstance(data, str) else data
    except UnicodeEncodeError as error:
        raise _refused("text", f"{source} holds half of a surrogate pair (character {error.start})") from None
    if len(raw) > MAX_BYTES:
        size = f"{len(raw) / 1e6:.1f} MB"
        raise _refused("size", f"{source} is {size}; a workflow file has at most {MAX_BYTES // 10**6} MB")
    return raw.removeprefix(b"\xef\xbb\xbf")  # a mark that some editors put before UTF-8


def _what_broke(error: json.JSONDecodeError, source: str, size: int) -> str:
    if not error.doc.strip():
        return f"{source} is empty"
    if error.doc[error.pos :].strip() == "" or error.msg.startswith("Unterminated string"):
        return f"{source} is not whole JSON: it ends early (line {error.lineno}, {size} bytes)"
    return f"{source} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"


def _too_deep(source: str) -> str:
    return f"{source} is nested deeper than {MAX_DEPTH} levels of objects and arrays"


def _refused(code: str, message: str) -> InvalidWorkflow:
    return InvalidWorkflow([Fault(code, message)])
