"""Enlarging as nodes: exact sizes, networks in and out, two passes; an exact denoiser, an autoencoder of block means."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch
from generators import finished
from hypothesis import given, settings
from hypothesis import strategies as st
from inpainting import Blocks
from torch import Tensor, nn

import nodes
from engine.graph.faults import LoomError
from engine.graph.node import Mismatch, Progress, Stop
from engine.graph.records import Identity
from nodes.ops.enlarging import enlarged
from nodes.ops.latent_resize import latent_resized
from nodes.ops.latents import decode, encode
from nodes.ops.resize import resample
from nodes.ops.sampling import sample, samples_of
from nodes.types import VAE, Image, Latent, Mask, Model, Upscaler

NETWORK = Upscaler("digest")


class Thrice(nn.Module):
    """Three times as large by repetition, and a little darker, so that its hand can be seen."""

    scale, reach, whole, device = 3, 0, False, torch.device("cpu")

    def forward(self, picture: Tensor) -> Tensor:
        return picture.repeat_interleave(3, 2).repeat_interleave(3, 3) * 0.9


class Bench:
    """What a node sees of the engine: it lends modules, resolves a name and hears notices."""

    def __init__(self, denoiser: Any = None, facts: Any = None) -> None:
        self.denoiser, self.network, self.facts = denoiser, Thrice(), facts
        self.vae = None if denoiser is None else Blocks(denoiser.space)
        self.notices: list[tuple[str, str | None]] = []
        self.lent: list[object] = []

    @contextmanager
    def lease(self, *references: object) -> Iterator[tuple[Any, ...]]:
        self.lent += references
        kinds = {Upscaler: self.network, Model: self.denoiser, VAE: self.vae}
        yield tuple(kinds[type(one)] for one in references)

    def identity(self, input: str) -> Identity:
        assert input == "model"
        return Identity("digest", self.facts)

    def notice(self, message: str, input: str | None = None) -> None:
        self.notices.append((message, input))


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def upscaled(pixels: Tensor, **inputs: Any) -> Tensor:
    found = finished(nodes.Upscale(image=Image(pixels), **inputs).run(Bench()))[1]  # type: ignore[arg-type]
    assert isinstance(found, Image)
    return found.pixels


@settings(max_examples=40, deadline=None)
@given(
    size=st.tuples(st.integers(8, 137), st.integers(8, 137)),
    scale=st.sampled_from([0.3, 1.0, 1.37, 2.0, 3.0]),
    channels=st.sampled_from([3, 4]),
    batch=st.integers(1, 2),
    linear=st.booleans(),
    network=st.booleans(),
    filter=st.sampled_from(["nearest", "area", "bilinear", "bicubic", "lanczos"]),
)
def test_any_picture_gets_exactly_the_size_that_is_asked_for(
    size: tuple[int, int], scale: float, channels: int, batch: int, linear: bool, network: bool, filter: str
) -> None:
    pixels = noise(batch, *size, channels)
    upscaler = NETWORK if network else None
    found = upscaled(pixels, upscaler=upscaler, scale=scale, linear=linear, filter=filter, tile=64, overlap=8)
    height, width = (max(1, round(side * scale)) for side in size)
    assert found.shape == (batch, height, width, channels)
    assert 0 <= found.min() <= found.max() <= 1
    if not network:
        assert torch.equal(found, resample(pixels, width, height, filter, linear=linear))  # type: ignore[arg-type]


def test_a_size_stands_above_the_scale_and_one_side_follows_the_other() -> None:
    pixels = noise(1, 10, 20, 3)
    assert upscaled(pixels, width=50).shape == (1, 25, 50, 3)
    assert upscaled(pixels, height=50, scale=3.0).shape == (1, 50, 100, 3)
    assert upscaled(pixels, height=50, width=7).shape == (1, 50, 7, 3)
    assert upscaled(pixels).shape == (1, 20, 40, 3)
    with pytest.raises(LoomError, match="20000 × 10000 pixels"):
        upscaled(noise(1, 1250, 2500, 3), scale=8.0)


def test_a_network_enlarges_as_it_was_made_to_and_a_filter_brings_that_to_size() -> None:
    pixels = noise(2, 10, 12, 3)
    own = upscaled(pixels, upscaler=NETWORK)
    torch.testing.assert_close(own, resample(pixels, 36, 30, "nearest") * 0.9)
    assert torch.equal(upscaled(pixels, upscaler=NETWORK, scale=2.0), resample(own, 24, 20))
    assert torch.equal(upscaled(pixels, upscaler=NETWORK, width=30, filter="area"), resample(own, 30, 25, "area"))


@pytest.mark.parametrize(
    ("reach", "tile", "overlap", "told"),
    [(4, 32, 9, 0), (4, 32, 8, 1), (9, 32, 40, 1), (9, 512, 0, 0), (None, 32, 0, 0)],
)
def test_tiles_that_share_less_than_the_network_sees_are_told(
    reach: int | None, tile: int, overlap: int, told: int
) -> None:
    bench = Bench()
    bench.network.reach = reach  # type: ignore[assignment]
    given = {"image": Image(noise(1, 50, 40, 3)), "upscaler": NETWORK, "tile": tile, "overlap": overlap}
    finished(nodes.Upscale(**given).run(bench))  # type: ignore[arg-type]
    assert [input for _, input in bench.notices] == ["overlap"] * told


def test_light_is_mixed_as_light() -> None:
    checks = torch.zeros(1, 8, 8, 3)
    checks[:, ::2, ::2] = checks[:, 1::2, 1::2] = 1
    assert upscaled(checks, scale=0.5, filter="area").mean() == pytest.approx(0.5)
    assert upscaled(checks, scale=0.5, filter="area", linear=True).mean() == pytest.approx(0.7354, abs=1e-3)


def test_a_stop_leaves_the_rest_to_the_filter() -> None:
    pixels = noise(2, 80, 80, 3)
    node = nodes.Upscale(image=Image(pixels), upscaler=NETWORK, tile=64, overlap=16, scale=3.0)
    work = node.run(Bench())  # type: ignore[arg-type]
    progress = next(work)
    assert isinstance(progress, Progress)
    assert (progress.step, progress.of) == (1, 8)
    assert progress.preview is not None
    with pytest.raises(StopIteration) as end:
        work.throw(Stop())
    found = end.value.value.pixels
    filtered = resample(pixels, 240, 240)
    assert found.shape == (2, 240, 240, 3)
    torch.testing.assert_close(found[0, :90, :90], resample(pixels, 240, 240, "nearest")[0, :90, :90] * 0.9)
    assert torch.equal(found[1], filtered[1])


def test_sizes_are_known_before_anything_runs() -> None:
    def inferred(**inputs: Any) -> Any:
        facts: dict[str, Any] = {"image": {"width": 20, "height": 10, "batch": 2}}
        facts |= {name: {"value": None} for name in ("scale", "width", "height")}
        return nodes.Upscale.infer(facts | inputs)["image"]

    assert inferred() == {"width": 40, "height": 20, "batch": 2}
    assert inferred(scale={"value": 1.5}) == {"width": 30, "height": 15, "batch": 2}
    assert inferred(width={"value": 50}) == {"width": 50, "height": 25, "batch": 2}
    assert inferred(upscaler={"name": "up", "scale": 4}) == {"width": 80, "height": 40, "batch": 2}
    unknown: Any
    for unknown in ({"upscaler": {}}, {"scale": {}}, {"width": {}}, {"scale": {"value": 5000.0}}):
        assert inferred(**unknown) == {"batch": 2}
    latent = nodes.LatentResize.infer(
        {"latent": {"width": 16, "height": 8, "space": "s"}, "scale": {"value": 2.0}, "width": {"value": None},
         "height": {"value": None}}
    )["latent"]  # fmt: skip
    assert latent == {"space": "s", "width": 32, "height": 16}


def test_an_upscaler_is_named_and_other_models_are_refused_on_both_sides() -> None:
    facts = {"name": "up", "family": "upscaler", "scale": 4, "architecture": "compact"}
    found = nodes.LoadUpscaler(model="up", dtype="float16").run(Bench(facts=facts))  # type: ignore[arg-type]
    assert found == Upscaler("digest", "float16")
    known = nodes.LoadUpscaler.infer({"model": facts | {"digest": "digest"}})["upscaler"]
    assert known == {"name": "up", "scale": 4, "lease": "digest"}
    with pytest.raises(Mismatch, match="'solids' is a model of family sd; wanted a network that enlarges"):
        nodes.LoadUpscaler.infer({"model": {"name": "solids", "family": "sd"}})
    with pytest.raises(Mismatch, match="'up' is a network that enlarges pictures and makes none; LoadUpscaler"):
        nodes.LoadModel.infer({"model": facts})


# Latents, and two passes


def test_a_latent_is_resized_by_a_scale_or_to_a_size(gaussian: Any) -> None:
    latent = Latent(gaussian.space, 32, 24, 1, torch.randn(1, 4, 3, 4))
    twice = nodes.LatentResize(latent=latent).run()
    assert (twice.width, twice.height, twice.samples.shape) == (64, 48, (1, 4, 6, 8))  # type: ignore[union-attr]
    other = nodes.LatentResize(latent=latent, width=50, filter="nearest").run()
    assert (other.width, other.height, other.samples.shape) == (50, 38, (1, 4, 5, 7))  # type: ignore[union-attr]
    with pytest.raises(LoomError, match="at most 16384"):
        nodes.LatentResize(latent=latent, width=16384, scale=2.0, height=16385).run()


@pytest.fixture
def bench(gaussian: Any) -> Bench:
    return Bench(gaussian)


def inputs(bench: Bench, **changes: Any) -> dict[str, Any]:
    space = bench.denoiser.space
    given = {
        "model": Model("digest", "denoiser", "gaussian", space, width=32, height=32),
        "vae": VAE("digest", "vae", "gaussian", space),
        "positive": bench.denoiser.about(0.5),
        "latent": Latent(space, 32, 24, 2),
        "upscaler": NETWORK,
        "steps": 3,
        "seed": 5,
        "sampler": "euler",
        "schedule": "normal",
    }
    return given | changes


def by_hand(bench: Bench, given: dict[str, Any], via: str, denoise: float, size: tuple[int, int]) -> Any:
    """The same from tensor functions alone."""

    def sampled(latent: Latent, **more: Any) -> Latent:
        names = ("seed", "sampler", "schedule")
        settings = {name: given[name] for name in names} | more
        latent_out: Latent = finished(sample(bench.denoiser, given["positive"], None, latent, **settings))[1].latent
        return latent_out

    with torch.no_grad():
        first = sampled(given["latent"], steps=3)
        if via == "latent":
            large = latent_resized(first, *size)
        else:
            picture = decode(bench.vae, first).pixels  # type: ignore[arg-type]
            if via == "model":
                picture = finished(enlarged(bench.network, picture))[1]
            large = replace(encode(bench.vae, Image(resample(picture, *size))), mask=first.mask)  # type: ignore[arg-type]
        last = sampled(large, steps=2, denoise=denoise)
        return first, last, decode(bench.vae, last)  # type: ignore[arg-type]


@pytest.mark.parametrize("via", ["latent", "pixel", "model"])
@pytest.mark.parametrize("scale", [2.0, 1.3])
def test_two_passes_are_what_the_tensor_functions_give(bench: Bench, via: Any, scale: float) -> None:
    given = inputs(bench, latent=Latent(bench.denoiser.space, 32, 24, 2, None, Mask(torch.ones(1, 6, 8))))
    node = nodes.HiresFix(**given, via=via, scale=scale, denoise=0.6, second_steps=2)
    told, found = finished(node.run(bench))  # type: ignore[arg-type]
    size = round(32 * scale), round(24 * scale)
    first, last, image = by_hand(bench, given, via, 0.6, size)
    assert torch.equal(samples_of(found.first), samples_of(first))
    assert torch.equal(samples_of(found.latent), samples_of(last))
    assert torch.equal(found.image.pixels, image.pixels)
    assert found.image.pixels.shape == (2, size[1], size[0], 3)
    assert (found.latent.width, found.latent.height, found.latent.mask) == (*size, given["latent"].mask)
    assert [progress.step for progress in told] == sorted(progress.step for progress in told)
    assert (told[-1].step, told[-1].of) == (5, 5)
    assert bench.lent.count(NETWORK) == (via == "model")


def test_without_a_change_of_size_or_a_second_pass_it_is_the_first(bench: Bench) -> None:
    found = finished(nodes.HiresFix(**inputs(bench), scale=1.0, denoise=0.0).run(bench))[1]  # type: ignore[arg-type]
    assert torch.equal(samples_of(found.latent), samples_of(found.first))


def test_a_stop_in_the_first_pass_leaves_the_second_out(bench: Bench) -> None:
    work = nodes.HiresFix(**inputs(bench), scale=2.0).run(bench)  # type: ignore[arg-type]
    next(work)
    with pytest.raises(StopIteration) as end:
        work.throw(Stop())
    found, calls = end.value.value, len(bench.denoiser.batches)
    assert calls == 1
    assert found.image.pixels.shape == (2, 48, 64, 3)
    small = decode(bench.vae, found.first).pixels  # type: ignore[arg-type]
    assert torch.equal(found.image.pixels, resample(small, 64, 48))


def test_a_stop_while_the_network_enlarges_leaves_the_second_pass_out(bench: Bench) -> None:
    work = nodes.HiresFix(**inputs(bench), via="model", scale=2.0).run(bench)  # type: ignore[arg-type]
    for _ in range(4):
        next(work)
    with pytest.raises(StopIteration) as end:
        work.throw(Stop())
    found = end.value.value
    assert len(bench.denoiser.batches) == 3
    assert torch.equal(samples_of(found.latent), samples_of(found.first))
    small = decode(bench.vae, found.first).pixels  # type: ignore[arg-type]
    by_network = resample(Thrice()(small[:1].movedim(-1, 1)).movedim(1, -1), 64, 48)
    torch.testing.assert_close(found.image.pixels[:1], by_network)
    assert torch.equal(found.image.pixels[1:], resample(resample(small[1:], 96, 72), 64, 48))


def test_a_stop_in_the_second_pass_keeps_the_large_picture_as_far_as_it_got(bench: Bench) -> None:
    work = nodes.HiresFix(**inputs(bench), scale=2.0).run(bench)  # type: ignore[arg-type]
    for _ in range(4):
        next(work)
    with pytest.raises(StopIteration) as end:
        work.throw(Stop())
    assert samples_of(end.value.value.latent).shape == (2, 4, 6, 8)
    assert len(bench.denoiser.batches) == 4


def test_a_network_that_is_not_linked_is_missed_before_anything_runs(bench: Bench) -> None:
    with pytest.raises(Mismatch, match="wants a network at input 'upscaler'"):
        nodes.HiresFix.infer({"via": {"value": "model"}})
    fine: Any
    for fine in ({"via": {"value": "pixel"}}, {"via": {"value": "model"}, "upscaler": {"scale": 4}}, {"via": {}}):
        nodes.HiresFix.infer(fine)
    with pytest.raises(LoomError, match="wants a network"):
        finished(nodes.HiresFix(**inputs(bench, upscaler=None), via="model").run(bench))  # type: ignore[arg-type]


def test_a_vae_of_another_space_is_refused_in_a_sentence() -> None:
    spaces = ({"name": "sd1", "channels": 4, "factor": 8}, {"name": "vae:01", "channels": 8, "factor": 8})
    with pytest.raises(Mismatch, match="'vae:01'"):
        nodes.HiresFix.infer({"model": {"space": spaces[0]}, "vae": {"space": spaces[1]}})


def test_an_enlarged_latent_that_stays_soft_is_told(bench: Bench) -> None:
    assert nodes.HiresFix.notices({"via": {"value": "latent"}, "denoise": {"value": 0.3}}).keys() == {"denoise"}
    fine: Any
    for fine in ({"via": {"value": "pixel"}, "denoise": {"value": 0.3}}, {"via": {"value": "latent"}, "denoise": {}}):
        assert nodes.HiresFix.notices(fine) == {}
    finished(nodes.HiresFix(**inputs(bench), via="latent", denoise=0.3).run(bench))  # type: ignore[arg-type]
    assert [input for _, input in bench.notices] == ["denoise"]
