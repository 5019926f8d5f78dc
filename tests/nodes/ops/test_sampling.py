from collections.abc import Callable
from typing import Any

import pytest
import torch
from slopes import hold_slope

from nodes.ops.latents import decode
from nodes.ops.sampling import sample, samples_of, with_samples
from nodes.prompts.encode import encode_text
from nodes.samplers.steps import SAMPLERS
from nodes.types import Conditioning, Latent, LatentSpace, Mask

Run = Callable[..., Any]


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_batch_equals_its_single_images(gaussian: Any, run: Run, name: str) -> None:
    settings: dict[str, Any] = {"steps": 4, "sampler": name, "cfg": 2.0}
    prompts = gaussian.about(1.0), gaussian.about(-1.0)
    _, batch = run(sample(gaussian, *prompts, gaussian.empty(3), seed=2**64 - 2, **settings))
    seeds = [2**64 - 2, 2**64 - 1, 0]
    singles = [run(sample(gaussian, *prompts, gaussian.empty(), seed=s, **settings))[1] for s in seeds]
    assert torch.equal(batch.latent.samples, torch.cat([single.latent.samples for single in singles]))


def test_the_same_seed_gives_the_same_latent_and_another_another(gaussian: Any, run: Run) -> None:
    first, again, other = (
        run(sample(gaussian, gaussian.about(1.0), None, gaussian.empty(), seed=s, steps=3))[1].latent.samples
        for s in (5, 5, 6)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("name", ["euler", "euler_ancestral", "ddim"])
def test_a_run_in_two_parts_equals_the_whole(gaussian: Any, run: Run, name: str) -> None:
    prompts = gaussian.about(1.0), None
    settings: dict[str, Any] = {"seed": 3, "steps": 6, "sampler": name}
    _, whole = run(sample(gaussian, *prompts, gaussian.empty(2), **settings))
    _, first = run(sample(gaussian, *prompts, gaussian.empty(2), end=4, **settings))
    _, second = run(sample(gaussian, *prompts, first.latent, start=4, **settings))
    torch.testing.assert_close(second.latent.samples, whole.latent.samples, rtol=0, atol=1e-6)


def test_less_denoising_stays_nearer_to_the_picture(gaussian: Any, run: Run) -> None:
    picture = with_samples(gaussian.empty(), torch.full((1, 4, 4, 4), 3.0))
    distances = []
    for denoise in (0.0, 0.2, 0.6, 1.0):
        yielded, end = run(sample(gaussian, gaussian.about(0.0), None, picture, steps=8, denoise=denoise))
        assert len(yielded) == (8 if denoise else 0)
        distances.append(float((end.latent.samples - 3).abs().mean()))
    assert distances[0] == 0
    assert distances == sorted(distances)


def test_a_mask_keeps_what_it_does_not_cover(gaussian: Any, run: Run) -> None:
    values = torch.zeros(1, 32, 32)
    values[:, :, 16:] = 1
    picture = with_samples(gaussian.empty(), torch.full((1, 4, 4, 4), 3.0))
    latent = Latent(picture.space, 32, 32, 1, picture.samples, Mask(values))
    _, end = run(sample(gaussian, gaussian.about(0.0), None, latent, steps=5, sampler="dpmpp_2m"))
    assert (end.latent.samples[..., :2] == 3).all()
    assert (end.latent.samples[..., 2:] != 3).all()


def test_a_full_mask_changes_nothing(gaussian: Any, run: Run) -> None:
    samples = torch.full((1, 4, 4, 4), 3.0)
    free = Latent(gaussian.space, 32, 32, 1, samples)
    covered = Latent(gaussian.space, 32, 32, 1, samples, Mask(torch.ones(1, 32, 32)))
    ends = [run(sample(gaussian, gaussian.about(0.0), None, latent, steps=4))[1] for latent in (free, covered)]
    assert torch.equal(ends[0].latent.samples, ends[1].latent.samples)


def test_a_fresh_start_sees_nothing_of_the_picture(gaussian: Any, run: Run) -> None:
    picture = Latent(gaussian.space, 32, 32, 1, torch.full((1, 4, 4, 4), 3.0), Mask(torch.ones(1, 32, 32)))
    settings: dict[str, Any] = {"seed": 5, "steps": 4}
    for masking in ("blend", "differential"):
        _, found = run(sample(gaussian, gaussian.about(1.0), None, picture, fresh=True, masking=masking, **settings))
        _, wanted = run(sample(gaussian, gaussian.about(1.0), None, gaussian.empty(), **settings))
        assert torch.equal(found.latent.samples, wanted.latent.samples)
    _, seen = run(sample(gaussian, gaussian.about(1.0), None, picture, **settings))
    assert not torch.equal(seen.latent.samples, wanted.latent.samples)


def test_an_empty_latent_rounds_its_size_up_to_cells() -> None:
    latent = Latent(LatentSpace("x", 4, 8), width=33, height=8, batch=2)
    assert samples_of(latent).shape == (2, 4, 1, 5)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sampler": "heun"}, "no sampler 'heun'; there are: euler, euler_ancestral, dpmpp_2m, ddim"),
        ({"start": -1}, "start is a step from 0 on, got -1"),
        ({"start": 2}, "this latent is empty"),
        ({"latent": Latent(LatentSpace("sd1", 4, 8), 32, 32)}, "space 'sd1', the model works in 'gaussian'"),
        ({"positive": Conditioning("sd", ())}, "made by a 'sd' text encoder, the model is of family 'gaussian'"),
        ({"positive": Conditioning("gaussian", ())}, "no entries"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(gaussian: Any, run: Run, change: Any, sentence: str) -> None:
    given = {"positive": gaussian.about(0.0), "latent": gaussian.empty()} | change
    with pytest.raises(ValueError, match=sentence):
        run(sample(gaussian, given.pop("positive"), None, given.pop("latent"), **given))


@pytest.mark.parametrize("name", SAMPLERS)
def test_gradients_reach_the_noise_through_two_steps_and_the_decoder(tiny_parts: Any, name: str) -> None:
    parts = tiny_parts()
    prompt = encode_text(parts["text_encoder"], "a red cube")
    latent = Latent(parts["denoiser"].space, 8, 8)
    first = torch.randn(1, 4, 4, 4, generator=torch.Generator().manual_seed(0))

    def brightness(noise: torch.Tensor) -> torch.Tensor:
        settings: dict[str, Any] = {"steps": 2, "cfg": 2.0, "sampler": name, "noise": lambda like: noise}
        *_, state = sample(parts["denoiser"], prompt, encode_text(parts["text_encoder"], ""), latent, **settings)
        return decode(parts["vae"], with_samples(latent, state.x)).pixels.double().mean()

    hold_slope(brightness, first)
