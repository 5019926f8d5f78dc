import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trivial_nodes import Bench, calls, checker, link, no_cache, workflow

from engine.graph.faults import InvalidWorkflow
from engine.graph.node import Expand
from engine.graph.records import MISSING
from engine.run.cache import Claims, ResultCache
from engine.run.events import (
    NodeData,
    NodeFailed,
    NodeNotice,
    NodeProgress,
    NodeSkipped,
    NodeStarted,
    NodeSucceeded,
    OutputMade,
    RunEnded,
    RunPlanned,
)
from engine.run.expansion import expansion_graph
from engine.run.outcome import ABSENT


def chain(length, last=1):
    nodes = {f"n{i}": ("Add", {"a": link(f"n{i - 1}.value")} if i else {}) for i in range(length)}
    nodes[f"n{length - 1}"][1]["b"] = last
    return workflow(nodes, {"out": f"n{length - 1}.value"})


def test_a_chain_runs_in_order_and_gives_its_output():
    bench = Bench()
    assert bench.run(chain(4)) == {"out": 4}
    assert bench.started == ["n0", "n1", "n2", "n3"]
    assert bench.status == "succeeded"


def test_only_what_the_targets_need_runs():
    bench = Bench()
    flow = workflow({"a": ("Add", {}), "b": ("Fail", {})}, {"good": "a.value", "bad": "b.value"})
    assert bench.run(flow, "good") == {"good": 1}
    assert bench.started == ["a"]


def test_a_faulty_workflow_is_refused_before_anything_runs():
    with pytest.raises(InvalidWorkflow, match="node 'a': input 'a' is 'x'"):
        Bench().run(workflow({"a": ("Add", {"a": "x"})}, {"out": "a.value"}))
    assert calls == []


def test_nothing_changed_means_nothing_runs():
    bench = Bench()
    bench.run(chain(5))
    assert bench.run(chain(5)) == {"out": 5}
    assert calls == []
    assert [type(event) for event in bench.events] == [RunPlanned, OutputMade, RunEnded]
    assert bench.events[0].cached == ("n4",)


def test_a_changed_node_runs_and_what_it_feeds_and_nothing_else():
    bench = Bench()
    nodes = {
        "a": ("Add", {"a": 4}),
        "b": ("Add", {"a": link("a.value"), "b": 1}),
        "c": ("Add", {"a": link("b.value")}),
        "d": ("Add", {"a": link("a.value"), "b": 7}),
        "e": ("Sum", {"items": [link("c.value"), link("d.value")]}),
    }
    bench.run(workflow(nodes, {"out": "e.value"}))
    nodes["b"] = ("Add", {"a": link("a.value"), "b": 2})
    bench.run(workflow(nodes, {"out": "e.value"}))
    assert bench.started == ["b", "c", "e"]


def test_a_change_upstream_that_changes_nothing_is_cut_off():
    bench = Bench()
    bench.run(workflow({"h": ("Half", {"a": 4}), "n": ("Add", {"a": link("h.value")})}, {"out": "n.value"}))
    assert bench.run(workflow({"h": ("Half", {"a": 5}), "n": ("Add", {"a": link("h.value")})}, {"out": "n.value"})) == {
        "out": 3
    }
    assert bench.started == ["h"]
    assert [event.cached for event in bench.events if isinstance(event, NodeSucceeded)] == [False, True]


def test_a_volatile_node_runs_every_time_and_its_consumers_only_when_it_gives_something_new():
    bench = Bench()
    flow = workflow({"v": ("Noise", {}), "n": ("Add", {"a": link("v.value")})}, {"out": "n.value"})
    bench.run(flow)
    bench.run(flow)
    assert bench.started == ["v"]


def test_without_a_cache_everything_runs_every_time():
    bench = no_cache()
    bench.run(chain(3))
    assert bench.run(chain(3)) == {"out": 3}
    assert bench.started == ["n0", "n1", "n2"]


