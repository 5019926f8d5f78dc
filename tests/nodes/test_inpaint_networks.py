"""What Inpaint does with models that were made for inpainting: they are shown the mask and what is around it.

The denoiser is the exact one of a Gaussian, which keeps what it was shown, and where it says so a tiny UNet.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from generators import returned
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inpainting import Bench, box, inputs, noise, paint
from torch import Tensor

import nodes
from engine.graph.faults import LoomError
from engine.graph.node import Mismatch, Stop
from engine.packs import find_registry
from nodes.families.protocol import PAINTED
from nodes.ops.inpaint import painted, prepare
from nodes.ops.regions import combined, placed
from nodes.prompts.encode import encode_text
from nodes.samplers.noise import SeededNoise
from nodes.types import Latent, Reward, RewardTerm

REGISTRY = find_registry(third_party=False)
Parts = Callable[..., dict[str, Any]]
SHARED = [HealthCheck.function_scoped_fixture]  # one denoiser for all examples: it is asked what it saw last


class Network:
    """A denoiser that keeps what it saw: noisy latents, and what it is to paint over."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.seen: list[Tensor] = []
        self.shown: list[Tensor] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def __call__(self, x: Tensor, sigma: float, tensors: Any) -> Tensor:
        self.seen.append(x)
        self.shown.append(tensors[PAINTED])
        answer: Tensor = self.inner(x, sigma, tensors)
        return answer


@pytest.fixture
def bench(gaussian: Any) -> Bench:
    return Bench(Network(gaussian))


def fill_in(bench: Bench, image: Tensor, mask: Tensor, **changes: Any) -> Any:
    """Paint with a model that is for inpainting."""
    model = replace(inputs(bench, image, mask)["model"], inpaint=True)
    return paint(bench, image, mask, **({"model": model} | changes))


def encoded(bench: Bench, pixels: Tensor) -> Tensor:
    return bench.vae.encode(pixels.movedim(-1, 1))


def test_auto_shows_the_mask_to_a_model_made_for_it_and_only_to_that(bench: Bench) -> None:
    image, mask = noise(1, 32, 32, 3), box(32, 32, 8, 8)
    auto, named = (fill_in(bench, image, mask, mode=mode) for mode in ("auto", "inpaint_model"))
    assert torch.equal(auto.image.pixels, named.image.pixels)
    assert len(bench.denoiser.shown) == 4
    ordinary = Bench(bench.denoiser.inner)
    blended, auto = (paint(ordinary, image, mask, mode=mode) for mode in ("blend", "auto"))
    assert torch.equal(auto.image.pixels, blended.image.pixels)
    assert not torch.equal(auto.latent.samples, named.latent.samples)


@pytest.mark.parametrize(("channels", "wide"), [(4, 9), (8, 17)])
@pytest.mark.parametrize("mode", ["blend", "differential"])
def test_a_mode_for_ordinary_models_is_refused_with_the_networks_channels(
    bench: Bench, mode: str, channels: int, wide: int
) -> None:
    facts = {"name": "patcher", "inpaint": True, "space": {"name": "it", "channels": channels, "factor": 8}}
    sentence = (
        rf"wants a denoiser with {channels} input channels \(in_channels\).*patcher has {wide}: .*choose auto or inp"
    )
    with pytest.raises(Mismatch, match=sentence) as refused:
        nodes.Inpaint.infer({"mode": {"value": mode}, "model": facts})
    assert refused.value.input == "mode"
    for fitting in ("auto", "inpaint_model"):
        nodes.Inpaint.infer({"mode": {"value": fitting}, "model": facts})
    with pytest.raises(LoomError, match="wants a denoiser with 4 input channels"):
        fill_in(bench, noise(1, 8, 8, 3), torch.ones(1, 8, 8), mode=mode)
    assert bench.denoiser.seen == []


@settings(max_examples=20, deadline=None, suppress_health_check=SHARED)
@given(
    size=st.tuples(st.integers(8, 100), st.integers(8, 100)),
    batch=st.integers(1, 3),
    each=st.booleans(),
    channels=st.sampled_from([3, 4]),
    options=st.fixed_dictionaries(
        {
            "crop": st.sampled_from(["off", "mask"]),
            "fill": st.sampled_from(["original", "blur", "neutral", "noise"]),
            "grow": st.integers(0, 9),
            "feather": st.sampled_from([0.0, 1.5, 4.0]),
            "denoise": st.sampled_from([0.5, 1.0]),
        }
    ),
)
def test_outside_of_the_mask_in_use_not_a_bit_changes_and_within_it_something_does(
    gaussian: Any, size: tuple[int, int], batch: int, each: bool, channels: int, options: dict[str, Any]
) -> None:
    bench, image = Bench(Network(gaussian)), noise(batch, *size, channels)
    masks = torch.cat([box(*size, 3 * i, max(0, size[1] - 8 - i)) for i in range(batch if each else 1)])
    found = fill_in(bench, image, masks, steps=1, **options)
    used = found.used_mask.values
    assert torch.equal(found.image.pixels[used == 0], image[used == 0])
    assert not torch.equal(found.image.pixels, image)
    samples = found.latent.samples
    (shown,) = bench.denoiser.shown
    assert shown.shape == (batch, 1 + samples.shape[1], *samples.shape[2:])
    assert set(shown[:, 0].unique().tolist()) <= {0.0, 1.0}


