import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodes.ops.colours import from_linear
from nodes.ops.masks import DIFFERENCES, blurred, edited, fitted, from_alpha, from_color, grown, without_holes
from nodes.ops.shapes import drawn
from nodes.solids.render import render, silhouettes
from nodes.solids.scene import sample_scene


def picture(text: str) -> torch.Tensor:
    rows = text.split()
    return torch.tensor([[[float(sign == "#") for sign in row] for row in rows]])


def dot(side: int = 15, value: float = 1.0) -> torch.Tensor:
    values = torch.zeros(1, side, side)
    values[0, side // 2, side // 2] = value
    return values


masks = st.builds(
    lambda h, w, seed: torch.rand(2, h, w, generator=torch.Generator().manual_seed(seed)).round(),
    st.integers(1, 20),
    st.integers(1, 20),
    st.integers(0, 999),
)


def test_a_pixel_grows_to_a_square_around_it() -> None:
    found = grown(dot(), 3)
    assert found.sum() == found[0, 4:11, 4:11].sum() == 49


@given(masks, st.integers(0, 30))
def test_growing_covers_more_shrinking_less_and_neither_moves_it(values: torch.Tensor, pixels: int) -> None:
    assert (grown(values, pixels) >= values).all()
    assert (grown(values, -pixels) <= values).all()
    assert torch.equal(grown(values, pixels).flip(-1), grown(values.flip(-1), pixels))


def test_what_touches_the_edge_of_the_picture_stays_there_when_it_shrinks() -> None:
    values = torch.ones(1, 5, 5)
    assert torch.equal(grown(values, -2), values)


def test_a_blur_ends_after_three_deviations_and_keeps_what_it_spreads() -> None:
    found = blurred(dot(31), 2.0)
    assert float(found.sum()) == pytest.approx(1, abs=1e-5)
    outside = found.clone()
    outside[:, 9:22, 9:22] = 0
    assert outside.sum() == 0
    assert found[0, 9, 15] > 0


@given(masks, st.floats(0.1, 9))
def test_a_blur_leaves_what_is_all_covered_or_all_free(values: torch.Tensor, sigma: float) -> None:
    for whole in (torch.ones_like(values), torch.zeros_like(values)):
        assert torch.equal(blurred(whole, sigma), whole)


def test_holes_are_what_no_way_leads_out_of() -> None:
    found = without_holes(picture(".##### .#...# .#.#.# .##### ......"))
    assert torch.equal(found, picture(".##### .##### .##### .##### ......"))
    open_ring = picture("..... .###. .#... .###. .....")
    assert torch.equal(without_holes(open_ring), open_ring)


def test_a_way_out_may_be_long_and_winding() -> None:
    spiral = picture("....... .#####. .#...#. .#.#.#. .#.##.. .#..... .######".replace(".#.##..", ".#.###."))
    assert torch.equal(without_holes(spiral), spiral)


def test_a_diagonal_closes_a_ring() -> None:
    assert torch.equal(without_holes(picture(".#. #.# .#.")), picture(".#. ### .#."))


@given(masks)
def test_inverting_twice_is_nothing_and_nothing_is_asked_by_default(values: torch.Tensor) -> None:
    assert torch.equal(edited(edited(values, invert=True), invert=True), values)
    assert torch.equal(edited(values), values)


def test_edits_come_in_the_order_that_is_told() -> None:
    found = edited(dot(value=0.6), threshold=0.5, grow=1, invert=True)
    assert found.sum() == 15 * 15 - 9
    assert edited(dot(value=0.4), threshold=0.5, grow=1).sum() == 0


def test_a_mask_is_fitted_to_pictures_of_another_size_and_number() -> None:
    values = torch.zeros(1, 4, 4)
    values[..., 2:] = 1
    found = fitted(values, 8, 12, 3)
    assert found.shape == (3, 12, 8)
    assert (found[..., :3] == 0).all()
    assert (found[..., 5:] == 1).all()
    with pytest.raises(ValueError, match="2 masks for 3 pictures; wanted 1 or 3"):
        fitted(torch.zeros(2, 4, 4), 4, 4, 3)


def test_a_colour_is_found_up_to_a_tolerance_and_not_where_nothing_is_seen() -> None:
    pixels = torch.tensor([[[[1.0, 0, 0, 1], [0.9, 0.1, 0, 1], [0.7, 0, 0, 1], [1, 0, 0, 0]]]])
    assert from_color(pixels, (1, 0, 0), 0.1, by="rgb").tolist() == [[[1, 1, 0, 0]]]
    soft = from_color(pixels, (1, 0, 0), 0.1, softness=0.4, by="rgb")
    assert soft[0, 0, 2].item() == pytest.approx(0.5, abs=0.01)


channel = st.integers(0, 255)


@given(st.tuples(channel, channel, channel), st.tuples(channel, channel, channel), st.sampled_from(list(DIFFERENCES)))
def test_a_colour_is_always_found_by_itself_and_all_are_where_any_will_do(
    one: tuple[int, int, int], other: tuple[int, int, int], by: str
) -> None:
    pixels = torch.tensor([[[one, other]]]) / 255
    red, green, blue = (value / 255 for value in one)
    assert from_color(pixels, (red, green, blue), 0.0, by=by)[0, 0, 0] == 1
    assert from_color(pixels, (red, green, blue), 1.0, by=by).min() == 1


@given(st.tuples(st.floats(0.05, 1), st.floats(0.05, 1), st.floats(0.05, 1)), st.floats(0.3, 1))
def test_less_of_the_same_light_is_the_same_hue(light: tuple[float, float, float], dimmed: float) -> None:
    lit, shaded = (from_linear(torch.tensor(light) * part) for part in (1.0, dimmed))
    red, green, blue = lit.tolist()
    assert from_color(shaded.expand(1, 1, 1, 3), (red, green, blue), 0.0).item() == 1


def test_what_looks_as_different_is_as_far_apart() -> None:
    """Differences of CIELAB by hand: (L, a, b) of black, white and middle grey are known."""
    pixels = torch.tensor([[[[0.0, 0, 0], [1, 1, 1], [0.4663, 0.4663, 0.4663]]]])
    for tolerance, found in ((0.495, [0, 0, 1]), (0.505, [1, 1, 1])):
        assert from_color(pixels, (0.4663, 0.4663, 0.4663), tolerance, by="colour").tolist() == [[found]]


def test_by_its_hue_a_thing_is_found_with_its_dark_side_and_nothing_else_is() -> None:
    """Rendered scenes whose truth is known: intersection over union, the colour taken from the middle of a thing."""
    found: dict[str, list[float]] = {"hue": [], "rgb": []}
    for seed in range(6):
        scene = sample_scene(700 + seed, 2)
        picture, seen = torch.from_numpy(render(scene)).float()[None] / 255, torch.from_numpy(silhouettes(scene))
        for index, solid in enumerate(scene.solids):
            if solid.colour not in ("white", "black"):
                inside = (seen == index)[None]
                red, green, blue = picture[inside].median(0).values.tolist()
                for by, several in found.items():
                    mask = from_color(picture, (red, green, blue), 0.2, by=by) > 0
                    several.append(float((mask & inside).sum() / (mask | inside).sum()))
    mean = {by: sum(several) / len(several) for by, several in found.items()}
    assert mean["hue"] > max(0.7, mean["rgb"] + 0.1)


def test_transparent_is_change() -> None:
    assert from_alpha(torch.tensor([[[[1.0, 1, 1, 0.25]]]])).item() == 0.75
    assert from_alpha(torch.ones(1, 1, 1, 3)).item() == 0


def test_a_box_covers_its_pixels_and_no_more() -> None:
    found = drawn("box 1 2 3 100%", 5, 4)
    assert torch.equal(found, picture("..... ..... .##.. .##.."))


def test_a_polygon_of_a_boxs_corners_is_the_box() -> None:
    assert torch.equal(drawn("polygon 2 1 7 1 7 5 2 5", 9, 8), drawn("box 2, 1, 7, 5", 9, 8))


def test_round_shapes_have_their_area() -> None:
    circle = drawn("circle 50% 50% 40", 100, 100)
    assert float(circle.sum()) == pytest.approx(3.14159 * 40 * 40, rel=0.01)
    assert torch.equal(circle, drawn("ellipse 10 10 90 90", 100, 100))


def test_shapes_are_joined_and_blank_lines_passed_over() -> None:
    both = drawn("box 0 0 2 2\n\nbox 4 0 6 2", 6, 2)
    assert torch.equal(both, picture("##..## ##..##"))
    assert drawn("", 3, 3).sum() == 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("star 1 2", "line 2: there is no shape 'star'; there are: box, ellipse, circle, polygon"),
        ("box 1 2 3", "line 2: box has 3 numbers; it is written: box LEFT TOP RIGHT BOTTOM"),
        ("polygon 1 2 3 4", "polygon has 4 numbers"),
        ("circle a 2 3", "'a' is no number"),
    ],
)
def test_a_line_that_is_no_shape_is_named(line: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        drawn(f"box 0 0 1 1\n{line}", 4, 4)
