"""The canonical text: one graph, one text, and nothing lost on the way."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.canonical import dump, to_json
from engine.graph.document import NodeDoc, Workflow, load_workflow
from engine.graph.faults import InvalidWorkflow

RELEASED = sorted((Path(__file__).parents[2] / "files").glob("v*/*.json"))


@given(st.data())
def test_what_is_dumped_is_loaded_as_it_was_and_dumped_to_the_same_bytes(
    any_workflow: Any, data: st.DataObject
) -> None:
    workflow = load_workflow(json.dumps(data.draw(any_workflow)))
    text = dump(workflow)
    assert load_workflow(text) == workflow
    assert dump(load_workflow(text.encode())) == text


@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_the_order_of_keys_in_a_file_does_not_matter(any_workflow: Any, data: st.DataObject, random: Any) -> None:
    raw = data.draw(any_workflow)
    assert dump(load_workflow(json.dumps(raw))) == dump(load_workflow(json.dumps(_shuffled(raw, random))))


def _shuffled(value: Any, random: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shuffled(value[key], random) for key in random.sample(list(value), len(value))}
    return [_shuffled(item, random) for item in value] if isinstance(value, list) else value


@given(st.data())
def test_the_json_of_a_workflow_is_what_its_text_holds(any_workflow: Any, data: st.DataObject) -> None:
    workflow = load_workflow(json.dumps(data.draw(any_workflow)))
    assert json.dumps(json.loads(dump(workflow))) == json.dumps(to_json(workflow))


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_released_files_keep_all_that_they_hold(path: Path) -> None:
    raw = json.loads(path.read_text())
    written = json.loads(dump(load_workflow(path.read_bytes())))
    for key in raw:
        assert written.get(key, type(raw[key])()) == _without_empty(raw[key])


def _without_empty(value: Any) -> Any:
    return {key: item for key, item in value.items() if key != "packs" or item} if isinstance(value, dict) else value


def test_the_text_has_the_layout_of_the_format(text: Callable[..., str]) -> None:
    source = text(
        made_with={"torch": "2"},
        meta={"by": "é"},
        ui={"zoom": 1, "notes": [{"y": 1, "x": 2}], "nodes": {"b": {"y": 1, "x": 2}}},
        workflows={"W": {"nodes": {}}},
        outputs={"image": {"title": "I", "link": "b.x"}},
        inputs={"p": {"title": "P", "to": ["b.text"]}},
        nodes={
            "b": {"inputs": {"z": 1, "a": [{"link": "a.x"}, 2.0]}, "mode": "mute", "version": 2, "type": "B"},
            "a": {"type": "A", "version": 1, "inputs": {}},
        },
        requires={"packs": {}, "models": {"solids": {"family": "sd", "fingerprint": "f"}}},
        title="T",
    )
    assert (
        dump(load_workflow(source))
        == """{
  "format": "latentloom",
  "version": 1,
  "title": "T",
  "requires": {
    "models": {
      "solids": {"fingerprint": "f", "family": "sd"}
    }
  },
  "nodes": {
    "a": {"type": "A"},
    "b": {"type": "B", "version": 2, "mode": "mute", "inputs": {"a": [{"link": "a.x"}, 2.0], "z": 1}}
  },
  "inputs": {
    "p": {"to": ["b.text"], "title": "P"}
  },
  "outputs": {
    "image": {"link": "b.x", "title": "I"}
  },
  "workflows": {
    "W": {
      "nodes": {}
    }
  },
  "ui": {
    "nodes": {
      "b": {"x": 2, "y": 1}
    },
    "notes": [
      {"x": 2, "y": 1}
    ],
    "zoom": 1
  },
  "meta": {
    "by": "é"
  },
  "made_with": {
    "torch": "2"
  }
}
"""
    )


def test_moving_a_node_changes_one_line(text: Callable[..., str]) -> None:
    def drawn(x: int) -> list[str]:
        places = {"a": {"x": x, "y": 0}, "b": {"x": 0, "y": 0}}
        return dump(load_workflow(text(ui={"nodes": places}))).splitlines()

    assert sum(old != new for old, new in zip(drawn(0), drawn(99), strict=True)) == 1


def test_ids_are_sorted_by_code_point(text: Callable[..., str]) -> None:
    names = ["b", "a", "_", "B", "10", "9", "a-", "a0"]
    workflow = load_workflow(dump(load_workflow(text(nodes={name: {"type": "A"} for name in names}))))
    assert list(workflow.nodes) == sorted(names)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, {"a": {3: object()}}])
def test_a_workflow_built_with_what_json_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises(InvalidWorkflow, match="cannot be written as JSON"):
        dump(Workflow(nodes={"a": NodeDoc(type="A", inputs={"x": value})}))
