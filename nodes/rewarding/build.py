"""Recipes to scores: a `Reward` and the models that it names, leased, to what can be called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from nodes.rewarding import plain
from nodes.rewarding.clip import ClipScore
from nodes.rewarding.contract import Measure, Score
from nodes.rewarding.regions import Within, part_of
from nodes.types import ModelRef, Reward, RewardTerm

if TYPE_CHECKING:
    from torch import nn


def _clip(term: RewardTerm, clip: Any) -> Score:
    views = term.settings.get("views", 1)
    assert isinstance(views, int)
    return ClipScore(clip, str(term.settings["text"]), whole=bool(term.settings.get("whole")), views=views)


KINDS: dict[str, Callable[[RewardTerm, Any], Score]] = {
    "redness": lambda term, module: plain.redness,
    "brightness": lambda term, module: plain.brightness,
    "palette": lambda term, module: partial(plain.palette, colors=torch.tensor(term.settings["colors"])),
    "symmetry": lambda term, module: partial(plain.symmetry, upright=bool(term.settings["upright"])),
    "clip": _clip,
}
"""How each kind of term is made, from its recipe and its model (None where it names none)."""


def models_of(reward: Reward) -> tuple[ModelRef, ...]:
    """The models that a reward wants leased, each once."""
    return tuple(dict.fromkeys(term.model for term in reward.terms if term.model is not None))


def measures(reward: Reward, modules: Sequence[nn.Module]) -> tuple[Measure, ...]:
    """A measure a term, ready to be called, from the modules behind `models_of(reward)`, in that order.

    Texts are encoded here, once. Raises ValueError, in a sentence, for a reward without terms, for an unknown kind, and
    for what a model cannot take.
    """
    if not reward.terms:
        raise ValueError("the reward has no terms, so there is nothing to score by")
    behind = dict(zip(models_of(reward), modules, strict=True))
    return tuple(_measure(term, behind) for term in reward.terms)


def _measure(term: RewardTerm, behind: Mapping[ModelRef, nn.Module]) -> Measure:
    if term.kind not in KINDS:
        raise ValueError(f"there is no reward of the kind {term.kind!r}; there are: {', '.join(KINDS)}")
    module = None if term.model is None else behind[term.model]
    score = KINDS[term.kind](term, module)
    looked_at = Within(score, [part_of(region) for region in term.within]) if term.within else score
    return Measure(term.name, looked_at, term.weight, term.held_out, () if module is None else (module,))
