"""Prompts longer than a text encoder's window: cut into several, at a comma where one is near."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nodes.prompts.grammar import Span

LOOK_BACK = 20
"""Tokens after a comma that may move to the next window, of CLIP's 75."""
CLIP_ROOM = 75


@dataclass(slots=True)
class Window:
    """The tokens of one window and their weights, without the two tokens around them."""

    tokens: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)


def windows_of(sections: Sequence[Sequence[Span]], tokenize: Callable[[str], Sequence[int]], room: int) -> list[Window]:
    """Fill windows of at most `room` tokens, beginning anew with each section; at least one, which may be
    empty.

    When a window is full and its last comma stands within 20 tokens of the end (in proportion, where
    `room` is not 75), what follows the comma moves to the next, so that a phrase stays whole.
    """
    comma = list(tokenize(","))
    look_back = LOOK_BACK * room // CLIP_ROOM
    windows: list[Window] = []
    for section in sections:
        tokens = [(token, span.weight) for span in section for token in tokenize(span.text)]
        while tokens:
            cut = _cut(tokens, room, comma, look_back)
            windows.append(Window([t for t, _ in tokens[:cut]], [w for _, w in tokens[:cut]]))
            tokens = tokens[cut:]
    return windows or [Window()]


def _cut(tokens: Sequence[tuple[int, float]], room: int, comma: list[int], look_back: int) -> int:
    """How many of `tokens` the next window takes."""
    if len(tokens) <= room or [tokens[room][0]] == comma:
        return min(len(tokens), room)
    for length in range(room, max(room - look_back, 0), -1):
        if [tokens[length - 1][0]] == comma:
            return length
    return room
