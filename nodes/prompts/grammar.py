r"""The prompt grammar of AUTOMATIC1111's web UI.

`(red)` weighs 1.1 times as much, `(red:1.3)` 1.3 times, `[red]` 1 / 1.1 times; brackets nest and
multiply; `\(`, `\)`, `\[`, `\]` and `\\` are the characters themselves. A bracket that is never closed
holds to the end, and one that was never opened is a character. The word `BREAK` begins a new window of
the encoder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

STEP = 1.1
TOKENS = re.compile(r"\\[()\[\]\\]|[(\[)\]]|:\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*\)|[^\\()\[\]:]+|.", re.DOTALL)
BREAK = re.compile(r"\s*\bBREAK\b\s*")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text of one weight."""

    text: str
    weight: float = 1.0


def parse(prompt: str) -> list[list[Span]]:
    """A prompt as sections (parted by BREAK) of spans, neighbours of one weight joined. Never fails,
    never empty."""
    sections: list[list[Span]] = [[]]
    for span in _weighted(prompt):
        first, *others = BREAK.split(span.text)
        _append(sections[-1], Span(first, span.weight))
        for text in others:
            sections.append([])
            _append(sections[-1], Span(text, span.weight))
    return sections


def _append(spans: list[Span], span: Span) -> None:
    if not span.text:
        return
    if spans and spans[-1].weight == span.weight:
        spans[-1] = Span(spans[-1].text + span.text, span.weight)
    else:
        spans.append(span)


def _weighted(prompt: str) -> list[Span]:
    spans: list[Span] = []
    opened: dict[str, list[int]] = {"(": [], "[": []}

    def close(bracket: str, factor: float) -> None:
        begin = opened[bracket].pop()
        spans[begin:] = [Span(span.text, span.weight * factor) for span in spans[begin:]]

    for token in TOKENS.finditer(prompt):
        text, number = token.group(), token.group(1)
        if text in opened:
            opened[text].append(len(spans))
        elif number is not None and opened["("]:
            close("(", float(number))
        elif text == ")" and opened["("]:
            close("(", STEP)
        elif text == "]" and opened["["]:
            close("[", 1 / STEP)
        else:
            literal = text[1:] if text.startswith("\\") and len(text) > 1 else text
            spans.append(Span(literal))
    for bracket, factor in (("(", STEP), ("[", 1 / STEP)):
        while opened[bracket]:
            close(bracket, factor)
    return spans