def test_several_outputs_of_a_node_travel_apart():
    flow = workflow(
        {"m": ("MinMax", {"a": 9, "b": 4}), "n": ("Add", {"a": link("m.high"), "b": link("m.low")})}, {"out": "n.value"}
    )
    assert Bench().run(flow) == {"out": 13}


# Failure


def test_a_failure_names_the_node_and_skips_what_depends_on_it():
    bench = Bench()
    flow = workflow(
        {"a": ("Add", {}), "f": ("Fail", {"a": link("a.value")}), "z": ("Add", {"a": link("f.value")})},
        {"out": "z.value"},
    )
    assert bench.run(flow) == {}
    [failed] = [event for event in bench.events if isinstance(event, NodeFailed)]
    assert failed.fault.message == "node 'f': ValueError: cannot do 1"
    assert [event.node for event in bench.events if isinstance(event, NodeSkipped)] == ["z"]
    assert bench.status == "failed"


def test_what_was_finished_before_a_failure_is_remembered_and_the_failure_is_not():
    bench = Bench()
    flow = workflow({"a": ("Add", {}), "f": ("Fail", {"a": link("a.value")})}, {"out": "f.value"})
    bench.run(flow)
    bench.run(flow)
    assert bench.started == ["f"]


def test_a_linked_value_out_of_bounds_is_refused_at_the_door():
    bench = Bench()
    bench.run(workflow({"a": ("Add", {"a": 90}), "s": ("Scale", {"by": link("a.value")})}, {"out": "s.value"}))
    [failed] = [event for event in bench.events if isinstance(event, NodeFailed)]
    assert (failed.fault.node, failed.fault.input) == ("s", "by")
    assert "Scale" not in calls


def test_an_int_that_is_linked_to_a_float_arrives_as_a_float():
    value = Bench().run(workflow({"a": ("Add", {}), "s": ("Scale", {"x": link("a.value")})}, {"out": "s.value"}))["out"]
    assert (value, type(value)) == (2.0, float)


def test_a_notice_is_told():
    bench = Bench()
    bench.run(workflow({"t": ("Tell", {})}, {"out": "t.value"}))
    assert [event.message for event in bench.events if isinstance(event, NodeNotice)] == ["a word"]


NOTICED = {
    "t": ("Tell", {"a": 7}),
    "b": ("Add", {"a": link("t.value")}),
    "w": ("Switch", {"on": True, "yes": link("b.value"), "no": 0}),
    "end": ("Sum", {"items": [link("w.value"), 1]}),
}


def notices(bench):
    return [(event.node, event.message, event.input) for event in bench.events if isinstance(event, NodeNotice)]


def test_what_was_told_is_told_again_when_nothing_runs():
    bench = Bench()
    flow = workflow(NOTICED, {"end": "end.value", "t": "t.value"})
    for _ in range(3):
        bench.run(flow)
        assert notices(bench) == [("t", "a word", "a")]
    assert calls == []


def test_what_was_told_behind_remembered_nodes_is_told_again():
    bench = Bench()
    for _ in range(2):
        bench.run(workflow(NOTICED, {"end": "end.value"}))
    assert calls == []
    assert notices(bench) == [("t", "a word", "a")]
    bench.run(workflow({**NOTICED, "end": ("Sum", {"items": [link("w.value"), 2]})}, {"end": "end.value"}))
    assert calls == ["Sum"]
    assert notices(bench) == [("t", "a word", "a")]
    bench.run(workflow(NOTICED, {"end": "end.value"}))
    assert notices(bench) == [("t", "a word", "a")]


def test_what_a_branch_told_is_not_told_again_when_the_other_is_taken():
    bench = Bench()
    other = {**NOTICED, "w": ("Switch", {"on": False, "yes": link("b.value"), "no": 0})}
    bench.run(workflow(NOTICED, {"end": "end.value"}))
    for _ in range(2):
        bench.run(workflow(other, {"end": "end.value"}))
        assert notices(bench) == []


