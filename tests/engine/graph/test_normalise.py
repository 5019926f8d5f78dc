"""Every literal written, each in one form."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.canonical import dump
from engine.graph.document import NodeDoc, Workflow, load_workflow
from engine.graph.normalise import normalise
from engine.graph.records import InputSpec, NodeType
from engine.graph.values import File, Folder

Types = Mapping[str, NodeType]


@given(st.data())
def test_normalising_again_changes_nothing(any_workflow: Any, types: Types, data: st.DataObject) -> None:
    once = normalise(load_workflow(json.dumps(data.draw(any_workflow))), types)
    assert dump(normalise(once, types)) == dump(once)
    assert dump(normalise(load_workflow(dump(once)), types)) == dump(once)


def test_defaults_are_written_out_and_floats_keep_their_point(types: Types) -> None:
    node = NodeDoc(type="Sampler", inputs={"cfg": 7, "model": {"link": "m.model"}})
    inputs = normalise(Workflow(nodes={"s": node}), types).nodes["s"].inputs
    assert json.dumps(inputs, sort_keys=True) == json.dumps(
        {
            "cfg": 7.0,
            "extra": None,
            "model": {"link": "m.model"},
            "sampler": "euler",
            "seed": 0,
            "steps": 20,
            "tiled": False,
            "width": None,
        },
        sort_keys=True,
    )


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (2**53 - 1, 2**53 - 1),
        (2**53, str(2**53)),
        (str(2**53 - 1), 2**53 - 1),
        ("18446744073709551615", "18446744073709551615"),
        ("007", 7),
        ("1.5", "1.5"),
        (-1, -1),
        ({"link": "a.b"}, {"link": "a.b"}),
    ],
)
def test_an_integer_is_written_so_that_every_reader_keeps_it(given: Any, written: Any, types: Types) -> None:
    workflow = normalise(Workflow(nodes={"s": NodeDoc(type="Sampler", inputs={"seed": given})}), types)
    assert workflow.nodes["s"].inputs["seed"] == written
    assert type(workflow.nodes["s"].inputs["seed"]) is type(written)


def test_a_lone_link_into_a_list_is_written_as_an_array(types: Types) -> None:
    link = {"link": "a.image"}

    def written(value: Any) -> Any:
        node = NodeDoc(type="Gather", inputs={"images": value, "counts": "12"})
        return normalise(Workflow(nodes={"g": node}), types).nodes["g"].inputs

    assert written(link) == written([link]) == {"images": [link], "counts": [12]}


def test_placeholders_and_unknown_inputs_stay_as_they_came(types: Types) -> None:
    nodes = {
        "gone": NodeDoc(type="pack:Gone", inputs={"cfg": 7, "seed": "7"}),
        "newer": NodeDoc(type="Sampler", version=2, inputs={"cfg": 7}),
        "text": NodeDoc(type="Text", inputs={"text": "7", "mystery": {"a": "7"}, "file": None}),
    }
    assert normalise(Workflow(nodes=nodes), types).nodes == nodes


def test_a_use_of_a_sub_workflow_keeps_only_what_it_was_given(text: Callable[..., str], types: Types) -> None:
    workflow = load_workflow(
        text(
            nodes={
                "use": {"type": "workflow:W", "inputs": {"guidance": 3, "s.seed": str(7), "t.nothing": 1}},
                "deep": {"type": "workflow:V", "inputs": {"w/s.cfg": 3, "w.guidance": 4, "gone/s.cfg": 1, "more": 2}},
                "lost": {"type": "workflow:U", "inputs": {"cfg": 3}},
            },
            workflows={
                "W": {"nodes": {"s": {"type": "Sampler"}}, "inputs": {"guidance": {"to": ["s.cfg"]}}},
                "V": {"nodes": {"w": {"type": "workflow:W"}}, "inputs": {"more": {"to": ["w.guidance"]}}},
            },
        )
    )
    nodes = normalise(workflow, types).nodes
    assert repr(nodes["use"].inputs) == "{'guidance': 3.0, 's.seed': 7, 't.nothing': 1}"
    assert repr(nodes["deep"].inputs) == "{'w/s.cfg': 3.0, 'w.guidance': 4.0, 'gone/s.cfg': 1, 'more': 2.0}"
    assert repr(nodes["lost"].inputs) == "{'cfg': 3}"
    assert normalise(workflow, types).workflows["W"].nodes["s"].inputs["cfg"] == 7.0


def test_a_sub_workflow_that_uses_itself_does_not_hang(text: Callable[..., str], types: Types) -> None:
    level = {"nodes": {"w": {"type": "workflow:W"}}, "inputs": {"x": {"to": ["w.x"]}}}
    workflow = load_workflow(text(nodes={"u": {"type": "workflow:W", "inputs": {"x": 1}}}, workflows={"W": level}))
    assert normalise(workflow, types) == workflow


def test_a_default_that_is_a_file_or_a_folder_is_written_as_one() -> None:
    specs = (
        InputSpec("file", "File", default=File("a.png", "0" * 64)),
        InputSpec("bare", "File", default=File("a.png")),
        InputSpec("folder", "Folder", default=Folder("b")),
        InputSpec("list", "Int", list=True, default=(1, 2**60)),
    )
    record = NodeType("Load", {spec.name: spec for spec in specs}, {})
    workflow = normalise(Workflow(nodes={"l": NodeDoc(type="Load")}), {"Load": record})
    assert workflow.nodes["l"].inputs == {
        "file": {"asset": "a.png", "sha256": "0" * 64},
        "bare": {"asset": "a.png"},
        "folder": {"folder": "b"},
        "list": [1, str(2**60)],
    }
