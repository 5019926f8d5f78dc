"""Runs, sweeps and the queue over HTTP, with the client that programs use."""

import asyncio
import contextlib
import io
import json

import pytest
from PIL import Image
from workshop import flow

from engine.store.pictures import read_workflow
from web.client import Client, ServerError
from web.wire import Checked, Health, OpenedDoc, RunDoc, RunsPage, RunWhole

PAINT = flow({"paint": ("Paint", {"red": 0.5})}, {"image": "paint.swatch"}, {"seed": "paint.seed", "red": "paint.red"})
SUM = flow({"add": ("Add", {"a": 1, "b": 2})}, {"out": "add.value"}, {"a": "add.a"}, title="Sum")


def gate(path, **given):
    return flow({"gate": ("Gate", {"opens": str(path), **given})}, {"out": "gate.value"}, title="Gate")


@pytest.fixture
async def loom(port):
    async with Client(f"http://127.0.0.1:{port}") as loom:
        yield loom
        await loom.call("POST", "/api/queue/resume")
        await loom.call("POST", "/api/queue/clear")
        for run in (await loom.call("GET", "/api/runs?status=running"))["runs"]:
            with contextlib.suppress(ServerError):  # it may have ended since
                await loom.call("POST", f"/api/runs/{run['id']}/cancel")
            await loom.wait(run["id"])


async def refusal(coroutine) -> ServerError:
    with pytest.raises(ServerError) as refused:
        await coroutine
    return refused.value


async def test_a_picture_is_made_watched_and_fetched(loom):
    seen: list[dict] = []
    run = await loom.run(PAINT, {"seed": 7}, watch=seen.append)
    assert (run["status"], run["faults"], run["seeds"]) == ("succeeded", [], {"paint.seed": 7})
    ((name, data),) = await loom.pictures(run)
    assert name == "image.png"
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (run["outputs"]["image"][0]["width"], run["outputs"]["image"][0]["height"])
    assert json.loads(read_workflow(data) or "")["nodes"]["paint"]["inputs"]["seed"] == 7
    states = [event for event in seen if "seq" in event]
    assert [event["type"] for event in states if event["type"].startswith("run")][-1] == "run.succeeded"
    assert [event["seq"] for event in states] == sorted(event["seq"] for event in states)
    gallery = await loom.call("GET", "/api/assets", params={"kind": "result"})
    assert gallery["assets"][0]["run"] == run["id"]


async def test_answers_are_what_the_description_says(loom):
    run = await loom.run(PAINT)
    page = RunsPage.model_validate(await loom.call("GET", "/api/runs"))
    assert page.runs[0] == RunDoc.model_validate(page.runs[0].model_dump())
    assert RunWhole.model_validate(run).workflow["format"] == "latentloom"
    Health.model_validate(await loom.call("GET", "/api/health"))
    checked = Checked.model_validate(
        await loom.call("POST", "/api/check", json={"workflow": PAINT, "since": run["id"]})
    )
    assert checked.faults == []
    assert set(checked.plan) == {"paint"}
    opened = await loom.call("POST", "/api/open", data=json.dumps(PAINT), headers={"Content-Type": "application/json"})
    assert OpenedDoc.model_validate(opened).workflow["nodes"].keys() == {"paint"}


async def test_a_picture_is_opened_as_the_workflow_that_made_it(loom):
    ((_, data),) = await loom.pictures(await loom.run(PAINT, {"seed": 3}))
    opened = await loom.call("POST", "/api/open", data=data, headers={"Content-Type": "image/png"})
    assert opened["workflow"]["nodes"]["paint"]["inputs"]["seed"] == 3


async def test_a_wrong_workflow_is_refused_with_the_node_and_the_input_at_fault(loom):
    wrong = flow({"add": ("Add", {"hieght": 1})}, {"out": "add.value"})
    error = await refusal(loom.submit(wrong))
    assert (error.status, error.code) == (422, "invalid_workflow")
    assert [(fault["node"], fault["input"]) for fault in error.faults] == [("add", "hieght")]
    assert (await refusal(loom.submit(SUM, {"none": 1}))).status == 422
    assert (await refusal(loom.submit(SUM, targets=["none"]))).status == 422


async def test_the_same_key_is_the_same_run_and_with_another_body_a_conflict(loom):
    first = await loom.submit(SUM, key="mine")
    assert (await loom.submit(SUM, key="mine"))["id"] == first["id"]
    error = await refusal(loom.submit(SUM, {"a": 5}, key="mine"))
    assert (error.status, error.code) == (409, "key_conflict")


async def test_a_sweep_is_one_request_and_its_runs_are_listed_by_page(loom):
    sweep = await loom.sweep(SUM, {"a": range(7)})
    assert len(sweep["runs"]) == 7
    for run in sweep["runs"]:
        assert (await loom.wait(run))["status"] == "succeeded"
    listed, before = [], {}
    while True:
        page = await loom.call("GET", "/api/runs", params={"sweep": sweep["id"], "limit": "3", **before})
        listed += [run["id"] for run in page["runs"]]
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    assert listed == sweep["runs"][::-1]
    assert (await refusal(loom.sweep(SUM, {"a": [1, "x"]}))).status == 422


