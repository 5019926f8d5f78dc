"""A look at what outputs had in a run."""

import pytest
import pytest_asyncio
from workshop import flow, serving

from engine.store.errors import UnknownRun

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory):
    async with serving(tmp_path_factory.mktemp("home")) as (service, record):
        yield service, record


def sums(a=6):
    nodes = {
        "add": ("Add", {"a": a, "b": 0}),
        "use": ("workflow:halved", {"n": {"link": "add.value"}}),
        "count": ("Count", {"upto": 7}),
        "volatile": ("Shout", {}),
    }
    inner = {
        "nodes": {"half": {"type": "Half", "inputs": {"a": 0}}},
        "inputs": {"n": {"to": ["half.a"]}},
        "outputs": {"out": {"link": "half.value"}},
    }
    outputs = {"out": "use.out", "noise": "volatile.value"}
    return {**flow(nodes, outputs, title="watched"), "workflows": {"halved": inner}}


async def made(shop, workflow, **given):
    service, record = shop
    run = await service.submit(workflow, **given)
    await record.over(run.id)
    return run


async def test_values_of_nodes_uses_and_what_is_cached_are_told_and_what_is_not_there_says_why(shop):
    service, _ = shop
    run = await made(shop, sums())
    again = await made(shop, sums())
    ports = ["add.value", "use.out", "use/half.value", "count.value", "volatile.value", "nowhere.value"]
    for one in (run, again):
        told = await service.values(one.id, ports)
        assert told["add.value"] == {"type": "Int", "rows": [{"name": "", "kind": "value", "value": 6}]}
        assert told["use.out"] == told["use/half.value"]
        assert told["use.out"]["rows"][0]["value"] == 3
        assert "not made in this run" in told["count.value"]["why"]
        assert "runs every time" in told["volatile.value"]["why"]
        assert "nowhere" in told["nowhere.value"]["why"]
    assert (await service.run_json(again.id))["nodes"]["add"]["state"] == "cached"


async def test_each_run_has_its_own_values_as_it_was_given_them_and_as_it_was_frozen(shop):
    service, _ = shop
    first = await made(shop, sums(8))
    tokens = (await service.check(sums(8), frozen={"add": None}))["frozen"]
    second = await made(shop, sums(100), frozen=tokens)
    third = await made(shop, sums(8), inputs={"add.a": 20})
    told = [
        (await service.values(run.id, ["use.out"]))["use.out"]["rows"][0]["value"] for run in (first, second, third)
    ]
    assert told == [4, 4, 10]


async def test_a_list_tells_its_length_and_its_first_items(shop):
    service, _ = shop
    run = await made(shop, flow({"count": ("Count", {"upto": 6})}, {"out": "count.value"}, title="many"))
    told = (await service.values(run.id, ["count.value"]))["count.value"]
    assert told["type"] == "list[Int]"
    assert told["rows"][0] == {"name": "", "kind": "list", "length": 6}
    assert [(row["name"], row["value"]) for row in told["rows"][1:]] == [("[0]", 0), ("[1]", 1), ("[2]", 2), ("[3]", 3)]


async def test_values_are_told_while_another_run_has_the_device(shop, tmp_path):
    service, record = shop
    run = await made(shop, sums(12))
    gate = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"})
    waiting = await service.submit(gate)
    await record.until(lambda: record.told(waiting.id, "node.progress"))
    told = await service.values(run.id, ["add.value"])
    assert (await service.run(waiting.id)).status == "running"
    await service.cancel(waiting.id)
    await record.over(waiting.id)
    assert told["add.value"]["rows"][0]["value"] == 12


async def test_a_run_that_is_none_is_unknown(shop):
    with pytest.raises(UnknownRun):
        await shop[0].values("nothing", ["add.value"])
