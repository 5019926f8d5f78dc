from itertools import pairwise

import pytest
import torch
from torch import Tensor

from nodes.samplers.contract import Unscaled
from nodes.samplers.masking import latent_mask, masked
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
    with pytest.raises(ValueError, match="mask of 2 images does not fit a latent of 3; wanted 1 or 3"):
        latent_mask(torch.zeros(2, 8, 8), (1, 1), 8, (8, 8), 3)


@pytest.mark.parametrize("name", SAMPLERS)
def test_what_a_mask_keeps_is_kept_to_the_bit(name: str) -> None:
    source, noise = torch.randn(1, 4, 4, 4), torch.randn(1, 4, 4, 4)
    mask = torch.zeros(1, 1, 4, 4)
    mask[..., 2:] = 1
    ask = masked(lambda x, sigma: 0.3 * x, source, noise, mask, Unscaled())
    *_, state = SAMPLERS[name](ask, source + 9 * noise, [9.0, 3.0, 1.0, 0.0], Unscaled(), SeededNoise(0, 1))
    assert torch.equal(state.x[..., :2], source[..., :2])
    assert not torch.equal(state.x[..., 2:], source[..., 2:])


def test_blending_before_each_step_equals_blending_after_it_under_euler() -> None:
    source, noise = torch.randn(1, 4, 4, 4), torch.randn(1, 4, 4, 4)
    mask = torch.rand(1, 1, 4, 4).round()

    def model(x: Tensor, sigma: float, /) -> Tensor:
        return torch.tanh(x) / (1 + sigma)

    sigmas = [9.0, 3.0, 1.0, 0.2]
    ask = masked(model, source, noise, mask, Unscaled())
    *_, before = SAMPLERS["euler"](ask, source + 9 * noise, sigmas, Unscaled(), SeededNoise(0, 1))
    x = source + 9 * noise
    for sigma, following in pairwise(sigmas):
        x0 = model(x, sigma)
        x = mask * (x0 + following / sigma * (x - x0)) + (1 - mask) * (source + following * noise)
    torch.testing.assert_close(before.x, x, rtol=0, atol=1e-5)
