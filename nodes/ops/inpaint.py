"""Painting what a mask covers, in four strokes: prepare, begin, (sample,) finish. No sampler or family is known here."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from nodes.families.protocol import PAINTED, Autoencoder
from nodes.ops.compositing import shown_through
from nodes.ops.crops import Region, crop_of, region_around, whole, working_size
from nodes.ops.fills import filled
from nodes.ops.latents import decode, encode
from nodes.ops.masks import blurred, fitted, grown
from nodes.ops.regions import cut
from nodes.ops.resize import resample
from nodes.ops.sampling import samples_of, with_samples
from nodes.ops.seams import matched, seam_error
from nodes.samplers.masking import latent_mask
from nodes.types import Conditioning, Crop, Image, Latent, Mask

SEEN_FROM = 0.25
"""A change map's value from which only what was painted is seen. Below, the picture is faded in: cells that changed little
still went through the autoencoder, and a hard edge would show that."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be painted: pictures (B, H, W, C), the mask in use (B, H, W), and the part of both to be worked on.

    `pixels` (B, h, w, 3) and `values` (B, h, w) are that part at its working size; `masking` is a name in `MASKINGS`, or
    None for a network for inpainting, which keeps what is around the hole by itself.
    """

    image: Tensor
    used: Tensor
    region: Region
    pixels: Tensor
    values: Tensor
    masking: str | None

    @property
    def crop(self) -> Crop:
        """Where the part that is worked on lies."""
        return crop_of(self.region, self.image)

    @property
    def hole(self) -> Tensor:
        """The part of the mask that is worked on, 1 wherever it covers anything and else 0: (B, h, w)."""
        return (self.values > 0).to(self.values.dtype)

    def within(self, conditioning: Conditioning, painted: Tensor | None = None) -> Conditioning:
        """A conditioning for the whole picture, as it holds in the part that is worked on.

        With `painted` (the function of that name) it also shows a network for inpainting what to paint over.
        """
        if self.region != whole(self.image):
            conditioning = cut(conditioning, self.region, int(self.image.shape[2]), int(self.image.shape[1]))
        if painted is None:
            return conditioning
        shown = [replace(entry, tensors={**entry.tensors, PAINTED: painted}) for entry in conditioning.entries]
        return replace(conditioning, entries=tuple(shown))


def used_mask(image: Tensor, mask: Tensor, grow: int, feather: float) -> Tensor:
    """The mask (B, H, W) that is worked with: of the pictures' size and number, grown, then its edge softened.

    Raises ValueError, in a sentence, where the numbers of masks and pictures do not fit.
    """
    batch, height, width = (int(side) for side in image.shape[:3])
    return blurred(grown(fitted(mask, width, height, batch), grow), feather)


def prepare(
    image: Tensor, used: Tensor, masking: str | None, *, context: float | None = None, size: tuple[int, int], cell: int
) -> Job:
    """Cut out what is to be worked on: all, or with `context` only what surrounds the mask, at about the model's `size`."""
    if context is None or not (used > 0).any():
        return Job(image, used, whole(used), image[..., :3], used, masking)
    region = region_around(used, context, size[0] / size[1])
    width, height = working_size(region, size[0] * size[1], cell)
    pixels = resample(region.of(image)[..., :3], width, height)
    values = resample(region.of(used)[..., None], width, height, "bilinear")[..., 0]
    return Job(image, used, region, pixels, values, masking)


def begin(vae: Autoencoder, job: Job, fill: str) -> Latent:
    """The latent to sample from: the picture, in its covered cells with what `fill` says, and the mask that limits it.

    Kept cells are those of the untouched picture, whatever fills the hole beside them. "noise" leaves the cells empty.
    """
    kept = encode(vae, Image(job.pixels))
    values = job.values if job.masking == "differential" else job.hole
    latent = replace(kept, mask=Mask(values))
    if fill == "original":
        return latent
    samples = samples_of(kept)
    hole = torch.zeros_like(samples)
    if fill != "noise":
        hole = samples_of(encode(vae, Image(filled(job.pixels, job.values, fill))))
    return with_samples(latent, torch.where(_touched(job, kept) > 0, hole, samples))


def painted(vae: Autoencoder, job: Job) -> Tensor:
    """What a network for inpainting is shown beside the noisy latent: (B, 1 + C, h, w), as `PAINTED` says.

    As diffusers' StableDiffusionInpaintPipeline shows it, but for the mask's edge: there a pixel belongs to the hole from
    0.5 on and a cell by one of its pixels, here wherever the mask covers anything, so that a thin stroke counts.
    """
    kept = encode(vae, Image(filled(job.pixels, job.hole, "neutral")))
    return torch.cat([_touched(job, kept), samples_of(kept)], dim=1)


def _touched(job: Job, latent: Latent) -> Tensor:
    """1 in each cell of the part's latent that the mask touches, 0 in the others: (B, 1, h, w)."""
    samples = samples_of(latent)
    size, picture = (int(samples.shape[-2]), int(samples.shape[-1])), (latent.height, latent.width)
    return latent_mask(job.hole, size, latent.space.factor, picture, latent.batch).to(samples)


@dataclass(frozen=True, slots=True)
class Finished:
    """Pictures (B, H, W, C), and how far what was painted is off along their seams: (B,), 0…1 (`nodes.ops.seams`)."""

    pixels: Tensor
    seam: Tensor


def finish(vae: Autoencoder, job: Job, latent: Latent, composite: bool = True, match: bool = False) -> Finished:
    """Decode what was sampled and put it in its place; with `composite`, only where the mask in use covers something.

    With `match` its colours are first brought to those of the picture along the seam.
    """
    drawn = resample(decode(vae, latent).pixels, job.region.width, job.region.height).to(job.image)
    before, covered = job.region.of(job.image), job.region.of(job.used)
    if match:
        drawn = matched(drawn, before, covered)
    seam = seam_error(drawn, before, covered)
    if job.masking == "differential":
        covered = (covered / SEEN_FROM).clamp(max=1)
    part = covered if composite else torch.ones_like(covered)
    result = job.image.clone()
    job.region.of(result)[...] = shown_through(before, drawn, part)
    return Finished(result, seam)
