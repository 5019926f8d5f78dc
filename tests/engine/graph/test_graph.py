import pytest
from trivial_nodes import checker, level, link, workflow

from engine.graph.faults import InvalidWorkflow


def messages(flow) -> list[str]:
    return [fault.message for fault in checker().graph(flow).faults]


def test_a_sound_workflow_has_no_faults():
    flow = workflow({"a": ("Add", {}), "b": ("Add", {"a": link("a.value")})}, {"out": "b.value"})
    assert messages(flow) == []


def test_an_unknown_input_is_refused_with_what_there_is():
    assert messages(workflow({"twice": ("Add", {"hieght": 3})})) == [
        "node 'twice': Add has no input 'hieght'; it has: a, b"
    ]


def test_all_faults_are_told_at_once_in_file_order_then_declared_order():
    flow = workflow(
        {"z": ("Add", {"b": "x", "a": 10**9}), "a": ("Nothing", {}), "m": ("Sum", {"items": link("q.value")})}
    )
    graph = checker().graph(flow)
    assert [(fault.node, fault.input, fault.code) for fault in graph.faults] == [
        ("z", "a", "bad_value"),
        ("z", "b", "bad_value"),
        ("a", None, "unknown_type"),
        ("m", "items", "bad_link"),
    ]


def test_a_missing_input_is_named_with_its_type():
    [text] = messages(workflow({"b": ("Blend", {"one": link("m.paint")}), "m": ("Mix", {})}))
    assert text == "node 'b': input 'other' of Blend needs a value or a link (Paint)"


def test_a_link_of_the_wrong_type_names_both_sides():
    [text] = messages(workflow({"s": ("Say", {}), "a": ("Add", {"a": link("s.value")})}))
    assert text == "node 'a': input 'a' takes Int, but 's.value' gives Text"


def test_only_int_widens_to_float():
    assert messages(workflow({"a": ("Add", {}), "s": ("Scale", {"x": link("a.value")})})) == []
    [text] = messages(workflow({"s": ("Scale", {}), "a": ("Add", {"a": link("s.value")})}))
    assert "takes Int, but 's.value' gives Float" in text


def test_a_dangling_link_says_what_there_is():
    [text] = messages(workflow({"a": ("Add", {}), "b": ("Add", {"a": link("aa.value")})}))
    assert text == "node 'b': input 'a': there is no node 'aa' here; there is: a, b"
    [text] = messages(workflow({"a": ("Add", {}), "b": ("Add", {"a": link("a.valu")})}))
    assert "Add 'a' has no output 'valu'; it has: value" in text


def test_a_cycle_is_told_as_a_path_and_refuses_every_run():
    flow = workflow(
        {"a": ("Add", {"a": link("b.value")}), "b": ("Add", {"a": link("a.value")}), "c": ("Add", {})},
        {"out": "c.value"},
    )
    graph = checker().graph(flow)
    assert [fault.code for fault in graph.faults] == ["cycle"]
    assert graph.faults[0].message == "these nodes wait for each other: a → b → a"
    assert graph.refusals(graph.targets().values())


def test_other_faults_refuse_a_run_only_where_its_targets_need_the_node():
    flow = workflow({"good": ("Add", {}), "bad": ("Add", {"a": "x"})}, {"good": "good.value", "bad": "bad.value"})
    graph = checker().graph(flow)
    assert graph.refusals(graph.targets(["good"]).values()) == ()
    assert [fault.node for fault in graph.refusals(graph.targets(["bad"]).values())] == ["bad"]


def test_targets_are_outputs_nodes_or_ports_and_else_a_fault():
    graph = checker().graph(workflow({"m": ("MinMax", {})}, {"out": "m.low"}))
    assert set(graph.targets(["out"])) == {"out"}
    assert set(graph.targets(["m"])) == {"m.low", "m.high"}
    assert graph.targets(["m.high"])["m.high"].port == 1
    with pytest.raises(InvalidWorkflow, match="there is no output or node 'x'; there is: m, out"):
        graph.targets(["x"])


