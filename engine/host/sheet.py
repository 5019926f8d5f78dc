"""A contact sheet: pictures in rows and columns with labels, to compare what a sweep made.

With two axes or more, columns are the last axis and rows the combinations of the others; a single axis is laid out in
lines of nearly a square, each picture under its own label.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from engine.host.axes import Axis

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

    Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont

LONGEST_CELL = 512  # pixels
LONGEST_SHEET = 12_000
GAP, MARGIN, LEADING = 10, 20, 4
PAPER, INK, HOLE = "#ffffff", "#1a1b26", "#e9e9ed"
LABEL_LINES = 4


@dataclass(frozen=True)
class Plan:
    """Where labels stand and how many columns there are. `own` are labels of single pictures, else ()."""

    columns: int
    across: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


def make_sheet(axes: Sequence[Axis], pictures: Sequence[Path | None]) -> bytes:
    """The sheet as a PNG: one picture a point of the axes, in their order; None leaves its place empty."""
    from PIL import Image, ImageDraw

    plan = plan_of(axes)
    rows = ceil(len(pictures) / plan.columns)
    cells = [None if path is None else _opened(path) for path in pictures]
    width, height = _cell_size(cells, plan.columns, rows)
    size = max(12, min(22, width // 14))
    font = _font(size)
    line = size + LEADING
    down = [_fitted(label, font, max(120, width)) for label in plan.down]
    left = max((_width(text, font) for lines in down for text in lines), default=0)
    left += GAP if down else 0
    top_labels = [_fitted(label, font, width) for label in plan.across]
    top = _tallest(top_labels) * line + (GAP if top_labels else 0)
    own_labels = [_fitted(label, font, width) for label in plan.own]
    own = _tallest(own_labels) * line + (LEADING if own_labels else 0)
    step_x, step_y = width + GAP, height + own + GAP
    sheet = Image.new(
        "RGB", (2 * MARGIN + left + plan.columns * step_x - GAP, 2 * MARGIN + top + rows * step_y - GAP), PAPER
    )
    draw = ImageDraw.Draw(sheet)
    for column, lines in enumerate(top_labels):
        _write(draw, MARGIN + left + column * step_x, MARGIN + top - GAP - len(lines) * line, lines, font, line, width)
    for row, lines in enumerate(down):
        y = MARGIN + top + row * step_y + (height - len(lines) * line) // 2
        _write(draw, MARGIN, y, lines, font, line)
    for place, cell in enumerate(cells):
        x = MARGIN + left + place % plan.columns * step_x
        y = MARGIN + top + place // plan.columns * step_y
        if own_labels:
            _write(draw, x, y, own_labels[place], font, line)
        _put(sheet, draw, cell, (x, y + own, width, height))
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def plan_of(axes: Sequence[Axis]) -> Plan:
    """How the points of these axes are laid out."""
    labels = [axis.labels() for axis in axes]
    if len(axes) > 1:
        down = tuple("\n".join(parts) for parts in product(*labels[:-1]))
        return Plan(len(labels[-1]), tuple(labels[-1]), down)
    count = len(labels[0])
    return Plan(count if count <= 4 else ceil(sqrt(count)), own=tuple(labels[0]))


def _opened(path: Path) -> Image.Image:
    from engine.store.pictures import open_picture

    picture = open_picture(path)
    return picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGB")


def _cell_size(cells: Sequence[Image.Image | None], columns: int, rows: int) -> tuple[int, int]:
    """The largest picture, made smaller where a cell or the sheet would be too large."""
    width = max((cell.width for cell in cells if cell is not None), default=64)
    height = max((cell.height for cell in cells if cell is not None), default=64)
    scale = min(
        1.0, LONGEST_CELL / max(width, height), LONGEST_SHEET / (columns * width), LONGEST_SHEET / (rows * height)
    )
    return max(1, round(width * scale)), max(1, round(height * scale))


def _put(
    sheet: Image.Image, draw: ImageDraw.ImageDraw, cell: Image.Image | None, place: tuple[int, int, int, int]
) -> None:
    """A picture in the middle of its place, smaller where it has to be, never larger."""
    x, y, width, height = place
    if cell is None:
        draw.rectangle((x, y, x + width - 1, y + height - 1), fill=HOLE)
        return
    scale = min(1.0, width / cell.width, height / cell.height)
    if scale < 1:
        cell = cell.resize((max(1, round(cell.width * scale)), max(1, round(cell.height * scale))))
    spot = (x + (width - cell.width) // 2, y + (height - cell.height) // 2)
    sheet.paste(cell, spot, cell if cell.mode == "RGBA" else None)


def _write(
    draw: ImageDraw.ImageDraw,
    x: int,
    y: int,
    lines: Sequence[str],
    font: Font,
    step: int,
    width: int | None = None,
) -> None:
    """Lines of a label; in the middle of `width` where that is given."""
    for number, text in enumerate(lines):
        shift = 0 if width is None else max(0, (width - _width(text, font)) // 2)
        draw.text((x + shift, y + number * step), text, fill=INK, font=font)


def _fitted(label: str, font: Font, width: int) -> list[str]:
    """A label in lines no wider than `width`, broken at spaces, the last one cut where there are too many."""
    lines: list[str] = []
    for paragraph in label.splitlines():
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and _width(longer, font) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    if len(lines) > LABEL_LINES:
        lines = [*lines[: LABEL_LINES - 1], lines[LABEL_LINES - 1] + " …"]
    return [_cut(line, font, width) for line in lines]


def _cut(text: str, font: Font, width: int) -> str:
    if _width(text, font) <= width:
        return text
    while text and _width(text + "…", font) > width:
        text = text[:-1]
    return text + "…"


def _width(text: str, font: Font) -> int:
    return ceil(font.getlength(text))


def _tallest(labels: Sequence[Sequence[str]]) -> int:
    return max((len(lines) for lines in labels), default=0)


def _font(size: int) -> Font:
    from PIL import ImageFont

    return ImageFont.load_default(size)
