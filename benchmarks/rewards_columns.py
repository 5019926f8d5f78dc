"""The ways to a better picture that `benchmarks.rewards` compares, each as a workflow."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from engine.graph.records import JsonValue
from models.training.common import write_whole
from models.training.region_table import boxes, texts
from nodes.adherence.suites import Asked
from nodes.solids.prompts import parse

PICTURES: Final = 50
TRIED: Final = 80
"""Per cent of the hybrid's pictures that are seeds; chosen on the development set, as its lr was."""
EQUAL_SECONDS: Final = 50
"""On so many prompts of each kind searches are given as long as the hybrid took."""
MARGIN, FEATHER, BASE_SHARE = 4.0, 3.0, 0.2
"""Of regions: pixels around where a solid is to stand, the boxes' softness, and the share of the whole prompt in them."""
PROMPT: Final = "a red cube left of a blue sphere"
"""What the workflows show as they lie in the folder."""
Own = Callable[[Asked], Mapping[str, JsonValue]]


@dataclass(frozen=True)
class Column:
    """One way: what RewardOptimize is told, whether each solid has its own region, and whose seconds it may take."""

    title: str
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    regions: bool = False
    seconds_of: str | None = None


def _search(mode: str, pictures: int, **further: JsonValue) -> dict[str, JsonValue]:
    return {"mode": mode, "iterations": 10_000, "pictures": pictures, **further}


def columns(pictures: int = PICTURES) -> dict[str, Column]:
    """All there are, by name. Searches and slopes make so many pictures, but for those that are given seconds."""
    endless, tried = 10_000, max(1, pictures * TRIED // 100)
    hybrid = _search("hybrid", pictures, candidates=tried)
    return {
        "plain": Column("plain", _search("best_of", 1)),
        "best8": Column("best of 8", _search("best_of", 8)),
        "hybrid": Column(f"hybrid, {tried} and {pictures - tried}", hybrid),
        "best": Column(f"best of {pictures}", _search("best_of", pictures)),
        "zero": Column(f"zero-order, {pictures}", _search("zero_order", pictures)),
        "gradient": Column(f"gradient, {pictures}", _search("gradient", pictures)),
        "regions": Column("regions", _search("best_of", 1), regions=True),
        "both": Column(f"regions and hybrid, {pictures}", hybrid, regions=True),
        "best_seconds": Column("best of N, the hybrid's seconds", _search("best_of", endless), seconds_of="hybrid"),
        "zero_seconds": Column("zero-order, the hybrid's seconds", _search("zero_order", endless), seconds_of="hybrid"),
        "safe": Column(f"safe, {pictures}", _search("safe", pictures)),
    }


FURTHER: Final = ("safe",)
"""Measured when they are named."""


@dataclass(frozen=True)
class Setup:
    """What all columns share: models, how pictures are sampled, and how the slope is followed."""

    model: str
    reward: str
    held_out: str
    steps: int
    cfg: float
    sampler: str
    weight: float
    lr: float
    regularize: float
    views: int = 1

    def settings(self) -> dict[str, JsonValue]:
        """As inputs of RewardOptimize."""
        sampling: dict[str, JsonValue] = {"steps": self.steps, "cfg": self.cfg, "sampler": self.sampler}
        return {**sampling, "schedule": "trailing", "lr": self.lr, "regularize": self.regularize, "keep_every": 0}


def workflow(column: Column, setup: Setup, solids: int) -> dict[str, Any]:
    """The workflow of a column, for prompts of so many solids: prompt and seed in, picture and scores out."""
    encoder, regions = _link("model.text_encoder"), _regions(solids) if column.regions else {}
    nodes = regions | {
        "model": _node("LoadModel", model=setup.model),
        "prompt": _node("TextEncode", encoder=encoder, text=PROMPT),
        "negative": _node("TextEncode", encoder=encoder, text=""),
        "size": _node("EmptyLatent", model=_link("model.model")),
        "asked": _node("CLIPReward", model=setup.reward, text=PROMPT, views=setup.views, weight=setup.weight),
        "other": _node("CLIPReward", model=setup.held_out, text=PROMPT),
        "reward": _node("RewardCombine", rewards=[_link("asked.reward")], held_out=[_link("other.reward")]),
    }
    links = {
        "model": _link("model.model"),
        "vae": _link("model.vae"),
        "positive": _link("regions.conditioning" if column.regions else "prompt.conditioning"),
        "negative": _link("negative.conditioning"),
        "latent": _link("size.latent"),
        "reward": _link("reward.reward"),
    }
    nodes["optimize"] = _node("RewardOptimize", **links, **setup.settings(), **column.settings)
    prompts = ["prompt.text", "asked.text", "other.text"]
    return {
        "format": "latentloom",
        "version": 1,
        "title": column.title,
        "nodes": nodes,
        "inputs": {"prompt": {"to": prompts}, "seed": {"to": ["optimize.seed"]}},
        "outputs": {"image": _link("optimize.image"), "scores": _link("optimize.scores")},
    }


def _regions(solids: int) -> dict[str, Any]:
    """A prompt and a box for each solid, and the whole prompt for the rest."""
    nodes: dict[str, Any] = {}
    for number in range(solids):
        nodes[f"solid_{number}"] = _node("TextEncode", encoder=_link("model.text_encoder"), text="")
        own = _link(f"solid_{number}.conditioning")
        nodes[f"region_{number}"] = _node("RegionPrompt", prompt=own, feather=FEATHER)
    several = [_link(f"region_{number}.conditioning") for number in range(solids)]
    base = _link("prompt.conditioning")
    nodes["regions"] = _node("CombinePrompts", prompts=several, base=base, base_share=BASE_SHARE)
    return nodes


def _node(type: str, **inputs: Any) -> dict[str, Any]:
    return {"type": type, "inputs": inputs}


def _link(port: str) -> dict[str, str]:
    return {"link": port}


SIDES: Final = ("left", "top", "right", "bottom")


def in_boxes(asked: Asked) -> dict[str, JsonValue]:
    """What a prompt's solids are called and where they are to stand, as values of the nodes of `_regions`."""
    facts = parse(asked.prompt)
    values: dict[str, JsonValue] = {}
    for number, (own, place) in enumerate(zip(texts(facts), boxes(facts, asked.seed, MARGIN), strict=True)):
        values[f"solid_{number}.text"] = own
        values |= {f"region_{number}.{side}": edge for side, edge in zip(SIDES, place, strict=True)}
    return values


def write(document: Mapping[str, Any], path: Path) -> Path:
    """Write a workflow where it can be looked at, too; whole, for another part may be reading it."""
    text = json.dumps(document, indent=1) + "\n"
    write_whole(path, lambda partial: partial.write_text(text, encoding="utf-8"))
    return path
