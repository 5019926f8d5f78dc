"""Suites of prompts: those that come along, and files."""

import json
from pathlib import Path

import pytest

from engine.graph.faults import InvalidWorkflow
from nodes.adherence.suites import SETS, Asked, chosen, read_suite, withheld_pairs
from nodes.solids.prompts import parse


def test_the_committed_sets_are_read_and_only_one_asks_for_what_was_withheld():
    sets = {name: read_suite(name) for name in SETS}
    assert {name: len(asked) for name, asked in sets.items()} == {
        "development": 200,
        "held_out": 600,
        "withheld_prompts": 120,
    }
    for name, asked in sets.items():
        pairs = [{(thing.colour, thing.shape) for thing in parse(one.prompt).things} for one in asked]
        assert all(bool(pair & withheld_pairs()) is (name == "withheld_prompts") for pair in pairs)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("s.json", json.dumps(["a red cube", {"prompt": "red ball, blue cone", "seed": 7, "kind": "odd"}])),
        ("s.json", json.dumps({"single": ["a red cube"], "odd": [{"prompt": "red ball, blue cone", "seed": 7}]})),
        ("s.csv", 'prompt,seed,kind,note\na red cube,,,x\n"red ball, blue cone",7,odd,\n'),
    ],
)
def test_a_file_of_prompts_is_json_or_a_table(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    assert read_suite(str(path)) == [Asked("s", "single", "a red cube", 0), Asked("s", "odd", "red ball, blue cone", 7)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('["a red cube", "a dog", {"seed": 1}]', ["entry 2: the text asks for no solid", "entry 3: it has no text"]),
        ('[{"prompt": "a red cube", "seed": -1}]', ["entry 1: its seed is -1"]),
        ('[{"prompt": "a red cube", "seed": true}]', ["entry 1: its seed is True"]),
        ("[]", ["asks for nothing"]),
        ('"a red cube"', ["is none"]),
        ("{", ["JSON"]),
    ],
)
def test_every_entry_that_asks_for_nothing_is_named(tmp_path, text, why):
    path = tmp_path / "s.json"
    path.write_text(text)
    with pytest.raises(InvalidWorkflow) as refused:
        read_suite(str(path))
    assert len(refused.value.faults) == len(why)
    assert all(words in fault.message for words, fault in zip(why, refused.value.faults, strict=True))


def test_a_suite_that_is_not_there_says_which_there_are():
    with pytest.raises(InvalidWorkflow, match="held_out"):
        read_suite("heldout")
    assert not Path("heldout").exists()


def test_kinds_and_a_limit_choose_among_the_prompts():
    asked = [Asked("s", kind, "a red cube", seed) for seed in range(3) for kind in ("a", "b")]
    assert [(one.kind, one.seed) for one in chosen(asked, ["b"], 2)] == [("b", 0), ("b", 1)]
    assert chosen(asked, [], None) == asked
    with pytest.raises(InvalidWorkflow, match="no kind 'c'; there is: a, b"):
        chosen(asked, ["c"], None)
