"""Scoring pictures and keeping the best, as the engine calls the nodes."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import nodes
from engine.graph.faults import LoomError
from engine.run.context import CallContext
from engine.run.machine import Machine
from nodes.ranking import BestImages, ImageScores
from nodes.types import Image, Reward

PIXELS = torch.linspace(0, 1, 6 * 4 * 4 * 3).reshape(6, 4, 4, 3).flip(0).square()
RED = nodes.RednessReward(weight=2.0).run()
LIGHT = nodes.BrightnessReward(weight=1.0).run()


def combined(*rewards: Reward, held_out: list[Reward] | None = None) -> Reward:
    return nodes.RewardCombine(rewards=list(rewards), weights="", held_out=held_out).run()


def scored(run: Any, images: list[Image], reward: Reward) -> ImageScores:
    told, found = run(nodes.ScoreImages(images=images, reward=reward).run(CallContext("it", Machine({}), {})))
    assert [progress.step for progress in told] == list(range(told[0].of))
    assert isinstance(found, ImageScores)
    return found


def test_a_picture_is_scored_by_the_weighted_sum_and_what_is_held_out_stands_apart(run):
    red, green, blue = PIXELS.unbind(-1)
    redness = (red - (green + blue) / 2).mean((1, 2))
    light = (0.2126 * red + 0.7152 * green + 0.0722 * blue).mean((1, 2))
    found = scored(run, [Image(PIXELS)], combined(RED, LIGHT, held_out=[LIGHT]))
    assert found.scores == pytest.approx((2 * redness + light).tolist(), abs=1e-6)
    assert found.held_out == pytest.approx(light.tolist(), abs=1e-6)
    assert found.labels[0] == (
        f"{found.scores[0]:.4f}: redness {redness[0]:.4f}, brightness {light[0]:.4f}, "
        f"brightness 2 (held out) {light[0]:.4f}"
    )


def test_a_batch_is_scored_as_its_pictures_are(run):
    batch = scored(run, [Image(PIXELS)], LIGHT)
    singles = scored(run, [Image(PIXELS[:2]), *(Image(PIXELS[i : i + 1]) for i in range(2, 6))], LIGHT)
    assert batch.scores == pytest.approx(singles.scores, abs=1e-6)
    assert batch.held_out == []
    assert batch.labels == [f"{score:.4f}" for score in batch.scores]


def best(images: list[Image], scores: list[float], keep: int = 1) -> BestImages:
    return nodes.BestOf(images=images, scores=scores, keep=keep).run()


@given(st.lists(st.floats(-3, 3, width=16), min_size=1, max_size=6), st.integers(1, 8))
def test_the_best_are_those_that_none_of_the_others_beats_in_order(scores, keep):
    kept = best([Image(PIXELS[: len(scores)])], scores, keep)
    assert len(kept.images) == min(keep, len(scores))
    assert kept.scores == sorted(scores, reverse=True)[:keep] == [scores[index] for index in kept.indices]
    assert all(
        torch.equal(image.pixels[0], PIXELS[index]) for image, index in zip(kept.images, kept.indices, strict=True)
    )
    assert torch.equal(kept.image.pixels, kept.images[0].pixels)
    pairs = zip(kept.indices, kept.indices[1:], strict=False)
    assert all(scores[one] > scores[other] or one < other for one, other in pairs)


def test_what_has_no_number_is_worst():
    nan = float("nan")
    assert best([Image(PIXELS)], [nan, -2.0, nan, 1.0, -float("inf"), 0.0], 6).indices == [3, 5, 1, 4, 0, 2]


def test_pictures_and_scores_that_do_not_go_together_are_refused(run):
    with pytest.raises(LoomError, match="hold 6 pictures and 2 scores"):
        best([Image(PIXELS)], [1.0, 2.0])
    with pytest.raises(LoomError, match="'images' is empty"):
        best([], [])
    with pytest.raises(LoomError, match="'images' is empty"):
        scored(run, [], RED)
    with pytest.raises(LoomError, match="no terms"):
        scored(run, [Image(PIXELS)], Reward(()))
