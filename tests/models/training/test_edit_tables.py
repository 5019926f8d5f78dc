"""What the tables of Inpaint and of prompts in regions count, with pictures whose truth is known."""

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from models.training import region_table as region_tables
from models.training.evaluate import entries_of
from models.training.inpaint_table import FIRST_SEED, case, cases, is_near, mask_of, verdict
from models.training.inpaint_table import table as inpaint_table
from models.training.region_table import boxes, overlap, removed
from models.training.region_table import table as region_table
from models.training.rows import Rows, place_of, settings_of
from nodes.solids.asked import scene_for
from nodes.solids.prompts import parse
from nodes.solids.render import render, silhouettes
from nodes.solids.scene import Scene, Solid, sample_scene
from nodes.solids.score import read


def test_rows_are_kept_and_a_run_that_was_killed_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "rows" / "file.jsonl"
    first = Rows(path, {"steps": "2"})
    first.add("a", right=True)
    first.add("b", right=False)
    with path.open("a") as file:
        file.write('{"key": "half a l')
    again = Rows(path, {"steps": "2"})
    assert ("a" in again, "b" in again, "half a l" in again) == (True, True, False)
    again.add("c", right=True)
    assert [json.loads(line).get("key") for line in path.read_text().splitlines()] == [None, "a", "b", "c"]
    with pytest.raises(ValueError, match="rows of other settings"):
        Rows(path, {"steps": "3"})


def test_rows_of_other_weights_are_never_taken_for_these(tmp_path: Path) -> None:
    weights = tmp_path / "unet" / "model.safetensors"
    weights.parent.mkdir()
    told = []
    for value in (1.0, 2.0, 1.0):
        save_file({"weight": torch.full((2,), value)}, weights)
        told.append(settings_of({"model": tmp_path, "steps": 20, "limit": 3}, "limit"))
    assert told[0] == told[2] != told[1]
    assert "limit" not in told[0]
    assert place_of("region", told[0]) == place_of("region", told[2]) != place_of("region", told[1])


def test_a_case_changes_one_solid_as_it_says_and_its_prompt_is_true() -> None:
    found = list(islice(cases(), 3))
    assert [one.change for one in found] == ["colour", "shape", "both"]
    for one in found:
        assert one.seed >= FIRST_SEED
        old, new = one.before.solids[one.target], one.after.solids[one.target]
        assert (old.colour != new.colour, old.shape != new.shape) == {
            "colour": (True, False),
            "shape": (False, True),
            "both": (True, True),
        }[one.change]
        assert (old.x, old.z) == (new.x, new.z)
        asked = sorted((thing.colour, thing.shape) for thing in parse(one.prompt).things)
        assert asked == sorted((solid.colour, solid.shape) for solid in one.after.solids)


def test_a_mask_covers_all_of_the_target_and_nothing_of_the_others() -> None:
    (one,) = islice(cases(), 1)
    values, seen = mask_of(one, 4)[0].numpy(), silhouettes(one.before)
    assert (values[seen == one.target] == 1).all()
    assert values[(seen >= 0) & (seen != one.target)].sum() == 0
    assert values.sum() > (seen == one.target).sum()
    assert is_near(one, torch.ones(1, 128, 128))
    assert not is_near(one, torch.zeros(1, 128, 128))


def test_what_a_perfect_painter_makes_is_right_and_what_none_touched_is_not() -> None:
    (one,) = islice(cases(), 1)
    assert verdict(one, read(render(one.after))) == {"target": True, "rest": True, "both": True}
    assert verdict(one, read(render(one.before))) == {"target": False, "rest": True, "both": False}
    assert verdict(one, ()) == {"target": False, "rest": False, "both": False}


RED, BLUE, GREEN = (
    Solid(colour, "cube", "large", x, 0.0, 0.5) for colour, x in (("red", -0.8), ("blue", 0.8), ("green", 0))
)


@pytest.mark.parametrize(
    ("read", "target", "rest"),
    [
        (lambda new, other: [new, other], True, True),
        (lambda new, other: [other, new], True, True),
        (lambda new, other: [new], True, False),
        (lambda new, other: [other], False, True),
        (lambda new, other: [new, other, GREEN], True, False),
        (lambda new, other: [new, BLUE], True, False),
        (lambda new, other: [replace(new, x=new.x + 0.5), other], False, True),
    ],
)
def test_a_target_must_be_at_its_place_the_rest_unmoved_and_nothing_added(read: Any, target: bool, rest: bool) -> None:
    one = case(Scene((RED, Solid("white", "ring", "small", 0.8, 0.0, 0.0)), "sand"), 1, "colour")
    new, other = one.after.solids[one.target], one.before.solids[1 - one.target]
    found = list(read(new, other))
    assert verdict(one, found) == {"target": target, "rest": rest, "both": target and rest}


