import json

import pytest
from workshop import flow, serving

from engine.graph.faults import InvalidWorkflow
from engine.store.errors import Conflict, KeyConflict
from engine.store.pictures import read_workflow

PAINT = flow(
    {"paint": ("Paint", {"red": 0.5}), "save": ("Save", {"swatch": {"link": "paint.swatch"}})},
    {"image": "paint.swatch"},
    {"seed": "paint.seed", "red": "paint.red"},
)
SUM = flow({"add": ("Add", {"a": 1, "b": 2}), "half": ("Half", {"a": {"link": "add.value"}})}, {"out": "half.value"})


async def test_a_run_is_carried_out_and_what_it_made_lies_among_the_assets(tmp_path):
    async with serving(tmp_path) as (service, record):
        run = await service.submit(PAINT, inputs={"seed": 7})
        assert await record.over(run.id) == "run.succeeded"
        done = await service.run_json(run.id)

        (entry,) = done["outputs"]["image"]
        asset = next(one for one in service.gallery.page() if one.output == "image")
        kept = tmp_path / "assets" / entry["sha256"][:2] / f"{entry['sha256']}.png"

    assert (entry["asset"], entry["width"], entry["type"]) == ("image.png", 8, "Swatch")
    assert done["outputs"]["save"][0]["asset"] == "save.png"
    assert asset.run == run.id
    inside = json.loads(read_workflow(kept) or "")
    assert inside["nodes"]["paint"]["inputs"]["seed"] == done["workflow"]["nodes"]["paint"]["inputs"]["seed"] == 7
    assert done["seeds"] == {"paint.seed": 7}
    assert done["made_with"]["latentloom"]
    assert {address: node["state"] for address, node in done["nodes"].items()} == {"paint": "ran", "save": "ran"}


async def test_states_come_numbered_in_order_and_can_be_asked_for_again(tmp_path):
    async with serving(tmp_path) as (service, record):
        run = await service.submit(SUM)
        await record.over(run.id)
        again = await service.events.since(0)

    assert [state.text for state in record.seen] == [state.text for state in again]
    assert [state.seq for state in again] == list(range(1, len(again) + 1))
    assert record.types(run.id) == [
        *("run.queued", "run.started", "run.planned"),
        *("node.started", "node.succeeded") * 2,
        "run.succeeded",
    ]


async def test_a_wrong_workflow_is_refused_with_the_node_at_fault_and_nothing_is_queued(tmp_path):
    wrong = flow({"add": ("Add", {"a": 10**9})}, {"out": "add.value"})
    async with serving(tmp_path) as (service, _):
        with pytest.raises(InvalidWorkflow) as refused:
            await service.submit(wrong)
        with pytest.raises(InvalidWorkflow) as unreadable:
            await service.submit(b"{")

        assert await service.runs() == []
    assert [(fault.node, fault.input) for fault in refused.value.faults] == [("add", "a")]
    assert unreadable.value.faults


async def test_the_same_key_is_the_same_run_and_with_another_body_a_conflict(tmp_path):
    async with serving(tmp_path) as (service, record):
        run = await service.submit(PAINT, inputs={"seed": 1}, key="k")
        await record.over(run.id)

        assert (await service.submit(PAINT, inputs={"seed": 1}, key="k")).id == run.id
        with pytest.raises(KeyConflict):
            await service.submit(PAINT, inputs={"seed": 2}, key="k")
        swept = await service.sweep(PAINT, {"seed": [1, 2]}, key="s")
        assert await service.sweep(PAINT, {"seed": [1, 2]}, key="s") == swept


async def test_a_sweep_makes_every_combination_and_each_run_knows_its_own_values(tmp_path):
    async with serving(tmp_path) as (service, record):
        swept = await service.sweep(PAINT, {"red": [0, 1], "seed": [1, 2, 3]})
        for id in swept.runs:
            await record.over(id)
        runs = [await service.run_json(id) for id in swept.runs]

    assert [(run["inputs"]["red"], run["inputs"]["seed"]) for run in runs] == [
        *((0.0, 1), (0.0, 2), (0.0, 3)),
        *((1.0, 1), (1.0, 2), (1.0, 3)),
    ]
    assert [run["seeds"]["paint.seed"] for run in runs] == [1, 2, 3, 1, 2, 3]
    assert [run["workflow"]["nodes"]["paint"]["inputs"]["red"] for run in runs] == [0.0] * 3 + [1.0] * 3


@pytest.mark.parametrize("values", [{"red": [0.5, 2]}, {"red": []}, {"nothing": [1]}, {"seed": list(range(20_000))}])
async def test_a_sweep_with_a_wrong_value_is_refused_as_a_whole(tmp_path, values):
    async with serving(tmp_path) as (service, _):
        with pytest.raises(InvalidWorkflow):
            await service.sweep(PAINT, values)
        assert await service.runs() == []