def test_facts_refuse_what_cannot_go_together_in_a_sentence_that_names_both():
    nodes = {
        "red": ("Mix", {"space": "rgb"}),
        "ink": ("Mix", {"space": "cmyk"}),
        "b": ("Blend", {"one": link("red.paint"), "other": link("ink.paint")}),
    }
    graph = checker().graph(workflow(nodes))
    assert [(fault.node, fault.input, fault.message) for fault in graph.faults] == [
        ("b", "other", "node 'b': a colour in cmyk cannot be blended with one in rgb")
    ]


def test_a_type_variable_takes_the_type_of_its_first_link():
    nodes = {
        "a": ("Add", {}),
        "s": ("Say", {}),
        "w": ("Switch", {"yes": link("a.value"), "no": link("s.value")}),
    }
    [text] = messages(workflow(nodes))
    assert text == "node 'w': input 'no' takes Int (as its other inputs), but 's.value' gives Text"


def test_what_a_switch_gives_has_the_type_of_what_it_takes():
    nodes = {
        "w": ("Switch", {"yes": link("s.value"), "no": "plain"}),
        "s": ("Say", {}),
        "a": ("Add", {"a": link("w.value")}),
    }
    [text] = messages(workflow(nodes))
    assert "takes Int, but 'w.value' gives Text" in text


# Recipes


def recipe(flow, address: str = "n"):
    return checker().graph(flow).nodes[address].recipe


def test_a_recipe_knows_neither_ids_nor_whether_a_default_is_written():
    plain = workflow({"x": ("Add", {}), "n": ("Add", {"a": link("x.value")})})
    other = workflow({"n": ("Add", {"a": link("zz.value"), "b": 1}), "zz": ("Add", {"a": 0})})
    assert recipe(plain) == recipe(other)


def test_one_and_one_point_nought_are_one_number_in_a_recipe():
    assert recipe(workflow({"n": ("Scale", {"x": 1})})) == recipe(workflow({"n": ("Scale", {"x": 1.0})}))


@pytest.mark.parametrize("changed", [("Add", {"b": 2}), ("Half", {}), ("Add", {"a": 5})])
def test_a_recipe_changes_with_anything_upstream(changed):
    before = workflow({"x": ("Add", {}), "n": ("Half", {"a": link("x.value")})})
    after = workflow({"x": changed, "n": ("Half", {"a": link("x.value")})})
    assert recipe(before) != recipe(after)


def test_a_recipe_tells_the_ports_of_its_source_apart():
    low = workflow({"x": ("MinMax", {}), "n": ("Half", {"a": link("x.low")})})
    high = workflow({"x": ("MinMax", {}), "n": ("Half", {"a": link("x.high")})})
    assert recipe(low) != recipe(high)


def test_below_a_volatile_node_there_is_no_recipe():
    flow = workflow({"v": ("Noise", {}), "n": ("Half", {"a": link("v.value")})})
    assert recipe(flow) is None


def test_editing_one_node_leaves_the_others_as_they_were_checked():
    nodes = {f"n{i}": ("Add", {"a": link(f"n{i - 1}.value")} if i else {}) for i in range(6)}
    before = checker().graph(workflow(nodes))
    after = before.checker.graph(workflow({**nodes, "n4": ("Add", {"a": link("n3.value"), "b": 9})}), before)
    same = [address for address in nodes if after.nodes[address] is before.nodes[address]]
    assert same == ["n0", "n1", "n2", "n3"]
    fresh = checker().graph(after.workflow)
    assert [node.recipe for node in after.nodes.values()] == [node.recipe for node in fresh.nodes.values()]


def test_removing_a_source_is_a_fault_also_after_an_edit():
    nodes = {"a": ("Add", {}), "b": ("Add", {"a": link("a.value")})}
    before = checker().graph(workflow(nodes))
    after = before.checker.graph(workflow({"b": nodes["b"]}), before)
    assert [fault.code for fault in after.faults] == ["bad_link"]


