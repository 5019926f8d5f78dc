"""Nodes for texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Facts, Mismatch, Multiline, Node

SLOTS = ("a", "b", "c", "d")
_MARKS = re.compile(r"\{\{|\}\}|\{([A-Za-z_]\w*)\}")


class Text(Node):
    """A text, to be linked to several inputs at once."""

    category = "values"
    peers = ("PrimitiveString", "PrimitiveStringMultiline")

    value: Annotated[Multiline, Field(description="The text")] = ""

    def run(self) -> str:
        """The text."""
        return self.value


class TextTemplate(Node):
    """A text with places in it: {a}, {b}, {c} and {d} are replaced by what is given for them.

    Numbers may be given too. Link a list to one of them, and there is a text for each of its items. Doubled braces, {{
    and }}, stand for braces themselves.
    """

    title = "Text with placeholders"
    category = "values"
    peers = ("StringFormat", "TextTemplate")

    template: Annotated[Multiline, Field(description="The text, with {a}, {b}, {c}, {d} where values go")] = ""
    a: Annotated[object | None, Field(description="The text or number that stands for {a}")] = None
    b: Annotated[object | None, Field(description="The text or number that stands for {b}")] = None
    c: Annotated[object | None, Field(description="The text or number that stands for {c}")] = None
    d: Annotated[object | None, Field(description="The text or number that stands for {d}")] = None

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse a placeholder that has no input, or whose input is empty, before anything runs."""
        template = inputs.get("template", {}).get("value")
        if isinstance(template, str):
            given = {slot: inputs.get(slot, {}).get("value", slot) for slot in SLOTS}
            if wrong := _wrong(template, {slot: value for slot, value in given.items() if value is not None}):
                raise Mismatch("template", wrong)
        return {}

    def run(self) -> str:
        """Fill in. Raises LoomError, in a sentence, for a placeholder without a value."""
        values = {slot: value for slot in SLOTS if (value := getattr(self, slot)) is not None}
        if wrong := _wrong(self.template, values):
            raise LoomError(wrong)
        return _MARKS.sub(lambda mark: _filled(mark, values), self.template)


class TextLines(Node):
    """A text's lines as a list, so that the nodes behind it are called once a line.

    Spaces around a line are left out, and so are empty lines.
    """

    title = "Lines of text"
    category = "lists"
    peers = ("StringToList", "TextLines")

    text: Annotated[Multiline, Field(description="The text; one item a line")] = ""

    def run(self) -> list[str]:
        """The lines."""
        return [stripped for line in self.text.splitlines() if (stripped := line.strip())]


def _wrong(template: str, values: Mapping[str, object]) -> str | None:
    for mark in _MARKS.finditer(template):
        name = mark.group(1)
        if name is not None and name not in SLOTS:
            return f"the template has {{{name}}}; there is: {', '.join(f'{{{slot}}}' for slot in SLOTS)}"
        if name is not None and name not in values:
            return f"the template has {{{name}}}, but input '{name}' is empty"
    return None


def _filled(mark: re.Match[str], values: Mapping[str, object]) -> str:
    name = mark.group(1)
    return mark.group()[0] if name is None else _written(name, values[name])


def _written(name: str, value: object) -> str:
    """A value as a person writes it: 3 for 3.0, true for True."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.12g}"
        case str() | int():
            return str(value)
        case _:
            raise LoomError(f"input '{name}' is of type {type(value).__name__}; a text takes texts and numbers")
