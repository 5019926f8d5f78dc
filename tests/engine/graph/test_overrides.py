import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.canonical import dump
from engine.graph.document import Workflow, load_workflow
from engine.graph.exposed import exposed_faults
from engine.graph.faults import InvalidWorkflow
from engine.graph.flatten import flatten
from engine.graph.overrides import addresses, find_settable, set_inputs, set_one_input, workflow_inputs
from engine.graph.records import InputSpec, NodeType, OutputSpec

TYPES = {
    "Dial": NodeType(
        "Dial",
        {"turn": InputSpec("turn", "Int", default=1, min=0, max=9), "note": InputSpec("note", "Text", default="")},
        {"value": OutputSpec("value", "Int")},
    ),
    "Words": NodeType("Words", {"note": InputSpec("note", "Text", default="")}, {"value": OutputSpec("value", "Text")}),
}
INNER = {
    "nodes": {"a": {"type": "Dial", "inputs": {"turn": 2}}, "b": {"type": "Dial", "inputs": {"turn": 2}}},
    "inputs": {"turn": {"to": ["a.turn", "b.turn"]}},
    "outputs": {"value": {"link": "a.value"}},
}
OUTER = {"nodes": {"mid": {"type": "workflow:inner"}}, "inputs": {"turn": {"to": ["mid.turn"]}}}


def workflow(nodes: Mapping[str, Any], **further: Any) -> Workflow:
    levels = {"inner": INNER, "outer": OUTER}
    record = {"format": "latentloom", "version": 1, "nodes": nodes, "workflows": levels, **further}
    return load_workflow(json.dumps(record))


def given_values(changed: Workflow) -> dict[str, Any]:
    """What each Dial of a workflow is turned to."""
    nodes = flatten(changed).nodes
    found = {address: node.value("turn") for address, node in nodes.items()}
    return {address: value.json for address, value in found.items() if value is not None}


def test_a_workflow_input_sets_all_its_targets():
    base = workflow({"x": {"type": "Dial"}, "y": {"type": "Dial"}}, inputs={"turn": {"to": ["x.turn", "y.turn"]}})

    assert given_values(set_inputs(base, TYPES, {"turn": 5})) == {"x": 5, "y": 5}
    assert given_values(base) == {}


def test_an_address_sets_one_input_of_one_use():
    base = workflow({"one": {"type": "workflow:outer"}, "two": {"type": "workflow:outer"}})

    changed = set_inputs(base, TYPES, {"two/mid/b.turn": 7})

    assert given_values(changed) == {"one/mid/a": 2, "one/mid/b": 2, "two/mid/a": 2, "two/mid/b": 7}
    assert changed.nodes["two"].inputs == {"mid/b.turn": 7}


def test_an_address_wins_over_the_exposed_input_beside_it_in_any_order_of_keys():
    for inputs in ({"turn": 3, "b.turn": 8}, {"b.turn": 8, "turn": 3}):
        base = workflow({"u": {"type": "workflow:inner", "inputs": inputs}})

        assert given_values(base) == {"u/a": 3, "u/b": 8}


def test_setting_an_exposed_input_takes_away_what_would_hide_it():
    base = workflow({"u": {"type": "workflow:inner", "inputs": {"turn": 3, "b.turn": 8}}})

    assert given_values(set_inputs(base, TYPES, {"u.turn": 4})) == {"u/a": 4, "u/b": 4}


@given(st.integers(0, 9), st.sampled_from(["u.turn", "u/mid.turn", "u/mid/a.turn", "u/mid/b.turn", "x.turn", "dial"]))
def test_what_was_set_is_the_default_of_what_may_be_set_next(value: int, name: str) -> None:
    base = workflow({"u": {"type": "workflow:outer"}, "x": {"type": "Dial"}}, inputs={"dial": {"to": ["x.turn"]}})

    assert find_settable(set_inputs(base, TYPES, {name: value}), TYPES, name).default == value


def test_every_address_that_is_listed_can_be_set():
    base = workflow({"u": {"type": "workflow:outer"}, "x": {"type": "Dial"}})
    listed = [item.name for item in addresses(base, TYPES)]

    assert listed == ["x.turn", "x.note", "u/mid/a.turn", "u/mid/a.note", "u/mid/b.turn", "u/mid/b.note"]
    changed = set_inputs(base, TYPES, {name: 6 for name in listed if name.endswith("turn")})
    assert given_values(changed) == {"u/mid/a": 6, "u/mid/b": 6, "x": 6}


