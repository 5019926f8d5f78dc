"""The published schema, held against a second implementation of JSON Schema."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.document import load_workflow
from engine.graph.faults import InvalidWorkflow
from engine.graph.schema import workflow_schema

RELEASED = sorted((Path(__file__).parents[2] / "files").glob("v*/*.json"))
VALIDATOR = jsonschema.Draft202012Validator(workflow_schema())


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(workflow_schema())


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_released_files_fit_the_schema(path: Path) -> None:
    VALIDATOR.validate(json.loads(path.read_text()))


@given(st.data())
def test_what_loads_fits_the_schema(faulty_workflow: Any, any_workflow: Any, data: st.DataObject) -> None:
    raw = data.draw(any_workflow | faulty_workflow)
    try:
        load_workflow(json.dumps(raw))
    except InvalidWorkflow:
        return
    VALIDATOR.validate(raw)


def _node(**parts: Any) -> dict[str, Any]:
    return {"nodes": {"a": {"type": "A"} | parts}}


@pytest.mark.parametrize(
    "parts",
    [
        {"format": "other"},
        {"version": 2},
        {"extra": 1},
        {"title": None},
        {"nodes": []},
        {"nodes": {"a b": {"type": "A"}}},
        {"nodes": {"a": {}}},
        _node(type="A B"),
        _node(more=1),
        _node(version=0),
        _node(mode="off"),
        _node(inputs={"a b": 1}),
        _node(inputs={"x": {"link": "a"}}),
        _node(inputs={"x": {"link": "up/a.b"}}),
        _node(inputs={"x": [1, {"link": 3}]}),
        _node(inputs={"x": {"asset": "/a"}}),
        _node(inputs={"x": {"asset": "a/../b"}}),
        _node(inputs={"x": {"asset": ".."}}),
        _node(inputs={"x": {"asset": "a\\b"}}),
        _node(inputs={"x": {"asset": "C:a"}}),
        _node(inputs={"x": {"asset": "a", "sha256": "0"}}),
        _node(inputs={"x": {"asset": "a", "sha256": None}}),
        _node(inputs={"x": {"folder": ""}}),
        {"inputs": {"p": {"to": []}}},
        {"inputs": {"p": {"to": ["a"]}}},
        {"inputs": {"p q": {"to": ["a.b"]}}},
        {"outputs": {"p": {"link": "a"}}},
        {"outputs": {"p": {}}},
        {"requires": {"pack": {}}},
        {"requires": {"models": {"m": {"hash": ""}}}},
        {"workflows": {"W": {}}},
        {"workflows": {"W": _node(inputs={"x": {"link": ""}})}},
        {"ui": []},
        {"meta": 1},
    ],
)
def test_the_schema_and_the_loader_refuse_alike(text: Callable[..., str], parts: dict[str, Any]) -> None:
    data = text(**parts)
    assert not VALIDATOR.is_valid(json.loads(data))
    with pytest.raises(InvalidWorkflow):
        load_workflow(data)


@pytest.mark.parametrize("key", ["format", "version", "nodes"])
def test_what_a_file_must_have_is_required(text: Callable[..., str], key: str) -> None:
    raw = json.loads(text())
    del raw[key]
    assert not VALIDATOR.is_valid(raw)
    with pytest.raises(InvalidWorkflow):
        load_workflow(json.dumps(raw))
