"""Inputs in words: type, bounds, default, help."""

from __future__ import annotations

import json

from engine.graph.literals import wanted
from engine.graph.normalise import plain_default
from engine.graph.records import MISSING, InputSpec, JsonValue, Missing
from engine.graph.shapes import shorten
from engine.graph.values import LITERALS, is_variable

DEFAULT_LENGTH = 40


def takes(spec: InputSpec) -> str:
    """What an input takes: "a whole number from 1 to 1000", "list of Image"."""
    if spec.choices_from is not None:
        words = f"the name of one of the {spec.choices_from}"
    elif spec.type in ("File", "Folder"):
        words = f"a {spec.type.lower()}"
    elif spec.type in LITERALS:
        words = wanted(spec)
    else:
        words = type_words(spec.type)
    if spec.list:
        words = f"a list of: {words}"
    return f"{words}, or null" if spec.optional and spec.type in LITERALS else words


def type_words(name: str) -> str:
    """A type's name; a type variable stands for whatever type comes."""
    return "anything" if is_variable(name) else name


def default_words(default: JsonValue | Missing) -> str:
    """` = 20`, or nothing where there is no default."""
    if default is MISSING:
        return ""
    text = json.dumps(default, ensure_ascii=False) if not isinstance(default, str) else shorten(default, DEFAULT_LENGTH)
    return f" = {text if len(text) <= DEFAULT_LENGTH + 1 else text[:DEFAULT_LENGTH] + '…'}"


def input_row(name: str, spec: InputSpec, default: JsonValue | Missing, title: str = "") -> tuple[str, str, str]:
    """A line of a table: name and default, what it takes, help; led by its title where that says more than its name."""
    text = f"{title}: {spec.help}" if title and title.casefold() != name.casefold() else spec.help
    return f"{name}{default_words(default)}", takes(spec), text


def spec_row(spec: InputSpec) -> tuple[str, str, str]:
    """The same for an input of a node type."""
    default: JsonValue | Missing = MISSING if spec.default is MISSING else plain_default(spec.default)
    name, words, text = input_row(spec.name, spec, default)
    marks = [mark for mark, on in (("required", spec.required), ("optional", spec.optional), ("lazy", spec.lazy)) if on]
    return name, words, " ".join([f"({', '.join(marks)})", text] if marks else [text]).strip()
