import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodes.ops.compositing import compared, laid_over, padded, shown_through


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("channels", "others"), [(3, 3), (4, 3), (4, 4), (3, 4)])
def test_outside_of_the_mask_not_a_bit_changes_and_inside_only_the_new_is_seen(channels: int, others: int) -> None:
    below, above = noise(2, 6, 7, channels), noise(2, 6, 7, others, seed=1)
    values = noise(2, 6, 7, seed=2).mul(3).sub(1).clamp(0, 1)
    found = shown_through(below, above, values)
    assert torch.equal(found[values == 0], below[values == 0])
    assert torch.equal(found[values == 1][:, :3], above[values == 1][:, :3])
    assert 0 <= found.min() <= found.max() <= 1 + 1e-6


def test_what_is_transparent_lends_no_colour() -> None:
    clear = torch.tensor([[[[0.0, 1, 0, 0]]]])
    red = torch.tensor([[[[1.0, 0, 0]]]])
    found = shown_through(clear, red, torch.full((1, 1, 1), 0.5))
    torch.testing.assert_close(found[0, 0, 0], torch.tensor([1.0, 0, 0, 0.5]))


@given(st.integers(-9, 9), st.integers(-9, 9))
def test_a_picture_is_laid_where_it_is_told_and_nowhere_else(x: int, y: int) -> None:
    below, above = torch.zeros(1, 6, 8, 3), torch.ones(2, 3, 4, 3)
    found = laid_over(below, above, None, x, y)
    wanted = torch.zeros(2, 6, 8)
    wanted[:, max(y, 0) : max(y + 3, 0), max(x, 0) : max(x + 4, 0)] = 1
    assert torch.equal(found[..., 0], wanted)
    assert below.sum() == 0


def test_alpha_and_mask_of_the_layer_both_let_through() -> None:
    below = torch.zeros(1, 1, 2, 3)
    above = torch.tensor([[[[1.0, 1, 1, 0.5], [1, 1, 1, 1]]]])
    assert laid_over(below, above, torch.tensor([[[0.5, 1.0]]]))[0, 0, :, 0].tolist() == [0.25, 1.0]


def test_a_layer_covers_what_was_transparent() -> None:
    found = laid_over(torch.zeros(1, 1, 1, 4), torch.full((1, 1, 1, 3), 0.5))
    assert found.flatten().tolist() == [0.5, 0.5, 0.5, 1.0]


@given(*[st.integers(0, 12)] * 4, st.sampled_from(["edge", "mirror", "color"]), st.sampled_from([3, 4]))
def test_a_padded_picture_holds_the_picture_and_the_mask_tells_the_rest(
    left: int, top: int, right: int, bottom: int, border: str, channels: int
) -> None:
    pixels = noise(2, 3, 4, channels)
    found = padded(pixels, left, top, right, bottom, border)  # type: ignore[arg-type]
    assert found.pixels.shape == (2, 3 + top + bottom, 4 + left + right, channels)
    assert torch.equal(found.pixels[found.added == 0].reshape(pixels.shape), pixels)
    assert torch.equal(found.pixels[:, top : top + 3, left : left + 4], pixels)
    assert found.added.sum() == 2 * (found.pixels.shape[1] * found.pixels.shape[2] - 12)


def test_borders_begin_as_they_are_called() -> None:
    row = torch.tensor([0.1, 0.2, 0.3]).reshape(1, 1, 3, 1).expand(1, 1, 3, 3)

    def borders(border: str) -> list[float]:
        found = padded(row, 3, 0, 0, 0, border, (0.5, 0.5, 0.5)).pixels  # type: ignore[arg-type]
        return [round(value, 6) for value in found[0, 0, :3, 0].tolist()]

    assert borders("edge") == [0.1, 0.1, 0.1]
    assert borders("mirror") == [0.2, 0.3, 0.2]
    assert borders("color") == [0.5, 0.5, 0.5]


def test_a_difference_is_found_where_it_is() -> None:
    first = torch.zeros(1, 2, 4, 3)
    second = first.clone()
    second[0, 1, 2, 1] = 0.5
    found = compared(first, second)
    assert (found.largest, found.changed) == (0.5, 1 / 8)
    assert found.mean == pytest.approx(0.5 / 24)
    assert found.where[0, 1, 2] == found.where.sum() == 0.5
    assert compared(first, first.clone()).largest == 0
    assert compared(first, torch.cat([first, torch.ones(1, 2, 4, 1)], -1)).largest == 0


def test_pictures_that_cannot_be_paired_are_refused() -> None:
    with pytest.raises(ValueError, match="4 × 2 and 2 × 4 pixels"):
        compared(torch.zeros(1, 2, 4, 3), torch.zeros(1, 4, 2, 3))
    with pytest.raises(ValueError, match="2 and 3 pictures"):
        laid_over(torch.zeros(2, 1, 1, 3), torch.zeros(3, 1, 1, 3))
