"""The laws of a search for better noise, on a toy that can be thought through."""

from collections.abc import Generator
from itertools import count
from typing import Any

import pytest
import torch
import toy_generator as toy
from generators import returned

from nodes.optimizing.methods import BestOf, Hybrid, Method, Slope, ZeroOrder
from nodes.optimizing.objective import Evaluation, Objective
from nodes.optimizing.search import Budget, search
from nodes.rewarding.contract import Measure
from nodes.samplers.noise import SeededNoise
from nodes.types import LatentSpace, OptimizeState

SPACE = LatentSpace("toy", 4, 2)
METHODS: dict[str, Method] = {
    "best_of": BestOf(7),
    "zero_order": ZeroOrder(7, neighbours=3, nearness=0.8),
    "gradient": Slope(),
    "safe": Slope(safe=True),
    "hybrid": Hybrid(BestOf(7), 4, Slope()),
}
SLOPES = ["gradient", "safe", "hybrid"]


def draw(noise: torch.Tensor, seed: int) -> Generator[None, None, torch.Tensor]:
    yield
    return toy.generate(noise).movedim(1, -1)


def measures(weight: float = 1.0) -> list[Measure]:
    def of(score: Any) -> Any:
        return lambda pixels: score(pixels.movedim(-1, 1))[None]

    made = [Measure(name, of(score), weight * share) for name, (score, share) in toy.REWARDS.items()]
    return [*made, Measure("seen", lambda pixels: pixels.mean((1, 2, 3)), 9.0, held_out=True)]


def start(seed: int = 7) -> OptimizeState:
    noise = SeededNoise(seed, 1)(torch.zeros(toy.SHAPE))
    return OptimizeState(SPACE, 8, 8, "toy", (), noise, seed, {})


def run(
    method: Method, pictures: int, state: OptimizeState | None = None, on: Any = None, **limits: Any
) -> OptimizeState:
    objective = on or Objective(draw, measures())
    work = search(objective, method, state or start(), Budget(pictures, **limits), count().__next__)
    ended: OptimizeState = returned(work)
    return ended


def constant(value: float = 1.0) -> Objective:
    return Objective(draw, [Measure("constant", lambda pixels: torch.full((len(pixels),), value))])


@pytest.mark.parametrize("name", METHODS)
def test_the_same_seed_gives_the_same_trace(name):
    one, other = run(METHODS[name], 6), run(METHODS[name], 6)
    assert one.rows == other.rows
    assert torch.equal(one.noise, other.noise)


@pytest.mark.parametrize("name", METHODS)
def test_a_run_in_two_parts_is_the_run_in_one(name):
    whole = run(METHODS[name], 9)
    for first in (1, 4, 5, 6):
        part = run(METHODS[name], first)
        parts = run(METHODS[name], 9 - first, part)
        assert parts.rows == whole.rows
        assert torch.equal(parts.noise, whole.noise)
        assert parts.best is not None
        assert torch.equal(parts.best.pixels, whole.best.pixels)


@pytest.mark.parametrize("name", METHODS)
def test_the_best_never_falls_and_is_the_best_of_the_rows(name):
    bests = []
    state = start()
    for _ in range(8):
        state = run(METHODS[name], 1, state)
        bests.append(state.best.total)
    assert bests == sorted(bests)
    assert state.best.total == max(row.total for row in state.rows) == state.rows[state.best.row].total


@pytest.mark.parametrize("name", METHODS)
def test_every_method_finds_better_noise_than_it_began_with(name):
    state = run(METHODS[name], 25)
    assert state.best.total > state.rows[0].total


@pytest.mark.parametrize("safe", [False, True])
def test_with_rewards_off_the_noise_never_moves(safe):
    off = Objective(draw, measures(weight=0.0))
    state = run(Slope(regularize=0.0, safe=safe), 5, on=off)
    assert torch.equal(state.noise, start().noise)


def test_a_constant_reward_moves_only_the_norm_and_that_to_the_likeliest():
    begun = start()
    begun = OptimizeState(SPACE, 8, 8, "toy", (), begun.noise * 1.5, 7, {})
    state = run(Slope(lr=1.0, momentum=0.5, clip=10.0, regularize=0.05), 300, begun, constant())
    aim = (state.noise.numel() - 1) ** 0.5
    assert state.rows[0].norm > aim + 2
    assert state.rows[-1].norm == pytest.approx(aim, abs=1e-4)
    cosine = torch.nn.functional.cosine_similarity(state.noise.flatten(), begun.noise.flatten(), 0)
    assert cosine.item() == pytest.approx(1.0, abs=1e-6)


