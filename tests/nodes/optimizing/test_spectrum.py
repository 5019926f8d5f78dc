"""White noise as a set: the projection onto it, and the gauges of what is noise."""

import pytest
import torch

from nodes.optimizing.health import health
from nodes.optimizing.spectrum import BLOCK, MEAN, whitened

SHAPES = [(1, 4, 16, 16), (1, 8, 5, 7), (1, 1, 3, 3), (1, 4, 2, 2), (1, 1, 1, 2)]


def noise(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", SHAPES)
def test_it_ends_at_the_length_of_noise_and_stays_there(shape):
    once = whitened(noise(*shape))
    assert once.shape == torch.Size(shape)
    assert once.square().mean().item() == pytest.approx(1.0, abs=1e-5)
    assert (whitened(once) - once).abs().max() <= 1e-5


def test_white_noise_is_hardly_moved():
    values = noise(1, 4, 32, 32)
    cosine = torch.nn.functional.cosine_similarity(values.flatten(), whitened(values).flatten(), 0)
    assert cosine >= 0.985


def test_each_block_of_the_spectrum_has_the_sums_that_white_noise_has():
    smooth = noise(1, 4, 16, 16).cumsum(-1).cumsum(-2)
    amplitudes = torch.fft.rfft(whitened(smooth).flatten().double(), norm="ortho").abs()[1:-1]
    blocks = amplitudes[: len(amplitudes) // BLOCK * BLOCK].view(-1, BLOCK)
    assert (blocks.mean(1) - MEAN).abs().max() <= 1e-5
    assert (blocks.square().mean(1) - 1).abs().max() <= 1e-5


def test_what_is_smooth_becomes_white():
    values = noise(1, 4, 32, 32)
    smooth = values + values.roll(1, -1)
    assert health(smooth).autocorrelation > 0.2
    assert abs(health(whitened(smooth)).autocorrelation) < 0.05


def test_nothing_stays_nothing_and_one_number_becomes_a_flat_spectrum():
    assert torch.equal(whitened(torch.zeros(1, 2, 4, 4)), torch.zeros(1, 2, 4, 4))
    one = torch.zeros(1, 2, 4, 4)
    one[0, 0, 0, 0] = 9.0
    assert whitened(one).square().mean().item() == pytest.approx(1.0, abs=1e-5)


def test_the_gauges_of_white_noise_are_those_of_white_noise():
    found = health(noise(1, 4, 64, 64))
    assert found.norm == pytest.approx(128, rel=0.02)
    assert found.kurtosis == pytest.approx(3, abs=0.15)
    assert abs(found.autocorrelation) < 0.02


def test_the_gauges_see_copies_outliers_and_length():
    values = noise(1, 4, 32, 32)
    assert health(3 * values).norm == pytest.approx(3 * health(values).norm)
    assert health(values.repeat_interleave(2, -1)).autocorrelation == pytest.approx(0.25, abs=0.05)
    spiked = values.clone()
    spiked[0, 0, 0, 0] = 30
    assert health(spiked).kurtosis > 20
    assert health(torch.ones(1, 1, 4, 4)) == (4.0, 0.0, 0.0)