def test_a_network_is_shown_every_cell_that_the_mask_touches_and_the_picture_with_a_grey_hole(bench: Bench) -> None:
    image, mask = noise(1, 32, 32, 3), torch.zeros(1, 32, 32)
    mask[0, 9, 17] = 0.1
    fill_in(bench, image, mask, grow=0, feather=0.0, steps=1)
    cells, grey = torch.zeros(1, 1, 4, 4), image.clone()
    cells[..., 1, 2], grey[0, 9, 17] = 1, 0.5
    (shown,) = bench.denoiser.shown
    torch.testing.assert_close(shown, torch.cat([cells, encoded(bench, grey)], 1))


def test_a_soft_edge_is_hole_for_the_network_and_fades_in_the_picture(bench: Bench) -> None:
    image, mask = noise(1, 64, 64, 3), box(64, 64, 24, 24, 16)
    found = fill_in(bench, image, mask, grow=0, feather=4.0, steps=1)
    used = found.used_mask.values
    (shown,) = bench.denoiser.shown
    assert torch.equal(shown[:, 0] > 0, torch.nn.functional.max_pool2d(used, 8) > 0)
    drawn = bench.vae.decode(found.latent.samples).clamp(0, 1).movedim(1, -1)
    soft = (used > 0.1) & (used < 0.9)
    mixed = image + used[..., None] * (drawn - image)
    torch.testing.assert_close(found.image.pixels[soft], mixed[soft], rtol=0, atol=1e-6)


def test_what_is_around_the_hole_is_not_held_while_sampling(bench: Bench) -> None:
    image, mask = noise(1, 32, 32, 3), box(32, 32, 8, 8, 8)
    kept = torch.ones(4, 4, dtype=torch.bool)
    kept[1, 1] = False
    options: dict[str, Any] = {"grow": 0, "feather": 0.0}
    free = fill_in(bench, image, mask, **options).latent.samples
    held = paint(Bench(bench.denoiser.inner), image, mask, **options).latent.samples
    source = encoded(bench, image)
    assert torch.equal(held[..., kept], source[..., kept])
    assert not (free[:, :3, kept] == source[:, :3, kept]).any()


def test_a_whole_way_begins_with_noise_alone(bench: Bench) -> None:
    for seed in (1, 2):
        fill_in(bench, noise(1, 32, 32, 3, seed=seed), box(32, 32, 8, 8), steps=1, seed=5)
    first, second = bench.denoiser.seen
    assert torch.equal(first, second)


@pytest.mark.parametrize(("fill", "hole"), [("original", None), ("neutral", 0.5), ("noise", 0.0)])
def test_below_denoise_1_it_begins_with_the_noised_picture_and_its_hole_with_what_fill_says(
    bench: Bench, fill: str, hole: float | None
) -> None:
    image, mask = noise(1, 32, 32, 3), box(32, 32, 8, 8, 8)
    options: dict[str, Any] = {"grow": 0, "feather": 0.0, "seed": 5, "schedule": "normal"}
    fill_in(bench, image, mask, denoise=0.5, fill=fill, **options)
    begun = encoded(bench, image)
    if hole is not None:
        begun[:, :3, 1, 1] = hole
    seen, added = bench.denoiser.seen[0], SeededNoise(5, 1)(begun)
    sigma = ((seen - begun) / added).median()
    assert 0.5 < sigma < 5
    torch.testing.assert_close(seen, begun + sigma * added, rtol=0, atol=1e-4)


def test_in_a_crop_mask_and_picture_are_those_of_the_crop(bench: Bench) -> None:
    image, mask = noise(1, 100, 120, 3), box(100, 120, 50, 60)
    found = fill_in(bench, image, mask, crop="mask", context=4.0, grow=0, feather=0.0, steps=1)
    assert found.crop.width < 120
    job = prepare(image, mask, None, context=4.0, size=(32, 32), cell=8)
    (shown,) = bench.denoiser.shown
    assert torch.equal(shown, painted(bench.vae, job))
    grey = torch.where(job.values[..., None] > 0, 0.5, job.pixels)
    torch.testing.assert_close(shown[:, 1:], encoded(bench, grey))
    assert 0 < shown[:, 0].mean() < 1


def test_a_picture_whose_sides_are_no_whole_cells_is_shown_in_whole_cells(bench: Bench) -> None:
    image, mask = noise(1, 29, 37, 3), torch.zeros(1, 29, 37)
    mask[:, 28, 36] = 1
    fill_in(bench, image, mask, grow=0, feather=0.0, steps=1)
    (shown,) = bench.denoiser.shown
    assert shown.shape == (1, 5, 4, 5)
    assert shown[0, 0].nonzero().tolist() == [[3, 4]]