def test_a_node_that_is_cut_off_tells_again_what_it_told():
    bench = Bench()
    for a in (4, 5):
        nodes = {"h": ("Half", {"a": a}), "t": ("Tell", {"a": link("h.value")})}
        bench.run(workflow(nodes, {"t": "t.value"}))
        assert notices(bench) == [("t", "a word", "a")]
    assert calls == ["Half"]


def test_a_list_tells_once_what_each_item_told():
    bench = Bench()
    nodes = {"c": ("Count", {"n": 2}), "t": ("Tell", {"a": link("c.value")}), "s": ("Sum", {"items": link("t.value")})}
    bench.run(workflow(nodes, {"s": "s.value"}))
    bench.run(workflow(nodes, {"s": "s.value"}))
    assert calls == []
    assert notices(bench) == [("t", "a word", "a")]


def shown(bench):
    return {event.node: event.data for event in bench.events if isinstance(event, NodeData)}


def test_what_a_node_showed_last_is_shown_again_with_its_result():
    bench = Bench()
    flow = workflow({"d": ("Drawn", {"a": 7})}, {"out": "d.value"})
    for _ in range(3):
        bench.run(flow)
        assert shown(bench) == {"d": {"rows": [7, 7, 7]}}
    assert calls == []
    for a in (14, 15):  # the same call by two recipes
        bench.run(workflow({"h": ("Half", {"a": a}), "e": ("Drawn", {"a": link("h.value")})}, {"out": "e.value"}))
        assert shown(bench) == {"e": {"rows": [7, 7, 7]}}
    assert calls == ["Half"]


def test_what_was_shown_behind_remembered_nodes_is_shown_again():
    bench = Bench()
    nodes = {"d": ("Drawn", {"a": 7}), "b": ("Add", {"a": link("d.value")}), "s": ("Sum", {"items": [link("b.value")]})}
    for _ in range(3):
        bench.run(workflow(nodes, {"out": "s.value"}))
        assert shown(bench) == {"d": {"rows": [7, 7, 7]}}
    assert calls == []


def test_a_list_shows_again_what_its_last_item_showed():
    bench = Bench()
    nodes = {"c": ("Count", {"n": 3}), "d": ("Drawn", {"a": link("c.value")}), "s": ("Sum", {"items": link("d.value")})}
    for _ in range(2):
        bench.run(workflow(nodes, {"out": "s.value"}))
        assert shown(bench) == {"d": {"rows": [2, 2, 2]}}
    assert calls == []


def test_what_a_node_shows_that_is_gone_keeps_nothing_from_being_remembered(monkeypatch):
    bench = Bench()
    flow = workflow({"d": ("Drawn", {"a": 7})}, {"out": "d.value"})
    bench.run(flow)
    get = bench.results.get
    monkeypatch.setattr(bench.results, "get", lambda digest: MISSING if type(get(digest)) is dict else get(digest))
    assert bench.run(flow) == {"out": 7}
    assert (calls, shown(bench)) == ([], {})


# Lists


def test_a_list_into_a_single_input_calls_the_node_once_an_item():
    bench = Bench()
    flow = workflow({"c": ("Count", {"n": 3}), "a": ("Add", {"a": link("c.value"), "b": 10})}, {"out": "a.value"})
    assert bench.run(flow) == {"out": [10, 11, 12]}
    assert [event.item for event in bench.events if isinstance(event, NodeStarted) and event.node == "a"] == [0, 1, 2]


def test_items_are_remembered_one_by_one():
    bench = Bench()

    def flow(n: int):
        return workflow({"c": ("Count", {"n": n}), "a": ("Add", {"a": link("c.value")})}, {"out": "a.value"})

    bench.run(flow(3))
    assert bench.run(flow(5)) == {"out": [1, 2, 3, 4, 5]}
    assert bench.started == ["c", "a", "a"]