def test_all_that_is_wrong_is_told_at_once():
    base = workflow({"x": {"type": "Dial"}}, inputs={"dial": {"to": ["x.turn"]}})

    with pytest.raises(InvalidWorkflow) as caught:
        set_inputs(base, TYPES, {"dial": 10, "x.trun": 1, "y.turn": 1, "x.note": {"link": "x.value"}})

    assert [fault.message for fault in caught.value.faults] == [
        "'dial' is 10; it takes a whole number from 0 to 9",
        "'x.trun' cannot be set: Dial 'x' has no input 'trun'; it has: note, turn",
        "there is nothing named 'y.turn' to set; did you mean 'x.turn'? What may be set: dial, x.note, x.turn",
        "'x.note' is a link; from outside a value is set, not a link",
    ]


def test_where_there_is_much_to_set_the_workflows_own_inputs_are_told():
    base = workflow({f"n{i}": {"type": "Dial"} for i in range(20)}, inputs={"dial": {"to": ["n7.turn"]}})

    with pytest.raises(InvalidWorkflow) as caught:
        find_settable(base, TYPES, "zzz")

    told = "there is nothing named 'zzz' to set; what may be set: dial, or one of 40 addresses such as n0.turn"
    assert str(caught.value) == told


def test_the_default_of_a_workflow_input_is_what_stands_at_its_target():
    base = workflow({"x": {"type": "Dial", "inputs": {"turn": 4}}}, inputs={"dial": {"to": ["x.turn"], "help": "Turn"}})

    dial = workflow_inputs(base, TYPES)["dial"]

    assert (dial.default, dial.help, dial.targets) == (4, "Turn", ("x.turn",))


@pytest.mark.parametrize(
    ("to", "words"),
    [
        (["z.turn"], "sets 'z.turn', but there is no node 'z'; there is: u, w, x, y"),
        (["x.trun"], "sets 'x.trun', but Dial has no input 'trun'; it has: note, turn"),
        (["u.trun"], "sets 'u.trun', but workflow:inner has no input 'trun'; it has: turn"),
        (["x.turn", "w.note"], "sets 'x.turn', which takes Int, and 'w.note', which takes Text"),
        (["x.turn", "y.turn"], "sets 'x.turn', which is 1 in the file, and 'y.turn', which is 5"),
        (["u.turn", "y.turn"], "sets 'u.turn', which is 2 in the file, and 'y.turn', which is 5"),
    ],
)
def test_exposed_inputs_whose_targets_are_missing_or_differ_are_faults(to: list[str], words: str) -> None:
    nodes = {
        "u": {"type": "workflow:inner"},
        "w": {"type": "Words"},
        "x": {"type": "Dial"},
        "y": {"type": "Dial", "inputs": {"turn": 5}},
    }

    (fault,) = exposed_faults(workflow(nodes, inputs={"dial": {"to": to}}), TYPES)

    assert words in fault.message
    assert fault.input == "dial"


def test_targets_that_share_type_and_value_are_no_fault_and_placeholders_are_left_alone():
    nodes = {"x": {"type": "Dial"}, "y": {"type": "Dial", "inputs": {"turn": 1}}, "z": {"type": "lace:Dial"}}

    assert not list(
        exposed_faults(workflow(nodes, inputs={"a": {"to": ["x.turn", "y.turn"]}, "b": {"to": ["z.any"]}}), TYPES)
    )