# Modes


def test_a_bypassed_node_gives_its_first_linked_input_of_the_type():
    nodes = {
        "a": ("Add", {"a": 5}),
        "b": {"type": "Add", "mode": "bypass", "inputs": {"b": link("a.value")}},
        "c": ("Add", {"a": link("b.value")}),
    }
    graph = checker().graph(workflow(nodes))
    assert graph.faults == ()
    assert graph.nodes["c"].links["a"].address == "a"


def test_a_bypassed_node_with_nothing_to_give_is_a_fault():
    nodes = {"b": {"type": "Add", "mode": "bypass"}, "c": ("Add", {"a": link("b.value")})}
    [text] = messages(workflow(nodes))
    assert "'b' is bypassed, but has no linked input of type Int" in text


def test_a_link_to_a_muted_node_drops_from_a_list_and_leaves_a_default_alone():
    nodes = {
        "a": ("Add", {}),
        "m": {"type": "Add", "mode": "mute"},
        "s": ("Sum", {"items": [link("a.value"), link("m.value")]}),
        "d": ("Add", {"a": link("m.value")}),
    }
    graph = checker().graph(workflow(nodes))
    assert graph.faults == ()
    assert len(graph.nodes["s"].lists["items"]) == 1
    assert graph.nodes["d"].values["a"] == 0


def test_what_needs_a_muted_node_is_left_out_and_so_is_what_needs_that():
    nodes = {
        "m": {"type": "Mix", "mode": "mute"},
        "x": ("Mix", {}),
        "b": ("Blend", {"one": link("m.paint"), "other": link("x.paint")}),
        "c": ("Blend", {"one": link("b.paint"), "other": link("x.paint")}),
    }
    graph = checker().graph(workflow(nodes, {"out": "c.paint"}))
    assert graph.faults == ()
    assert graph.nodes["b"].muted
    assert graph.nodes["c"].muted
    assert graph.targets() == {}


# Sub-workflows

TWICE = ({"x": ("Add", {"b": 10}), "y": ("Add", {"a": link("x.value")})}, {"sum": "y.value"}, {"a": "x.a"})


def test_a_sub_workflow_is_laid_out_under_its_use():
    nodes = {"one": ("workflow:twice", {"a": 1}), "two": ("workflow:twice", {"a": link("one.sum"), "y.b": 5})}
    graph = checker().graph(workflow(nodes, {"out": "two.sum"}, workflows={"twice": TWICE}))
    assert graph.faults == ()
    assert list(graph.nodes) == ["one/x", "one/y", "two/x", "two/y"]
    assert graph.nodes["two/x"].links["a"].address == "one/y"
    assert graph.nodes["two/y"].values["b"] == 5
    assert graph.nodes["one/y"].values["b"] == 1


def test_two_uses_with_the_same_inputs_share_their_recipes():
    nodes = {"one": ("workflow:twice", {"a": 1}), "two": ("workflow:twice", {"a": 1})}
    graph = checker().graph(workflow(nodes, workflows={"twice": TWICE}))
    assert graph.nodes["one/y"].recipe == graph.nodes["two/y"].recipe


def test_a_sub_workflow_that_contains_itself_is_a_fault():
    inner = ({"again": ("workflow:loop", {})},)
    [text] = messages(workflow({"u": ("workflow:loop", {})}, workflows={"loop": inner}))
    assert "sub-workflow 'loop' in 'loop' contains itself" in text


def test_faults_inside_a_sub_workflow_name_the_inner_address():
    inner = ({"x": ("Add", {"a": "no"})},)
    graph = checker().graph(workflow({"u": ("workflow:bad", {})}, workflows={"bad": inner}))
    assert [fault.node for fault in graph.faults] == ["u/x"]