def test_lists_of_one_length_zip_and_a_list_of_one_repeats():
    nodes = {
        "three": ("Count", {"n": 3}),
        "one": ("Count", {"n": 1}),
        "z": ("Add", {"a": link("three.value"), "b": link("three.value")}),
        "r": ("Add", {"a": link("three.value"), "b": link("one.value")}),
    }
    assert Bench().run(workflow(nodes, {"z": "z.value", "r": "r.value"})) == {"z": [0, 2, 4], "r": [0, 1, 2]}


def test_lists_of_different_lengths_are_a_fault_that_names_them():
    bench = Bench()
    nodes = {
        "x": ("Count", {"n": 2}),
        "y": ("Count", {"n": 3}),
        "z": ("Add", {"a": link("x.value"), "b": link("y.value")}),
    }
    bench.run(workflow(nodes, {"z": "z.value"}))
    [failed] = [event for event in bench.events if isinstance(event, NodeFailed)]
    assert "different lengths: a 2, b 3" in failed.fault.message


def test_an_empty_list_runs_no_times():
    bench = Bench()
    flow = workflow({"c": ("Count", {"n": 0}), "a": ("Add", {"a": link("c.value")})}, {"out": "a.value"})
    assert bench.run(flow) == {"out": []}
    assert bench.run(flow) == {"out": []}
    assert calls == []


def test_a_list_is_spliced_into_a_list_input_among_single_values():
    flow = workflow(
        {
            "c": ("Count", {"n": 3}),
            "a": ("Add", {"a": 5}),
            "s": ("Sum", {"items": [link("c.value"), link("a.value"), 100]}),
        },
        {"out": "s.value"},
    )
    assert Bench().run(flow) == {"out": 0 + 1 + 2 + 6 + 100}


# Lazy inputs


def switch(on, yes=1):
    nodes = {
        "y": ("Add", {"a": yes}),
        "n": ("Half", {"a": 50}),
        "w": ("Switch", {"on": on, "yes": link("y.value"), "no": link("n.value")}),
    }
    return workflow(nodes, {"out": "w.value"})


def test_a_switch_makes_only_the_branch_that_it_takes():
    bench = Bench()
    assert bench.run(switch(True)) == {"out": 2}
    assert bench.started == ["w", "y"]
    assert bench.run(switch(False)) == {"out": 25}
    assert bench.started == ["w", "n"]


def test_a_change_in_the_branch_not_taken_runs_nothing():
    bench = Bench()
    bench.run(switch(False))
    assert bench.run(switch(False, yes=99)) == {"out": 25}
    assert calls == []


def test_a_change_in_the_branch_taken_runs_that_branch():
    bench = Bench()
    bench.run(switch(True))
    assert bench.run(switch(True, yes=7)) == {"out": 8}
    assert calls == ["Add", "Switch"]


def test_a_chain_of_lazy_nodes_needs_no_deep_stack():
    nodes = {"w0": ("Add", {})}
    for i in range(1, 3000):
        nodes[f"w{i}"] = ("Switch", {"on": True, "yes": link(f"w{i - 1}.value"), "no": 0})
    assert sys.getrecursionlimit() < 3000
    assert Bench().run(workflow(nodes, {"out": "w2999.value"})) == {"out": 1}


def test_a_switch_over_a_list_gives_a_list():
    nodes = {"c": ("Count", {"n": 3}), "w": ("Switch", {"yes": link("c.value"), "no": 9})}
    assert Bench().run(workflow(nodes, {"out": "w.value"})) == {"out": [0, 1, 2]}


def branches(on, yes=3, no=5):
    nodes = {
        "y": ("Count", {"n": yes}),
        "n": ("Count", {"n": no}),
        "w": ("Switch", {"on": on, "yes": link("y.value"), "no": link("n.value")}),
    }
    return workflow(nodes, {"out": "w.value"})


@pytest.mark.parametrize(("on", "taken", "made"), [(True, "y", 3), (False, "n", 5)])
def test_a_switch_over_lists_makes_only_the_list_that_it_takes(on, taken, made):
    for bench in (Bench(), no_cache()):
        for _ in range(2):
            assert bench.run(branches(on)) == {"out": list(range(made))}
            assert set(bench.started) <= {"w", taken}
    assert bench.started == ["w", taken, *["w"] * (made - 1)]