def test_what_a_use_was_given_is_the_default_at_the_inner_address_and_a_link_hides_it():
    base = workflow(
        {
            "one": {"type": "workflow:outer", "inputs": {"turn": 6}},
            "two": {"type": "workflow:outer", "inputs": {"turn": {"link": "x.value"}, "mid/b.turn": 3}},
            "x": {"type": "Dial"},
        }
    )

    listed = {item.name: item.default for item in addresses(base, TYPES) if item.name.endswith("turn")}

    assert listed == {"one/mid/a.turn": 6, "one/mid/b.turn": 6, "two/mid/b.turn": 3, "x.turn": 1}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("dial", "x.turn", True),
        ("dial", "dial", True),
        ("u.turn", "u/mid/b.turn", True),
        ("u.turn", "u/mid.turn", True),
        ("u/mid/a.turn", "u/mid/b.turn", False),
        ("u.turn", "v.turn", False),
        ("x.turn", "x.note", False),
    ],
)
def test_two_names_are_known_to_set_one_input(one: str, other: str, same: bool) -> None:
    nodes = {"u": {"type": "workflow:outer"}, "v": {"type": "workflow:outer"}, "x": {"type": "Dial"}}
    base = workflow(nodes, inputs={"dial": {"to": ["x.turn"]}})

    assert set_one_input(base, TYPES, one, other) is same
    assert set_one_input(base, TYPES, other, one) is same


DEEP: dict[str, dict[str, Any]] = {
    "leaf": {"nodes": {"a": {"type": "Dial"}, "b": {"type": "Dial"}}, "inputs": {"x": ["a"], "y": ["a", "b"]}},
    "mid": {"nodes": {"p": "leaf", "q": "leaf"}, "inputs": {"x": ["p.x", "q.y"], "y": ["q.x"]}},
    "top": {"nodes": {"m": "mid", "n": "leaf"}, "inputs": {"x": ["m.x"], "y": ["m.y", "n.y"]}},
}
SAID = ["x", "y", "n.x", "n.y", "n/a.turn", "m.x", "m.y", "m/p.x", "m/q.y", "m/p/a.turn", "m/q/a.turn", "m/q/b.turn"]
INSIDE = {"mid": ["p.x", "p/a.turn", "q.y", "q/b.turn"], "top": ["m.x", "m/p.y", "m/q/a.turn", "n.y"]}


def deep_workflow(said: Mapping[str, int], inside: Mapping[str, Mapping[str, int]]) -> Workflow:
    """A use `u` of `top`, told `said`; in the definitions, the first node of each address is told what is `inside`."""
    levels: dict[str, Any] = {}
    for name, parts in DEEP.items():
        nodes: dict[str, Any] = {
            n: {"type": f"workflow:{d}"} if isinstance(d, str) else dict(d) for n, d in parts["nodes"].items()
        }
        for address, value in inside.get(name, {}).items():
            node, _, rest = address.partition("/" if "/" in address else ".")
            nodes[node].setdefault("inputs", {})[rest] = value
        inputs = {n: {"to": [t if "." in t else f"{t}.turn" for t in to]} for n, to in parts["inputs"].items()}
        levels[name] = {"nodes": nodes, "inputs": inputs}
    return workflow({"u": {"type": "workflow:top", "inputs": said}}, workflows=levels)


words_inside = st.fixed_dictionaries(
    {name: st.dictionaries(st.sampled_from(all_of), st.integers(1, 8)) for name, all_of in INSIDE.items()}
)


@given(st.dictionaries(st.sampled_from(SAID), st.integers(1, 8), max_size=5), words_inside, st.sampled_from(SAID))
def test_what_is_set_arrives_whatever_the_file_says_there_and_changes_nothing_else(
    said: dict[str, int], inside: dict[str, dict[str, int]], name: str
) -> None:
    address = f"u/{name}" if "." in name else f"u.{name}"
    meant = given_values(set_inputs(deep_workflow({}, {}), TYPES, {address: 9}))
    base = deep_workflow(said, inside)

    changed = set_inputs(base, TYPES, {address: 9})

    assert given_values(changed) == given_values(base) | meant
    assert find_settable(changed, TYPES, address).default == 9
    assert given_values(load_workflow(dump(changed))) == given_values(changed)


@given(st.dictionaries(st.sampled_from(SAID), st.integers(1, 8), max_size=5), words_inside)
def test_the_default_that_is_listed_is_what_the_node_gets(
    said: dict[str, int], inside: dict[str, dict[str, int]]
) -> None:
    base = deep_workflow(said, inside)
    arrived = given_values(base)

    listed = {item.name: item.default for item in addresses(base, TYPES) if item.name.endswith("turn")}

    assert listed == {f"{address}.turn": arrived.get(address, 1) for address in flatten(base).nodes}
