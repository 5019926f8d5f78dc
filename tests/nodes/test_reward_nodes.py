"""The nodes that say what a good picture is, as files name them and as the engine calls them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

import nodes
from engine.graph.checker import Checker
from engine.graph.document import load_workflow
from engine.graph.faults import LoomError
from engine.graph.node import Mismatch
from engine.graph.records import Identity
from engine.host.host import Host
from engine.packs import find_registry
from engine.run.codec import Classes, pack, unpack
from engine.run.context import CallContext
from engine.run.machine import Machine
from engine.store.home import Home
from nodes import types
from nodes.rewarding.build import measures, models_of
from nodes.types import Box, Mask, Reward

REGISTRY = find_registry(third_party=False)
RED = nodes.RednessReward(weight=2.0).run()
LIGHT = nodes.BrightnessReward(weight=1.0).run()


def region(reward: Reward = RED, **inputs: Any) -> Reward:
    whole: dict[str, Any] = {"left": 0.0, "top": 0.0, "width": 1.0, "height": 1.0, "mask": None}
    return nodes.RegionReward(reward=reward, **(whole | inputs)).run()


def combined(*rewards: Reward, weights: str = "", held_out: list[Reward] | None = None) -> Reward:
    return nodes.RewardCombine(rewards=list(rewards), weights=weights, held_out=held_out).run()


def faults(type: str, **inputs: Any) -> list[tuple[str | None, str]]:
    def identify(spec: Any, value: object) -> Identity:
        return Identity("digest", {"name": value, "family": str(value), "width": 32, "height": 32})

    document = {"format": "latentloom", "version": 1, "nodes": {"it": {"type": type, "inputs": inputs}}}
    checker = Checker(REGISTRY.types, REGISTRY.values, identify, lambda name, i: REGISTRY.code[name].cls.infer(i))
    return [(fault.input, fault.message) for fault in checker.graph(load_workflow(json.dumps(document))).faults]


def test_a_reward_is_plain_data_that_packs_and_scores_the_same_afterwards() -> None:
    mask = Mask(torch.rand(1, 4, 4))
    reward = combined(RED, region(mask=mask), nodes.PaletteReward(colors="#ff0000,#102030", weight=1.0).run())
    packed = pack(reward)
    classes = Classes()
    classes.add_module(types)
    again = unpack(packed.json, dict(packed.buffers), classes)
    pixels = torch.rand(2, 8, 8, 3)
    before, after = ([measure(pixels).tolist() for measure in measures(it, [])] for it in (reward, again))
    assert before == after


def test_weights_multiply_what_each_reward_brings() -> None:
    assert [term.weight for term in combined(RED, LIGHT, weights="0.5, -3").terms] == [1.0, -3.0]
    assert [term.weight for term in combined(RED, LIGHT).terms] == [2.0, 1.0]


def test_what_is_held_out_is_marked_and_rewards_of_one_name_are_numbered() -> None:
    terms = combined(RED, RED, combined(RED, LIGHT), held_out=[RED]).terms
    assert [term.name for term in terms] == ["redness", "redness 2", "redness 3", "brightness", "redness 4"]
    assert [term.held_out for term in terms] == [False] * 4 + [True]


def test_a_combination_may_be_combined_and_keeps_what_it_holds_out() -> None:
    inner = combined(RED, held_out=[LIGHT])
    assert [(term.weight, term.held_out) for term in combined(inner, weights="3").terms] == [(6.0, False), (3.0, True)]


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ("1", "1 numbers for 2 rewards"),
        ("1, x", "numbers with commas"),
        ("1, inf", "numbers with"),
        ("1, 1e308", "to 1,000,000"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights: str, told: str) -> None:
    with pytest.raises(LoomError, match=told):
        combined(RED, LIGHT, weights=weights)


def test_nothing_to_score_by_is_refused() -> None:
    with pytest.raises(LoomError, match="nothing to score by"):
        combined(held_out=[RED])


def test_a_region_of_a_region_is_a_part_of_it() -> None:
    upper_left = region(region(width=0.5, height=1.0), top=0.0, height=0.5)
    pixels = torch.full((1, 8, 8, 3), 0.5)
    pixels[:, :4, :4] = torch.tensor([1.0, 0, 0])
    (measure,) = measures(upper_left, [])
    assert measure(pixels).item() == 1.0
    # The outer region is cut first: the right half of the left half.
    (term,) = region(region(left=0.5, width=0.5), width=0.5).terms
    assert term.within == (Box(0, 0, 0.5, 1), Box(0.5, 0, 0.5, 1))


def test_a_box_ends_where_the_picture_ends_and_a_whole_one_is_none() -> None:
    (term,) = region(left=0.75, width=1.0).terms
    assert term.within == (Box(0.75, 0, 0.25, 1),)
    assert region() == RED


@pytest.mark.parametrize(
    ("type", "inputs", "input", "told"),
    [
        ("PaletteReward", {"colors": "red"}, "colors", "'red'; a colour is written #rrggbb"),
        ("PaletteReward", {"colors": " , "}, "colors", "has 0 colours"),
        ("RewardCombine", {"rewards": [], "weights": "a"}, "weights", "numbers with commas"),
        (
            "CLIPReward",
            {"model": "sd", "text": "a cube"},
            "model",
            "'sd' is a model of the family 'sd', which makes pictures",
        ),
        ("CLIPReward", {"model": "clip", "text": " "}, "text", "is empty"),
        ("LoadModel", {"model": "siglip"}, "model", "scores pictures and makes none; CLIPReward takes it"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_runs(type: str, inputs: Any, input: str, told: str) -> None:
    ((at, message),) = [fault for fault in faults(type, **inputs) if fault[0] == input]
    assert (at, told in message) == (input, True)


def test_a_box_that_holds_nothing_is_refused_before_anything_runs() -> None:
    with pytest.raises(Mismatch, match="holds nothing"):
        nodes.RegionReward.infer({"left": {"value": 1.0}})


@pytest.fixture
def host(tiny_clip: Any, tmp_path: Path) -> Any:
    folder = tmp_path / "models" / "judges"
    folder.mkdir(parents=True)
    for kind in ("clip", "siglip"):
        shutil.copytree(tiny_clip(kind), folder / kind)
    made = Host(REGISTRY, Home(tmp_path / "home", (tmp_path / "models",)), device="cpu", remember=False)
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["clip", "siglip"])
def test_a_reward_model_is_found_by_its_folder_leased_and_scores(host: Any, kind: str) -> None:
    found = {model.name: model for model in host.catalog.models()}[f"judges/{kind}"]
    assert (found.fault, found.facts["family"], found.facts["width"]) == (None, kind, 32)
    identity = Identity(found.fingerprint, {"name": found.name, **found.facts})
    context = CallContext("it", Machine({}, models=host.models), {"model": identity})
    node = nodes.CLIPReward(model=found.name, text=" a red cube ", fit="crop", views=3, weight=5.0)
    reward = node.run(context)
    assert reward.terms[0].settings["views"] == 3
    assert not context.leased
    with context.lease(*models_of(reward)) as modules, torch.no_grad():
        (measure,) = measures(reward, modules)
        scores = measure(torch.rand(2, 20, 24, 3, generator=torch.Generator().manual_seed(1)))
    assert (measure.name, measure.weight, scores.shape) == ("clip", 5.0, (2,))
    assert (scores.abs() < 1).all()
    assert host.models.loads == 1


def test_words_that_the_reward_model_does_not_know_are_told() -> None:
    facts = {"name": "judge", "vocabulary": {"words": ["red", "cube", "a"]}}
    told = nodes.CLIPReward.notices({"model": facts, "text": {"value": "a red dog"}})
    assert "dog" in told.get("text", "")
