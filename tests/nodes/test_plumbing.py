"""The nodes for values, texts and lists, run in graphs."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.checker import Checker
from engine.graph.document import load_workflow
from engine.packs import find_registry
from engine.run.events import NodeStarted
from engine.run.executor import Run
from engine.run.machine import Machine

REGISTRY = find_registry(third_party=False)


def link(port: str) -> dict[str, str]:
    return {"link": port}


def ran(nodes: dict[str, Any], output: str = "it") -> tuple[Any, list[str], list[str]]:
    """Run to the single output of the node `output`: its value (a list where it carries many), which nodes were
    called, and what was said of those that failed."""
    port = next(iter(REGISTRY.types[nodes[output]["type"]].outputs))
    document = {"format": "latentloom", "version": 1, "nodes": nodes, "outputs": {"out": link(f"{output}.{port}")}}
    infer = lambda name, inputs: REGISTRY.code[name].cls.infer(inputs)  # noqa: E731
    graph = Checker(REGISTRY.types, REGISTRY.values, infer=infer).graph(load_workflow(json.dumps(document)))
    assert graph.faults == ()
    run = Run(graph, Machine(REGISTRY.code), graph.targets())
    called, failed = [], []
    for event in run.events():
        if isinstance(event, NodeStarted):
            called.append(event.node)
        if event.type == "node.failed":
            failed.append(event.fault.message)  # type: ignore[attr-defined]
    made = run.outputs.get("out")
    values = None if made is None else list(made.values) if made.many else made.values[0]
    return values, called, failed


def value_of(type_name: str, **inputs: Any) -> Any:
    return ran({"it": {"type": type_name, "inputs": inputs}})[0]


def failure_of(type_name: str, **inputs: Any) -> str:
    (message,) = ran({"it": {"type": type_name, "inputs": inputs}})[2]
    return message


@pytest.mark.parametrize("on", [True, False])
def test_a_switch_runs_only_the_branch_that_it_passes_on(on: bool) -> None:
    nodes = {
        "one": {"type": "Integer", "inputs": {"value": 1}},
        "two": {"type": "Integer", "inputs": {"value": 2}},
        "it": {"type": "Switch", "inputs": {"on": on, "yes": link("one.value"), "no": link("two.value")}},
    }
    value, called, _ = ran(nodes)
    assert value == (1 if on else 2)
    assert ("one" in called, "two" in called) == (on, not on)


def test_a_switch_passes_on_a_literal() -> None:
    assert value_of("Switch", on=False, yes="a", no="b") == "b"


@pytest.mark.parametrize(
    ("operation", "a", "b", "result"),
    [
        ("add", 2, 3, 5),
        ("subtract", 2, 3, -1),
        ("multiply", 2, 3, 6),
        ("divide", 3, 2, 1.5),
        ("remainder", -7, 3, 2),
        ("power", 2, 10, 1024),
        ("minimum", 2, 3, 2),
        ("maximum", 2, 3, 3),
        ("round", 2.5, 0, 2),
        ("floor", -1.5, 0, -2),
        ("ceiling", -1.5, 0, -1),
        ("absolute", -4, 0, 4),
    ],
)
def test_every_operation_calculates(operation: str, a: float, b: float, result: float) -> None:
    assert value_of("Math", a=a, operation=operation, b=b) == result


@pytest.mark.parametrize(
    ("operation", "a", "b"),
    [("divide", 1, 0), ("remainder", 1, 0), ("power", 0, -1), ("power", -8, 0.5), ("power", 10, 400), ("add", 1e16, 1)],
)
def test_what_has_no_result_is_said_in_a_sentence(operation: str, a: float, b: float) -> None:
    message = failure_of("Math", a=a, operation=operation, b=b)
    assert message.startswith(f"node 'it': {operation} of ")
    assert "Error" not in message


def test_a_whole_result_can_be_linked_where_a_whole_number_is_taken() -> None:
    nodes = {
        "sum": {"type": "Math", "inputs": {"a": 2.4, "b": 1.2}},
        "it": {"type": "SeedList", "inputs": {"count": link("sum.whole")}},
    }
    assert len(ran(nodes)[0]) == 4


def test_placeholders_take_texts_and_numbers() -> None:
    assert value_of("TextTemplate", template="{a} {b} {c} {d}", a="x", b=3, c=0.5, d=True) == "x 3 0.5 true"
    assert value_of("TextTemplate", template="{a}", a=4.0) == "4"


def test_braces_that_are_no_placeholder_stay() -> None:
    assert value_of("TextTemplate", template="{{a}} { } {1} {a|b} {a}", a="x") == "{a} { } {1} {a|b} x"


def test_a_value_is_put_in_as_it_is_and_never_read_as_a_template() -> None:
    assert value_of("TextTemplate", template="{a}", a="{b} {a.__class__} %s") == "{b} {a.__class__} %s"


@given(st.text(alphabet="{}ab. _!:[]0", max_size=12))
def test_no_template_ends_in_a_traceback(template: str) -> None:
    node = {"type": "TextTemplate", "inputs": {"template": template, "a": "x"}}
    try:
        value, _, failed = ran({"it": node})
    except AssertionError:  # refused by the check, in a sentence
        return
    assert isinstance(value, str)
    assert failed == []


def test_a_list_linked_to_a_placeholder_gives_a_text_for_each() -> None:
    nodes = {
        "words": {"type": "TextLines", "inputs": {"text": " red \n\n blue\n"}},
        "it": {"type": "TextTemplate", "inputs": {"template": "a {a} cube", "a": link("words.value")}},
    }
    assert ran(nodes)[0] == ["a red cube", "a blue cube"]


def test_a_picture_in_a_text_is_said_to_be_none() -> None:
    nodes = {"it": {"type": "TextTemplate", "inputs": {"template": "{a}", "a": [1, 2]}}}
    (message,) = ran(nodes)[2]
    assert "'a' is of type list" in message


def test_lists_are_joined_and_not_nested() -> None:
    nodes = {
        "two": {"type": "SeedList", "inputs": {"base": 5, "count": 2}},
        "it": {"type": "MakeList", "inputs": {"items": [1, link("two.value"), 9]}},
    }
    assert ran(nodes)[0] == [1, 5, 6, 9]


@pytest.mark.parametrize(("index", "item"), [(0, "a"), (2, "c"), (-1, "c"), (-3, "a")])
def test_an_item_is_counted_from_either_end(index: int, item: str) -> None:
    assert value_of("ListItem", items=["a", "b", "c"], index=index) == item


def test_an_item_beyond_the_list_is_said_in_a_sentence() -> None:
    assert "index' is 3, but the list has 3 items" in failure_of("ListItem", items=["a", "b", "c"], index=3)


def test_a_list_is_counted_and_a_value_repeated() -> None:
    assert value_of("ListLength", items=[1, 2, 3]) == 3
    assert value_of("ListLength", items=[]) == 0
    assert value_of("Repeat", value="x", count=3) == ["x", "x", "x"]


@pytest.mark.parametrize("value", ["a text", 3, 2.5, True])
def test_a_reroute_gives_what_it_is_given(value: Any) -> None:
    assert value_of("Reroute", value=value) == value


def test_a_reroute_keeps_the_type_of_what_it_carries() -> None:
    nodes = {
        "text": {"type": "Text", "inputs": {"value": "x"}},
        "bend": {"type": "Reroute", "inputs": {"value": link("text.value")}},
        "it": {"type": "Math", "inputs": {"a": link("bend.value")}},
    }
    document = {"format": "latentloom", "version": 1, "nodes": nodes, "outputs": {"out": link("it.value")}}
    graph = Checker(REGISTRY.types, REGISTRY.values).graph(load_workflow(json.dumps(document)))
    assert any(fault.node == "it" and fault.input == "a" for fault in graph.faults)


def test_seeds_count_up_and_wrap() -> None:
    assert value_of("SeedList", base=str(2**64 - 2), count=4) == [2**64 - 2, 2**64 - 1, 0, 1]


@given(st.integers(0, 2**64 - 1), st.integers(0, 50))
def test_random_seeds_follow_from_their_base_alone(base: int, count: int) -> None:
    seeds = value_of("SeedList", base=str(base), count=count, mode="random")
    assert seeds == value_of("SeedList", base=str(base), count=50, mode="random")[:count]
    assert all(0 <= seed < 2**64 for seed in seeds)
    assert len({seed % 2**32 for seed in seeds}) == count


def test_values_pass_on_what_they_are_given() -> None:
    for type_name, value in (("Integer", 7), ("Number", 0.5), ("Flag", False), ("Text", "a\nb")):
        assert value_of(type_name, value=value) == value
