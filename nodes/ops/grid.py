"""Pictures side by side, with a caption under each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from engine.graph.faults import LoomError
from nodes.ops.resize import centred

GROUND = (1.0, 1.0, 1.0)
INK = 34
MOST_LINES = 3
MAX_PIXELS = 100_000_000


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand, in pixels: cells in rows, a caption strip under each, a gap around all."""

    columns: int
    rows: int
    cell_width: int
    cell_height: int
    caption: int
    gap: int

    @property
    def width(self) -> int:
        """The whole grid's."""
        return self.gap + self.columns * (self.cell_width + self.gap)

    @property
    def height(self) -> int:
        """The whole grid's."""
        return self.gap + self.rows * (self.cell_height + self.caption + self.gap)

    def corner(self, index: int) -> tuple[int, int]:
        """The left and top of a cell."""
        row, column = divmod(index, self.columns)
        return (
            self.gap + column * (self.cell_width + self.gap),
            self.gap + row * (self.cell_height + self.caption + self.gap),
        )


def grid(images: Sequence[Tensor], columns: int | None = None, labels: Sequence[str] = (), gap: int = 8) -> Tensor:
    """Pictures, each (B, H, W, C) of any size, as one (1, H, W, 3) on white: a cell for every image of every batch.

    Cells are as large as the largest picture; smaller ones stand in their middle. Without `columns` the grid is about
    square. `labels` has one text a picture, or none at all. Raises LoomError, in a sentence, where that does not fit.
    """
    pictures = [_opaque(one[None]) for image in images for one in image]
    if not pictures:
        raise LoomError("a grid needs at least one picture, and the list is empty")
    if labels and len(labels) != len(pictures):
        raise LoomError(f"{len(labels)} labels for {len(pictures)} pictures; give one a picture, or none")
    width, height = max(p.shape[2] for p in pictures), max(p.shape[1] for p in pictures)
    captions = _captions(labels, width)
    columns = min(columns or math.ceil(math.sqrt(len(pictures))), len(pictures))
    strip = max((caption.shape[0] for caption in captions), default=0)
    layout = Layout(columns, math.ceil(len(pictures) / columns), width, height, strip, gap)
    if layout.width * layout.height > MAX_PIXELS:
        raise LoomError(f"the grid would have {layout.width} × {layout.height} pixels; at most {MAX_PIXELS:,} are made")
    canvas = torch.tensor(GROUND).expand(1, layout.height, layout.width, 3).clone()
    for index, picture in enumerate(pictures):
        left, top = layout.corner(index)
        canvas[:, top : top + height, left : left + width] = centred(picture, width, height, GROUND)
        if captions:
            below = canvas[:, top + height : top + height + captions[index].shape[0], left : left + width]
            below[...] = captions[index][None, ..., None]
    return canvas


def _opaque(pixels: Tensor) -> Tensor:
    """Laid over the ground, where there is alpha; on the CPU."""
    pixels = pixels.cpu()
    if pixels.shape[-1] == 3:
        return pixels
    alpha = pixels[..., 3:]
    return pixels[..., :3] * alpha + torch.tensor(GROUND) * (1 - alpha)


def _captions(labels: Sequence[str], width: int) -> list[Tensor]:
    """Each label as grey values (h, width), broken into lines where it is too long."""
    if not any(label.strip() for label in labels):
        return []
    font = ImageFont.load_default(size=min(max(width // 14, 11), 32))
    assert isinstance(font, ImageFont.FreeTypeFont)
    ascent, descent = font.getmetrics()
    line = math.ceil((ascent + descent) * 1.1)
    return [_drawn(_broken(label, width, font), width, line, font) for label in labels]


def _drawn(lines: Sequence[str], width: int, line: int, font: ImageFont.FreeTypeFont) -> Tensor:
    strip = Image.new("L", (width, line * len(lines) + line // 2), 255)
    draw = ImageDraw.Draw(strip)
    for number, text in enumerate(lines):
        place = ((width - draw.textlength(text, font=font)) / 2, line // 4 + number * line)
        draw.text(place, text, fill=INK, font=font)
    return torch.from_numpy(np.asarray(strip, np.float32) / 255)


def _broken(label: str, width: int, font: ImageFont.FreeTypeFont) -> list[str]:
    """A label in at most `MOST_LINES` lines, none wider than `width` pixels."""
    lines: list[str] = []
    for word in label.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]} …"]
    return [_shortened(text, width, font) for text in lines] or [""]


def _shortened(text: str, width: int, font: ImageFont.FreeTypeFont) -> str:
    while font.getlength(text) > width and len(text) > 1:
        text = text.removesuffix("…").rstrip()[:-1] + "…"
    return text
