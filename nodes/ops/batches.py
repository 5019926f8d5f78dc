"""Several pictures as one batch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.graph.faults import LoomError
from nodes.ops.alpha import with_alpha
from nodes.ops.files import sizes_in_words
from nodes.ops.resize import Fit, resize


def batched(images: Sequence[Tensor], fit: Fit | None = None) -> Tensor:
    """Pictures, each (B, H, W, C), one after another as one (ΣB, H, W, C); alpha is added where only some have it.

    Those of another size than the first are brought to its size as `fit` says. Raises LoomError, in a sentence, for
    none at all, and for several sizes without a `fit`.
    """
    if not images:
        raise LoomError("a batch needs at least one picture, and the list is empty")
    height, width = int(images[0].shape[1]), int(images[0].shape[2])
    if fit is None and any(image.shape[1:3] != (height, width) for image in images):
        raise LoomError(
            f"the pictures are {sizes_in_words(images)}; a batch has one size: resize them, or choose a fit"
        )
    fitted = [resize(image, width, height, fit) if fit else image for image in images]
    channels = max(int(image.shape[-1]) for image in fitted)
    return torch.cat([with_alpha(image) if image.shape[-1] < channels else image for image in fitted])
