"""What Paint regions promises, with the exact denoiser of a Gaussian and an autoencoder of block means."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from generators import finished, returned
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inpainting import Bench, box, inputs, noise, paint
from torch import Tensor

import nodes
from engine.graph.faults import LoomError
from engine.graph.node import Mismatch, Progress, Stop
from nodes.families.protocol import PAINTED
from nodes.ops.regions import combined, placed
from nodes.types import Conditioning, Image, Latent, LatentSpace

SHARED = [HealthCheck.function_scoped_fixture]  # one denoiser for all examples: it keeps nothing but a count


@pytest.fixture
def bench(gaussian: Any) -> Bench:
    return Bench(gaussian)


def there(bench: Bench, mask: Tensor, mean: float = 0.5, feather: float = 0.0) -> Conditioning:
    """A prompt with a place."""
    return placed(bench.denoiser.about(mean), mask, feather=feather)


def node(bench: Bench, regions: list[Conditioning], image: Tensor | None = None, **changes: Any) -> nodes.PaintRegions:
    """The node, with two steps and hard edges."""
    parts = {name: inputs(bench, noise(1, 8, 8, 3), torch.ones(1, 8, 8))[name] for name in ("model", "vae")}
    given = parts | {"image": None if image is None else Image(image), "steps": 2, "feather": 0.0} | changes
    return nodes.PaintRegions(regions=regions, **given)


def painted(bench: Bench, regions: list[Conditioning], image: Tensor | None = None, **changes: Any) -> Tensor:
    """What the node makes."""
    found: Image = returned(node(bench, regions, image, **changes).run(bench))  # type: ignore[arg-type]
    return found.pixels


@settings(max_examples=20, deadline=None, suppress_health_check=SHARED)
@given(
    size=st.tuples(st.integers(8, 100), st.integers(8, 100)),
    batch=st.integers(1, 3),
    channels=st.sampled_from([3, 4]),
    crop=st.sampled_from(["off", "mask"]),
    grow=st.integers(0, 9),
    feather=st.sampled_from([0.0, 1.5, 4.0]),
)
def test_a_region_is_painted_as_inpaint_paints_its_mask(
    gaussian: Any, size: tuple[int, int], batch: int, channels: int, crop: str, grow: int, feather: float
) -> None:
    bench, image, mask = Bench(gaussian), noise(batch, *size, channels), box(*size, 1, 1)
    options = {"seed": 5, "cfg": 3.0, "crop": crop, "context": 1.5, "grow": grow, "feather": feather}
    one = painted(bench, [there(bench, mask)], image, **options)
    same = paint(bench, image, mask, **options)
    assert torch.equal(one, same.image.pixels)
    assert not torch.equal(one, image)


def test_outside_of_the_regions_not_a_bit_changes_and_each_takes_its_own_prompt(bench: Bench) -> None:
    image, left, right = noise(1, 32, 64, 3), box(32, 64, 8, 8, 16), box(32, 64, 8, 40, 16)
    found = painted(bench, [there(bench, left, 0.1), there(bench, right, 0.9)], image, steps=12)
    outside = (left + right)[..., None].expand_as(image) == 0
    assert torch.equal(found[outside], image[outside])
    dark, bright = (float(found[part[..., None].expand_as(image) > 0].mean()) for part in (left, right))
    assert dark < 0.35
    assert bright > 0.65


def test_what_comes_later_covers_what_came_before(bench: Bench) -> None:
    image, mask = noise(1, 32, 32, 3), box(32, 32, 8, 8, 16)
    dark, bright = (there(bench, mask, mean) for mean in (0.1, 0.9))
    covered, uncovered = (painted(bench, order, image, steps=12) for order in ([dark, bright], [bright, dark]))
    assert covered[:, 8:24, 8:24].mean() > 0.65
    assert uncovered[:, 8:24, 8:24].mean() < 0.35


def test_without_a_picture_the_base_is_drawn_first_as_ksampler_draws_it(bench: Bench) -> None:
    options: dict[str, Any] = {"steps": 4, "seed": 11, "cfg": 3.0}
    model, vae = (inputs(bench, noise(1, 8, 8, 3), torch.ones(1, 8, 8))[name] for name in ("model", "vae"))
    base, mask = bench.denoiser.about(0.4), box(29, 37, 2, 3, 16)
    empty = Latent(bench.denoiser.space, 37, 29)
    drawn = returned(nodes.KSampler(model=model, positive=base, latent=empty, **options).run(bench))  # type: ignore[arg-type]
    ground = nodes.VAEDecode(vae=vae, latent=drawn.latent).run(bench)  # type: ignore[arg-type]
    found = painted(bench, [there(bench, mask)], base=base, width=37, height=29, **options)
    assert found.shape == (1, 29, 37, 3)
    assert torch.equal(found[mask == 0], ground.pixels[mask == 0])
    assert not torch.equal(found, ground.pixels)
    assert painted(bench, [], base=base).shape == (1, 32, 32, 3)


def test_a_soft_place_is_painted_where_it_is_half_there_or_more(bench: Bench) -> None:
    image, mask = noise(1, 64, 64, 3), box(64, 64, 16, 16, 32)
    hard, soft = (painted(bench, [there(bench, mask, feather=feather)], image) for feather in (0.0, 3.0))
    changed = [(found != image).any(-1)[0] for found in (hard, soft)]
    assert changed[1].sum() == pytest.approx(int(changed[0].sum()), rel=0.05)
    assert changed[1][16, 32]
    assert not changed[1][15, 32]
    for grey, painted_over in ((0.49, False), (0.5, True)):
        assert torch.equal(painted(bench, [there(bench, grey * mask)], image), image) != painted_over


@pytest.mark.parametrize("side", [8, 16, 48, 512])
def test_a_mask_of_another_size_holds_where_it_does_when_stretched_to_the_picture(bench: Bench, side: int) -> None:
    image = noise(1, 64, 64, 3)
    found = painted(bench, [there(bench, box(side, side, side // 4, side // 4, side // 2))], image)
    changed = (found != image).any(-1)[0]
    for axis in (0, 1):
        assert torch.equal(changed.any(axis).nonzero().flatten(), torch.arange(16, 48))
    # Stretched smoothly, a corner is a little round.
    assert changed.sum() > 0.96 * 32 * 32


def test_strength_and_times_of_a_region_do_not_matter_but_strength_0_leaves_it_out(bench: Bench) -> None:
    image, mask, prompt = noise(1, 32, 32, 3), box(32, 32, 8, 8, 16), bench.denoiser.about(0.5)
    options = {"negative": bench.denoiser.about(0.1), "cfg": 3.0}
    plain = painted(bench, [placed(prompt, mask)], image, **options)
    weak = placed(prompt, mask, strength=0.3, start=0.2, end=0.4)
    assert torch.equal(painted(bench, [weak], image, **options), plain)
    assert torch.equal(painted(bench, [placed(prompt, mask, strength=0.0)], image, **options), image)
    assert bench.notices == [("prompt 1 has strength 0, so it is not painted", "regions")]


def test_several_prompts_in_one_are_painted_each_for_itself(bench: Bench) -> None:
    image, places = noise(1, 32, 32, 3), [box(32, 32, 0, 0, 8), box(32, 32, 16, 16, 8)]
    regions = [there(bench, place) for place in places]
    assert torch.equal(painted(bench, [combined(regions)], image), painted(bench, regions, image))


def test_the_pictures_of_a_batch_take_their_own_seeds_and_regions_theirs(bench: Bench) -> None:
    image, places = noise(1, 32, 32, 3).expand(3, -1, -1, -1), [box(32, 32, 0, 0, 8), box(32, 32, 16, 16, 8)]
    regions = [there(bench, place) for place in places]
    together = painted(bench, regions, image, seed=7)
    alone = painted(bench, regions[:1], image[:1], seed=9)
    torch.testing.assert_close(together[2, :8, :8], alone[0, :8, :8])
    second = painted(bench, regions[1:], image[:1], seed=10)
    torch.testing.assert_close(together[0, 16:24, 16:24], second[0, 16:24, 16:24])
    last, first = painted(bench, regions, image[:1], seed=2**64 - 1), painted(bench, regions[1:], image[:1], seed=0)
    assert torch.equal(last[0, 16:24, 16:24], first[0, 16:24, 16:24])


def test_a_region_may_have_a_mask_for_each_picture(bench: Bench) -> None:
    image, masks = noise(2, 32, 32, 3), torch.cat([box(32, 32, 0, 0, 8), box(32, 32, 16, 16, 8)])
    found = painted(bench, [there(bench, masks)], image)
    assert torch.equal(found[masks == 0], image[masks == 0])
    assert all((found != image)[masks == 1].any(-1).tolist())
    asked = len(bench.denoiser.batches)
    with pytest.raises(LoomError, match="prompt 2 of input 'regions' has 3 masks for 2 pictures; give one for all, or"):
        painted(bench, [there(bench, masks), there(bench, masks[[0, 1, 1]])], image)
    assert len(bench.denoiser.batches) == asked


class Shown:
    """A denoiser that is for inpainting, and keeps what it is shown."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.shown: list[Tensor] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def __call__(self, x: Tensor, sigma: float, tensors: Any) -> Tensor:
        self.shown.append(tensors[PAINTED])
        answer: Tensor = self.inner(x, sigma, tensors)
        return answer