def test_a_change_in_the_list_not_taken_runs_nothing():
    bench = Bench()
    bench.run(branches(False))

    assert bench.run(branches(False, yes=99)) == {"out": [0, 1, 2, 3, 4]}
    assert calls == []


def test_a_switch_that_takes_a_single_value_beside_a_list_gives_it_once():
    nodes = {"c": ("Count", {"n": 3}), "w": ("Switch", {"on": False, "yes": link("c.value"), "no": 9})}
    bench = Bench()

    assert bench.run(workflow(nodes, {"out": "w.value"})) == {"out": [9]}
    assert bench.started == ["w"]


def test_an_empty_list_that_a_switch_takes_gives_an_empty_list():
    for bench in (Bench(), no_cache()):
        for _ in range(2):
            assert bench.run(branches(True, yes=0)) == {"out": []}
            assert "n" not in bench.started


def test_a_list_of_choices_walks_both_lists_in_step():
    nodes = {
        "c": ("Count", {"n": 4}),
        "even": ("IsEven", {"a": link("c.value")}),
        "up": ("Add", {"a": link("c.value"), "b": 100}),
        "down": ("Add", {"a": link("c.value"), "b": -100}),
        "w": ("Switch", {"on": link("even.value"), "yes": link("up.value"), "no": link("down.value")}),
    }
    for bench in (Bench(), no_cache()):
        assert bench.run(workflow(nodes, {"out": "w.value"})) == {"out": [100, -99, 102, -97]}


def test_lists_that_do_not_fit_each_other_are_told_when_both_were_asked_for():
    nodes = {
        "c": ("Count", {"n": 3}),
        "even": ("IsEven", {"a": link("c.value")}),
        "yes": ("Count", {"n": 5}),
        "w": ("Switch", {"on": link("even.value"), "yes": link("yes.value"), "no": 1}),
    }
    bench = Bench()
    bench.run(workflow(nodes, {"out": "w.value"}))
    (failed,) = [event.fault for event in bench.events if isinstance(event, NodeFailed)]

    assert (failed.node, bench.status) == ("w", "failed")
    assert "on 3, yes 5" in failed.message


# Stop and cancel


def at_progress(bench, node, step, act):
    def on(event):
        if isinstance(event, NodeProgress) and (event.node, event.step) == (node, step):
            act()

    bench.on = on


LONG = {
    "l": ("Long", {"steps": 10}),
    "a": ("Add", {"a": link("l.value"), "b": 100}),
}


def test_stop_keeps_the_best_so_far_and_passes_it_on():
    bench = Bench()
    at_progress(bench, "l", 3, lambda: bench.control.stop())
    assert bench.run(workflow(LONG, {"out": "a.value"})) == {"out": 103}
    assert bench.status == "succeeded"
    assert bench.run_.outputs["out"].partial
    assert bench.events[-1].partial


def test_nothing_made_from_a_partial_value_is_remembered():
    bench = Bench()
    at_progress(bench, "l", 3, lambda: bench.control.stop())
    bench.run(workflow(LONG, {"out": "a.value"}))
    bench.on = lambda event: None
    assert bench.run(workflow(LONG, {"out": "a.value"})) == {"out": 110}
    assert calls == ["Long", "Add"]


def test_a_stopped_node_with_nothing_to_keep_is_skipped():
    bench = Bench()
    at_progress(bench, "s", 1, lambda: bench.control.stop())
    assert bench.run(workflow({"s": ("Stubborn", {})}, {"out": "s.value"})) == {}
    assert bench.status == "succeeded"
    assert bench.events[-1].partial


def test_after_a_stop_long_work_that_has_not_begun_is_left_out():
    bench = Bench()
    at_progress(bench, "l", 2, lambda: bench.control.stop())
    nodes = {**LONG, "m": ("Long", {"a": 1000}), "q": ("Add", {"a": 3})}
    flow = workflow(nodes, {"a_first": "a.value", "m": "m.value", "q": "q.value"})
    assert bench.run(flow) == {"a_first": 102, "q": 4}


