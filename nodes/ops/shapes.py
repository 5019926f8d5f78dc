"""Masks drawn from words: one shape a line, its numbers in pixels or per cent of the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from nodes.ops.room import check_pictures

COPIES = 6
"""Of a mask: distances in double precision and their squares, what is covered, and the mask."""
Draw = Callable[[Tensor, Tensor, Sequence[float]], Tensor]


def drawn(text: str, width: int, height: int) -> Tensor:
    """The mask (1, H, W) of all shapes together: 1 where the middle of a pixel lies in one of them.

    Lines are `box LEFT TOP RIGHT BOTTOM`, `ellipse LEFT TOP RIGHT BOTTOM`, `circle X Y RADIUS` and `polygon X Y X Y X Y …`.
    Places are counted from the left upper corner. Raises ValueError, in a sentence, for a line that is none of these, and
    where the mask would not fit into memory.
    """
    check_pictures("a mask of", (1, height, width, 1), torch.device("cpu"), COPIES)
    y = torch.arange(height, dtype=torch.float64)[:, None] + 0.5
    x = torch.arange(width, dtype=torch.float64)[None, :] + 0.5
    covered = torch.zeros(height, width, dtype=torch.bool)
    for number, line in enumerate(text.splitlines(), 1):
        if words := line.replace(",", " ").split():
            try:
                covered |= _shape(words, x, y)
            except ValueError as error:
                raise ValueError(f"input 'shapes', line {number}: {error}") from None
    return covered.float()[None]


def _shape(words: Sequence[str], x: Tensor, y: Tensor) -> Tensor:
    name = words[0].lower()
    if name not in SHAPES:
        raise ValueError(f"there is no shape {words[0][:20]!r}; there are: {', '.join(SHAPES)}")
    draw, count, form = SHAPES[name]
    given = len(words) - 1
    if given != count if count else given < 6 or given % 2:
        raise ValueError(f"{name} has {given} numbers; it is written: {form}")
    sides = (x.shape[1], y.shape[0])
    return draw(x, y, [_number(word, sides[i % 2]) for i, word in enumerate(words[1:])])


def _number(word: str, side: int) -> float:
    try:
        return float(word[:-1]) / 100 * side if word.endswith("%") else float(word)
    except ValueError:
        raise ValueError(f"{word[:20]!r} is no number; write pixels (64) or per cent (25%)") from None


def _box(x: Tensor, y: Tensor, at: Sequence[float]) -> Tensor:
    left, top, right, bottom = at
    return (x >= left) & (x < right) & (y >= top) & (y < bottom)


def _ellipse(x: Tensor, y: Tensor, at: Sequence[float]) -> Tensor:
    left, top, right, bottom = at
    across, down = (right - left) / 2, (bottom - top) / 2
    if across <= 0 or down <= 0:
        return torch.zeros(y.shape[0], x.shape[1], dtype=torch.bool)
    return ((x - left - across) / across) ** 2 + ((y - top - down) / down) ** 2 <= 1


def _circle(x: Tensor, y: Tensor, at: Sequence[float]) -> Tensor:
    middle_x, middle_y, radius = at
    return (x - middle_x) ** 2 + (y - middle_y) ** 2 <= max(radius, 0) ** 2


def _polygon(x: Tensor, y: Tensor, at: Sequence[float]) -> Tensor:
    """Even-odd rule: a point is inside where a ray to the right crosses an odd number of sides."""
    corners = list(zip(at[::2], at[1::2], strict=True))
    inside = torch.zeros(y.shape[0], x.shape[1], dtype=torch.bool)
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if y1 != y2:
            crosses = (y1 > y) != (y2 > y)
            inside ^= crosses & (x < x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    return inside


SHAPES: dict[str, tuple[Draw, int, str]] = {
    "box": (_box, 4, "box LEFT TOP RIGHT BOTTOM"),
    "ellipse": (_ellipse, 4, "ellipse LEFT TOP RIGHT BOTTOM"),
    "circle": (_circle, 3, "circle X Y RADIUS"),
    "polygon": (_polygon, 0, "polygon X Y X Y X Y …"),
}
"""Each with how many numbers it takes (0: pairs, three or more) and how it is written."""