@pytest.mark.parametrize("crop", ["off", "mask"])
def test_an_empty_mask_changes_nothing_and_asks_nobody(bench: Bench, crop: str) -> None:
    image = noise(2, 29, 37, 4)
    found = fill_in(bench, image, torch.zeros(1, 29, 37), crop=crop, composite=False)
    assert torch.equal(found.image.pixels, image)
    assert bench.denoiser.seen == []


def test_one_mask_serves_all_pictures_and_each_its_own(bench: Bench) -> None:
    image = noise(3, 32, 32, 3)
    masks = torch.cat([box(32, 32, 8 * i, 8) for i in range(3)])
    one = fill_in(bench, image, masks[:1], seed=4)
    assert torch.equal(one.image.pixels, fill_in(bench, image, masks[:1].expand(3, -1, -1), seed=4).image.pixels)
    each = fill_in(bench, image, masks, seed=4)
    for i in range(3):
        alone = fill_in(bench, image[i : i + 1], masks[i : i + 1], seed=4 + i)
        assert torch.equal(alone.image.pixels[0], each.image.pixels[i])
    with pytest.raises(LoomError, match="2 masks for 3 pictures; wanted 1 or 3"):
        fill_in(bench, image, masks[:2])


def test_all_prompts_of_a_step_are_shown_it_in_one_call(bench: Bench) -> None:
    about = bench.denoiser.about
    halves = torch.cat([torch.zeros(1, 32, 16), torch.ones(1, 32, 16)], -1)
    positive = combined([placed(about(0.1), halves), placed(about(0.9), 1 - halves)])
    options: dict[str, Any] = {"positive": positive, "negative": about(0.3), "steps": 1, "crop": "mask"}
    fill_in(bench, noise(2, 32, 32, 3), box(32, 32, 8, 8), **options)
    (shown,) = bench.denoiser.shown
    assert len(shown) == 2 * 3
    assert torch.equal(shown, shown[:2].repeat(3, 1, 1, 1))
    assert not torch.equal(shown[0], shown[1])


def test_a_stop_keeps_what_was_painted_so_far_and_the_picture_around_it(bench: Bench) -> None:
    image, mask = noise(1, 32, 32, 3), box(32, 32, 8, 8)
    given = inputs(bench, image, mask, steps=5)
    work: Any = nodes.Inpaint(**given | {"model": replace(given["model"], inpaint=True)}).run(bench)  # type: ignore[arg-type]
    next(work)
    next(work)
    with pytest.raises(StopIteration) as end:
        work.throw(Stop())
    kept = end.value.value
    outside = kept.used_mask.values == 0
    assert len(bench.denoiser.seen) == 2
    assert torch.equal(kept.image.pixels[outside], image[outside])
    assert not torch.equal(kept.image.pixels, image)


@pytest.mark.parametrize("sampler", ["euler", "euler_ancestral", "dpmpp_2m", "ddim"])
def test_a_network_paints_with_each_sampler(tiny_parts: Parts, sampler: str) -> None:
    parts = tiny_parts(inpaint=True)
    bench = Bench(parts["denoiser"])
    with torch.no_grad():
        positive, negative = (encode_text(parts["text_encoder"], text) for text in ("a cube, (left:1.2)" * 4, "blue"))
    image, mask = noise(2, 18, 22, 3), box(18, 22, 4, 4)
    given = inputs(bench, image, mask, positive=positive, negative=negative)
    model = replace(given["model"], family="sd", inpaint=True)
    settings: dict[str, Any] = given | {"model": model, "sampler": sampler, "steps": 3, "grow": 0}
    found = returned(nodes.Inpaint(**settings).run(bench))  # type: ignore[arg-type]
    outside = found.used_mask.values == 0
    assert torch.isfinite(found.image.pixels).all()
    assert torch.equal(found.image.pixels[outside], image[outside])
    assert not torch.equal(found.image.pixels, image)


@pytest.mark.parametrize("node", [nodes.KSampler, nodes.TiledSampler, nodes.HiresFix, nodes.RewardOptimize])
def test_a_node_that_draws_whole_pictures_refuses_it_in_the_run_too(tiny_parts: Parts, node: Any) -> None:
    parts = tiny_parts(inpaint=True)
    bench = Bench(parts["denoiser"])
    with torch.no_grad():
        positive = encode_text(parts["text_encoder"], "a cube")
    space = parts["denoiser"].space
    given = inputs(bench, noise(1, 16, 16, 3), torch.ones(1, 16, 16), positive=positive, latent=Latent(space, 16, 16))
    given["reward"] = Reward((RewardTerm("redness", "redness", {}),))
    fitting = {name: value for name, value in given.items() if name in REGISTRY.types[node.__name__].inputs}
    with pytest.raises(LoomError, match=r"input 'model' was made for inpainting.*use the node Inpaint"):
        returned(node(**fitting).run(bench))
