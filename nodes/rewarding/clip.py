"""How well pictures fit a text, by a CLIP or SigLIP model: the cosine of their embeddings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from nodes.families.clip import Clip


FARTHEST = 0.025
"""How far a view is moved, as a share of a picture's shorter side."""


class ClipScore:
    """A score for pictures by how near they are to `text`: −1…1, and 0.2…0.4 is what good pairs have with most models.

    With several `views` it is the mean over the picture and the same moved a little, as cutouts steady guidance by CLIP
    (Crowson et al. 2022, VQGAN-CLIP, arXiv 2204.08583): what pleases at one place of the pixels only counts
    little. The text is encoded here, once; nothing of that is kept on a tape.
    """

    def __init__(self, clip: Clip, text: str, *, whole: bool = False, views: int = 1) -> None:
        self._clip, self._whole, self._views = clip, whole, views
        with torch.no_grad():
            self._text = clip.text_features(text)

    def __call__(self, pixels: Tensor, cover: Tensor | None = None, /) -> Tensor:
        """Score pictures (B, H, W, 3): (B,), on their own device."""
        scores = []
        for down, across in moves(int(pixels.shape[1]), int(pixels.shape[2]), self._views):
            there = None if cover is None else moved(cover[..., None], down, across)[..., 0]
            found = self._clip.image_features(moved(pixels, down, across), there, whole=self._whole)
            scores.append(found @ self._text[0])
        return torch.stack(scores).mean(0).to(pixels.device)


def moves(height: int, width: int, views: int) -> Iterator[tuple[int, int]]:
    """How far each view of a picture is moved, in whole pixels down and to the right: the first not at all, the others
    around it in a circle."""
    yield 0, 0
    reach = FARTHEST * min(height, width)
    for number in range(views - 1):
        angle = 2 * math.pi * number / (views - 1)
        yield round(reach * math.sin(angle)), round(reach * math.cos(angle))


def moved(pixels: Tensor, down: int, across: int) -> Tensor:
    """Pictures (B, H, W, C), moved; what comes into sight is the nearest of what was there."""
    if not (down or across):
        return pixels
    sides = (max(across, 0), max(-across, 0), max(down, 0), max(-down, 0))
    padded = functional.pad(pixels.movedim(-1, 1), sides, mode="replicate").movedim(1, -1)
    top, left = max(-down, 0), max(-across, 0)
    return padded[:, top : top + pixels.shape[1], left : left + pixels.shape[2]]
