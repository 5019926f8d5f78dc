"""The nodes for masks and compositing, as the engine calls them."""

import pytest
import torch

import nodes
from engine.graph.faults import LoomError
from nodes.types import Image, Latent, LatentSpace, Mask

LATENT = Latent(LatentSpace("gaussian", 4, 8), 16, 16, 2, torch.zeros(2, 4, 2, 2))


def test_a_noise_mask_is_set_and_taken_off() -> None:
    mask = Mask(torch.ones(1, 16, 16))
    assert nodes.SetNoiseMask(latent=LATENT, mask=mask).run().mask is mask
    assert LATENT.mask is None
    assert nodes.SetNoiseMask(latent=nodes.SetNoiseMask(latent=LATENT, mask=mask).run()).run() == LATENT
    with pytest.raises(LoomError, match="3 masks for 2 pictures; wanted 1 or 2"):
        nodes.SetNoiseMask(latent=LATENT, mask=Mask(torch.ones(3, 16, 16))).run()


def test_a_mask_drawn_for_a_picture_has_its_size() -> None:
    image = Image(torch.zeros(1, 5, 9, 3))
    assert nodes.MaskFromShapes(image=image).run().values.shape == (1, 5, 9)
    assert nodes.MaskFromShapes(width=3, height=2).run().values.shape == (1, 2, 3)
    with pytest.raises(LoomError, match="line 1: there is no shape 'moon'"):
        nodes.MaskFromShapes(shapes="moon").run()


def test_a_mask_is_made_of_a_colour_edited_and_turned_over() -> None:
    pixels = torch.zeros(1, 9, 9, 3)
    pixels[0, 4, 4, 0] = 1
    mask = nodes.MaskFromColor(image=Image(pixels)).run()
    assert mask.values.sum() == 1
    assert nodes.MaskEdit(mask=mask, grow=1, invert=True).run().values.sum() == 81 - 9
    assert nodes.MaskFromAlpha(image=Image(pixels)).run().values.sum() == 0
    with pytest.raises(LoomError, match="#rrggbb"):
        nodes.MaskFromColor(image=Image(pixels), color="red").run()


def test_a_colour_that_a_file_of_version_1_asked_for_is_found_as_it_was() -> None:
    assert nodes.MaskFromColor.migrate(1, {"color": "#00ff00"}) == (
        {"color": "#00ff00", "by": "rgb", "tolerance": 0.1},
        {},
    )
    assert nodes.MaskFromColor.migrate(1, {"tolerance": 0.4})[0] == {"by": "rgb", "tolerance": 0.4}


def test_a_composite_differs_only_where_the_mask_is_white() -> None:
    below, above = Image(torch.zeros(1, 8, 8, 3)), Image(torch.ones(1, 4, 4, 3))
    mask = Mask(torch.ones(1, 2, 2) * torch.tensor([0.0, 1.0]))
    made = nodes.ImageComposite(below=below, above=above, mask=mask, x=4, y=4).run()
    found = nodes.CompareImages(first=below, second=made, gain=2).run()
    assert found.largest == 1
    assert 0 < found.changed < 16 / 64
    assert found.image.pixels[:, :4].sum() == 0
    with pytest.raises(LoomError, match="one size"):
        nodes.CompareImages(first=below, second=above).run()


class Ear:
    """A context that only hears notices."""

    def __init__(self) -> None:
        self.notices: list[tuple[str, str | None]] = []

    def notice(self, message: str, input: str | None = None) -> None:
        self.notices.append((message, input))


def test_a_mask_that_may_be_the_parts_own_is_told_and_the_pictures_is_not() -> None:
    picture, values = Image(torch.zeros(1, 32, 32, 3)), torch.zeros(1, 32, 32)
    values[:, 2:6, 20:28] = 1
    for side, whose in ((32, "picture"), (32, "part"), (16, "picture"), (16, "part")):
        cut = nodes.CropToMask(image=picture, mask=Mask(values), width=side, height=side).run()
        part, ear = Image(torch.ones_like(cut.image.pixels)), Ear()
        mask = Mask(values) if whose == "picture" else cut.mask
        found = nodes.StitchCrop(image=picture, part=part, crop=cut.crop, mask=mask).run(ear)  # type: ignore[arg-type]
        told = [input for message, input in ear.notices if "all 32 × 32 pixels" in message]
        assert told == (["mask"] if (side, whose) == (32, "part") else [])
        if not told:
            assert torch.equal(found.pixels[..., 0] > 0.5, values > 0)


def test_a_padded_picture_comes_with_the_mask_of_what_is_new() -> None:
    made = nodes.ImagePad(image=Image(torch.zeros(1, 8, 8, 3)), right=8).run()
    assert made.image.pixels.shape == (1, 8, 16, 3)
    assert made.mask.values[:, :, :8].sum() == 0
    assert made.mask.values[:, :, 8:].sum() == 64
