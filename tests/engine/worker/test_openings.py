import json

import pytest
from trivial_nodes import REGISTRY
from workshop import flow

from engine.graph.faults import InvalidWorkflow
from engine.host.host import Host
from engine.store.home import Home
from engine.worker.openings import Openings

NODES = {
    "a": ("Add", {"a": 1}),
    "b": ("Half", {"a": {"link": "a.value"}}),
    "c": ("Add", {"a": {"link": "b.value"}, "b": 7}),
}
TEXT = json.dumps(flow(NODES, {"out": "c.value"}, {"n": "c.b"})).encode()


@pytest.fixture
def openings(tmp_path):
    return Openings(Host(REGISTRY, Home(tmp_path, ())))


def test_a_workflow_that_was_opened_lately_is_not_read_again(openings):
    assert openings.open(TEXT, "it") is openings.open(TEXT, "it")
    assert openings.open(TEXT, "it") is not openings.open(TEXT, "another")


def test_a_further_run_of_a_workflow_checks_only_what_differs(openings):
    opened = openings.open(TEXT, "it")
    first = openings.prepare(opened, {"n": 1}).graph
    second = openings.prepare(opened, {"n": 2}).graph

    assert [first.nodes[name] is second.nodes[name] for name in "abc"] == [True, True, False]
    assert (first.nodes["c"].values["b"], second.nodes["c"].values["b"]) == (1, 2)
    assert second.nodes["c"].recipe == openings.prepare(opened, {"n": 2}).graph.nodes["c"].recipe
    assert second.nodes["c"].recipe != first.nodes["c"].recipe


def test_what_could_not_be_prepared_is_in_the_way_of_nothing(openings):
    opened = openings.open(TEXT, "it")
    openings.prepare(opened)
    with pytest.raises(InvalidWorkflow):
        openings.prepare(opened, {"n": "seven"})
    other = openings.open(TEXT.replace(b"7", b"8"), "it")

    assert openings.prepare(other).graph.nodes["c"].values["b"] == 8
    assert openings.prepare(opened).graph.nodes["c"].values["b"] == 7
