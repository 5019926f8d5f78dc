"""Nodes that rank pictures: scored by a reward, the best of them kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Context, Node, Progress, Work
from nodes.checks import in_sentences
from nodes.types import Image, Reward

MOST = 10_000


class ImageScores(NamedTuple):
    """What ScoreImages gives, an item a picture."""

    scores: Annotated[list[float], Field(description="The total of each picture; higher is better")]
    held_out: Annotated[
        list[float],
        Field(
            description="Of each picture what the reward holds out, with its weights; empty where it holds out nothing"
        ),
    ]
    labels: Annotated[list[str], Field(description="Each picture's total and its parts, as a line to put under it")]


class ScoreImages(Node):
    """Score pictures by a reward: a list of them, a batch, or many links, every image by itself.

    Scores compare pictures under one reward; on their own they say little. Reward models have the bias of the pictures and
    of the people that they were taught by, and a high score is not for that a right picture: to count what is right, use
    ScoreScene, or measure by a reward that is held out.
    """

    title = "Score images"
    category = "rewards"
    peers = ("ImageReward", "PickScore", "AestheticScore")

    images: Annotated[list[Image], Field(description="The pictures; every image of a batch counts")]
    reward: Annotated[Reward, Field(description="What they are scored by")]

    def run(self, context: Context) -> Work[ImageScores]:
        """Score. Raises LoomError, in a sentence, for no pictures, and for a reward that cannot be built."""
        from nodes.rewarding.build import measures, models_of
        from nodes.rewarding.scoring import label, score, sums

        pictures = _each(self.images)
        with context.lease(*models_of(self.reward)) as modules:
            with in_sentences():
                built = measures(self.reward, modules)
            parts = []
            for number, picture in enumerate(pictures):
                yield Progress(number, len(pictures))
                with in_sentences():
                    parts.append(score(picture.pixels, built))
        totals, held_out = zip(*(sums(built, own) for own in parts), strict=True)
        held = list(held_out) if any(measure.held_out for measure in built) else []
        return ImageScores(list(totals), held, [label(built, own) for own in parts])


class BestImages(NamedTuple):
    """What BestOf gives."""

    image: Annotated[Image, Field(description="The best picture")]
    images: Annotated[list[Image], Field(description="The best ones, best first")]
    indices: Annotated[
        list[int], Field(description="Where each of them stood among all, from 0: Item of list finds its seed by it")
    ]
    scores: Annotated[list[float], Field(description="Their scores")]


class BestOf(Node):
    """Pick the pictures with the highest scores.

    Of equal ones the first is better; what has no number for a score is worst. Where there are fewer than are to be kept,
    all are.
    """

    title = "Best of"
    category = "rewards"
    peers = ("TopK", "PickBest")

    images: Annotated[list[Image], Field(description="The pictures; every image of a batch counts")]
    scores: Annotated[list[float], Field(description="A score for each, as Score images gives them")]
    keep: Annotated[int, Field(ge=1, le=MOST, description="How many to keep")] = 1

    def run(self) -> BestImages:
        """Pick. Raises LoomError, in a sentence, for no pictures, and where scores and pictures differ in number."""
        pictures = _each(self.images)
        if len(pictures) != len(self.scores):
            raise LoomError(
                f"inputs 'images' and 'scores' hold {len(pictures)} pictures and {len(self.scores)} scores; "
                "each picture has one score"
            )
        indices = ranked(self.scores)[: self.keep]
        best = [pictures[index] for index in indices]
        return BestImages(best[0], best, indices, [self.scores[index] for index in indices])


def ranked(scores: Sequence[float]) -> list[int]:
    """The places of scores, highest first, the first of equal ones first; what is no number comes last."""
    return sorted(range(len(scores)), key=lambda index: (scores[index] != scores[index], -scores[index]))


def _each(images: Sequence[Image]) -> list[Image]:
    """Every image of every batch by itself. Raises LoomError where there is none."""
    pictures = [picture for image in images for picture in image.split()]
    if not pictures:
        raise LoomError("input 'images' is empty; there is no picture to choose from")
    return pictures