def test_a_network_for_inpainting_is_shown_each_hole_and_what_was_painted_before(gaussian: Any) -> None:
    bench = Bench(Shown(replace(gaussian, space=LatentSpace("identity", 3, 1))))
    model = replace(inputs(bench, noise(1, 8, 8, 3), torch.ones(1, 8, 8))["model"], inpaint=True)
    first, second = box(16, 16, 0, 0, 6), box(16, 16, 8, 8, 6)
    regions = [there(bench, place) for place in (first, second)]
    found = painted(bench, regions, base=bench.denoiser.about(0.5), model=model, width=16, height=16)
    whole, one, two = bench.denoiser.shown[0], bench.denoiser.shown[2], bench.denoiser.shown[4]
    assert len(bench.denoiser.shown) == 6
    assert (whole[:, :1] == 1).all()
    assert torch.equal(one[:, 0], first)
    assert torch.equal(two[:, 0], second)
    painted_before = first[0] == 1
    torch.testing.assert_close(two[0, 1:, painted_before].T, found[0, painted_before])


def test_stopping_keeps_what_was_painted_so_far_and_begins_nothing_more(bench: Bench) -> None:
    image, places = noise(1, 32, 32, 3), [box(32, 32, 0, 0, 8), box(32, 32, 16, 16, 8), box(32, 32, 0, 16, 8)]
    work: Any = node(bench, [there(bench, place) for place in places], image, steps=3).run(bench)  # type: ignore[arg-type]
    for _ in range(5):
        next(work)
    with pytest.raises(StopIteration) as end:
        work.throw(Stop())
    changed = (end.value.value.pixels != image).any(-1)
    assert [bool(changed[place == 1].any()) for place in places] == [True, True, False]