async def test_a_program_freezes_a_node_and_its_runs_and_sweeps_use_what_it_gave(loom):
    def sums(a: int, b: int) -> dict:
        nodes = {
            "add": ("Add", {"a": a, "b": 2}),
            "half": ("Half", {"a": {"link": "add.value"}}),
            "last": ("Add", {"a": {"link": "half.value"}, "b": b}),
        }
        return flow(nodes, {"out": "last.value"}, {"b": "last.b"}, title="Frozen by a program")

    first = await loom.run(sums(6, 0))
    frozen = (await loom.check(sums(80, 0), frozen={"half": None}, since=first["id"]))["frozen"]
    assert frozen.keys() == {"half"}

    told = await loom.check(sums(80, 1), frozen=frozen, since=first["id"])
    states = {address: entry["state"] for address, entry in told["plan"].items()}
    assert states == {"add": "cached", "half": "cached", "last": "stale"}
    run = await loom.run(sums(80, 1), {"b": 5}, frozen=frozen)
    assert run["outputs"]["out"] == [{"value": 9}]
    assert list(run["made_with"]["frozen"]) == ["half"]
    sweep = await loom.sweep(sums(80, 1), {"b": [10, 20]}, frozen=frozen)
    assert [(await loom.wait(run))["outputs"]["out"] for run in sweep["runs"]] == [[{"value": 14}], [{"value": 24}]]
    assert (await loom.run(sums(80, 1)))["outputs"]["out"] == [{"value": 42}]


async def test_the_queue_is_paused_reordered_cleared_and_resumed(loom):
    assert (await loom.call("POST", "/api/queue/pause"))["queue"]["paused"] is True
    first, second, third = [(await loom.submit(SUM, {"a": number}))["id"] for number in (1, 2, 3)]
    assert (await loom.call("GET", "/api/health"))["queue"]["queued"] == 3
    await loom.call("POST", f"/api/runs/{third}/move", json={"place": 0})
    assert (await loom.call("POST", f"/api/runs/{second}/cancel"))["status"] == "cancelled"
    assert (await refusal(loom.call("POST", f"/api/runs/{second}/move", json={"place": 0}))).status == 409
    await loom.call("POST", "/api/queue/resume")
    done = [await loom.wait(run) for run in (first, third)]
    assert done[1]["started"] <= done[0]["started"]
    await loom.call("POST", "/api/queue/pause")
    await loom.submit(SUM)
    assert (await loom.call("POST", "/api/queue/clear"))["cleared"] == 1


async def test_a_run_under_way_is_stopped_with_its_best_so_far_or_cancelled(loom, tmp_path):
    stopped, cancelled = [(await loom.submit(gate(tmp_path / "never", a=number)))["id"] for number in (1, 2)]

    async def at_work(run):
        async for event in loom.events(0):
            if event["type"] == "node.started" and event["run"] == run:
                return

    await asyncio.wait_for(at_work(stopped), 60)
    assert (await refusal(loom.call("DELETE", f"/api/runs/{stopped}"))).status == 409
    await loom.call("POST", f"/api/runs/{stopped}/stop")
    whole = await loom.wait(stopped)
    assert (whole["status"], whole["partial"]) == ("succeeded", True)
    await asyncio.wait_for(at_work(cancelled), 60)
    await loom.call("POST", f"/api/runs/{cancelled}/cancel")
    assert (await loom.wait(cancelled))["status"] == "cancelled"
    assert (await refusal(loom.call("POST", f"/api/runs/{cancelled}/stop"))).status == 409


async def test_a_run_that_failed_says_why_and_runs_again_as_a_new_one(loom, tmp_path):
    path = tmp_path / "there"
    failing = flow({"die": ("Die", {"unless": str(path)})}, {"out": "die.value"})
    run = await loom.run(failing)
    assert run["status"] in ("failed", "interrupted")
    path.touch()
    again = await loom.call("POST", f"/api/runs/{run['id']}/retry")
    assert again["retry_of"] == run["id"]
    assert (await loom.wait(again["id"]))["status"] == "succeeded"
    await loom.call("DELETE", f"/api/runs/{run['id']}")
    assert (await refusal(loom.call("GET", f"/api/runs/{run['id']}"))).status == 404


async def test_an_upload_is_an_input_of_a_workflow(loom):
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "PNG")
    named = await loom.upload(buffer.getvalue(), "cat.png")
    assert named["asset"] == "cat.png"
    assert await loom.fetch(f"/api/assets/{named['sha256']}.png") == buffer.getvalue()


async def test_what_there_is_none_of_is_not_found(loom):
    for method, path in [
        ("GET", "/api/runs/none"),
        ("POST", "/api/runs/none/cancel"),
        ("POST", "/api/runs/none/stop"),
        ("POST", "/api/runs/none/retry"),
        ("DELETE", "/api/runs/none"),
        ("GET", "/api/runs?before=none"),
        ("POST", "/api/models/none/unload"),
        ("GET", "/api/packs/none/views/a.js"),
        ("GET", "/api/previews/none"),
    ]:
        assert (await refusal(loom.call(method, path))).status == 404, path


async def test_nodes_are_read_again_and_the_queue_stays(loom):
    await loom.call("POST", "/api/queue/pause")
    run = await loom.submit(SUM, {"a": 40})
    await loom.call("POST", "/api/nodes/reload")
    assert (await loom.call("GET", f"/api/runs/{run['id']}"))["status"] == "queued"
    await loom.call("POST", "/api/queue/resume")
    assert (await loom.wait(run["id"]))["status"] == "succeeded"
    assert "Add" in (await loom.call("GET", "/api/nodes"))["nodes"]
