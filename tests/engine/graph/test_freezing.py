"""What a graph becomes where nodes of it are frozen."""

from dataclasses import replace

import pytest
from trivial_nodes import checker, link, workflow

from engine.graph.freezing import given_by, held_below, not_needed, token_of, without_effect
from engine.graph.why import why

NODES = {
    "a": ("Add", {"a": 1}),
    "h": ("Half", {"a": link("a.value")}),
    "z": ("Add", {"a": link("h.value"), "b": 4}),
}
OUT = {"out": "z.value"}


def token(address, nodes=NODES):
    return token_of(checker().graph(workflow(nodes, OUT)).nodes[address])


def frozen(tokens, nodes=NODES, outputs=OUT, previous=None, workflows=None):
    held = replace(checker(), frozen=tokens)
    return held.graph(workflow(nodes, outputs, workflows=workflows), previous)


def edited(value):
    return {**NODES, "a": ("Add", {"a": value})}


def test_a_frozen_node_that_would_give_the_same_anyway_is_as_it_was():
    graph = frozen({"h": token("h")})
    assert graph.nodes["h"].frozen == token("h")
    assert not graph.nodes["h"].held
    assert graph.nodes["h"].sources == ("a",)
    assert held_below(graph) == {}


def test_a_held_node_takes_nothing_and_what_lies_below_has_the_recipe_that_it_had_then():
    graph, then = frozen({"h": token("h")}, edited(7)), checker().graph(workflow(NODES, OUT))
    assert graph.nodes["h"].held
    assert graph.upstream(["z"]) == {"z", "h"}
    assert graph.nodes["z"].recipe == then.nodes["z"].recipe


def test_what_rests_on_a_held_node_and_what_only_it_would_need_are_told():
    nodes = {**edited(7), "x": ("Add", {"a": link("a.value")})}
    graph = frozen({"h": token("h")}, nodes, {**OUT, "other": "x.value"})
    assert held_below(graph) == {"h": ["h"], "z": ["h"]}
    assert not_needed(graph, ["z"]) == {"a": "h"}
    assert not_needed(graph, ["z", "x"]) == {}


def test_faults_above_a_held_node_refuse_nothing_that_it_feeds():
    graph = frozen({"h": token("h")}, {**edited("no number")})
    assert graph.refusals(graph.targets().values()) == ()
    assert frozen({}, {**edited("no number")}).refusals(graph.targets().values())


def test_a_graph_made_from_the_one_before_knows_when_something_is_frozen_held_or_neither():
    tokens = {"h": token("h")}
    free = frozen({}, edited(7))
    held = frozen(tokens, edited(7), previous=free)
    back = frozen(tokens, edited(1), previous=held)
    again = frozen({}, edited(7), previous=held)
    assert held.nodes["h"].held
    assert not back.nodes["h"].held
    for graph, fresh in ((held, frozen(tokens, edited(7))), (back, frozen(tokens, edited(1))), (again, free)):
        assert [(n.recipe, n.sources, n.held) for n in graph.nodes.values()] == [
            (n.recipe, n.sources, n.held) for n in fresh.nodes.values()
        ]


def test_a_cycle_above_a_held_node_is_still_a_fault_of_the_file():
    nodes = {**NODES, "a": ("Add", {"a": link("z.value")})}
    before = frozen({"h": token("h")}, edited(7))
    for previous in (None, before):
        graph = frozen({"h": token("h")}, nodes, previous=previous)
        assert [fault.code for fault in graph.general] == ["cycle"]


def test_what_was_a_list_when_it_was_frozen_is_one_below_too():
    many = {**NODES, "a": ("Count", {"n": 3})}
    graph = frozen({"h": token("h", many)})
    assert token("h", many).endswith(":list[Int]")
    assert graph.nodes["h"].outputs.lists == (True,)
    assert graph.nodes["z"].mapped


@pytest.mark.parametrize("wrong", ["no token", "0" * 32, "0" * 32 + ":Int,Int"])
def test_a_token_that_is_none_or_of_another_node_is_a_fault_at_the_node(wrong):
    (fault,) = frozen({"h": wrong}).faults
    assert (fault.code, fault.node) == ("bad_frozen", "h")


def test_why_names_what_was_frozen_and_what_is_no_longer():
    before, held = frozen({}, edited(7)), frozen({"h": token("h")}, edited(7))
    assert why(held, "h", before) == "frozen"
    assert why(held, "z", before) == "upstream: h"
    assert why(before, "h", held) == "no longer frozen"
    assert why(before, "z", held) == "upstream: h"


def test_a_use_stands_for_the_nodes_that_give_something_out_of_it():
    inner = ({"p": ("Add", {}), "q": ("Half", {"a": link("p.value")})}, {"value": "q.value"}, {"n": "p.a"})
    nodes = {"use": ("workflow:both", {"n": 5}), "z": ("Add", {"a": link("use.value")})}
    graph = frozen({}, nodes, workflows={"both": inner})
    assert given_by(graph, "use") == ["use/q"]
    assert given_by(graph, "z") == ["z"]
    told = without_effect(graph, {"use/q": "", "use/x": "", "use": ""})
    assert [fault.node for fault in told] == ["use/x", "use"]