def test_a_stopped_list_keeps_the_items_that_were_done():
    bench = Bench()
    nodes = {"c": ("Count", {"n": 5}), "l": ("Long", {"a": link("c.value"), "steps": 3})}

    def on(event):
        if isinstance(event, NodeProgress) and event.item == 2 and event.step == 1:
            bench.control.stop()

    bench.on = on
    assert bench.run(workflow(nodes, {"out": "l.value"})) == {"out": [3, 4, 3]}


def test_cancel_ends_the_run_between_steps_and_keeps_what_was_finished():
    bench = Bench()
    nodes = {"a": ("Add", {}), "l": ("Long", {"a": link("a.value"), "steps": 10})}
    at_progress(bench, "l", 2, lambda: bench.control.cancel())
    assert bench.run(workflow(nodes, {"out": "l.value"})) == {}
    assert bench.status == "cancelled"
    assert max(event.step for event in bench.events if isinstance(event, NodeProgress)) == 2
    bench.on = lambda event: None
    bench.run(workflow(nodes, {"out": "l.value"}))
    assert calls == ["Long"]


# Values: how long they live, and what happens when they are gone


def test_values_are_let_go_after_their_last_consumer():
    bench = no_cache()
    bench.run(chain(4))
    held = [name for name, outcome in bench.run_.outcomes.items() if outcome.ports[0].value is not ABSENT]
    assert held == ["n3"]


def test_a_remembered_value_that_is_gone_when_it_is_needed_is_made_again():
    bench = Bench()
    bench.run(chain(3))
    middle = bench.run_.outcomes["n1"].ports[0].digest
    results = bench.results
    real = results.get
    results.get = lambda digest: MISSING if digest == middle else real(digest)
    assert bench.run(chain(3, last=5)) == {"out": 7}
    assert bench.status == "succeeded"


def values_held(bench, address):
    return [made.value for made in bench.run_.outcomes[address].each() if made.value is not ABSENT]


def test_values_for_a_node_that_is_skipped_are_let_go_at_once():
    bench = no_cache()
    nodes = {
        "a": ("Add", {"a": 3}),
        "f": ("Fail", {}),
        "z": ("Sum", {"items": [link("a.value"), link("f.value")]}),
        "s": ("Stubborn", {"a": link("a.value")}),
    }
    held = {}

    def on(event):
        if isinstance(event, NodeSkipped | NodeFailed):
            held[event.node] = values_held(bench, "a")

    bench.on = on
    bench.run(workflow(nodes, {"z": "z.value"}))
    assert held == {"f": [3 + 1], "z": []}


def test_values_for_a_branch_that_a_stop_left_out_are_let_go_at_once():
    bench = no_cache()
    nodes = {
        "a": ("Add", {"a": 3}),
        "l": ("Long", {"a": link("a.value")}),
        "m": ("Long", {"a": link("a.value"), "steps": 2}),
        "z": ("Add", {"a": link("m.value")}),
    }
    at_progress(bench, "l", 1, lambda: bench.control.stop())
    before, held = bench.on, []

    def on(event):
        before(event)
        if isinstance(event, NodeSkipped):
            held.append((event.node, values_held(bench, "a")))

    bench.on = on
    bench.run(workflow(nodes, {"l": "l.value", "z": "z.value"}))
    assert held == [("m", []), ("z", [])]


def test_a_value_that_a_failed_run_wants_itself_is_not_let_go():
    bench = no_cache()
    nodes = {"a": ("Add", {"a": 3}), "f": ("Fail", {"a": link("a.value")})}
    assert bench.run(workflow(nodes, {"a": "a.value", "f": "f.value"})) == {"a": 4}


