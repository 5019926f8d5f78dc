import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from nodes.ops.blending import MODES, blended

SEPARABLE = [mode for mode in MODES if mode not in ("hue", "saturation", "color", "luminosity")]
values = st.integers(0, 255)


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def of_the_standard(mode: str, b: float, s: float) -> float:
    """B(Cb, Cs) of one channel, as Compositing and Blending Level 1 writes it."""
    if mode == "normal":
        return s
    if mode == "multiply":
        return b * s
    if mode == "screen":
        return 1 - (1 - b) * (1 - s)
    if mode == "overlay":
        return of_the_standard("hard_light", s, b)
    if mode == "hard_light":
        return of_the_standard("multiply", b, 2 * s) if s <= 0.5 else of_the_standard("screen", b, 2 * s - 1)
    if mode == "soft_light":
        if s <= 0.5:
            return b - (1 - 2 * s) * b * (1 - b)
        d = ((16 * b - 12) * b + 4) * b if b <= 0.25 else math.sqrt(b)
        return b + (2 * s - 1) * (d - b)
    if mode == "color_dodge":
        return 0.0 if b == 0 else 1.0 if s == 1 else min(1, b / (1 - s))
    if mode == "color_burn":
        return 1.0 if b == 1 else 0.0 if s == 0 else 1 - min(1, (1 - b) / s)
    plain = {"darken": min(b, s), "lighten": max(b, s), "difference": abs(b - s), "exclusion": b + s - 2 * b * s}
    return plain.get(mode, min(1, b + s) if mode == "add" else max(0, b - s))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SEPARABLE), values, values)
def test_a_mode_is_the_formula_of_the_standard(mode: str, below: int, above: int) -> None:
    b, s = below / 255, above / 255
    found = blended(
        torch.full((1, 1, 1, 3), b, dtype=torch.float64), torch.full((1, 1, 1, 3), s, dtype=torch.float64), mode
    )
    assert found[0, 0, 0].tolist() == pytest.approx([of_the_standard(mode, b, s)] * 3, abs=1e-9)


@pytest.mark.parametrize(
    ("mode", "theirs"),
    [
        ("multiply", ImageChops.multiply),
        ("screen", ImageChops.screen),
        ("darken", ImageChops.darker),
        ("lighten", ImageChops.lighter),
        ("difference", ImageChops.difference),
        ("add", ImageChops.add),
        ("subtract", ImageChops.subtract),
        ("hard_light", ImageChops.hard_light),
        ("overlay", ImageChops.overlay),
    ],
)
def test_what_pillow_has_too_is_as_there(mode: str, theirs: Any) -> None:
    below, above = ((noise(9, 7, 3, seed=seed) * 255).round() for seed in (0, 1))
    pictures = [Image.fromarray(one.byte().numpy()) for one in (below, above)]
    wanted = np.asarray(theirs(*pictures), float)
    found = blended(below[None] / 255, above[None] / 255, mode)[0].numpy() * 255
    assert np.abs(found - wanted).max() <= 2


def lum(colour: torch.Tensor) -> torch.Tensor:
    return 0.3 * colour[..., 0] + 0.59 * colour[..., 1] + 0.11 * colour[..., 2]


def test_colour_and_luminosity_take_each_its_part() -> None:
    below, above = noise(1, 8, 8, 3), noise(1, 8, 8, 3, seed=1)
    for mode, source in (("color", below), ("hue", below), ("saturation", below), ("luminosity", above)):
        found = blended(below, above, mode)
        torch.testing.assert_close(lum(found), lum(source), atol=1e-5, rtol=0)
        assert 0 <= found.min() <= found.max() <= 1
    grey = torch.full((1, 8, 8, 3), 0.4)
    bleached = blended(below, grey, "saturation")
    assert (bleached.amax(-1) - bleached.amin(-1)).max() < 1e-6


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("channels", "others"), [(3, 3), (4, 3), (3, 4), (4, 4)])
def test_where_the_layer_is_not_seen_not_a_bit_changes(mode: str, channels: int, others: int) -> None:
    below, above = noise(2, 5, 6, channels), noise(1, 5, 6, others, seed=1)
    mask = (noise(2, 5, 6, seed=2) > 0.5).float()
    found = blended(below, above, mode, 0.7, mask)
    assert found.shape == below.shape
    assert torch.equal(found[mask == 0], below[mask == 0])
    assert 0 <= found.min() <= found.max() <= 1
    assert torch.equal(blended(below, above, mode, 0.0), below)


def test_transparency_is_that_of_the_standard() -> None:
    below, above = noise(1, 4, 4, 4), noise(1, 4, 4, 4, seed=1)
    found = blended(below, above, "multiply", 0.6)
    cb, ab, cs, source = below[..., :3], below[..., 3:], above[..., :3], above[..., 3:] * 0.6
    alpha = source + ab * (1 - source)
    colour = source * (1 - ab) * cs + source * ab * cb * cs + (1 - source) * ab * cb
    torch.testing.assert_close(found[..., 3:], alpha)
    torch.testing.assert_close(found[..., :3], colour / alpha, atol=1e-6, rtol=1e-5)


def test_half_of_a_blend_is_half_way() -> None:
    below, above = noise(1, 4, 4, 3), noise(1, 4, 4, 3, seed=1)
    torch.testing.assert_close(blended(below, above, "screen", 0.5), (below + blended(below, above, "screen")) / 2)


def test_sizes_and_numbers_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="3 × 2 and 4 × 2 pixels"):
        blended(torch.zeros(1, 2, 3, 3), torch.zeros(1, 2, 4, 3), "normal")
    with pytest.raises(ValueError, match="2 and 3 pictures"):
        blended(torch.zeros(2, 2, 3, 3), torch.zeros(3, 2, 3, 3), "multiply")
