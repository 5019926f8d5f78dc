"""Nodes that say what a good picture is: rewards, to score, rank and optimise pictures by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Context, Facts, Mismatch, ModelName, Multiline, Node, Step
from engine.graph.records import JsonValue
from nodes.checks import in_sentences, of, picked
from nodes.models import REWARD_FAMILIES as FAMILIES
from nodes.models import named_model
from nodes.prompts.vocabulary import prompt_notice, vocabulary_from
from nodes.reward_texts import colors_from, weights_from
from nodes.types import Box, LatentSpace, Mask, ModelRef, Reward, RewardTerm

PIXELS = LatentSpace("pixels", 3, 1)
Weight = Annotated[
    float,
    Field(ge=-1000, le=1000, description="How much it counts; below 0 it is to be avoided"),
    Step(0.1),
]


class CLIPReward(Node):
    """Score pictures by how well they fit a text, as a CLIP or SigLIP model sees it.

    The score is the cosine of the embeddings of picture and text, −1 to 1; good pairs have 0.2 to 0.4 with most models.
    CLIP reads a text much like a bag of words: it knows what is there better than what is where, or which thing has which
    colour. It was taught by pictures of the web and has their bias, as all reward models do: what it scores high is not for
    that what is right, and optimising by it makes its preferences stronger. Measure by another model as well.
    """

    title = "CLIP reward"
    category = "rewards"
    peers = ("CLIPScore", "CLIPLoss", "PickScore")

    model: Annotated[ModelName, Field(description="A CLIP or SigLIP folder, as `loom models` lists it")]
    text: Annotated[Multiline, Field(description="What the picture is to show")]
    fit: Annotated[
        Literal["crop", "whole"],
        Field(description="What of a picture that is not square is seen: its middle, as the model was taught, or all"),
    ] = "crop"
    views: Annotated[
        int,
        Field(
            ge=1,
            le=64,
            description="How often a picture is looked at, each time moved by a few pixels: more is steadier, and an "
            "optimiser fools it less; each costs a look",
        ),
    ] = 1
    weight: Weight = 1.0

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse a model that is none of these, and an empty text."""
        facts, text = of(inputs, "model"), of(inputs, "text").get("value")
        if facts.get("family", FAMILIES[0]) not in FAMILIES:
            raise Mismatch("model", _no_clip(facts))
        if isinstance(text, str) and not text.strip():
            raise Mismatch("text", "input 'text' is empty; say what the picture is to show")
        return {"reward": {"lease": facts["digest"]} if "digest" in facts else {}}

    @classmethod
    def notices(cls, inputs: Mapping[str, Any]) -> Mapping[str, str]:
        """Tell of words that the model does not know, where it says which it knows."""
        facts, text = of(inputs, "model"), of(inputs, "text").get("value")
        if not isinstance(text, str):
            return {}
        who = f"model '{facts['name']}'" if "name" in facts else "the model"
        told = prompt_notice(vocabulary_from(facts.get("vocabulary")), text, "off", who)
        return {} if told is None else {"text": told}

    def run(self, context: Context) -> Reward:
        """The recipe. Raises LoomError, in a sentence, for a model that is none of these, and for an empty text."""
        identity = named_model(context)
        family = str(identity.facts.get("family"))
        if family not in FAMILIES:
            raise LoomError(_no_clip(identity.facts))
        if not self.text.strip():
            raise LoomError("input 'text' is empty; say what the picture is to show")
        model = ModelRef(identity.digest, "clip", family, PIXELS)
        settings: dict[str, JsonValue] = {"text": self.text.strip(), "whole": self.fit == "whole"}
        settings |= {"views": self.views} if self.views > 1 else {}  # else as it was before there were views
        return Reward((RewardTerm("clip", "clip", settings, model, weight=self.weight),))


class RednessReward(Node):
    """Score pictures by how red they are: red less the mean of green and blue, −1 to 1."""

    title = "Redness reward"
    category = "rewards"

    weight: Weight = 1.0

    def run(self) -> Reward:
        """The recipe."""
        return Reward((RewardTerm("redness", "redness", {}, weight=self.weight),))


class BrightnessReward(Node):
    """Score pictures by how bright they are: their mean luma, 0 to 1. A weight below 0 asks for darkness."""

    title = "Brightness reward"
    category = "rewards"

    weight: Weight = 1.0

    def run(self) -> Reward:
        """The recipe."""
        return Reward((RewardTerm("brightness", "brightness", {}, weight=self.weight),))


