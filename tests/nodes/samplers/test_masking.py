from itertools import pairwise

import pytest
import torch
from torch import Tensor

from nodes.samplers.contract import Unscaled
from nodes.samplers.masking import MASKINGS, blend, differential, latent_mask, masked
from nodes.samplers.noise import SeededNoise
from nodes.samplers.steps import SAMPLERS


def test_a_stroke_of_one_pixel_marks_its_cell() -> None:
    mask = torch.zeros(1, 32, 32)
    mask[0, 9, 17] = 1
    found = latent_mask(mask, (4, 4), 8, (32, 32), 1)
    assert found.sum() == found[0, 0, 1, 2] == 1


def test_a_mask_of_a_picture_with_half_a_cell_keeps_its_place() -> None:
    mask = torch.zeros(1, 9, 12)
    mask[0, 8, 11] = 1
    found = latent_mask(mask, (2, 2), 8, (9, 12), 1)
    assert found.tolist() == [[[[0, 0], [0, 1]]]]


def test_a_mask_of_another_batch_is_refused() -> None:
    with pytest.raises(ValueError, match="2 masks do not fit a latent of 3 pictures; wanted 1 or 3"):
        latent_mask(torch.zeros(2, 8, 8), (1, 1), 8, (8, 8), 3)
    with pytest.raises(ValueError, match=r"2 masks do not fit a latent of 1 picture; wanted 1$"):
        latent_mask(torch.zeros(2, 8, 8), (1, 1), 8, (8, 8), 1)


@pytest.mark.parametrize("masking", MASKINGS)
@pytest.mark.parametrize("name", SAMPLERS)
def test_what_a_mask_keeps_is_kept_to_the_bit(name: str, masking: str) -> None:
    source, noise = torch.randn(1, 4, 4, 4), torch.randn(1, 4, 4, 4)
    mask = torch.zeros(1, 1, 4, 4)
    mask[..., 2:] = 1
    sigmas = [9.0, 3.0, 1.0, 0.0]
    ask = masked(lambda x, sigma: 0.3 * x, source, noise, MASKINGS[masking](mask, sigmas), Unscaled())
    *_, state = SAMPLERS[name](ask, source + 9 * noise, sigmas, Unscaled(), SeededNoise(0, 1))
    assert torch.equal(state.x[..., :2], source[..., :2])
    assert not torch.equal(state.x[..., 2:], source[..., 2:])


def test_blending_before_each_step_equals_blending_after_it_under_euler() -> None:
    source, noise = torch.randn(1, 4, 4, 4), torch.randn(1, 4, 4, 4)
    mask = torch.rand(1, 1, 4, 4).round()

    def model(x: Tensor, sigma: float, /) -> Tensor:
        return torch.tanh(x) / (1 + sigma)

    sigmas = [9.0, 3.0, 1.0, 0.2]
    ask = masked(model, source, noise, blend(mask, sigmas), Unscaled())
    *_, before = SAMPLERS["euler"](ask, source + 9 * noise, sigmas, Unscaled(), SeededNoise(0, 1))
    x = source + 9 * noise
    for sigma, following in pairwise(sigmas):
        x0 = model(x, sigma)
        x = mask * (x0 + following / sigma * (x - x0)) + (1 - mask) * (source + following * noise)
    torch.testing.assert_close(before.x, x, rtol=0, atol=1e-5)


def test_a_cell_of_a_change_map_joins_when_its_share_of_the_run_is_left() -> None:
    sigmas = [9.0, 3.0, 1.0, 0.5, 0.0]
    at = differential(torch.tensor([[[[0.0, 0.2, 0.25, 0.5, 0.9, 1.0]]]]), sigmas)
    assert [at(sigma).flatten().tolist() for sigma in sigmas[:-1]] == [
        [0, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 1, 1],
        [0, 0, 0, 1, 1, 1],
        [0, 0, 1, 1, 1, 1],
    ]


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_change_map_of_yes_and_no_is_a_mask(name: str) -> None:
    source, noise = torch.randn(2, 4, 4, 4), torch.randn(2, 4, 4, 4)
    mask, sigmas = torch.rand(1, 1, 4, 4).round(), [9.0, 3.0, 1.0, 0.0]
    ends = []
    for masking in MASKINGS.values():
        ask = masked(lambda x, sigma: torch.tanh(x) / (1 + sigma), source, noise, masking(mask, sigmas), Unscaled())
        *_, state = SAMPLERS[name](ask, 9 * noise, sigmas, Unscaled(), SeededNoise(0, 2))
        ends.append(state.x)
    assert torch.equal(*ends)


def test_the_less_a_cell_may_change_the_nearer_it_stays() -> None:
    """Against Levin & Fried's loop as the paper gives it: a cell that has not joined is the noised source."""
    source, noise = torch.randn(1, 4, 1, 5), torch.randn(1, 4, 1, 5)
    change = torch.tensor([[[[0.0, 0.3, 0.5, 0.8, 1.0]]]])
    sigmas = [9.0, 4.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.0]
    calls = []

    def model(x: Tensor, sigma: float, /) -> Tensor:
        calls.append((x, sigma))
        return torch.zeros_like(x)

    ask = masked(model, source, noise, differential(change, sigmas), Unscaled())
    *_, state = SAMPLERS["euler"](ask, 9 * noise, sigmas, Unscaled(), SeededNoise(0, 1))
    for i, (x, sigma) in enumerate(calls):
        waiting = (change < 1 - i / 10 - 1e-9).expand_as(x)
        assert torch.equal(x[waiting], (source + sigma * noise)[waiting])
    assert torch.equal(state.x[..., 0], source[..., 0])
    assert (state.x[..., 1:] == 0).all()
