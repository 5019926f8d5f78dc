import json
from collections.abc import Mapping
from typing import Any

import painting
import pytest
from trivial_nodes import NODES, REGISTRY, Bench
from workshop import flow

from engine.graph.document import load_workflow
from engine.graph.faults import InvalidWorkflow
from engine.graph.node import Node
from engine.packs import registry_of
from engine.store.home import Home
from engine.worker.desk import Desk
from engine.worker.mirror import ClerkHost


class Wary(Node):
    """Has something to say of a large number."""

    a: int = 0

    @classmethod
    def notices(cls, inputs: Mapping[str, Any]) -> Mapping[str, str]:
        return {"a": "that is much"} if inputs["a"].get("value", 0) > 100 else {}

    def run(self) -> int:
        return self.a


@pytest.fixture
def desk(tmp_path):
    host = ClerkHost(registry_of(*NODES, Wary), Home(tmp_path, ()), "cpu")
    yield Desk(host)
    host.close()


def asked(desk, what, workflow, **given):
    return desk.answer(what, given, [json.dumps(workflow).encode()])


def test_a_check_has_the_notices_of_nodes_and_they_change_nothing(desk):
    checked = asked(desk, "check", flow({"wary": ("Wary", {"a": 101})}, {"out": "wary.value"}))

    assert [(notice["node"], notice["input"]) for notice in checked["notices"]] == [("wary", "a")]
    assert checked["faults"] == []
    assert checked["plan"]["wary"]["state"] == "new"


def test_a_check_tells_what_was_forgotten_from_what_the_run_before_did_not_make(desk):
    nodes = {"add": ("Add", {"a": 1}), "half": ("Half", {"a": {"link": "add.value"}})}
    workflow = json.dumps(flow(nodes, {"out": "half.value"})).encode()
    plan = desk.answer("check", {"made": ["add"]}, [workflow, workflow])["plan"]

    assert (plan["add"]["state"], plan["add"]["why"]) == ("stale", "what it made is not remembered any more")
    assert (plan["half"]["state"], plan["half"]["why"]) == ("new", "the run before did not make it")


def test_a_check_plans_what_is_sound_beside_what_is_not(desk):
    nodes = {"good": ("Add", {}), "bad": ("Add", {"a": 10**9}), "above": ("Half", {"a": {"link": "bad.value"}})}
    checked = asked(desk, "check", flow(nodes, {"one": "good.value", "two": "above.value"}))

    assert [fault["node"] for fault in checked["faults"]] == ["bad"]
    assert set(checked["plan"]) == {"good"}


def test_a_check_of_targets_plans_only_what_they_need(desk):
    nodes = {"one": ("Add", {}), "two": ("Add", {"a": 2})}
    workflow = flow(nodes, {"one": "one.value", "two": "two.value"})

    assert set(asked(desk, "check", workflow, targets=["two"])["plan"]) == {"two"}
    assert asked(desk, "check", workflow, targets=["nothing"])["faults"]


def test_a_prepared_run_has_every_literal_written_and_runs_to_the_same(desk):
    workflow = flow({"add": ("Add", {})}, {"out": "add.value"}, {"x": "add.a"})
    prepared = asked(desk, "prepare", workflow, inputs={"x": 5})

    assert prepared["inputs"] == {"x": 5}
    assert json.loads(prepared["workflow"])["nodes"]["add"]["inputs"] == {"a": 5, "b": 1}
    again = asked(desk, "prepare", json.loads(prepared["workflow"]), inputs=prepared["inputs"])
    assert again == prepared
    assert Bench().run(load_workflow(prepared["workflow"])) == {"out": 6}


def test_what_a_run_was_is_its_workflow_with_its_own_values(desk):
    workflow = flow({"add": ("Add", {})}, {"out": "add.value"}, {"x": "add.a"})
    swept = asked(desk, "sweep", workflow, axes={"x": [1, 2, 3]}, targets=None)
    texts = [
        json.loads(desk.answer("as_run", {"inputs": point}, [swept["workflow"].encode()])) for point in swept["points"]
    ]

    assert [text["nodes"]["add"]["inputs"]["a"] for text in texts] == [1, 2, 3]


def test_a_file_that_a_run_names_is_named_by_its_content_from_then_on(tmp_path):
    host = ClerkHost(registry_of(painting.Measure), Home(tmp_path, ()), "cpu")
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "a.txt").write_text("first")
    workflow = flow({"size": ("Measure", {"file": {"asset": "a.txt"}})}, {"out": "size.size"})
    prepared = asked(Desk(host), "prepare", workflow)
    (tmp_path / "inputs" / "a.txt").write_text("second, and longer")

    named = json.loads(prepared["workflow"])["nodes"]["size"]["inputs"]["file"]
    (kept,) = (tmp_path / "assets").rglob(f"{named['sha256']}*")
    assert kept.read_text() == "first"
    host.close()


def test_what_cannot_be_read_is_refused(desk):
    for what in ("open", "canonical", "prepare", "check"):
        with pytest.raises(InvalidWorkflow):
            desk.answer(what, {}, [b"{"])


def test_a_catalogue_is_that_of_the_command_line(desk):
    catalogue = json.loads(desk.answer("catalogue", {}, []))

    assert set(catalogue) == {"packs", "types", "nodes"}
    assert set(REGISTRY.types) | {"Wary"} == set(catalogue["nodes"])
