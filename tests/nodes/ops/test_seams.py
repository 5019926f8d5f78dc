import pytest
import torch

from nodes.ops.seams import band, matched, seam_error


def hole(side: int = 40, at: int = 14, size: int = 12) -> torch.Tensor:
    values = torch.zeros(1, side, side)
    values[:, at : at + size, at : at + size] = 1
    return values


def noise(batch: int = 1, seed: int = 0) -> torch.Tensor:
    return 0.3 + 0.4 * torch.rand(batch, 40, 40, 3, generator=torch.Generator().manual_seed(seed))


def test_a_seam_is_what_lies_within_8_pixels_of_the_mask_and_is_not_covered() -> None:
    found = band(0.1 * hole())
    assert found.sum() == 28 * 28 - 12 * 12
    assert not found[hole() > 0].any()
    assert found[0, 6:34, 6:34].sum() == found.sum()
    assert band(torch.zeros(1, 9, 9)).sum() == band(torch.ones(1, 9, 9)).sum() == 0


def test_only_what_differs_along_the_seam_counts() -> None:
    before, used = noise(), hole()
    far = before.clone()
    far[:, :6] += 1
    far[used > 0] += 1
    assert seam_error(far, before, used).item() == 0
    near = before.clone()
    near[:, 13, 14:26, 0] += 0.3
    assert seam_error(near, before, used).item() == pytest.approx(0.1 * 12 / (28 * 28 - 12 * 12), rel=1e-4)


def test_each_picture_of_a_batch_is_matched_by_its_own_seam() -> None:
    before, used = noise(2), hole().expand(2, 40, 40)
    drawn = torch.stack([before[0] * 0.9 + 0.05, before[1] * 0.8])
    torch.testing.assert_close(matched(drawn, before, used), before, rtol=0, atol=1e-5)
    assert (seam_error(drawn, before, used) > 0.01).all()
    assert (seam_error(matched(drawn, before, used), before, used) < 1e-5).all()


def test_a_flat_seam_moves_colours_and_leaves_their_contrast() -> None:
    before, drawn, used = torch.full((1, 40, 40, 3), 0.5), torch.full((1, 40, 40, 3), 0.4), hole()
    drawn[:, 18:20, 18:20] = 0.2
    found = matched(drawn, before, used)
    assert float(found[0, 10, 10, 0]) == pytest.approx(0.5, abs=1e-5)
    assert float(found[0, 18, 18, 0]) == pytest.approx(0.3, abs=1e-5)


def test_contrast_is_stretched_at_most_twice() -> None:
    before, used = noise(), hole()
    mean = before[band(used)].mean(0)
    drawn = (before - mean) / 10 + mean
    found = matched(drawn, before, used)
    torch.testing.assert_close(found, (before - mean) / 5 + mean, rtol=0, atol=1e-4)


def test_without_a_seam_there_is_nothing_to_match_by() -> None:
    before, drawn = noise(), noise(seed=1)
    for used in (torch.zeros(1, 40, 40), torch.ones(1, 40, 40)):
        assert torch.equal(matched(drawn, before, used), drawn)
        assert seam_error(drawn, before, used).item() == 0