async def test_a_check_says_what_would_run_and_why_also_while_a_run_is_under_way(tmp_path):
    gate = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"}, title="Gate")
    async with serving(tmp_path) as (service, record):
        before = await service.check(SUM)
        run = await service.submit(SUM)
        await record.over(run.id)
        waiting = await service.submit(gate)
        await record.until(lambda: any(event.run == waiting.id for event in record.passed))

        same = await service.check(SUM)
        other = await service.check(SUM, inputs={"add.a": 5})

    states = {address: entry["state"] for address, entry in before["plan"].items()}
    assert states == {"add": "new", "half": "new"}
    assert {entry["state"] for entry in same["plan"].values()} == {"cached"}
    assert other["plan"]["add"]["state"] == "stale"
    assert other["plan"]["add"]["why"] == "a 1 → 5"
    assert other["plan"]["half"]["why"] == "upstream: add"
    assert other["plan"]["add"]["seconds"] >= 0


async def test_a_cancel_takes_effect_within_a_step_and_a_stop_keeps_the_best_so_far(tmp_path):
    gate = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"})
    async with serving(tmp_path) as (service, record):
        first, second = await service.submit(gate), await service.submit(gate)
        await record.until(lambda: any(event.run == first.id for event in record.passed))
        await service.cancel(first.id)
        assert await record.over(first.id) == "run.cancelled"
        await record.until(lambda: any(event.run == second.id for event in record.passed))
        await service.stop_run(second.id)
        assert await record.over(second.id) == "run.succeeded"
        stopped = await service.run(second.id)
        with pytest.raises(Conflict):
            await service.stop_run(second.id)

    assert stopped.partial
    assert stopped.outputs["out"][0]["value"] > 0


async def test_the_last_that_a_node_told_of_itself_stays_with_its_run(tmp_path):
    gate = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"})
    async with serving(tmp_path) as (service, record):
        run = await service.submit(gate)
        told = await record.until(lambda: [event for event in record.passed if event.type == "node.data"])
        live = (await service.run_json(run.id))["data"]["gate"]["step"]
        (tmp_path / "open").touch()
        await record.over(run.id)
        kept = (await service.run_json(run.id))["data"]

    assert json.loads(told[0].text)["data"]["step"] <= live <= kept["gate"]["step"]


async def test_previews_are_made_only_while_somebody_looks(tmp_path):
    gate = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"})
    async with serving(tmp_path) as (service, record):
        await service.submit(gate)
        await record.until(lambda: [event for event in record.passed if event.type == "node.progress"])
        assert not any(event.type == "node.preview" for event in record.passed)
        service.watch_previews(True)
        previews = await record.until(lambda: [event for event in record.passed if event.type == "node.preview"])
        url = json.loads(previews[0].text)["url"]
        picture = service.preview(url.rpartition("/")[2])

    assert picture is not None
    assert picture.startswith(b"\xff\xd8")


async def test_a_paused_queue_stands_still_across_a_restart_and_its_order_is_the_users(tmp_path):
    async with serving(tmp_path) as (service, _):
        await service.pause()
        ids = [(await service.submit(PAINT, inputs={"seed": n})).id for n in range(3)]
        await service.move(ids[2], 0)
        assert service.queue() == {"paused": True, "queued": 3, "running": 0}
    async with serving(tmp_path) as (service, record):
        assert service.queue()["paused"]
        await service.resume()
        for id in ids:
            await record.over(id)

    started = [state.run for state in record.seen if state.type == "run.started"]
    assert started == [ids[2], ids[0], ids[1]]


async def test_a_graceful_stop_queues_what_runs_again_and_the_next_server_finishes_it(tmp_path):
    gate = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"})
    async with serving(tmp_path, finish_seconds=0.05) as (service, record):
        run = await service.submit(gate)
        await record.until(lambda: any(event.run == run.id for event in record.passed))
    (tmp_path / "open").touch()
    async with serving(tmp_path) as (service, record):
        assert await record.over(run.id) == "run.succeeded"
        assert (await service.run(run.id)).attempts == 1


async def test_what_a_node_prints_disturbs_nothing(tmp_path):
    async with serving(tmp_path) as (service, record):
        run = await service.submit(flow({"shout": ("Shout", {})}, {"out": "shout.value"}))

        assert await record.over(run.id) == "run.succeeded"


async def test_a_retry_is_a_new_run_of_the_same(tmp_path):
    async with serving(tmp_path) as (service, record):
        run = await service.submit(flow({"fail": ("Fail", {})}, {"out": "fail.number"}))
        assert await record.over(run.id) == "run.failed"
        again = await service.retry(run.id)
        assert await record.over(again.id) == "run.failed"
        await service.delete(run.id)

        assert [one.id for one in await service.runs()] == [again.id]
        assert (await service.run(again.id)).faults[0]["node"] == "fail"


async def test_documents_are_opened_written_and_described_by_the_clerk(tmp_path):
    async with serving(tmp_path) as (service, _):
        opened = await service.open(json.dumps(PAINT).encode())
        text = await service.canonical(PAINT)
        catalogue = json.loads(await service.catalogue())
        schema = json.loads(await service.workflow_schema())
        packs = await service.packs()

    assert opened["text"] == text
    assert opened["faults"] == []
    assert opened["workflow"]["nodes"]["paint"]["inputs"]["size"] == 8
    assert "Paint" in catalogue["nodes"]
    assert schema["type"] == "object"
    assert [pack["name"] for pack in packs] == ["core"]
