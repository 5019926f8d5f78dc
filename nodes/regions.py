"""Nodes that say where in a picture, and when in a run, a prompt holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from engine.graph.node import Context, Facts, Mismatch, Node, Step
from nodes.checks import in_sentences, of, picked, same_family
from nodes.types import Conditioning, Mask

Place = Annotated[float, Field(ge=0, le=100), Step(5)]
MUCH = 0.01
"""From this share on of a picture that no prompt holds in, it is told."""


class RegionPrompt(Node):
    """Let a prompt hold only in a part of the picture: under a mask, or in a box.

    Give each thing its own prompt and its own place, and colours stay with the thing that they were said of. Link several
    to Combine prompts, or to Paint regions, which paints one after another. The box is in per cent of the picture, from its
    left upper corner; a linked mask takes its place. Start and end say for which part of a run it holds: places are settled
    early, so an end at 0.5 leaves the details to the other prompts.
    """

    title = "Prompt for a region"
    category = "conditioning"
    peers = (
        "ConditioningSetMask",
        "ConditioningSetArea",
        "ConditioningSetAreaPercentage",
        "ConditioningSetTimestepRange",
    )

    prompt: Annotated[Conditioning, Field(description="What is to be seen there")]
    mask: Annotated[
        Mask | None, Field(description="White where it holds, stretched to the picture; empty takes the box")
    ] = None
    left: Annotated[Place, Field(description="The box's left edge in per cent of the picture's width")] = 0.0
    top: Annotated[Place, Field(description="Its upper edge in per cent of the picture's height")] = 0.0
    right: Annotated[Place, Field(description="Its right edge in per cent of the picture's width")] = 50.0
    bottom: Annotated[Place, Field(description="Its lower edge in per cent of the picture's height")] = 100.0
    strength: Annotated[
        float,
        Field(ge=0, le=10, description="Its share where prompts overlap; below 1 the base holds there too"),
        Step(0.1),
    ] = 1.0
    feather: Annotated[
        float,
        Field(ge=0, le=25, description="How soft its edge is: a deviation in per cent of the mask's shorter side"),
    ] = 2.0
    start: Annotated[float, Field(ge=0, le=1, description="When it begins to hold: 0 with the run"), Step(0.05)] = 0.0
    end: Annotated[float, Field(ge=0, le=1, description="When it ceases to hold: 1 with the run"), Step(0.05)] = 1.0

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse an empty box and an empty span of time; the conditioning is for the same models."""
        if inputs.get("mask") in (None, {"value": None}):
            _ordered(inputs, "left", "right")
            _ordered(inputs, "top", "bottom")
        _ordered(inputs, "start", "end")
        return {"conditioning": picked(of(inputs, "prompt"), "name", "family", "text_width")}

    def run(self) -> Conditioning:
        """Limit it. Raises LoomError, in a sentence, where it would hold nowhere or never."""
        from nodes.ops.regions import box, placed

        with in_sentences():
            drawn = (self.left, self.top, self.right, self.bottom)
            values = box(*drawn) if self.mask is None else self.mask.values
            return placed(
                self.prompt, values, strength=self.strength, feather=self.feather, start=self.start, end=self.end
            )


class CombinePrompts(Node):
    """Let several prompts steer one picture, each in its region, and a base prompt wherever none of them holds.

    Where regions overlap, the picture is led towards the mean of their prompts, weighted by their strengths. The order of
    the prompts does not matter. A little of the base within the regions holds the picture together. Where things still mix
    or are missing, Paint regions paints one after another.
    """

    title = "Combine prompts"
    category = "conditioning"
    peers = ("ConditioningCombine", "ConditioningSetMask")

    prompts: Annotated[list[Conditioning], Field(description="The prompts, each for its region")]
    base: Annotated[
        Conditioning | None, Field(description="What the rest is to show; without one it is led by the negative alone")
    ] = None
    base_share: Annotated[
        float,
        Field(ge=0, le=1, description="How much the base counts within the regions too, beside their strength"),
        Step(0.05),
    ] = 0.0

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse prompts that were encoded for different models."""
        prompts = inputs.get("prompts")
        several = [facts for facts in prompts if isinstance(facts, Mapping)] if isinstance(prompts, list) else []
        for facts in several[1:]:
            same_family("prompts", facts, several[0])
        if several:
            same_family("base", of(inputs, "base"), several[0])
        else:
            several = [of(inputs, "base")]
        return {"conditioning": picked(several[0], "name", "family", "text_width")}

    def run(self, context: Context) -> Conditioning:
        """Combine. Raises LoomError, in a sentence, for no prompt at all and for masks of different numbers."""
        from nodes.ops.regions import combined, left_over

        with in_sentences():
            if self.base is None and self.prompts and (free := left_over(self.prompts)) > MUCH:
                context.notice(f"no prompt holds in {free:.0%} of the picture; link a base for it", "base")
            return combined(self.prompts, self.base, self.base_share)


def _ordered(inputs: Mapping[str, Any], first: str, second: str) -> None:
    """Raise Mismatch where a literal is not less than the one that is to come after it."""
    low, high = of(inputs, first).get("value"), of(inputs, second).get("value")
    if isinstance(low, int | float) and isinstance(high, int | float) and low >= high:
        raise Mismatch(second, f"input '{second}' is {high:g} and input '{first}' {low:g}; {second} must be more")
