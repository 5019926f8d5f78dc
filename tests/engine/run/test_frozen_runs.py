"""Runs in which nodes are frozen."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from trivial_nodes import Bench, checker, link, workflow

from engine.graph.freezing import token_of
from engine.run.events import NodeFailed

NODES = {
    "a": ("Add", {"a": 1}),
    "h": ("Half", {"a": link("a.value")}),
    "z": ("Add", {"a": link("h.value"), "b": 4}),
}
OUT = {"out": "z.value"}


def token(address, nodes=NODES):
    return token_of(checker().graph(workflow(nodes, OUT)).nodes[address])


def frozen(tokens, nodes, outputs=OUT):
    return replace(checker(), frozen=tokens).graph(workflow(nodes, outputs))


def test_what_a_frozen_node_gave_is_used_though_its_inputs_changed_until_it_is_unfrozen():
    bench, edited = Bench(), {**NODES, "a": ("Add", {"a": 9})}
    assert bench.run(workflow(NODES, OUT)) == {"out": 5}
    below = {**edited, "z": ("Add", {"a": link("h.value"), "b": 100})}
    assert bench.run(frozen({"h": token("h")}, below)) == {"out": 101}
    assert bench.started == ["z"]
    assert bench.run(workflow(below, OUT)) == {"out": 105}
    assert bench.started == ["a", "h", "z"]


def test_a_frozen_node_whose_value_is_gone_fails_in_a_sentence_and_nothing_below_runs():
    bench = Bench()
    bench.run(frozen({"h": token("h")}, {**NODES, "a": ("Add", {"a": 9})}))
    assert bench.status == "failed"
    assert bench.started == []
    (failed,) = [event.fault for event in bench.events if isinstance(event, NodeFailed)]
    assert (failed.code, failed.node) == ("frozen_gone", "h")
    assert "unfreeze it" in failed.message


def test_a_frozen_node_whose_value_is_gone_is_made_again_where_its_inputs_are_as_they_were():
    bench = Bench()
    assert bench.run(frozen({"h": token("h")}, NODES)) == {"out": 5}
    assert bench.started == ["a", "h", "z"]


def test_a_volatile_node_above_a_held_one_does_not_run():
    bench = Bench()
    bench.run(workflow(NODES, OUT))
    assert bench.run(frozen({"h": token("h")}, {**NODES, "a": ("Noise", {})})) == {"out": 5}
    assert bench.started == []


@st.composite
def chains(draw):
    """Two versions of one graph of sums: each node adds two earlier ones, or numbers."""
    count = draw(st.integers(1, 7))

    def version():
        nodes = {}
        for index in range(count):
            drawn = [draw(st.integers(0, 9) | st.sampled_from([f"n{i}" for i in range(index)] or [3])) for _ in "ab"]
            nodes[f"n{index}"] = drawn
        return nodes

    return version(), version(), draw(st.sets(st.integers(0, count - 1)))


def values(nodes, stand_in):
    """What each node gives, by hand; in place of some, what is given for them."""
    found = {}
    for name, drawn in nodes.items():
        found[name] = stand_in.get(name, sum(found.get(one, one) for one in drawn))
    return found


def written(nodes):
    inputs = {
        name: [link(f"{one}.value") if isinstance(one, str) else one for one in two] for name, two in nodes.items()
    }
    return {name: ("Add", {"a": a, "b": b}) for name, (a, b) in inputs.items()}


@given(chains())
def test_any_graph_with_any_nodes_frozen_gives_what_it_gives_by_hand_with_their_old_values(drawn):
    first, second, chosen = drawn
    outputs = {name: f"{name}.value" for name in first}
    bench = Bench()
    then = bench.run(workflow(written(first), outputs))
    graph = checker().graph(workflow(written(first), outputs))
    tokens = {f"n{i}": token_of(graph.nodes[f"n{i}"]) for i in chosen}
    held = frozen(tokens, written(second), outputs)
    assert bench.run(held) == values(second, {name: then[name] for name in tokens})
    assert not set(bench.started) & {name for name, node in held.nodes.items() if node.held}
