"""The way in: whatever comes, the answer is a workflow or faults that say where and what."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.graph.document import MAX_NODES, Workflow, load_workflow
from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.shapes import read_value

RELEASED = sorted((Path(__file__).parents[2] / "files").glob("v*/*.json"))


def faults_of(data: bytes | str) -> tuple[Fault, ...]:
    with pytest.raises(InvalidWorkflow) as caught:
        load_workflow(data, "file")
    return caught.value.faults


def loaded_or_refused(data: bytes | str) -> Workflow | None:
    try:
        return load_workflow(data)
    except InvalidWorkflow as refused:
        faults = refused.faults
    assert faults
    assert all(fault.message.encode() and fault.code for fault in faults)
    return None


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_files_of_every_released_format_load(path: Path) -> None:
    assert load_workflow(path.read_bytes()).nodes


def test_there_are_files_of_every_released_format() -> None:
    assert {path.parent.name for path in RELEASED} == {"v1"}
    assert len(RELEASED) >= 5


@given(st.binary(max_size=200))
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b"\xff\xfe{\x00}\x00")
@example(b"1" * 10_000)
@example(b'"\\ud800"')
def test_any_bytes_are_a_workflow_or_faults(data: bytes) -> None:
    assert loaded_or_refused(data) is None


@given(st.text(st.characters(exclude_categories=()), max_size=50))
def test_any_text_is_a_workflow_or_faults(text: str) -> None:
    assert loaded_or_refused(text) is None


@given(st.data())
def test_any_json_is_a_workflow_or_faults(any_json: Any, data: st.DataObject) -> None:
    loaded_or_refused(json.dumps(data.draw(any_json)))


@given(st.data())
def test_every_well_formed_workflow_loads_and_its_values_can_be_read(any_workflow: Any, data: st.DataObject) -> None:
    raw = data.draw(any_workflow)
    workflow = load_workflow(json.dumps(raw))
    assert list(workflow.nodes) == list(raw["nodes"])
    for level in (workflow, *workflow.workflows.values()):
        for node in level.nodes.values():
            for value in node.inputs.values():
                read_value(value)


@given(st.data())
def test_a_workflow_with_one_wrong_place_is_a_workflow_or_faults(faulty_workflow: Any, data: st.DataObject) -> None:
    loaded_or_refused(json.dumps(data.draw(faulty_workflow)))


@given(data=st.data(), cut=st.integers(0, 2**30))
def test_a_truncated_file_is_refused(any_workflow: Any, data: st.DataObject, cut: int) -> None:
    text = json.dumps(data.draw(any_workflow))
    (fault,) = faults_of(text[: cut % len(text)])
    assert fault.code == "json"


def test_all_faults_are_reported_at_once_in_file_order_with_node_and_input(text: Callable[..., str]) -> None:
    nodes = {
        "b": {"type": "Add", "inputs": {"x": {"link": "no dot"}, "y": [1, {"asset": "../secret"}]}},
        "a": {"typ": "Add"},
        "c": {"type": "Add", "mode": "off", "version": 0},
    }
    faults = faults_of(text(nodes=nodes, outputs={"image": {"link": "up/a.b"}}))
    assert [(fault.node, fault.input) for fault in faults] == [
        ("b", "x"),
        ("b", "y"),
        ("a", None),
        ("a", None),
        ("c", None),
        ("c", None),
        (None, None),
    ]
    assert faults[0].message == (
        "node 'b': x cannot be read: a link is written 'node.output', but here stands 'no dot'"
    )
    assert "'..'" in faults[1].message
    assert "did you mean 'type'?" in faults[3].message


def test_a_node_of_a_definition_is_named_by_its_sub_workflow(text: Callable[..., str]) -> None:
    (fault,) = faults_of(text(workflows={"W": {"nodes": {"n": {"type": "Add", "inputs": {"x": {"link": 3}}}}}}))
    assert (fault.node, fault.input) == ("workflow:W/n", "x")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"title": 3}, "title is 3; it is a text"),
        ({"inptus": {}}, "did you mean 'inputs'?"),
        ({"nodes": {"my node": {"type": "Add"}}}, "nodes has 'my node', which is not a name"),
        ({"nodes": {"x" * 65: {"type": "Add"}}}, "which is not a name"),
        ({"nodes": []}, "nodes is an empty list; it is an object"),
        ({"nodes": {"a": None}}, "node 'a' is null; it is an object"),
        ({"nodes": {"a": {"type": "two words"}}}, "node 'a': type is 'two words'"),
        ({"nodes": {"a": {"type": "Add", "mode": "off"}}}, "node 'a': mode is 'off'; it is one of: bypass, mute"),
        ({"nodes": {"a": {"type": "Add", "version": True}}}, "node 'a': version is true; it is a whole number"),
        ({"nodes": {"a": {"type": "Add", "version": 0}}}, "it is at least 1"),
        ({"nodes": {"a": {"type": "Add", "inputs": {"..": 1}}}}, "node 'a': inputs has '..'"),
        ({"inputs": {"a": {"to": []}}}, "inputs.a.to is an empty list; it names at least one input"),
        ({"inputs": {"a": {"to": ["a/b.c"]}}}, "inputs.a.to[0] is 'a/b.c'; it is written 'node.input'"),
        ({"inputs": {"a": {"to": "a.b"}}}, "inputs.a.to is 'a.b'; it is a list of texts"),
        ({"outputs": {"a": {}}}, "outputs.a has no 'link'"),
        ({"requires": {"modles": {}}}, "did you mean 'models'?"),
        ({"workflows": {"W": {"nodes": {}, "title": "x"}}}, "workflows.W has an unknown key 'title'"),
        ({"version": 2}, "a newer Latent Loom opens it"),
        ({"version": "1"}, "version is '1'; it is a whole number"),
        ({"version": None}, "has no version"),
        ({"format": "other"}, "its format is 'other'"),
    ],
)
def test_a_wrong_place_is_named_with_what_came_and_what_was_wanted(
    text: Callable[..., str], parts: dict[str, object], words: str
) -> None:
    (fault,) = faults_of(text(**parts))
    assert words in fault.message


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("/etc/passwd", "absolute"),
        ("C:cat.png", "absolute"),
        ("c:/cat.png", "absolute"),
        ("\\\\host\\share", "backslash"),
        ("a\\..\\b", "backslash"),
        ("..", "'..'"),
        ("a/../../b", "'..'"),
        ("a/..", "'..'"),
        ("a\x00b", "control"),
        ("a\nb", "control"),
        ("", "not the name"),
        (7, "not the name"),
        (None, "not the name"),
    ],
)
@pytest.mark.parametrize("kind", ["asset", "folder"])
def test_a_file_or_folder_stays_where_it_belongs(text: Callable[..., str], kind: str, name: object, words: str) -> None:
    for value in ({kind: name}, [1, {kind: name}]):
        (fault,) = faults_of(text(nodes={"a": {"type": "Load", "inputs": {"file": value}}}))
        assert (fault.node, fault.input) == ("a", "file")
        assert words in fault.message


def test_what_only_looks_like_a_link_is_a_literal(text: Callable[..., str]) -> None:
    values = [{"link": "x", "more": 1}, {"a": {"link": "x"}}, [[{"link": "x"}]], {"asset": "/x", "sha256": "", "z": 0}]
    inputs = {f"i{place}": value for place, value in enumerate(values)}
    workflow = load_workflow(text(nodes={"a": {"type": "Add", "inputs": inputs}}))
    assert [read_value(value) for value in workflow.nodes["a"].inputs.values()] == values


def test_unknown_keys_are_kept_in_the_drawing_and_in_meta(text: Callable[..., str]) -> None:
    parts = {"ui": {"theme": {"x": [1]}}, "meta": {"author": {"name": "é"}}, "made_with": {"torch": "2.13"}}
    workflow = load_workflow(text(**parts))
    assert {"ui": workflow.ui, "meta": workflow.meta, "made_with": workflow.made_with} == parts


def test_too_many_nodes_are_refused_counting_those_of_sub_workflows(text: Callable[..., str]) -> None:
    nodes = {f"n{place}": {"type": "A"} for place in range(MAX_NODES)}
    assert len(load_workflow(text(nodes=nodes)).nodes) == MAX_NODES
    (fault,) = faults_of(text(nodes=nodes, workflows={"W": {"nodes": {"one": {"type": "A"}}}}))
    assert "10,001 nodes" in fault.message


@pytest.mark.parametrize(
    "parts",
    [
        {f"k{place}": 1 for place in range(3000)},
        {"nodes": {"a": {"type": "A", "inputs": {f"k{place}": {"link": 1} for place in range(3000)}}}},
        {"meta": {"list": [float("nan")] * 3000}},
    ],
)
def test_a_file_of_nothing_but_faults_lists_the_first_thousand(text: Callable[..., str], parts: dict[str, Any]) -> None:
    faults = faults_of(text(**parts))
    assert len(faults) == 1001
    assert faults[-1].code == "more"


def test_a_name_of_a_megabyte_is_cut_in_the_faults(text: Callable[..., str]) -> None:
    for fault in faults_of(text(nodes={"x" * 1_000_000: {"type": 3, "inputs": {"y" * 100_000: {"link": 1}}}})):
        assert len(fault.message) + len(fault.node or "") + len(fault.input or "") < 500


def test_a_workflow_is_frozen(text: Callable[..., str]) -> None:
    workflow = load_workflow(text())
    with pytest.raises(ValueError, match="frozen"):
        workflow.title = "other"  # type: ignore[misc]