def test_a_lazy_branch_can_be_made_without_a_cache():
    nodes = {
        "x": ("Add", {"a": 1}),
        "h": ("Half", {"a": link("x.value")}),
        "w": ("Switch", {"on": True, "yes": link("x.value"), "no": link("h.value")}),
        "s": ("Sum", {"items": [link("h.value"), link("w.value")]}),
    }
    assert no_cache().run(workflow(nodes, {"out": "s.value"})) == {"out": 3}


# Expansion


def test_a_node_may_run_a_workflow_in_its_own_place():
    bench = Bench()
    assert bench.run(workflow({"t": ("Times", {"start": 5, "by": 2, "n": 4})}, {"out": "t.value"})) == {"out": 13}
    assert bench.started[:2] == ["t", "t/add"]


def test_a_node_may_run_a_workflow_in_its_own_place_without_a_cache():
    assert no_cache().run(workflow({"t": ("Times", {"start": 5, "by": 2, "n": 4})}, {"out": "t.value"})) == {"out": 13}


def test_what_an_expansion_made_is_remembered_by_what_it_was_given():
    bench = Bench()
    bench.run(workflow({"t": ("Times", {"n": 3})}, {"out": "t.value"}))
    bench.run(workflow({"t": ("Times", {"n": 5})}, {"out": "t.value"}))
    assert calls.count("Add") == 2


# Outputs


def test_output_nodes_are_outputs_under_their_address_and_are_remembered_too():
    bench = Bench()
    flow = workflow({"a": ("Add", {}), "s": ("Show", {"value": link("a.value"), "name": "sum"})})
    made = bench.run(flow)
    assert (made["s"].value, made["s"].name) == (1, "sum")
    assert bench.run(flow) == made
    assert calls == []


def test_an_output_node_inside_a_sub_workflow_is_an_output_under_its_inner_address():
    inner = ({"s": ("Show", {"value": 3})},)
    assert list(Bench().run(workflow({"u": ("workflow:w", {})}, workflows={"w": inner}))) == ["u/s"]


def test_inner_addresses_stand_in_the_events():
    inner = ({"x": ("Add", {}), "y": ("Add", {"a": link("x.value")})}, {"o": "y.value"})
    bench = Bench()
    bench.run(workflow({"u": ("workflow:w", {})}, {"out": "u.o"}, workflows={"w": inner}))
    assert bench.started == ["u/x", "u/y"]


def test_an_output_is_told_as_soon_as_it_is_there_and_once():
    bench = Bench()
    nodes = {"a": ("Add", {}), "b": ("Add", {"a": link("a.value")}), "c": ("Add", {"a": link("b.value")})}
    flow = workflow(nodes, {"late": "c.value", "soon": "a.value", "again": "a.value"})
    for expected in (["late", "soon", "again"], ["soon", "again", "late"]):
        told = {}

        def on(event, told=told):
            if isinstance(event, OutputMade):
                told[event.output.name] = bench.started.count("c")

        bench.on = on
        values = bench.run(flow, *expected)
        assert values == {"late": 3, "soon": 1, "again": 1}
        assert list(values) == expected
        assert sorted(told) == ["again", "late", "soon"]
        if calls:
            assert told == {"soon": 0, "again": 0, "late": 1}


def test_a_cancelled_run_has_the_outputs_that_were_there():
    bench = no_cache()
    nodes = {"a": ("Add", {}), "l": ("Long", {"a": link("a.value")})}
    at_progress(bench, "l", 2, lambda: bench.control.cancel())
    assert bench.run(workflow(nodes, {"a": "a.value", "l": "l.value"})) == {"a": 1}
    assert bench.status == "cancelled"


# Laws over random graphs


@st.composite
def dags(draw):
    count = draw(st.integers(1, 12))
    nodes = {}
    for i in range(count):
        source = st.integers(0, i - 1).map(lambda j: link(f"n{j}.value")) if i else st.integers(-5, 5)
        value = st.one_of(st.integers(-5, 5), source) if i else st.integers(-5, 5)
        kind = draw(st.sampled_from(["Add", "Half", "Switch"]))
        if kind == "Switch":
            inputs = {"on": draw(st.booleans()), "yes": draw(value), "no": draw(value)}
        else:
            inputs = {"a": draw(value), **({"b": draw(value)} if kind == "Add" else {})}
        nodes[f"n{i}"] = (kind, inputs)
    return nodes


