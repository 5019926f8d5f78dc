"""Differences in terms of nodes and values."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.canonical import dump
from engine.graph.difference import as_needy, difference
from engine.graph.document import Workflow, load_workflow
from engine.graph.faults import InvalidWorkflow

MODEL = {"type": "LoadModel", "inputs": {"model": "solids"}}
SAMPLER = {"type": "KSampler", "inputs": {"model": {"link": "model.model"}, "steps": 20}}


@pytest.fixture
def between(text: Callable[..., str]) -> Callable[[dict[str, Any], dict[str, Any]], list[str]]:
    def changes(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
        return [str(change) for change in difference(load_workflow(text(**a)), load_workflow(text(**b)))]

    return changes


def _nodes(**nodes: Any) -> dict[str, Any]:
    return {"nodes": nodes}


def _with(node: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    return node | {"inputs": node.get("inputs", {}) | inputs}


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        (_nodes(s=SAMPLER), _nodes(s=_with(SAMPLER, steps=30)), ["s.steps: 20 → 30"]),
        (_nodes(s=SAMPLER), _nodes(s=_with(SAMPLER, cfg=7.0)), ["s.cfg: set to 7.0"]),
        (_nodes(s=_with(SAMPLER, cfg=7.0)), _nodes(s=SAMPLER), ["s.cfg: 7.0 taken away"]),
        (_nodes(s=SAMPLER), _nodes(s=_with(SAMPLER, steps=20.0)), ["s.steps: 20 → 20.0"]),
        (_nodes(s=_with(SAMPLER, steps=1)), _nodes(s=_with(SAMPLER, steps=True)), ["s.steps: 1 → true"]),
        (_nodes(s=SAMPLER), _nodes(s=_with(SAMPLER, steps={"link": "n.value"})), ["s.steps: 20 → n.value"]),
        (_nodes(m=MODEL), _nodes(m=MODEL, up={"type": "Upscale"}), ["node 'up' (Upscale) added"]),
        (_nodes(m=MODEL, up={"type": "Upscale"}), _nodes(m=MODEL), ["node 'up' (Upscale) removed"]),
        (_nodes(a=MODEL), _nodes(b=MODEL), ["node 'a' renamed to 'b'"]),
        (
            _nodes(model=MODEL, s=SAMPLER),
            _nodes(m2=MODEL, s=_with(SAMPLER, model={"link": "m2.model"})),
            ["node 'model' renamed to 'm2'"],
        ),
        (
            _nodes(model=MODEL, s=SAMPLER),
            _nodes(m2=MODEL, s2=_with(SAMPLER, model={"link": "m2.model"})),
            ["node 'model' renamed to 'm2'", "node 's' renamed to 's2'"],
        ),
        (
            _nodes(model=MODEL, s=SAMPLER),
            _nodes(other=_with(MODEL, model="x"), s2=_with(SAMPLER, model={"link": "other.model"})),
            [
                "node 'other' (LoadModel) added",
                "node 's' renamed to 's2'",
                "s2.model: model.model → other.model",
                "node 'model' (LoadModel) removed",
            ],
        ),
        (_nodes(s=SAMPLER), _nodes(s=SAMPLER | {"mode": "mute"}), ["node 's': mode normal → mute"]),
        (_nodes(s=SAMPLER), _nodes(s=SAMPLER | {"version": 2}), ["node 's': version 1 → 2"]),
        (_nodes(s=SAMPLER), _nodes(s=SAMPLER | {"type": "Other"}), ["node 's': KSampler became Other"]),
        (
            _nodes(i={"type": "I", "inputs": {"f": {"asset": "a.png"}}}),
            _nodes(i={"type": "I", "inputs": {"f": {"asset": "a.png", "sha256": "ab" * 32}}}),
            ['i.f: file "a.png" → file "a.png" (abababababab…)'],
        ),
        (
            _nodes(g={"type": "G", "inputs": {"i": [{"link": "a.b"}]}}),
            _nodes(g={"type": "G", "inputs": {"i": [{"link": "a.b"}, {"folder": "x"}, 3]}}),
            ['g.i: [a.b] → [a.b, folder "x", 3]'],
        ),
        ({"title": "A"}, {"title": "B"}, ['title: "A" → "B"']),
        (
            {},
            {"inputs": {"p": {"to": ["a.x"], "title": "P"}}},
            ["input 'p': set to a.x", "input 'p' title: set to \"P\""],
        ),
        ({"outputs": {"o": {"link": "a.x"}}}, {"outputs": {"o": {"link": "b.x"}}}, ["output 'o': a.x → b.x"]),
        (
            _nodes(a=MODEL) | {"outputs": {"o": {"link": "a.x"}}, "ui": {"nodes": {"a": {"x": 1}}}},
            _nodes(b=MODEL) | {"outputs": {"o": {"link": "b.x"}}, "ui": {"nodes": {"b": {"x": 1}}}},
            ["node 'a' renamed to 'b'"],
        ),
        (
            {"ui": {"nodes": {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1}}, "notes": []}},
            {"ui": {"nodes": {"a": {"x": 2}, "b": {"x": 3}, "c": {"x": 1}}, "notes": [{"text": "hi"}]}},
            ["2 nodes moved", "drawing: notes changed"],
        ),
        ({}, {"workflows": {"W": _nodes(a=MODEL)}}, ["sub-workflow 'W' added (1 node)"]),
        ({"workflows": {"W": _nodes(a=MODEL)}}, {}, ["sub-workflow 'W' removed"]),
        (
            {"workflows": {"W": _nodes(s=SAMPLER)}},
            {"workflows": {"W": _nodes(s=_with(SAMPLER, steps=9)) | {"outputs": {"o": {"link": "s.x"}}}}},
            ["workflow:W/s.steps: 20 → 9", "workflow:W: output 'o': set to s.x"],
        ),
        (
            {"requires": {"packs": {"p": "1"}, "models": {"m": {"family": "sd", "fingerprint": "f"}}}},
            {"requires": {"packs": {"p": "2"}, "models": {"m": {"family": "sd", "fingerprint": "g"}}}},
            ["requires pack 'p': 1 → 2", "requires model 'm': sd f → sd g"],
        ),
        ({"meta": {"by": "a"}}, {"made_with": {"x": 1}}, ['meta.by: "a" taken away', "made_with: added"]),
        ({"made_with": {"x": 1, "y": 2}}, {"made_with": {"x": 3, "y": 2}}, ["made_with.x: 1 → 3"]),
    ],
)
def test_a_change_is_said_in_words(between: Any, a: dict[str, Any], b: dict[str, Any], words: list[str]) -> None:
    assert between(a, b) == words


def test_a_change_deep_in_a_long_text_is_shown_where_it_is(between: Any) -> None:
    before, after = "word " * 200 + "red" + " word" * 200, "word " * 200 + "blue" + " word" * 200
    (line,) = between(
        _nodes(t={"type": "T", "inputs": {"text": before}}), _nodes(t={"type": "T", "inputs": {"text": after}})
    )
    assert "red" in line
    assert "blue" in line
    assert len(line) < 200


def test_a_change_names_the_node(text: Callable[..., str]) -> None:
    a, b = (load_workflow(text(nodes={"s": _with(SAMPLER, steps=steps)})) for steps in (1, 2))
    assert [change.node for change in difference(a, b)] == ["s"]


def _without_places(workflow: Workflow) -> str:
    """The canonical text without the drawing: where a node stands that only one of the two has is not told."""
    levels = {name: level.model_copy(update={"ui": {}}) for name, level in workflow.workflows.items()}
    return dump(workflow.model_copy(update={"ui": {}, "workflows": levels}))


@given(data=st.data())
def test_an_edit_is_told_exactly_where_the_canonical_texts_differ(edited_workflow: Any, data: st.DataObject) -> None:
    before, after = data.draw(edited_workflow)
    a = load_workflow(json.dumps(before))
    assert difference(a, load_workflow(dump(a))) == ()
    try:
        b = load_workflow(json.dumps(after))
    except InvalidWorkflow:
        return
    if dump(a) == dump(b):
        assert difference(a, b) == ()
    if _without_places(a) != _without_places(b):
        assert difference(a, b)
        assert difference(b, a)


@given(data=st.data())
def test_any_two_workflows_can_be_compared(any_workflow: Any, data: st.DataObject) -> None:
    a, b = (load_workflow(json.dumps(data.draw(any_workflow))) for _ in "ab")
    assert bool(difference(a, b)) == bool(difference(b, a))
    assert all(change.message.encode() for change in difference(a, b))


def test_a_change_says_of_what_kind_it_is_and_which_values_it_is_about(text):
    before = _nodes(s=SAMPLER, gone=MODEL) | {"outputs": {"x": {"link": "s.x0"}}}
    after = _nodes(s=_with(SAMPLER, steps=30, cfg=7.0), new=_with(MODEL, model="other"))
    told = [change[1:] for change in difference(load_workflow(text(**before)), load_workflow(text(**after)))]
    assert told == [
        ("s", "changed", "20", "30"),
        ("s", "added", None, "7.0"),
        ("new", "added", None, None),
        ("gone", "removed", None, None),
        (None, "removed", "s.x0", None),
    ]


def test_what_only_one_of_two_says_that_it_needs_can_be_passed_over(text: Callable[..., str]) -> None:
    plain, needy = (load_workflow(text(**says)) for says in ({}, {"requires": {"models": {"m": {"family": "sd"}}}}))
    assert difference(plain, needy)
    assert difference(as_needy(plain, needy), as_needy(needy, plain)) == ()
