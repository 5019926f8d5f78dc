"""What tells rewards and settings apart: one state goes on with the same, and what they cost is known from the last time."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from nodes.optimizing.picture import Painter
from nodes.types import Conditioning, Reward

WORDS = "text"
"""The setting of a term that no cost depends on."""


def terms_of(reward: Reward) -> tuple[str, ...]:
    """What tells rewards apart, as texts. Regions by mask are told apart by where the mask is, not by its greys."""
    return tuple(
        json.dumps(
            [
                term.kind,
                term.name,
                dict(term.settings),
                None if term.model is None else term.model.fingerprint,
                [_region(region) for region in term.within],
                term.weight,
                term.held_out,
            ],
            sort_keys=True,
        )
        for term in reward.terms
    )


def cost_of(painter: Painter, reward: Reward) -> Hashable:
    """What a picture's cost depends on, beside the networks and checkpointing: not on words, seeds or strengths."""
    latent = painter.latent
    wordless = [
        replace(term, settings={name: value for name, value in term.settings.items() if name != WORDS})
        for term in reward.terms
    ]
    return (
        (painter.steps, painter.cfg, painter.sampler, painter.schedule, latent.width, latent.height),
        tuple(None if asked is None else _shapes(asked) for asked in (painter.positive, painter.negative)),
        terms_of(Reward(tuple(wordless))),
    )


def _shapes(conditioning: Conditioning) -> Hashable:
    return tuple(
        (
            tuple((name, tuple(tensor.shape)) for name, tensor in sorted(entry.tensors.items())),
            None if entry.mask is None else tuple(entry.mask.values.shape),
            entry.start,
            entry.end,
        )
        for entry in conditioning.entries
    )


def _region(region: Any) -> Any:
    values = getattr(region, "values", None)
    if values is None:
        return [region.left, region.top, region.width, region.height]
    return [*values.shape, float(values.sum()), float((values * values.cumsum(-1)).sum())]
