"""Tensors under CompVis' and OpenCLIP's keys to tensors under diffusers' keys, by diffusers' own tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from torch import Tensor

from nodes.families.single_file import OPEN_CLIP


def diffusers_tensors(part: str, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> dict[str, Tensor]:
    """Rename one part's tensors of a Stable Diffusion file; only OpenCLIP's, where three are in one, are copied."""
    from diffusers.loaders.single_file_utils import (
        convert_ldm_clip_checkpoint,
        convert_ldm_unet_checkpoint,
        convert_ldm_vae_checkpoint,
    )

    if part == "denoiser":
        return dict(convert_ldm_unet_checkpoint(dict(tensors), dict(config)))
    if part == "vae":
        return dict(convert_ldm_vae_checkpoint(dict(tensors), dict(config)))
    if any(name.startswith(OPEN_CLIP) for name in tensors):
        return _open_clip(tensors, config)
    return dict(convert_ldm_clip_checkpoint(dict(tensors)))


def _open_clip(tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> dict[str, Tensor]:
    """What the encoder uses of the tower: neither the last layer nor what ranks texts against pictures."""
    from diffusers.loaders.single_file_utils import convert_open_clip_checkpoint

    last = f"{OPEN_CLIP}transformer.resblocks.{config['num_hidden_layers']}."
    unused = (last, f"{OPEN_CLIP}text_projection", f"{OPEN_CLIP}logit_scale")
    used = {name: tensor for name, tensor in tensors.items() if not name.startswith(unused)}
    # The converter asks a module for nothing but its width.
    width = SimpleNamespace(config=SimpleNamespace(hidden_size=config["hidden_size"]))
    return dict(convert_open_clip_checkpoint(width, used))