def by_hand(nodes):
    values = {}

    def read(value):
        return values[value["link"].split(".")[0]] if isinstance(value, dict) else value

    for name, (kind, inputs) in nodes.items():
        if kind == "Add":
            values[name] = read(inputs["a"]) + read(inputs["b"])
        elif kind == "Half":
            values[name] = read(inputs["a"]) // 2
        else:
            values[name] = read(inputs["yes" if inputs["on"] else "no"])
    return values


@given(dags(), dags())
def test_any_graph_gives_what_it_gives_by_hand_with_and_without_what_was_remembered(first, second):
    bench = Bench()
    for nodes in (first, second, first):
        outputs = {name: f"{name}.value" for name in nodes}
        expected = by_hand(nodes)
        assert bench.run(workflow(nodes, outputs)) == expected
        assert no_cache().run(workflow(nodes, outputs)) == expected


@given(dags())
def test_a_cache_too_small_for_anything_changes_no_result(nodes):
    bench = Bench(ResultCache(ram_bytes=100, disk=None))
    outputs = {name: f"{name}.value" for name in nodes}
    for _ in range(2):
        assert bench.run(workflow(nodes, outputs)) == by_hand(nodes)


@given(dags(), st.data())
def test_a_graph_made_from_the_one_before_equals_one_made_anew(nodes, data):
    before = checker().graph(workflow(nodes))
    name = data.draw(st.sampled_from(sorted(nodes)))
    kind, inputs = nodes[name]
    edited = {**nodes, name: (kind, {**inputs, **({"a": 3} if "a" in inputs else {"on": not inputs["on"]})})}
    after = checker().graph(workflow(edited), before)
    fresh = checker().graph(workflow(edited))
    assert [(n.address, n.recipe, n.faults) for n in after.nodes.values()] == [
        (n.address, n.recipe, n.faults) for n in fresh.nodes.values()
    ]


# What a hostile reader found


def test_two_nodes_of_one_key_do_not_wait_for_each_other():
    nodes = {
        "n": ("Add", {"a": 4, "b": 0}),
        "s": ("Add", {"a": link("n.value"), "b": 0}),
        "first": ("Show", {"value": link("s.value")}),
        "x": ("Add", {"a": link("s.value"), "b": 0}),
        "w": ("Switch", {"yes": link("x.value"), "no": 0}),
        "zlast": ("Show", {"value": link("w.value")}),
    }
    bench = no_cache()
    bench.machine.claims = Claims()
    assert bench.run(workflow(nodes))["zlast"].value == 4


def test_a_volatile_node_runs_once_in_a_run_even_when_a_lazy_branch_wants_it_late():
    nodes = {
        "v": ("Noise", {}),
        "a": ("Add", {"a": link("v.value")}),
        "b": ("Half", {"a": link("v.value")}),
        "w": ("Switch", {"yes": link("b.value"), "no": 0}),
    }
    bench = no_cache()
    bench.run(workflow(nodes, {"a": "a.value", "w": "w.value"}))
    assert bench.started.count("v") == 1


def test_a_node_that_was_called_for_no_item_was_not_remembered():
    bench = Bench()
    bench.run(workflow({"c": ("Count", {"n": 0}), "a": ("Add", {"a": link("c.value")})}, {"out": "a.value"}))
    assert not any(event.cached for event in bench.events if isinstance(event, NodeSucceeded))


def test_an_expansion_tells_a_value_from_a_list_of_it():
    body = workflow({"add": ("Add", {})}, outputs={"sum": "add.value"}, inputs={"a": "add.a"})
    recipes = [
        expansion_graph(checker(), Expand(body, {"a": value}), "n")[0].nodes["n/add"].recipe for value in (4, [4])
    ]
    assert recipes[0] != recipes[1]