class PaletteReward(Node):
    """Score pictures by how near their colours are to a few: about 1 where every pixel has one of them."""

    title = "Palette reward"
    category = "rewards"

    colors: Annotated[str, Field(description="The colours, as #rrggbb, with commas between")]
    weight: Weight = 1.0

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse what is no colour."""
        _checked("colors", of(inputs, "colors").get("value"), colors_from)
        return {}

    def run(self) -> Reward:
        """The recipe. Raises LoomError, in a sentence, for what is no colour."""
        with in_sentences():
            colors = colors_from(self.colors)
        return Reward(
            (RewardTerm("palette", "palette", {"colors": [list(one) for one in colors]}, weight=self.weight),)
        )


class SymmetryReward(Node):
    """Score pictures by how much they look like their mirror image: 1 where both are the same."""

    title = "Symmetry reward"
    category = "rewards"

    axis: Annotated[Literal["left to right", "top to bottom"], Field(description="What is mirrored onto what")] = (
        "left to right"
    )
    weight: Weight = 1.0

    def run(self) -> Reward:
        """The recipe."""
        settings = {"upright": self.axis == "left to right"}
        return Reward((RewardTerm("symmetry", "symmetry", settings, weight=self.weight),))


class RegionReward(Node):
    """Let a reward look at a part of the picture only: a box, a mask, or what of the mask lies in the box.

    Several of these, combined, say what is to be where, which no reward model knows by itself. A region of a region is a
    part of it.
    """

    title = "Region reward"
    category = "rewards"

    reward: Annotated[Reward, Field(description="What the part is scored by")]
    left: Annotated[
        float, Field(ge=0, le=1, description="Where the box begins, as a share of the width"), Step(0.05)
    ] = 0.0
    top: Annotated[float, Field(ge=0, le=1, description="Where it begins, as a share of the height"), Step(0.05)] = 0.0
    width: Annotated[float, Field(ge=0.001, le=1, description="Its width, as a share of the picture's"), Step(0.05)] = (
        1.0
    )
    height: Annotated[
        float, Field(ge=0.001, le=1, description="Its height, as a share of the picture's"), Step(0.05)
    ] = 1.0
    mask: Annotated[Mask | None, Field(description="White where to look; greys count as much less")] = None

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """A box that leaves the picture is refused."""
        for name in ("left", "top"):
            if of(inputs, name).get("value") == 1:
                raise Mismatch(name, f"input '{name}' is 1, the picture's other edge, so the box holds nothing")
        return {"reward": picked(of(inputs, "reward"), "lease")}

    def run(self) -> Reward:
        """The recipe."""
        box = Box(self.left, self.top, min(self.width, 1 - self.left), min(self.height, 1 - self.top))
        whole = (box.left, box.top, box.width, box.height) == (0, 0, 1, 1)
        parts = (*(() if self.mask is None else (self.mask,)), *(() if whole else (box,)))
        return Reward(tuple(replace(term, within=(*parts, *term.within)) for term in self.reward.terms))


class RewardCombine(Node):
    """Score pictures by several rewards at once: their weighted sum.

    What is held out is measured and shown, but nothing is done for its sake. Give it another model than those that are
    optimised: when these rise and it falls, the picture is being fitted to their blind spots, and to their bias.
    """

    title = "Combine rewards"
    category = "rewards"

    rewards: Annotated[list[Reward], Field(description="What the pictures are scored by")]
    weights: Annotated[
        str,
        Field(description="How much each counts, in order, as 1, 0.5; it multiplies its own weight; empty is 1 each"),
    ] = ""
    held_out: Annotated[list[Reward] | None, Field(description="What is measured only")] = None

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse weights that are no numbers."""
        _checked("weights", of(inputs, "weights").get("value"), lambda text: weights_from(text, None))
        return {}

    def run(self) -> Reward:
        """The recipe. Raises LoomError, in a sentence, for weights that do not fit."""
        with in_sentences():
            weights = weights_from(self.weights, len(self.rewards))
        terms = [
            replace(term, weight=term.weight * weight)
            for reward, weight in zip(self.rewards, weights, strict=True)
            for term in reward.terms
        ]
        terms += [replace(term, held_out=True) for reward in self.held_out or () for term in reward.terms]
        if not any(not term.held_out for term in terms):
            raise LoomError("input 'rewards' is empty, so there is nothing to score by")
        return Reward(_named_apart(terms))


def _named_apart(terms: list[RewardTerm]) -> tuple[RewardTerm, ...]:
    """The terms, those of one name numbered."""
    seen: set[str] = set()
    named = []
    for term in terms:
        name, count = term.name, 1
        while name in seen:
            count += 1
            name = f"{term.name} {count}"
        seen.add(name)
        named.append(replace(term, name=name))
    return tuple(named)


def _checked(name: str, value: object, read: Any) -> None:
    """Read a text at check time, and say what is wrong with it in the input's place."""
    if not isinstance(value, str):
        return
    try:
        read(value)
    except ValueError as error:
        raise Mismatch(name, str(error)) from error


def _no_clip(facts: Mapping[str, Any]) -> str:
    name = f"'{facts['name']}' " if "name" in facts else ""
    return (
        f"input 'model': {name}is a model of the family '{facts.get('family')}', which makes pictures and scores none; "
        "wanted a CLIP or SigLIP folder as transformers saves it"
    )