def test_progress_counts_all_that_is_painted(bench: Bench) -> None:
    places = [box(32, 32, 0, 0, 8), torch.zeros(1, 32, 32), box(32, 32, 16, 16, 8)]
    regions = [there(bench, place) for place in places]
    told, _ = finished(node(bench, regions, base=bench.denoiser.about(0.5), steps=3).run(bench))  # type: ignore[arg-type]
    steps = [(one.step, one.of) for one in told if isinstance(one, Progress)]
    assert steps == [(step, 9) for step in range(1, 10)]
    assert bench.notices == [("prompt 2 holds nowhere by half or more, so it is not painted", "regions")]


def test_a_base_beside_a_picture_and_no_regions_are_told_to_be_of_no_use(bench: Bench) -> None:
    image = noise(1, 16, 16, 3)
    assert torch.equal(painted(bench, [], image, base=bench.denoiser.about(0.5)), image)
    told = {
        "base": "there is a picture to paint into, so the base is not painted",
        "regions": "there are no regions, so nothing is painted into the picture",
    }
    assert bench.notices == [(remark, input) for input, remark in told.items()]
    assert nodes.PaintRegions.notices({"image": {}, "base": {}, "regions": []}) == told
    assert nodes.PaintRegions.notices({"image": {"value": None}, "base": {}, "regions": [{}]}) == {}
    assert nodes.PaintRegions.notices({"image": {}}) == {}


def test_a_prompt_without_a_place_is_refused_by_its_number(bench: Bench) -> None:
    prompts = [there(bench, box(16, 16, 0, 0)), bench.denoiser.about(0.5)]
    with pytest.raises(LoomError, match="prompt 2 of input 'regions' has no place; link it through RegionPrompt"):
        painted(bench, prompts, noise(1, 16, 16, 3))
    with pytest.raises(LoomError, match="nothing to paint into"):
        painted(bench, prompts[:1])


MODEL = {"name": "small", "family": "sd", "text_width": 8, "space": {"name": "a", "channels": 4, "factor": 8}}
KNOWN = {"name": "small", "family": "sd", "text_width": 8}
SIZED = MODEL | {"width": 128, "height": 96}


@pytest.mark.parametrize(
    ("changes", "input", "told"),
    [
        ({"regions": [KNOWN, KNOWN | {"text_width": 768}]}, "regions", "input 'regions' was encoded"),
        ({"base": KNOWN | {"family": "sdxl"}}, "base", "input 'base' was encoded"),
        ({"negative": KNOWN | {"family": "sdxl"}}, "negative", "input 'negative' was encoded"),
        ({"vae": {"space": {"name": "b", "channels": 4, "factor": 8}}}, "vae", "link its own VAE"),
        ({"base": {"value": None}}, "image", "nothing to paint into; link a picture at input 'image', or a prompt"),
    ],
)
def test_what_does_not_fit_together_is_refused_before_anything_runs(
    changes: dict[str, Any], input: str, told: str
) -> None:
    given = {"model": SIZED, "regions": [KNOWN], "base": KNOWN, "image": {"value": None}}
    nodes.PaintRegions.infer(given)
    with pytest.raises(Mismatch, match=told) as refused:
        nodes.PaintRegions.infer(given | changes)
    assert refused.value.input == input


def test_its_picture_has_the_size_of_the_one_painted_into_else_what_is_said_else_the_models() -> None:
    given = {"model": SIZED, "regions": [KNOWN], "base": KNOWN}
    image = {"width": 50, "height": 40, "batch": 2}
    assert nodes.PaintRegions.infer(given | {"image": image}) == {"image": image}
    assert nodes.PaintRegions.infer(given) == {"image": {"width": 128, "height": 96, "batch": 1}}
    assert nodes.PaintRegions.infer(given | {"width": {}, "height": {"value": None}}) == {
        "image": {"height": 96, "batch": 1}
    }
    assert nodes.PaintRegions.infer(given | {"width": {"value": 64}}) == {
        "image": {"width": 64, "height": 96, "batch": 1}
    }
