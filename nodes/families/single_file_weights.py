"""Tensors under CompVis' keys to tensors under diffusers' keys, by diffusers' own tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor


def diffusers_tensors(part: str, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> dict[str, Tensor]:
    """Rename one part's tensors of a Stable Diffusion 1.x file; none is copied."""
    from diffusers.loaders.single_file_utils import (
        convert_ldm_clip_checkpoint,
        convert_ldm_unet_checkpoint,
        convert_ldm_vae_checkpoint,
    )

    if part == "denoiser":
        return dict(convert_ldm_unet_checkpoint(dict(tensors), dict(config)))
    if part == "vae":
        return dict(convert_ldm_vae_checkpoint(dict(tensors), dict(config)))
    return dict(convert_ldm_clip_checkpoint(dict(tensors)))