def test_a_safe_ascent_keeps_the_noise_as_long_and_as_white_as_noise():
    state = run(Slope(lr=50.0, safe=True), 20)
    loose = run(Slope(lr=50.0, regularize=0.0), 20)
    aim = state.noise.numel() ** 0.5
    assert state.rows[-1].norm == pytest.approx(aim, rel=1e-5)
    assert abs(loose.rows[-1].norm - aim) > 0.5


def test_the_last_picture_asks_for_no_slope_and_each_before_it_does():
    asked = []

    def watched(noise: torch.Tensor, seed: int, *, slope: bool) -> Generator[None, None, Evaluation]:
        asked.append(slope)
        return (yield from Objective(draw, measures())(noise, seed, slope=slope))

    run(Slope(), 4, on=watched)
    assert asked == [True, True, True, False]
    asked.clear()
    run(METHODS["hybrid"], 7, on=watched)
    assert asked == [False, False, False, False, True, True, False]


def test_best_of_tries_the_noise_of_one_seed_after_another():
    state = run(BestOf(7), 5)
    for place, row in enumerate(state.rows):
        noise = SeededNoise(7 + place, 1)(torch.zeros(toy.SHAPE))
        assert row.norm == pytest.approx(noise.norm().item())
    assert state.best.seed == 7 + state.best.row
    assert torch.equal(state.best.noise, SeededNoise(state.best.seed, 1)(torch.zeros(toy.SHAPE)))


def test_zero_order_keeps_its_distance_and_moves_its_pivot_once_a_round():
    method, state, pivots = ZeroOrder(7, neighbours=3, nearness=0.8), start(), []
    big = torch.zeros(1, 4, 40, 40)
    pivot = SeededNoise(1, 1)(big)
    for place in range(10):
        state = run(method, 1, state)
        pivots.append(state.memory.get("pivot"))
        if place % 3 == 0:
            best = state.best.noise
        elif place % 3 == 1 and place > 1:
            assert torch.equal(pivots[-1], best)
    assert torch.equal(pivots[4], pivots[5])
    assert torch.equal(pivots[5], pivots[6])
    move = method.propose(
        OptimizeState(SPACE, 1, 1, "", (), pivot, 7, {"pivot": pivot}, state.rows[:2], state.best), None
    )
    cosine = torch.nn.functional.cosine_similarity(move.noise.flatten(), pivot.flatten(), 0)
    assert cosine.item() == pytest.approx(0.8, abs=0.03)
    assert method.pictures(4, begun=False) == 10
    assert method.pictures(4, begun=True) == 12


def test_a_hybrid_climbs_from_the_best_that_it_found():
    state = run(METHODS["hybrid"], 5)
    searched = run(BestOf(7), 4)
    assert state.rows[:4] == searched.rows
    assert torch.equal(state.noise, searched.best.noise)
    assert state.rows[4].total == searched.best.total


def test_it_ends_when_the_seconds_are_spent_but_not_before_one_picture():
    assert len(run(BestOf(7), 50, seconds=0).rows) == 1
    # The toy's clock shows one second more each time that it is read.
    assert len(run(BestOf(7), 50, seconds=5).rows) == 5


def test_it_ends_when_the_target_is_reached():
    free = run(BestOf(7), 12)
    target = max(row.total for row in free.rows[:6])
    ended = run(BestOf(7), 12, target=target)
    assert ended.rows == free.rows[: len(ended.rows)]
    assert ended.rows[-1].total >= target
    assert all(row.total < target for row in ended.rows[:-1])


def test_it_ends_when_patience_is_at_an_end_and_tolerance_says_what_counts():
    assert len(run(Slope(regularize=0.0), 50, on=constant(), patience=3).rows) == 4
    assert len(run(Slope(), 50, patience=3, tolerance=1e6).rows) == 4


def test_a_score_that_is_no_number_is_refused_by_name():
    with pytest.raises(ValueError, match="'constant' gave nan"):
        run(BestOf(7), 2, on=constant(float("nan")))


def test_what_is_held_out_is_measured_and_changes_nothing():
    without = Objective(draw, measures()[:-1])
    one, other = run(Slope(), 6), run(Slope(), 6, on=without)
    assert torch.equal(one.noise, other.noise)
    assert [row.total for row in one.rows] == [row.total for row in other.rows]
    assert len({row.scores[-1] for row in one.rows}) > 1
