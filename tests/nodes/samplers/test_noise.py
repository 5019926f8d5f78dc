import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodes.samplers.noise import SeededNoise


@given(st.integers(0, 2**64 - 1), st.integers(1, 4))
def test_a_batch_of_noise_is_its_single_images(seed: int, batch: int) -> None:
    like = torch.empty(batch, 2, 3, 3)
    source = SeededNoise(seed, batch)
    singles = [SeededNoise((seed + i) % 2**64, 1) for i in range(batch)]
    for _ in range(2):
        assert torch.equal(source(like), torch.cat([single(like[:1]) for single in singles]))


def test_skipped_draws_are_those_that_would_have_come_first() -> None:
    like = torch.empty(2, 4, 3, 3)
    source = SeededNoise(5, 2)
    source(like)
    source(like)
    assert torch.equal(SeededNoise(5, 2, skip=2)(like), source(like))


def test_noise_is_drawn_in_single_precision_whatever_it_is_for() -> None:
    drawn = SeededNoise(5, 1)(torch.empty(1, 4, 3, 3))
    assert torch.equal(SeededNoise(5, 1)(torch.empty(1, 4, 3, 3, dtype=torch.float64)), drawn.double())


def test_noise_for_another_batch_is_refused() -> None:
    with pytest.raises(ValueError, match="noise for 2 images was asked for 3"):
        SeededNoise(0, 2)(torch.empty(3, 1))
