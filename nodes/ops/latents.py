"""Pictures to latents and back."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from nodes.families.protocol import Autoencoder
from nodes.ops.room import check_pictures
from nodes.types import Image, Latent

COPIES = 3
"""Of the decoded pictures: one by one, joined, and clipped in the order of pixels."""


def encode(vae: Autoencoder, image: Image) -> Latent:
    """Encode pictures of any size: the mean of their latents, alpha left aside.

    Where a side is no multiple of the latent's cell the picture is continued to the right and below by
    its mirror image; `decode` cuts that off again. Picture by picture, so that a batch equals its single
    pictures.
    """
    pixels = image.pixels[..., :3].movedim(-1, 1)
    height, width = int(pixels.shape[-2]), int(pixels.shape[-1])
    padded = _continued(pixels, -height % vae.space.factor, -width % vae.space.factor)
    samples = torch.cat([vae.encode(one) for one in padded.split(1)])
    return Latent(vae.space, width, height, len(samples), samples)


def decode(vae: Autoencoder, latent: Latent) -> Image:
    """Decode latents to pictures of the latent's own width and height, clipped to 0…1.

    Raises ValueError for a latent of another space than the VAE's, and for an empty one.
    """
    if latent.space != vae.space:
        raise ValueError(f"the latent is of space {latent.space.name!r}, this VAE decodes {vae.space.name!r}")
    if latent.samples is None:
        raise ValueError("the latent is empty: it is only a size; sample it first")
    check_pictures("decoding", (latent.batch, latent.height, latent.width, 3), torch.device("cpu"), COPIES)
    pixels = torch.cat([vae.decode(one) for one in latent.samples.split(1)])
    cropped = pixels[..., : latent.height, : latent.width]
    return Image(cropped.clamp(0, 1).movedim(1, -1).contiguous())


def _continued(pixels: Tensor, below: int, right: int) -> Tensor:
    """Continue by reflection; a picture too small to be mirrored is continued by its edge."""
    enough = below < pixels.shape[-2] and right < pixels.shape[-1]
    return F.pad(pixels, (0, right, 0, below), mode="reflect" if enough else "replicate")
