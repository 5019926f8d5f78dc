"""Frozen nodes, from the check that freezes them to the picture that says so."""

import json

import pytest
import pytest_asyncio
from workshop import flow, serving

from engine.graph.faults import InvalidWorkflow
from engine.store.pictures import read_workflow

pytestmark = pytest.mark.asyncio(loop_scope="module")


def sums(a=1, b=100, title="sums"):
    nodes = {
        "first": ("Add", {"a": a, "b": 0}),
        "half": ("Half", {"a": {"link": "first.value"}}),
        "last": ("Add", {"a": {"link": "half.value"}, "b": b}),
    }
    return flow(nodes, {"out": "last.value"}, {"a": "first.a"}, title=title)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory):
    async with serving(tmp_path_factory.mktemp("home")) as (service, record):
        yield service, record


async def made(shop, workflow, **given):
    """A run of it, when it is over, with all that there is to say of it."""
    service, record = shop
    run = await service.submit(workflow, **given)
    await record.over(run.id)
    return await service.run_json(run.id)


async def frozen(shop, workflow, *addresses):
    service, _ = shop
    return (await service.check(workflow, frozen=dict.fromkeys(addresses)))["frozen"]


async def test_what_a_node_gave_is_used_in_later_runs_and_the_check_says_what_does_not_run(shop):
    service, _ = shop
    await made(shop, sums(a=8))
    tokens = await frozen(shop, sums(a=9, b=1), "half")
    edited = sums(a=50, b=1)
    told = await service.check(edited, frozen=tokens)
    done = await made(shop, edited, frozen=tokens)

    assert {address: (entry["state"], entry["why"]) for address, entry in told["plan"].items()} == {
        "first": ("cached", "not needed while 'half' is frozen"),
        "half": ("cached", "frozen"),
        "last": ("stale", "b 100 → 1"),
    }
    assert [told["plan"][address].get("needed", True) for address in ("first", "half", "last")] == [False, True, True]
    assert [told["plan"][address].get("frozen") for address in ("first", "half", "last")] == [None, ["half"], ["half"]]
    assert done["outputs"]["out"] == [{"value": 5}]
    assert {address: node["state"] for address, node in done["nodes"].items()} == {
        "first": "skipped",
        "half": "cached",
        "last": "ran",
    }
    assert done["frozen"] == tokens
    assert done["made_with"]["frozen"] == {"half": tokens["half"].partition(":")[0]}


async def test_a_run_of_the_same_without_it_gives_what_the_file_means(shop):
    await made(shop, sums(a=8, title="free"))
    tokens = await frozen(shop, sums(a=8, title="free"), "half")
    held = await made(shop, sums(a=20, title="free"), frozen=tokens)
    free = await made(shop, sums(a=20, title="free"))
    assert (held["outputs"]["out"], free["outputs"]["out"]) == ([{"value": 104}], [{"value": 110}])
    assert free["frozen"] == {}
    assert "frozen" not in free["made_with"]


async def test_a_sweep_and_a_retry_have_the_same_frozen(shop):
    service, record = shop
    await made(shop, sums(a=8, title="swept"))
    tokens = await frozen(shop, sums(a=8, title="swept"), "half")
    sweep = await service.sweep(sums(title="swept"), {"last.b": [1, 2]}, frozen=tokens)
    for id in sweep.runs:
        await record.over(id)
    again = await service.retry(sweep.runs[1])
    await record.over(again.id)
    given = [(await service.run(id)).outputs["out"][0]["value"] for id in (*sweep.runs, again.id)]
    assert given == [5, 6, 6]


async def test_what_was_frozen_in_the_run_before_can_be_frozen_on_and_below(shop):
    await made(shop, sums(a=8, title="on"))
    half = await frozen(shop, sums(a=8, title="on"), "half")
    await made(shop, sums(a=30, title="on"), frozen=half)
    both = await frozen(shop, sums(a=40, title="on"), "half", "last")
    assert both["half"] == half["half"]
    done = await made(shop, sums(a=40, b=7, title="on"), frozen={"last": both["last"]})
    assert done["outputs"]["out"] == [{"value": 104}]


async def test_a_node_that_gave_nothing_yet_or_is_never_remembered_can_not_be_frozen_and_says_why(shop):
    service, _ = shop
    noise = flow({"v": ("Shout", {}), "n": ("Add", {"a": {"link": "v.value"}})}, {"out": "n.value"}, title="noise")
    unrun = await service.check(sums(a=12345, title="unrun"), frozen={"half": None})
    volatile = await service.check(noise, frozen={"n": None})
    assert unrun["frozen"] == volatile["frozen"] == {}
    assert [fault["code"] for fault in (*unrun["faults"], *volatile["faults"])] == ["not_frozen", "not_frozen"]
    assert "run it first" in unrun["faults"][0]["message"]
    assert "runs every time" in volatile["faults"][0]["message"]


async def test_a_value_that_is_not_remembered_is_told_by_the_check_and_fails_the_run(shop):
    service, _ = shop
    gone = {"half": f"{'0' * 32}:Int"}
    told = await service.check(sums(title="gone"), frozen=gone)
    done = await made(shop, sums(title="gone"), frozen=gone)
    assert told["faults"] == []
    assert [(notice["code"], notice["node"]) for notice in told["notices"]] == [("frozen_gone", "half")]
    assert told["plan"]["half"]["state"] == "new"
    assert done["status"] == "failed"
    assert [(fault["code"], fault["node"]) for fault in done["faults"]] == [("frozen_gone", "half")]


async def test_a_frozen_address_without_a_node_is_told_and_a_token_that_is_none_refused(shop):
    service, _ = shop
    told = await service.check(sums(), frozen={"nowhere": f"{'0' * 32}:Int"})
    assert [(notice["code"], notice["node"]) for notice in told["notices"]] == [("frozen_nothing", "nowhere")]
    with pytest.raises(InvalidWorkflow, match="frozen at something that is no result"):
        await service.submit(sums(), frozen={"half": "nonsense"})


async def test_a_picture_of_such_a_run_says_so_and_what_was_frozen_outlives_the_worker(tmp_path):
    def painted(red, grey):
        nodes = {"paint": ("Paint", {"red": red}), "flat": ("Darken", {"swatch": {"link": "paint.swatch"}, "by": grey})}
        return flow(nodes, {"image": "flat.swatch"}, title="painted")

    async with serving(tmp_path) as (service, record):
        shop = (service, record)
        await made(shop, painted(0.25, 0.0))
        tokens = await frozen(shop, painted(0.25, 0.0), "paint")
        first = await made(shop, painted(0.75, 0.0), frozen=tokens)
        await service.reload()
        second = await made(shop, painted(0.75, 0.5), frozen=tokens)

    (entry,) = first["outputs"]["image"]
    picture = tmp_path / "assets" / entry["sha256"][:2] / f"{entry['sha256']}.png"
    inside = json.loads(read_workflow(picture) or "")
    assert inside["made_with"]["frozen"] == {"paint": tokens["paint"].partition(":")[0]}
    assert inside["nodes"]["paint"]["inputs"]["red"] == 0.75
    assert second["status"] == "succeeded"