def test_an_override_of_an_inner_node_that_is_not_there_is_a_fault():
    [text] = messages(workflow({"u": ("workflow:twice", {"zz.b": 3})}, workflows={"twice": TWICE}))
    assert "'u/zz.b' is set, but there is no node 'u/zz'" in text


@pytest.mark.parametrize("mode", ["mute", "bypass"])
def test_what_is_said_to_a_use_that_is_left_out_waits_there_by_name_and_by_address_alike(mode):
    outer = ({"left": {"type": "workflow:twice", "mode": mode}, "x": ("Add", {})}, {}, {"a": "left.a"})
    levels = {"twice": TWICE, "outer": outer}
    for given in ({"a": 2}, {"left.a": 2}, {"left/x.a": 2}):
        assert messages(workflow({"u": ("workflow:outer", given)}, workflows=levels)) == []
    for address in ("left/zz.a", "left/x/deeper.a"):
        [text] = messages(workflow({"u": ("workflow:outer", {address: 2})}, workflows=levels))
        assert f"'u/{address}' is set, but there is no node 'u/{address.removesuffix('.a')}'" in text


def test_a_word_further_out_wins_over_a_nearer_one_further_in():
    middle = ({"use": ("workflow:twice", {"x.a": 7})}, {}, {"a": "use.a"})
    outer = ({"mid": ("workflow:middle", {"use/x.a": 8})}, {}, {"a": "mid.a"})
    levels = {"twice": TWICE, "middle": middle, "outer": outer}

    graph = checker().graph(
        workflow({"u": ("workflow:outer", {"a": 3}), "v": ("workflow:outer", {})}, workflows=levels)
    )

    assert graph.nodes["u/mid/use/x"].values["a"] == 3
    assert graph.nodes["v/mid/use/x"].values["a"] == 8


def test_an_unknown_type_of_a_pack_names_the_pack():
    [text] = messages(workflow({"u": ("shiny:Glow", {})}))
    assert text == "node 'u': type 'shiny:Glow' comes with pack 'shiny', which is not installed"


def test_deeply_nested_sub_workflows_need_no_deep_stack():
    nested = {f"w{i}": level({"u": (f"workflow:w{i + 1}", {})}, {"o": "u.o"}) for i in range(60)}
    nested["w60"] = level({"u": ("Add", {})}, {"o": "u.value"})
    flow = workflow({"top": ("workflow:w0", {})}, {"out": "top.o"})
    flow = type(flow).model_validate({**flow.model_dump(), "workflows": nested})
    graph = checker().graph(flow)
    assert graph.faults == ()
    assert graph.outputs["out"].address == "top/" + "u/" * 60 + "u"


def test_a_link_that_was_dropped_with_a_muted_source_comes_back_with_it():
    lost = {
        "m": {"type": "Mix", "mode": "mute"},
        "o": ("Mix", {}),
        "x": ("Blend", {"one": link("m.paint"), "other": link("o.paint")}),
        "k": ("Blend", {"one": link("x.paint"), "other": link("o.paint")}),
    }
    before = checker().graph(workflow(lost))
    back = workflow({**lost, "x": ("Mix", {})})
    after, fresh = checker().graph(back, before), checker().graph(back)
    assert before.nodes["k"].muted
    assert after.nodes["k"].sources == fresh.nodes["k"].sources == ("x", "o")
    assert after.nodes["k"].recipe == fresh.nodes["k"].recipe


def test_an_integer_beyond_what_a_key_holds_is_refused_in_words():
    [text] = messages(workflow({"a": ("Sum", {"items": [str(2**64)]})}))
    assert "18446744073709551616" in text


def test_sub_workflows_that_double_at_each_level_are_refused_not_expanded():
    bodies = {f"w{i}": ({"a": (f"workflow:w{i + 1}", {}), "b": (f"workflow:w{i + 1}", {})},) for i in range(40)}
    bodies["w40"] = ({},)
    graph = checker().graph(workflow({"u": ("workflow:w0", {})}, workflows=bodies))
    assert [fault.code for fault in graph.faults] == ["too_large"]
