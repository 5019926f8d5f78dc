"""Nodes written for older versions of their types."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.document import NodeDoc, load_workflow
from engine.graph.faults import InvalidWorkflow
from engine.graph.records import InputSpec, NodeType, OutputSpec
from engine.graph.upgrade import upgrade

BLUR = NodeType(
    "Blur",
    {name: InputSpec(name, "Float", default=0.0) for name in ("sigma", "strength")},
    {"picture": OutputSpec("picture", "Image")},
    version=3,
)
TYPES = {"Blur": BLUR}


def migrate_blur(version: int, inputs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """1 → 2: `percent` became `strength` (0 to 1), its default was written out. 2 → 3: `radius` became `sigma`."""
    if version == 1:
        strength = inputs.pop("percent", 100)
        halved = strength / 100 if isinstance(strength, int | float) else strength
        return inputs | {"strength": halved}, {"image": "out"}
    if "radius" in inputs:
        inputs["sigma"] = inputs.pop("radius")
    return inputs, {"out": "picture"}


MIGRATIONS = {"Blur": migrate_blur}


def test_a_node_takes_every_step_to_the_installed_version(text: Callable[..., str]) -> None:
    workflow = load_workflow(text(nodes={"b": {"type": "Blur", "inputs": {"percent": 50, "radius": 2}}}))
    brought, (done,) = upgrade(workflow, TYPES, MIGRATIONS)
    assert brought.nodes["b"] == NodeDoc(type="Blur", version=3, inputs={"strength": 0.5, "sigma": 2})
    assert (done.node, done.type, done.from_version, done.to_version) == ("b", "Blur", 1, 3)
    assert str(done) == "node 'b': Blur brought from version 1 to 3"
    assert workflow.nodes["b"].version == 1


def test_links_to_renamed_outputs_follow(text: Callable[..., str]) -> None:
    nodes = {
        "b": {"type": "Blur"},
        "newer": {"type": "Blur", "version": 3},
        "c": {
            "type": "C",
            "inputs": {"one": {"link": "b.image"}, "many": [{"link": "b.image"}, {"link": "x.image"}, 1]},
        },
        "d": {"type": "Blur", "version": 2, "inputs": {"radius": {"link": "b.image"}}},
        "e": {"type": "C", "inputs": {"kept": {"link": "newer.image"}, "too": {"link": "d.image"}}},
    }
    workflow = load_workflow(text(nodes=nodes, outputs={"result": {"link": "b.image"}, "d": {"link": "d.out"}}))
    brought, done = upgrade(workflow, TYPES, MIGRATIONS)
    assert [each.node for each in done] == ["b", "d"]
    assert brought.nodes["c"].inputs == {
        "one": {"link": "b.picture"},
        "many": [{"link": "b.picture"}, {"link": "x.image"}, 1],
    }
    assert brought.nodes["d"].inputs == {"sigma": {"link": "b.picture"}}
    assert brought.nodes["e"].inputs == {"kept": {"link": "newer.image"}, "too": {"link": "d.image"}}
    assert {name: output.link for name, output in brought.outputs.items()} == {
        "result": "b.picture",
        "d": "d.picture",
    }


def test_exposed_inputs_and_values_given_to_a_sub_workflow_follow(text: Callable[..., str]) -> None:
    inner = {
        "nodes": {"b": {"type": "Blur"}},
        "inputs": {"amount": {"to": ["b.percent"]}},
        "outputs": {"o": {"link": "b.image"}},
    }
    outer = {"nodes": {"in": {"type": "workflow:W", "inputs": {"amount": 10}}}}
    uses = {
        "u": {"type": "workflow:W", "inputs": {"amount": 50, "b.radius": 3, "b.gone": 1}},
        "v": {"type": "workflow:V", "inputs": {"in/b.percent": 20, "in.amount": {"link": "u.o"}}},
    }
    workflow = load_workflow(text(nodes=uses, workflows={"W": inner, "V": outer}))
    brought, (done,) = upgrade(workflow, TYPES, MIGRATIONS)
    assert done.node == "workflow:W/b"
    assert brought.workflows["W"].inputs["amount"].to == ("b.strength",)
    assert brought.workflows["W"].outputs["o"].link == "b.picture"
    assert brought.workflows["V"].nodes["in"].inputs == {"amount": 0.1}
    assert brought.nodes["u"].inputs == {"amount": 0.5, "b.sigma": 3, "b.gone": 1}
    assert brought.nodes["v"].inputs == {"in/b.strength": 0.2, "in.amount": {"link": "u.o"}}


def test_newer_nodes_and_placeholders_stay_as_they_are(text: Callable[..., str]) -> None:
    nodes = {
        "a": {"type": "Blur", "version": 4, "inputs": {"percent": 1}},
        "b": {"type": "pack:Gone", "inputs": {"x": 1}},
    }
    workflow = load_workflow(text(nodes=nodes))
    assert upgrade(workflow, TYPES, MIGRATIONS) == (workflow, ())


def test_a_type_without_a_migration_keeps_its_inputs(text: Callable[..., str]) -> None:
    workflow = load_workflow(text(nodes={"a": {"type": "Blur", "inputs": {"sigma": 1}}}))
    brought, done = upgrade(workflow, TYPES, {})
    assert brought.nodes["a"] == NodeDoc(type="Blur", version=3, inputs={"sigma": 1})
    assert len(done) == 1


def _broken(version: int, inputs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    raise KeyError("percent")


@pytest.mark.parametrize("migrate", [_broken, lambda version, inputs: inputs, lambda version, inputs: None])
def test_migrations_that_fail_are_faults_of_their_nodes(text: Callable[..., str], migrate: Any) -> None:
    workflow = load_workflow(text(nodes={"a": {"type": "Blur"}, "b": {"type": "Blur"}, "c": {"type": "C"}}))
    with pytest.raises(InvalidWorkflow) as caught:
        upgrade(workflow, TYPES, {"Blur": migrate})
    assert [(fault.code, fault.node) for fault in caught.value.faults] == [("migration", "a"), ("migration", "b")]
    assert "Blur cannot be brought from version 1 to 2: its migration failed with" in caught.value.faults[0].message


def test_a_migration_that_fails_on_a_value_given_from_outside_is_a_fault(text: Callable[..., str]) -> None:
    def careless(version: int, inputs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        given = inputs.get("percent", 100)
        return {"strength": given if isinstance(given, dict) else given / 100}, {}

    inner = {"nodes": {"b": {"type": "Blur"}}, "inputs": {"amount": {"to": ["b.percent"]}}}
    nodes = {"u": {"type": "workflow:W", "inputs": {"amount": "half"}}}
    with pytest.raises(InvalidWorkflow) as caught:
        upgrade(load_workflow(text(nodes=nodes, workflows={"W": inner})), TYPES, {"Blur": careless})
    assert caught.value.faults[0].node == "workflow:W/b"


@given(data=st.data())
def test_upgrading_keeps_the_nodes_and_is_done_once(any_workflow: Any, data: st.DataObject) -> None:
    def rename(version: int, inputs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        return {f"{key}-{version}": value for key, value in inputs.items()}, {}

    newer = {name: NodeType(name, {}, {}, version=3) for name in ("Add", "Sampler", "pack:Thing")}
    renaming = dict.fromkeys(newer, rename)
    workflow = load_workflow(json.dumps(data.draw(any_workflow)))
    brought, _ = upgrade(workflow, newer, renaming)
    assert list(brought.nodes) == list(workflow.nodes)
    assert upgrade(brought, newer, renaming) == (brought, ())
