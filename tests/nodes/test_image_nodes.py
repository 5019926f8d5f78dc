"""The nodes that cut, turn, blend and recolour pictures: what their inputs mean, and what they refuse."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import nodes
from engine.graph.faults import LoomError
from engine.packs import find_registry
from nodes.ops.blending import MODES
from nodes.types import Image, Mask


class Ear:
    """A context that only hears notices."""

    def __init__(self) -> None:
        self.notices: list[str] = []

    def notice(self, message: str, input: str | None = None) -> None:
        self.notices.append(message)


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def crop(pixels: torch.Tensor, ear: Ear | None = None, **inputs: Any) -> torch.Tensor:
    return nodes.ImageCrop(image=Image(pixels), **inputs).run(ear or Ear()).pixels  # type: ignore[arg-type]


def test_a_crop_is_the_rectangle_and_goes_to_the_edge_where_no_size_is_given() -> None:
    pixels = noise(2, 10, 12, 4)
    assert torch.equal(crop(pixels, x=3, y=2, width=5, height=4), pixels[:, 2:6, 3:8])
    assert torch.equal(crop(pixels, x=3, y=2), pixels[:, 2:, 3:])
    assert torch.equal(crop(pixels), pixels)


def test_what_of_a_crop_lies_beyond_the_picture_is_left_out_and_told() -> None:
    pixels, ear = noise(1, 10, 12, 3), Ear()
    assert torch.equal(crop(pixels, ear, x=-2, y=8, width=6, height=6), pixels[:, 8:, :4])
    assert ear.notices == ["6 × 6 pixels were asked for; 4 × 2 lie in the picture"]
    beside: Any
    for beside in ({"x": 12}, {"y": -4, "height": 4}, {"x": -9, "width": 9}):
        with pytest.raises(LoomError, match="beside the picture of 12 × 10"):
            crop(pixels, **beside)


@given(x=st.integers(-5, 15), y=st.integers(-5, 15), w=st.integers(1, 12), h=st.integers(1, 12))
def test_what_was_cropped_is_laid_back_without_a_shift(x: int, y: int, w: int, h: int) -> None:
    pixels = noise(2, 9, 11, 3)
    if x + w <= 0 or y + h <= 0 or x >= 11 or y >= 9:
        return
    part = Image(crop(pixels, x=x, y=y, width=w, height=h))
    back = (
        nodes.ImageComposite(below=Image(torch.zeros_like(pixels)), above=part, x=max(x, 0), y=max(y, 0)).run().pixels
    )
    wanted = torch.zeros_like(pixels)
    wanted[:, max(y, 0) : y + h, max(x, 0) : x + w] = pixels[:, max(y, 0) : y + h, max(x, 0) : x + w]
    assert torch.equal(back, wanted)


def test_corners_are_transparent_or_of_the_colour() -> None:
    image = Image(noise(1, 8, 8, 3))
    clear = nodes.ImageRotate(image=image, angle=45).run().pixels
    red = nodes.ImageRotate(image=image, angle=45, corners="color", color="#ff0000").run().pixels
    assert clear.shape[-1] == 4
    assert clear[0, 0, 0, 3] == 0
    assert red.shape[-1] == 3
    assert red[0, 0, 0].tolist() == [1, 0, 0]
    quarter = nodes.ImageRotate(image=image, angle=-90, corners="color").run().pixels
    assert torch.equal(quarter, image.pixels.rot90(-1, (1, 2)))
    with pytest.raises(LoomError, match="#rrggbb"):
        nodes.ImageRotate(image=image, angle=45, corners="color", color="red").run()


def test_a_flip_is_one_of_both_sides() -> None:
    pixels = noise(2, 3, 4, 4)
    assert torch.equal(nodes.ImageFlip(image=Image(pixels)).run().pixels, pixels.flip(2))
    assert torch.equal(nodes.ImageFlip(image=Image(pixels), direction="both").run().pixels, pixels.flip(1, 2))


def test_a_mask_of_any_size_says_where_to_blend() -> None:
    below, above = Image(noise(2, 8, 8, 3)), Image(noise(1, 8, 8, 3, seed=1))
    mask = Mask(torch.tensor([[[1.0, 0.0]]]))
    found = nodes.ImageBlend(below=below, above=above, mode="multiply", mask=mask).run().pixels
    torch.testing.assert_close(found[:, :, 0], below.pixels[:, :, 0] * above.pixels[:, :, 0])
    assert torch.equal(found[:, :, -1], below.pixels[:, :, -1])
    with pytest.raises(LoomError, match="3 masks for 2 pictures"):
        nodes.ImageBlend(below=below, above=above, mask=Mask(torch.ones(3, 8, 8))).run()
    with pytest.raises(LoomError, match="only pictures of one size"):
        nodes.ImageBlend(below=below, above=Image(noise(1, 8, 9, 3))).run()


def test_all_modes_of_blending_can_be_chosen() -> None:
    record = find_registry(third_party=False).types["ImageBlend"]
    assert record.inputs["mode"].choices == tuple(MODES)


def test_neutral_settings_change_not_a_bit() -> None:
    image = Image(noise(2, 6, 5, 4))
    for node in (nodes.ImageAdjust(image=image), nodes.ImageBlur(image=image, radius=0)):
        assert torch.equal(node.run().pixels, image.pixels)
    assert torch.equal(nodes.ImageSharpen(image=image, amount=0).run().pixels, image.pixels)
    matched = nodes.ColorMatch(image=image, reference=Image(noise(1, 3, 3, 3)), strength=0).run()
    assert torch.equal(matched.pixels, image.pixels)


def test_colours_are_measured_where_the_masks_are_white_and_changed_everywhere() -> None:
    image, reference = noise(1, 8, 8, 3) * 0.2 + 0.2, noise(1, 4, 4, 3, seed=1) * 0.2 + 0.5
    spoiled, other = image.clone(), reference.clone()
    spoiled[:, :2], other[:, :, 2:] = 0.9, 0.0
    masks: Any = {"mask": Mask(torch.zeros(1, 8, 8)), "reference_mask": Mask(torch.zeros(1, 4, 4))}
    masks["mask"].values[:, 2:] = 1
    masks["reference_mask"].values[:, :, :2] = 1
    found = nodes.ColorMatch(image=Image(spoiled), reference=Image(other), **masks).run().pixels
    wanted = nodes.ColorMatch(image=Image(image[:, 2:]), reference=Image(reference[:, :, :2])).run().pixels
    torch.testing.assert_close(found[:, 2:], wanted, atol=1e-5, rtol=0)
    assert not torch.equal(found[:, :2], spoiled[:, :2])
    with pytest.raises(LoomError, match=r"input 'reference_mask' has 2 masks for 1 picture; wanted 1$"):
        nodes.ColorMatch(image=Image(image), reference=Image(other), reference_mask=Mask(torch.ones(2, 4, 4))).run()
    with pytest.raises(LoomError, match="2 references for 3 pictures"):
        nodes.ColorMatch(image=Image(noise(3, 4, 4, 3)), reference=Image(noise(2, 4, 4, 3))).run()
