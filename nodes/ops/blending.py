"""Two pictures blended: W3C, Compositing and Blending Level 1, sections 9 and 10.

A mode says what colour a layer takes on above what is below it, both (B, H, W, 3) in 0…1 of sRGB.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from nodes.ops.alpha import with_alpha
from nodes.ops.compositing import laid_over, paired

Mode = Callable[[Tensor, Tensor], Tensor]
"""(below, above) → the blended colour."""
BRIGHTNESS = (0.3, 0.59, 0.11)
"""The weights of `Lum` in that standard, section 10.2."""


def blended(below: Tensor, above: Tensor, mode: str, opacity: float = 1.0, values: Tensor | None = None) -> Tensor:
    """`above` as a layer on `below`, both (B, H, W, C), in one of `MODES`, where the mask (B, H, W) lets it be seen.

    The result has alpha where `below` has it; where `below` is transparent the layer keeps its own colour. Either batch may
    be 1. Raises ValueError, in a sentence, where sizes or batches do not fit.
    """
    if below.shape[1:3] != above.shape[1:3]:
        sizes = " and ".join(f"{image.shape[2]} × {image.shape[1]}" for image in (below, above))
        raise ValueError(f"the pictures are {sizes} pixels; only pictures of one size are blended: resize one")
    below, above = paired(below, above)
    mixed = MODES[mode](below[..., :3], above[..., :3])
    if below.shape[-1] == 4:
        mixed = above[..., :3] + below[..., 3:] * (mixed - above[..., :3])
    layer = torch.cat([mixed.clamp(0, 1), with_alpha(above)[..., 3:].expand(*mixed.shape[:-1], 1)], dim=-1)
    seen = torch.full_like(layer[..., 0], opacity) if values is None else values.to(layer) * opacity
    return laid_over(below, layer, seen)


def _screen(below: Tensor, above: Tensor) -> Tensor:
    return below + above - below * above


def _hard_light(below: Tensor, above: Tensor) -> Tensor:
    return torch.where(above <= 0.5, below * 2 * above, _screen(below, 2 * above - 1))


def _soft_light(below: Tensor, above: Tensor) -> Tensor:
    dark = ((16 * below - 12) * below + 4) * below
    lifted = torch.where(below <= 0.25, dark, below.clamp(min=0.25).sqrt())
    darker = below - (1 - 2 * above) * below * (1 - below)
    return torch.where(above <= 0.5, darker, below + (2 * above - 1) * (lifted - below))


def _color_dodge(below: Tensor, above: Tensor) -> Tensor:
    bright = (below / (1 - above).clamp(min=1e-12)).clamp(max=1)
    return torch.where(below == 0, torch.zeros_like(bright), torch.where(above >= 1, torch.ones_like(bright), bright))


def _color_burn(below: Tensor, above: Tensor) -> Tensor:
    return 1 - _color_dodge(1 - below, 1 - above)


def _brightness(colours: Tensor) -> Tensor:
    return (colours * colours.new_tensor(BRIGHTNESS)).sum(-1, keepdim=True)


def _spread(colours: Tensor) -> Tensor:
    return colours.amax(-1, keepdim=True) - colours.amin(-1, keepdim=True)


def _with_brightness(colours: Tensor, wanted: Tensor) -> Tensor:
    """`SetLum`: moved to a brightness, then drawn towards that grey as far as it takes to be within 0…1."""
    moved = colours + wanted - _brightness(colours)
    grey = _brightness(moved)
    least, most = moved.amin(-1, keepdim=True), moved.amax(-1, keepdim=True)
    moved = torch.where(least < 0, grey + (moved - grey) * grey / (grey - least).clamp(min=1e-12), moved)
    return torch.where(most > 1, grey + (moved - grey) * (1 - grey) / (most - grey).clamp(min=1e-12), moved)


def _with_spread(colours: Tensor, wanted: Tensor) -> Tensor:
    """`SetSat`: the least channel 0, the largest `wanted`, the one between in proportion."""
    spread = _spread(colours)
    share = (colours - colours.amin(-1, keepdim=True)) / spread.clamp(min=1e-12)
    return torch.where(spread > 0, share * wanted, torch.zeros_like(colours))


MODES: dict[str, Mode] = {
    "normal": lambda below, above: above,
    "multiply": lambda below, above: below * above,
    "screen": _screen,
    "overlay": lambda below, above: _hard_light(above, below),
    "hard_light": _hard_light,
    "soft_light": _soft_light,
    "darken": torch.minimum,
    "lighten": torch.maximum,
    "color_dodge": _color_dodge,
    "color_burn": _color_burn,
    "add": lambda below, above: (below + above).clamp(max=1),
    "subtract": lambda below, above: (below - above).clamp(min=0),
    "difference": lambda below, above: (below - above).abs(),
    "exclusion": lambda below, above: below + above - 2 * below * above,
    "hue": lambda below, above: _with_brightness(_with_spread(above, _spread(below)), _brightness(below)),
    "saturation": lambda below, above: _with_brightness(_with_spread(below, _spread(above)), _brightness(below)),
    "color": lambda below, above: _with_brightness(above, _brightness(below)),
    "luminosity": lambda below, above: _with_brightness(below, _brightness(above)),
}
"""`add` and `subtract` are no part of the standard: the sum and the difference, clipped."""
