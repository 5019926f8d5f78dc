"""Sampling in windows: held against plain sampling, and against the mean of windows written out by hand."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodes.ops.regions import combined, placed
from nodes.ops.sampling import sample
from nodes.ops.tiles import WEIGHTS, Tiling, starts, windows
from nodes.prompts.encode import encode_text
from nodes.samplers.steps import SAMPLERS
from nodes.types import Latent, LatentSpace, Mask

Run = Callable[..., Any]
SIZES = st.integers(1, 80)


def sampled(run: Run, denoiser: Any, positive: Any, negative: Any, latent: Latent, **changes: Any) -> torch.Tensor:
    settings: dict[str, Any] = {"seed": 9, "steps": 3, "cfg": 2.0} | changes
    found: torch.Tensor = run(sample(denoiser, positive, negative, latent, **settings))[1].latent.samples
    return found


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("weights", WEIGHTS)
def test_one_window_is_plain_sampling_to_the_bit(tiny_parts: Any, run: Run, sampler: str, weights: str) -> None:
    parts = tiny_parts()
    positive, negative = (encode_text(parts["text_encoder"], text) for text in ("a red cube", ""))
    latent = Latent(parts["denoiser"].space, 13, 16, 2)
    plain = sampled(run, parts["denoiser"], positive, negative, latent, sampler=sampler)
    for tiling in (Tiling(14, 16, 0.5, weights), Tiling(512, 512, 0.0, weights)):
        assert torch.equal(
            sampled(run, parts["denoiser"], positive, negative, latent, sampler=sampler, tiling=tiling), plain
        )


@given(SIZES, SIZES, st.floats(0, 0.9))
def test_windows_cover_a_side_and_overlap_as_asked(length: int, window: int, overlap: float) -> None:
    window = min(length, window)
    found = starts(length, window, overlap)
    assert found == sorted(set(found))
    assert (found[0], found[-1]) == (0, length - window)
    steps = [after - before for before, after in pairwise(found)]
    assert max(steps, default=0) <= max(1, round(window * (1 - overlap)))


def test_windows_are_counted_in_cells_and_no_larger_than_the_picture() -> None:
    latent = Latent(LatentSpace("x", 4, 8), 100, 60)
    found = windows(latent, Tiling(64, 64, 0.5))
    assert [(w.left, w.top, w.width, w.height) for w in found] == [(0, 0, 8, 8), (2, 0, 8, 8), (5, 0, 8, 8)]


class LeansOnItsEdges:
    """A denoiser that sees where a window ends: x0 is the distance from its left edge, plus the noisy latent's mean."""

    def __init__(self, gaussian: Any) -> None:
        self.gaussian = gaussian

    def __getattr__(self, name: str) -> Any:
        return getattr(self.gaussian, name)

    def __call__(self, x: torch.Tensor, sigma: float, tensors: Any) -> torch.Tensor:
        return torch.arange(x.shape[-1]).expand_as(x) + x.mean((-1, -2), keepdim=True) / (1 + sigma)


@pytest.mark.parametrize("weights", WEIGHTS)
def test_overlapping_answers_are_averaged_with_their_weights(gaussian: Any, run: Run, weights: str) -> None:
    """One step, written out by hand cell by cell."""
    denoiser = LeansOnItsEdges(gaussian)
    latent = Latent(gaussian.space, 80, 16)
    tiling = Tiling(32, 16, 0.5, weights)
    found = sampled(run, denoiser, gaussian.about(0.0), None, latent, steps=1, tiling=tiling)
    first = torch.randn(4, 2, 10, generator=torch.Generator().manual_seed(9))
    top = gaussian.schedule.sigma(999)
    x = first * (1 + top**2) ** 0.5
    begins, across = [0, 2, 4, 6], WEIGHTS[weights](4).tolist()
    for column in range(10):
        over = [begin for begin in begins if begin <= column < begin + 4]
        answers = [column - begin + x[:, :, begin : begin + 4].mean((-1, -2)) / (1 + top) for begin in over]
        shares = [across[column - begin] for begin in over]
        expected = sum(share * answer for share, answer in zip(shares, answers, strict=True)) / sum(shares)
        torch.testing.assert_close(found[0, :, :, column], expected[:, None].expand(4, 2), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_what_looks_at_each_cell_alone_is_sampled_as_the_whole(gaussian: Any, run: Run, sampler: str) -> None:
    latent = Latent(gaussian.space, 101, 75, 2)
    plain = sampled(run, gaussian, gaussian.about(1.0), gaussian.about(-1.0), latent, sampler=sampler)
    tiling = Tiling(32, 40, 0.5)
    windowed = sampled(run, gaussian, gaussian.about(1.0), gaussian.about(-1.0), latent, sampler=sampler, tiling=tiling)
    torch.testing.assert_close(windowed, plain, rtol=1e-4, atol=1e-4)


def test_regions_and_masks_hold_where_they_did_and_cost_only_the_windows_that_see_them(gaussian: Any, run: Run) -> None:
    left = torch.zeros(1, 48, 96)
    left[..., :40] = 1
    regions = combined([placed(gaussian.about(2.0), left)], gaussian.about(-2.0))
    kept = torch.zeros(1, 48, 96)
    kept[:, 10:] = 1
    latent = Latent(gaussian.space, 96, 48, 1, torch.full((1, 4, 6, 12), 5.0), Mask(kept))
    plain = sampled(run, gaussian, regions, gaussian.about(0.0), latent)
    gaussian.batches.clear()
    found = sampled(run, gaussian, regions, gaussian.about(0.0), latent, tiling=Tiling(32, 48, 0.5), steps=3)
    torch.testing.assert_close(found, plain, rtol=1e-4, atol=1e-4)
    assert (found[..., 0, :] == 5).all()
    # Windows begin at cells 0, 2, 4, 6 and 8 and are 4 wide: the left prompt ends in the third, the base begins in it.
    assert gaussian.batches == 3 * [2, 3, 3, 2, 2]


@pytest.mark.parametrize("guided", [False, True])
def test_where_a_window_is_left_without_a_prompt_for_a_time_it_is_as_without_windows(
    gaussian: Any, run: Run, guided: bool
) -> None:
    left, right = torch.zeros(1, 32, 96), torch.zeros(1, 32, 96)
    left[..., :32], right[..., 64:] = 1, 1
    sides = combined([placed(gaussian.about(2.0), left, end=0.4), placed(gaussian.about(-2.0), right)])
    negative, latent = gaussian.about(0.5) if guided else None, Latent(gaussian.space, 96, 32)
    plain = sampled(run, gaussian, sides, negative, latent)
    found = sampled(run, gaussian, sides, negative, latent, tiling=Tiling(32, 32, 0.5))
    torch.testing.assert_close(found, plain, rtol=1e-4, atol=1e-4)


def test_gradients_run_through_all_windows_to_the_noise(gaussian: Any) -> None:
    latent = Latent(gaussian.space, 64, 32)
    noise = torch.randn(1, 4, 4, 8, generator=torch.Generator().manual_seed(0)).requires_grad_()
    settings: dict[str, Any] = {"steps": 2, "noise": lambda like: noise, "tiling": Tiling(32, 32)}
    *_, state = sample(gaussian, gaussian.about(1.0), None, latent, **settings)
    (gradient,) = torch.autograd.grad(state.x.sum(), noise)
    assert (gradient > 0).all()
    torch.testing.assert_close(gradient, gradient.mean().expand_as(gradient), rtol=1e-4, atol=0)
