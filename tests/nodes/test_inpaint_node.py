"""What Inpaint promises, with the exact denoiser of a Gaussian and an autoencoder of block means."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from generators import returned
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inpainting import Bench, Blocks, box, inputs, noise, paint
from torch import Tensor

import nodes
from engine.graph.faults import LoomError
from engine.graph.node import Mismatch, Stop
from nodes.ops.inpaint import begin, finish, prepare, used_mask
from nodes.ops.regions import combined, placed
from nodes.ops.sampling import sample
from nodes.types import Image, Latent, LatentSpace

SHARED = [HealthCheck.function_scoped_fixture]  # one denoiser for all examples: it keeps nothing but a count


@pytest.fixture
def bench(gaussian: Any) -> Bench:
    return Bench(gaussian)


@settings(max_examples=30, deadline=None, suppress_health_check=SHARED)
@given(
    size=st.tuples(st.integers(8, 137), st.integers(8, 137)),
    batch=st.integers(1, 3),
    each=st.booleans(),
    soft=st.booleans(),
    channels=st.sampled_from([3, 4]),
    options=st.fixed_dictionaries(
        {
            "mode": st.sampled_from(["auto", "blend", "differential"]),
            "crop": st.sampled_from(["off", "mask"]),
            "fill": st.sampled_from(["original", "blur", "neutral", "noise"]),
            "grow": st.integers(0, 9),
            "feather": st.sampled_from([0.0, 1.5, 4.0]),
            "denoise": st.sampled_from([0.5, 1.0]),
        }
    ),
)
def test_outside_of_the_mask_in_use_not_a_bit_changes(
    gaussian: Any, size: tuple[int, int], batch: int, each: bool, soft: bool, channels: int, options: dict[str, Any]
) -> None:
    bench = Bench(gaussian)
    image = noise(batch, *size, channels)
    masks = torch.cat([box(*size, 3 * i, max(0, size[1] - 8 - i)) for i in range(batch if each else 1)])
    found = paint(bench, image, masks * 0.6 if soft else masks, steps=1, **options)
    used = found.used_mask.values
    assert found.image.pixels.shape == image.shape
    assert used.shape == image.shape[:3]
    assert (used[masks.expand_as(used) > 0] > 0).all()
    assert torch.equal(found.image.pixels[used == 0], image[used == 0])
    if not (soft and options["mode"] == "differential"):
        assert not torch.equal(found.image.pixels, image)


@settings(max_examples=10, deadline=None, suppress_health_check=SHARED)
@given(st.integers(8, 137), st.integers(8, 137), st.sampled_from([3, 4]), st.sampled_from(["off", "mask"]))
def test_an_empty_mask_changes_nothing(gaussian: Any, height: int, width: int, channels: int, crop: str) -> None:
    bench = Bench(gaussian)
    image = noise(2, height, width, channels)
    found = paint(bench, image, torch.zeros(1, height, width), crop=crop, composite=False)
    assert torch.equal(found.image.pixels, image)
    assert bench.denoiser.batches == []
    assert bench.notices == [("the mask covers nothing, so the picture stays as it is", "mask")]


@pytest.mark.parametrize("mode", ["auto", "blend", "differential"])
@pytest.mark.parametrize("fill", ["original", "blur", "neutral", "noise"])
@pytest.mark.parametrize("sampler", ["euler", "euler_ancestral", "dpmpp_2m", "ddim"])
def test_a_full_mask_at_denoise_1_is_text_to_image_with_the_same_noise(
    bench: Bench, mode: str, fill: str, sampler: str
) -> None:
    image = noise(2, 29, 37, 3)
    options = {"sampler": sampler, "steps": 4, "seed": 11, "cfg": 3.0}
    found = paint(bench, image, torch.ones(1, 29, 37), mode=mode, fill=fill, feather=3.0, **options)
    given = inputs(bench, image, image[..., 0], **options)
    empty = Latent(bench.denoiser.space, 37, 29, 2)
    drawn = returned(nodes.KSampler(**{k: given[k] for k in ("model", "positive", *options)}, latent=empty).run(bench))  # type: ignore[arg-type]
    assert torch.equal(found.latent.samples, drawn.latent.samples)
    shown = nodes.VAEDecode(vae=given["vae"], latent=drawn.latent).run(bench)  # type: ignore[arg-type]
    assert torch.equal(found.image.pixels, shown.pixels)


def test_a_stroke_of_one_pixel_is_painted(bench: Bench) -> None:
    image, mask = torch.zeros(1, 32, 32, 3), torch.zeros(1, 32, 32)
    mask[0, 17, 9] = 1
    found = paint(bench, image, mask, grow=0, feather=0.0, seed=1)
    changed = (found.image.pixels != 0).any(-1)
    assert changed.sum() == changed[0, 17, 9] == 1


@pytest.mark.parametrize("crop", ["off", "mask"])
def test_what_is_cut_out_is_put_back_where_it_was(gaussian: Any, crop: str) -> None:
    bench = Bench(replace(gaussian, space=LatentSpace("identity", 3, 1)))
    across, down = torch.linspace(0, 1, 53)[None, :, None], torch.linspace(0, 1, 41)[:, None, None]
    image = torch.cat([across.expand(41, 53, 1), down.expand(41, 53, 1), 0.5 * (across + down)], -1)[None]
    found = paint(bench, image, box(41, 53, 20, 30), denoise=0.0, crop=crop, composite=False)
    torch.testing.assert_close(found.image.pixels, image, rtol=0, atol=0.02 if crop == "mask" else 0)


def test_a_padded_picture_is_widened_and_stays_whole_within(bench: Bench) -> None:
    image = noise(1, 24, 30, 4)
    wider = nodes.ImagePad(image=Image(image), left=5, bottom=9).run()
    found = paint(bench, wider.image.pixels, wider.mask.values, grow=0, feather=0.0)
    assert found.image.pixels.shape == (1, 33, 35, 4)
    assert torch.equal(found.image.pixels[:, :24, 5:], image)
    assert not torch.equal(found.image.pixels[:, 24:], wider.image.pixels[:, 24:])


def test_a_crop_is_sampled_at_the_models_size(bench: Bench) -> None:
    found = paint(bench, noise(1, 100, 120, 3), box(100, 120, 50, 60), crop="mask")
    assert found.latent.samples.shape[-2:] == (4, 4)
    assert found.image.pixels.shape == (1, 100, 120, 3)


def test_below_denoise_1_the_fill_shines_through(bench: Bench) -> None:
    image, mask = torch.zeros(1, 32, 32, 3), box(32, 32, 8, 8, 16)
    image[:, 8:24, 8:24] = 1
    begun = {}
    for fill in ("original", "blur", "neutral", "noise"):
        job = prepare(image, used_mask(image, mask, 0, 0.0), "blend", size=(32, 32), cell=8)
        samples = begin(bench.vae, job, fill).samples
        assert samples is not None
        begun[fill] = float(samples[0, 0, 1:3, 1:3].mean())
        assert samples[0, 0, 0].sum() == 0
    assert begun == pytest.approx({"original": 1, "blur": 0, "neutral": 0.5, "noise": 0})


def test_in_a_change_map_grey_changes_less_than_white(bench: Bench) -> None:
    image = torch.full((1, 32, 32, 3), 0.9)
    mask = torch.linspace(0, 1, 4).repeat_interleave(8).expand(1, 32, 32)
    found = paint(
        bench, image, mask, mode="differential", grow=0, feather=0.0, steps=8, positive=bench.denoiser.about(0.1)
    )
    away = (found.image.pixels - image).abs().mean((0, 1, 3)).reshape(4, 8).mean(1).tolist()
    assert away[0] == 0
    assert away == sorted(away)
    assert away[1] < away[3]


def test_one_mask_serves_all_pictures_and_more_must_be_as_many(bench: Bench) -> None:
    image = noise(3, 16, 16, 3)
    one = paint(bench, image, box(16, 16, 4, 4))
    each = paint(bench, image, box(16, 16, 4, 4).expand(3, 16, 16))
    assert torch.equal(one.image.pixels, each.image.pixels)
    with pytest.raises(LoomError, match="2 masks for 3 pictures; wanted 1 or 3"):
        paint(bench, image, torch.ones(2, 16, 16))


def test_a_mask_of_another_size_is_stretched_and_that_is_told(bench: Bench) -> None:
    found = paint(bench, noise(1, 16, 24, 3), torch.ones(1, 8, 8))
    assert found.used_mask.values.shape == (1, 16, 24)
    assert bench.notices == [("the mask is 8 × 8 pixels and is stretched to the picture's 24 × 16", "mask")]


@pytest.mark.parametrize(("fill", "denoise", "told"), [("neutral", 0.5, 1), ("noise", 0.5, 1), ("neutral", 1.0, 0)])
def test_a_fill_that_will_be_seen_is_told_in_the_check_and_in_the_run(
    bench: Bench, fill: str, denoise: float, told: int
) -> None:
    paint(bench, noise(1, 16, 16, 3), box(16, 16, 4, 4), fill=fill, denoise=denoise)
    checked = nodes.Inpaint.notices({"fill": {"value": fill}, "denoise": {"value": denoise}})
    assert [message for message, _ in bench.notices] == list(checked.values())
    assert len(checked) == told


def test_a_mode_that_the_model_was_not_made_for_is_refused_with_its_channels(bench: Bench) -> None:
    facts = {"name": "small", "space": {"name": "sd1", "channels": 4, "factor": 8}}
    with pytest.raises(Mismatch, match=r"9 input channels \(in_channels\).*small has 4") as refused:
        nodes.Inpaint.infer({"mode": {"value": "inpaint_model"}, "model": facts})
    assert refused.value.input == "mode"
    with pytest.raises(LoomError, match="9 input channels"):
        paint(bench, noise(1, 8, 8, 3), torch.ones(1, 8, 8), mode="inpaint_model")


def test_a_vae_of_another_space_is_refused_before_anything_runs() -> None:
    spaces = [{"space": {"name": name, "channels": 4, "factor": 8}} for name in ("sd1", "other")]
    with pytest.raises(Mismatch, match="space 'other', the model works in 'sd1'"):
        nodes.Inpaint.infer({"model": spaces[0], "vae": spaces[1]})


def test_a_stop_keeps_what_was_painted_so_far_and_the_picture_around_it(bench: Bench) -> None:
    image, mask = noise(1, 32, 32, 3), box(32, 32, 8, 8)
    given = inputs(bench, image, mask, steps=10, sampler="euler", seed=4)
    work: Any = nodes.Inpaint(**given).run(bench)  # type: ignore[arg-type]
    for _ in range(3):
        next(work)
    with pytest.raises(StopIteration) as end:
        work.throw(Stop())
    kept = end.value.value
    job = prepare(image, used_mask(image, mask, 4, 2.0), "blend", size=(32, 32), cell=8)
    latent = begin(bench.vae, job, "original")
    states = list(
        sample(
            bench.denoiser,
            given["positive"],
            None,
            latent,
            seed=4,
            steps=10,
            schedule="karras",
            sampler="euler",
            fresh=True,
        )
    )
    assert torch.equal(kept.latent.samples, states[2].x0)
    assert torch.equal(kept.image.pixels, finish(bench.vae, job, kept.latent).pixels)
    outside = kept.used_mask.values == 0
    assert torch.equal(kept.image.pixels[outside], image[outside])


def test_cancelling_returns_nothing(bench: Bench) -> None:
    work: Any = nodes.Inpaint(**inputs(bench, noise(1, 16, 16, 3), box(16, 16, 4, 4), steps=5)).run(bench)  # type: ignore[arg-type]
    next(work)
    assert work.close() is None
    assert len(bench.denoiser.batches) == 1
    with pytest.raises(StopIteration) as end:
        next(work)
    assert end.value.value is None


def test_prompts_in_regions_hold_in_their_places_of_the_whole_picture(bench: Bench) -> None:
    """The left half is led to dark and the right to bright; the mask lies in the right half, whether it is cut out or not."""
    image = torch.full((1, 64, 64, 3), 0.5)
    halves = [box(64, 64, 0, left, 64)[..., :64] for left in (0, 32)]
    halves[0][..., 32:] = 0
    prompts = [placed(bench.denoiser.about(mean), half) for mean, half in zip((0.1, 0.9), halves, strict=True)]
    settings: dict[str, Any] = {"positive": combined(prompts), "grow": 0, "feather": 0.0, "steps": 8, "cfg": 1.0}
    for crop in ("off", "mask"):
        found = paint(bench, image, box(64, 64, 24, 36, 16), crop=crop, **settings).image.pixels
        painted = found[:, 24:40, 36:52]
        assert float(painted[..., :3].mean()) > 0.6


def test_a_crop_tells_where_it_lies_and_what_is_decoded_of_it_is_stitched_there(bench: Bench) -> None:
    image = noise(1, 60, 80, 3)
    found = paint(bench, image, box(60, 80, 20, 40), crop="mask", grow=2, feather=1.0)
    crop = found.crop
    assert (crop.of_width, crop.of_height) == (80, 60)
    assert crop.width < 80
    part = nodes.VAEDecode(vae=inputs(bench, image, image)["vae"], latent=found.latent).run(bench)  # type: ignore[arg-type]
    again = nodes.StitchCrop(image=Image(image), part=part, crop=crop, mask=found.used_mask).run(bench)  # type: ignore[arg-type]
    assert torch.equal(again.pixels, found.image.pixels)
    whole = paint(bench, image, box(60, 80, 20, 40)).crop
    assert (whole.left, whole.top, whole.width, whole.height) == (0, 0, 80, 60)


def test_a_seed_gives_another_picture_where_the_work_is_on_a_crop(bench: Bench) -> None:
    image, mask = noise(1, 64, 64, 3), box(64, 64, 30, 30)
    whole, cut = (paint(bench, image, mask, crop=crop, seed=5).image.pixels for crop in ("off", "mask"))
    assert not torch.equal(whole, cut)


class Shifted(Blocks):
    """An autoencoder that loses contrast and brightness, as real ones do, only more."""

    def decode(self, samples: Tensor) -> Tensor:
        return super().decode(samples) * 0.8 - 0.05


def test_colours_are_matched_along_the_seam_and_how_far_they_are_off_is_told(bench: Bench) -> None:
    bench.denoiser = replace(bench.denoiser, space=LatentSpace("identity", 3, 1))
    bench.vae = Shifted(bench.denoiser.space)
    image, mask = 0.3 + 0.5 * noise(2, 40, 48, 3), box(40, 48, 12, 14, 12)
    settings: dict[str, Any] = {"denoise": 0.0, "grow": 0, "feather": 0.0}
    off = paint(bench, image, mask, **settings)
    matched = paint(bench, image, mask, match_seam=True, **settings)
    seam = torch.zeros(40, 48, dtype=torch.bool)
    seam[4:32, 6:34] = True
    seam[12:24, 14:26] = False
    assert off.seam == pytest.approx(float((0.2 * image + 0.05)[:, seam].mean()), rel=1e-3)
    assert matched.seam < 0.02 * off.seam
    torch.testing.assert_close(matched.image.pixels, image, rtol=0, atol=0.01)
    assert not torch.allclose(off.image.pixels, image, atol=0.05)
    assert torch.equal(matched.image.pixels[matched.used_mask.values == 0], image[matched.used_mask.values == 0])


def test_a_mask_without_a_seam_has_nothing_off_and_nothing_to_match(bench: Bench) -> None:
    image = noise(1, 16, 16, 3)
    for match in (False, True):
        assert paint(bench, image, torch.ones(1, 16, 16), match_seam=match).seam == 0
        assert paint(bench, image, torch.zeros(1, 16, 16), match_seam=match).seam == 0
    whole = [paint(bench, image, torch.ones(1, 16, 16), match_seam=match).image.pixels for match in (False, True)]
    assert torch.equal(*whole)
