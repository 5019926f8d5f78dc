"""What is known of a model before it is loaded, and how the latent space of its VAE is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import blake3
import numpy as np

from nodes.families.errors import UnusableModel
from nodes.families.headers import Header, read_tensor
from nodes.types import LatentSpace

SD1_SCALING = 0.18215
SD1_CHANNELS = (128, 256, 512, 512)
AT_THE_LATENT = (
    "encoder.conv_out.weight",
    "quant_conv.weight",
    "post_quant_conv.weight",
    "decoder.conv_in.weight",
)
"""The layers of a KL VAE that touch its latents, by the names that they have in every layout."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a model before it is loaded.

    `width` and `height` are the pixels that it was trained at, `prediction` is what its denoiser answers
    with ("epsilon", "v_prediction" or "sample"), `text_width` the width of the rows that condition it, `vocabulary` the
    words that it knows, where it says so (`nodes.prompts.vocabulary`). `inpaint`: its denoiser paints over parts of
    pictures and nothing else (`in_channels`).
    """

    family: str
    space: LatentSpace
    width: int
    height: int
    prediction: str
    text_width: int
    vocabulary: Mapping[str, Any] | None = None
    inpaint: bool = False


def in_channels(channels: int, inpaint: bool) -> int:
    """How many channels a denoiser takes whose latents have so many.

    One for inpainting takes a mask and the latent of the masked picture beside its own: Stable Diffusion's, after Rombach
    et al. 2022, arXiv 2112.10752, section 4.5.
    """
    return 2 * channels + 1 if inpaint else channels


def is_for_inpainting(unet: Mapping[str, Any], channels: int, name: str, runs: str) -> bool:
    """Whether a UNet with this diffusers configuration is for inpainting, for a VAE whose latents have so many channels.

    Raises UnusableModel, which says that the model `name` does not fit, and what `runs`, where it is neither that nor an
    ordinary one.
    """
    came, out = int(unet["in_channels"]), int(unet["out_channels"])
    ordinary, inpainting = (in_channels(channels, inpaint) for inpaint in (False, True))
    if out != channels or came not in (ordinary, inpainting):
        raise UnusableModel(
            f"{name} has a UNet with {came} input channels and {out} output channels for a VAE of {channels}; wanted "
            f"{ordinary} and {channels}, or {inpainting} and {channels} of an inpainting model; {runs}"
        )
    return came == inpainting


def latent_space(config: Mapping[str, Any], header: Header, prefix: str = "") -> LatentSpace:
    """The latent space of a KL VAE with this diffusers `config`, whose weights are in `header` under
    `prefix`.

    A VAE of the shape and scaling of Stable Diffusion 1 and 2 works in "sd1", however its decoder was
    tuned since. Another is named by a digest of the layers that touch the latents, rounded to half
    precision, so that copies in another layout or of another precision have the same name.
    """
    channels, levels = int(config["latent_channels"]), tuple(config["block_out_channels"])
    factor = 2 ** (len(levels) - 1)
    scaling = float(config["scaling_factor"])
    if channels == 4 and levels == SD1_CHANNELS and abs(scaling - SD1_SCALING) < 1e-6:
        return LatentSpace("sd1", channels, factor)
    digest = blake3.blake3(repr((round(scaling, 6), config.get("shift_factor"))).encode())
    for name in AT_THE_LATENT:
        if prefix + name in header.tensors:
            digest.update(read_tensor(header, prefix + name).astype(np.float16).tobytes())
    return LatentSpace(f"vae:{digest.hexdigest()[:12]}", channels, factor)
