from dataclasses import replace

import pytest
from trivial_nodes import REGISTRY, checker, link, workflow

from engine.graph.why import why

NODES = {
    "a": ("Add", {"a": 1}),
    "h": ("Half", {"a": link("a.value")}),
    "z": ("Add", {"a": link("h.value"), "b": 4}),
}


def graphs(edited):
    before = checker().graph(workflow(NODES))
    return checker().graph(workflow({**NODES, **edited}), before), before


def test_nothing_changed_needs_no_reason():
    graph, before = graphs({})
    assert [why(graph, address, before) for address in NODES] == ["", "", ""]


def test_a_changed_value_is_told_old_and_new_and_below_it_as_upstream():
    graph, before = graphs({"a": ("Add", {"a": 2})})
    assert [why(graph, address, before) for address in NODES] == ["a 1 → 2", "upstream: a", "upstream: a"]


def test_a_nodes_own_change_is_told_before_those_upstream():
    graph, before = graphs({"a": ("Add", {"a": 2}), "z": ("Add", {"a": link("h.value"), "b": 5})})
    assert why(graph, "z", before) == "b 4 → 5"


def test_without_a_graph_before_everything_is_new():
    graph, before = graphs({"q": ("Add", {})})
    assert why(graph, "q", before) == "new"
    assert why(graph, "a", None) == "new"


@pytest.mark.parametrize(
    ("edited", "words"),
    [
        ({"z": ("Add", {"a": 7, "b": 4})}, "a a link to 'h' → 7"),
        ({"z": ("Add", {"a": link("n.value"), "b": 4}), "n": ("Add", {})}, "a: now a link to 'n'"),
        ({"h": ("Add", {"a": link("a.value")})}, "upstream: h"),
    ],
)
def test_a_changed_link_is_told(edited, words):
    graph, before = graphs(edited)
    assert why(graph, "z", before) == words


def test_an_input_that_was_empty_is_told_as_nothing():
    before = checker().graph(workflow({"p": ("Show", {"value": 1})}))
    graph = checker().graph(workflow({"p": ("Show", {"value": 1, "name": "x"})}), before)
    assert why(graph, "p", before) == "name nothing → 'x'"


def test_a_volatile_node_says_that_it_always_runs():
    graph, before = graphs({"v": ("Noise", {})})
    assert why(graph, "v", before) == "runs every time"


def test_changed_code_names_the_pack():
    before = checker().graph(workflow(NODES))
    types = {**REGISTRY.types, "Half": replace(REGISTRY.types["Half"], code="other")}
    after = replace(checker(), types=types).graph(workflow(NODES))
    assert why(after, "h", before) == "code of pack 'core' changed"
    assert why(after, "z", before) == "upstream: h"