def test_the_table_of_inpaint_counts_by_change_and_by_neighbours() -> None:
    done = [
        {"change": "colour", "near": True, "target": True, "rest": True, "both": True},
        {"change": "colour", "near": False, "target": True, "rest": False, "both": False},
        {"change": "shape", "near": False, "target": False, "rest": True, "both": False},
    ]
    counted = {line.split(" | ")[0].strip("| "): line.split(" | ")[1] for line in inpaint_table(done)}
    assert counted["all: target right"] == "2 of 3"
    assert counted["all: both"] == "1 of 3"
    assert counted["change of colour: the rest unchanged"] == "1 of 2"
    assert counted["a neighbour within 8 px: both"] == "1 of 1"
    assert counted["no neighbour within 8 px: target right"] == "1 of 2"
    assert not any("change of both" in name for name in counted)


def test_boxes_stand_as_the_prompt_says_and_hold_a_solid_of_its_size() -> None:
    left, right = boxes(parse("a small red cube left of a large blue ball"), 3, 0.0)
    assert left[0] < right[0]
    assert left[2] < right[2]
    assert (right[2] - right[0]) > (left[2] - left[0])
    near, far = boxes(parse("a red cube in front of a blue ball"), 3, 0.0)
    assert near[3] > far[3]
    wide, _ = boxes(parse("a red cube in front of a blue ball"), 3, 5.0)
    assert wide[0] == pytest.approx(max(0, near[0] - 500 / 128), abs=1e-3)


def test_a_box_holds_the_solid_that_is_rendered_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_tables, "LAYOUTS", 1)
    for seed in range(4):
        text = "a red cube and a blue ring"
        scene = scene_for(parse(text), seed)
        seen = silhouettes(scene)
        for index, (left, top, right, bottom) in enumerate(boxes(parse(text), seed, 4.0)):
            rows, columns = np.nonzero(seen == index)
            assert left <= columns.min() * 100 / 128 <= columns.max() * 100 / 128 <= right
            assert top <= rows.min() * 100 / 128 <= rows.max() * 100 / 128 <= bottom


def test_of_the_layouts_that_a_prompt_allows_the_one_whose_boxes_overlap_least_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert overlap([(0, 0, 10, 10), (5, 8, 20, 30), (50, 50, 60, 60)]) == 10
    facts, shared = parse("a red cube, a blue ring and a green ball"), []
    for layouts in (1, 8, 40):
        monkeypatch.setattr(region_tables, "LAYOUTS", layouts)
        shared.append(sum(overlap(boxes(facts, seed, 4.0)) for seed in range(6)))
    assert shared[0] > shared[1] > shared[2]


def test_errors_that_are_gone_are_told_with_their_interval() -> None:
    before = [True] * 60 + [False] * 40
    assert removed(before, before)[0] == 0
    share, low, high = removed(before, [True] * 30 + [False] * 70)
    assert share == 0.5
    assert low < 0.45
    assert high > 0.55
    assert removed([False] * 5, [True] * 5) == (0.0, 0.0, 0.0)
    # Prompt by prompt the same errors but one: the interval is that of a pair, far narrower than of two samples.
    _, low, high = removed(before, [True] * 59 + [False] * 41)
    assert low >= -0.001
    assert high < 0.08


def test_the_table_of_regions_holds_each_way_against_the_same_prompts() -> None:
    scene = sample_scene(5, 2)
    right = [vars(solid) for solid in scene.solids]
    prompt = " and ".join(f"a {solid.colour} {solid.shape}" for solid in scene.solids)
    rows = [
        {"kind": "pair", "prompt": prompt, "plain": [], "regions": [], "painted": right},
        {"kind": "pair", "prompt": prompt, "plain": right, "regions": [], "painted": right},
    ]
    lines = list(region_table(rows))
    assert any(line.startswith("| pair, plain: right | 1 of 2") for line in lines)
    assert any(line.startswith("| pair, regions: right | 0 of 2") for line in lines)
    assert any(line.startswith("| pair, painted: right | 2 of 2") for line in lines)
    assert lines[-2].startswith("| pair, regions: errors that are gone | 1 → 2 | -100 %")
    assert lines[-1] == "| pair, painted: errors that are gone | 1 → 0 | 100 % (100–100) |"


@pytest.mark.parametrize("name", ["development", "held_out"])
def test_there_is_room_for_the_boxes_of_the_prompts_that_are_measured(name: str) -> None:
    for kind in ("pair", "three"):
        for entry in entries_of(name)[kind][:20]:
            assert len(boxes(parse(entry["prompt"]), entry["seed"], 4.0)) == len(entry["solids"])
