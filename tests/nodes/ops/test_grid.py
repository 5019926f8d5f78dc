import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph.faults import LoomError
from nodes.ops.grid import Layout, grid

RED = torch.tensor([1.0, 0.0, 0.0])


def plain(width: int, height: int, batch: int = 1) -> torch.Tensor:
    return RED.expand(batch, height, width, 3)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 12), st.integers(1, 5), st.integers(0, 9))
def test_the_grid_is_as_large_as_its_cells_and_gaps(count: int, columns: int, gap: int) -> None:
    result = grid([plain(10, 6)] * count, columns, gap=gap)
    across = min(columns, count)
    down = -(-count // across)
    assert result.shape == (1, gap + down * (6 + gap), gap + across * (10 + gap), 3)


def test_without_columns_the_grid_is_about_square() -> None:
    assert grid([plain(10, 10)] * 9, gap=0).shape == (1, 30, 30, 3)
    assert grid([plain(10, 10)] * 5, gap=0).shape == (1, 20, 30, 3)


def test_every_image_of_a_batch_has_its_own_cell() -> None:
    assert grid([plain(8, 8, batch=3), plain(8, 8)], 4, gap=0).shape == (1, 8, 32, 3)


def test_a_smaller_picture_stands_in_the_middle_of_its_cell() -> None:
    result = grid([plain(10, 10), plain(4, 2)], 2, gap=1)
    cell = result[0, 1:11, 12:22]
    red = (cell == RED).all(-1).nonzero()
    assert red.min(0).values.tolist() == [4, 3]
    assert red.max(0).values.tolist() == [5, 6]


def test_pictures_are_found_where_the_layout_puts_them() -> None:
    images = [torch.full((1, 5, 7, 3), i / 10) for i in range(5)]
    result = grid(images, 3, gap=2)
    layout = Layout(3, 2, 7, 5, 0, 2)
    for i, image in enumerate(images):
        left, top = layout.corner(i)
        assert torch.equal(result[:, top : top + 5, left : left + 7], image)


def test_a_label_stands_below_its_picture_and_nowhere_else() -> None:
    bare = grid([plain(80, 20)] * 2, 1, gap=4)
    labelled = grid([plain(80, 20)] * 2, 1, ["seed 1", ""], gap=4)
    strip = (labelled.shape[1] - bare.shape[1]) // 2
    assert strip > 0
    assert labelled.shape[2] == bare.shape[2]
    assert labelled[0, 24 : 24 + strip].min() < 0.3
    assert labelled[0, 24 + strip + 4 + 20 :].min() == 1
    assert (labelled[0, 4:24, 4:84] == RED).all()


def test_a_label_never_leaves_its_column() -> None:
    result = grid([plain(60, 10)] * 2, 2, ["w" * 200, "several words that go on and on and on and on"], gap=10)
    assert result.shape[2] == 10 + 2 * 70
    assert result[0, :, 70:80].min() == 1
    assert result[0, :, :10].min() == 1


def test_transparency_is_laid_over_white() -> None:
    see_through = torch.tensor([1.0, 0.0, 0.0, 0.5]).expand(1, 4, 4, 4)
    assert torch.equal(grid([see_through], gap=0), torch.tensor([1.0, 0.5, 0.5]).expand(1, 4, 4, 3))


@pytest.mark.parametrize(
    ("images", "labels", "told"),
    [
        ([], [], "at least one picture"),
        ([plain(4, 4)] * 3, ["a", "b"], "2 labels for 3 pictures"),
        ([plain(20_000, 1), plain(1, 20_000)], [], "at most 100,000,000"),
    ],
)
def test_what_makes_no_grid_is_said_in_a_sentence(images: list[torch.Tensor], labels: list[str], told: str) -> None:
    with pytest.raises(LoomError, match=told):
        grid(images, labels=labels)
