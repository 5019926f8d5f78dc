"""How well pictures fit a text, by a CLIP or SigLIP model: the cosine of their embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from nodes.families.clip import Clip


class ClipScore:
    """A score for pictures by how near they are to `text`: −1…1, and 0.2…0.4 is what good pairs have with most models.

    The text is encoded here, once; nothing of that is kept on a tape.
    """

    def __init__(self, clip: Clip, text: str, *, whole: bool = False) -> None:
        self._clip, self._whole = clip, whole
        with torch.no_grad():
            self._text = clip.text_features(text)

    def __call__(self, pixels: Tensor, cover: Tensor | None = None, /) -> Tensor:
        """Score pictures (B, H, W, 3): (B,), on their own device."""
        found = self._clip.image_features(pixels, cover, whole=self._whole)
        return (found @ self._text[0]).to(pixels.device)
