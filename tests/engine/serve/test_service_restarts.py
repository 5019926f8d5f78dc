"""What outlives a service, and what its processes may do to it."""

import json
import os
import signal

import pytest
import pytest_asyncio
from workshop import flow, serving

from engine.serve.errors import NotReady

ADD = flow({"add": ("Add", {})}, {"out": "add.value"}, {"a": "add.a"})
shared = pytest.mark.asyncio(loop_scope="module")
"""For tests that share a service: its processes take longer to start than these tests to run."""


async def test_a_paused_queue_stands_still_across_a_restart_and_its_order_is_the_users(tmp_path):
    async with serving(tmp_path) as (service, _):
        await service.pause()
        ids = [(await service.submit(ADD, inputs={"a": n})).id for n in range(3)]
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
        await record.until(lambda: record.told(run.id, "node.progress"))
    (tmp_path / "open").touch()
    async with serving(tmp_path) as (service, record):
        assert await record.over(run.id) == "run.succeeded"
        assert (await service.run(run.id)).attempts == 1


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory):
    async with serving(tmp_path_factory.mktemp("home"), grace_seconds=0.1) as (service, record):
        yield service, record


@shared
async def test_a_worker_that_dies_costs_one_run_is_named_and_is_back_for_the_next(shop):
    service, record = shop
    die = flow({"die": ("Die", {})}, {"out": "die.value"})
    dead, alive = await service.submit(die), await service.submit(ADD)

    assert await record.over(dead.id) == "run.interrupted"
    assert await record.over(alive.id) == "run.succeeded"
    assert "SIGKILL" in (await service.run(dead.id)).faults[0]["message"]
    assert service.health()["devices"][0]["restarts"] == 1


@shared
async def test_a_worker_that_dies_in_the_middle_of_a_run_leaves_what_it_had_made(shop, tmp_path):
    service, record = shop
    nodes = {
        "paint": ("Paint", {}),
        "gate": ("Gate", {"opens": str(tmp_path / "open")}),
        "die": ("Die", {"a": {"link": "gate.value"}, "unless": str(tmp_path / "safe")}),
    }
    run = await service.submit(flow(nodes, {"out": "die.value", "image": "paint.swatch"}, title="cut off"))
    await record.until(lambda: "run.output" in record.types(run.id))
    (tmp_path / "open").touch()
    assert await record.over(run.id) == "run.interrupted"
    left = (await service.run(run.id)).outputs
    (asset,) = service.gallery.page(workflow="cut off")
    (tmp_path / "safe").touch()
    again = await service.retry(run.id)
    assert await record.over(again.id) == "run.succeeded"

    assert [(entry["sha256"],) for entry in left["image"]] == [(asset.sha256,)]
    assert (await service.run(again.id)).outputs == {"out": [{"value": 0}], **left}


@shared
async def test_a_worker_that_does_not_answer_a_cancel_is_ended_and_the_run_is_cancelled(shop):
    service, record = shop
    run = await service.submit(flow({"hang": ("Hang", {})}, {"out": "hang.value"}))
    await record.until(lambda: "node.started" in record.types(run.id))
    await service.cancel(run.id)
    assert await record.over(run.id) == "run.cancelled"
    after = await service.submit(ADD, inputs={"a": 1})

    assert await record.over(after.id) == "run.succeeded"


@shared
async def test_a_worker_without_a_sign_of_life_is_ended(shop):
    service, record = shop
    (worker,) = service.dispatcher.workers
    run = await service.submit(flow({"hang": ("Hang", {"a": 1})}, {"out": "hang.value"}))
    await record.until(lambda: "node.started" in record.types(run.id))
    os.kill(worker.pid, signal.SIGSTOP)
    for _ in range(int(service.settings.hang_seconds)):
        worker.tick()

    assert await record.over(run.id) == "run.interrupted"
    assert "no sign of life" in (await service.run(run.id)).faults[0]["message"]


@shared
async def test_signals_that_reach_all_processes_are_the_servers_to_answer(shop):
    service, record = shop
    worker = service.dispatcher.workers[0]
    before = await service.submit(ADD, inputs={"a": 3})
    await record.over(before.id)
    restarts = worker.restarts
    for pid in (worker.pid, service.clerk.pid):
        os.kill(pid, signal.SIGINT)
        os.kill(pid, signal.SIGTERM)
    after = await service.submit(ADD, inputs={"a": 4})

    assert await record.over(after.id) == "run.succeeded"
    assert worker.restarts == restarts


@shared
async def test_a_clerk_that_dies_is_replaced_and_asked_again(shop):
    service, _ = shop
    await service.packs()
    os.kill(service.clerk.pid, signal.SIGKILL)
    with pytest.raises(NotReady):
        await service.canonical(ADD)

    assert json.loads(await service.canonical(ADD))["nodes"]["add"]


@shared
async def test_loading_the_nodes_anew_keeps_the_queue_and_starts_again_what_ran(shop, tmp_path):
    service, record = shop
    gate = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"})
    first, second = await service.submit(gate), await service.submit(ADD, inputs={"a": 2})
    await record.until(lambda: record.told(first.id, "node.progress"))
    await service.reload()
    (tmp_path / "open").touch()

    assert await record.over(first.id) == "run.succeeded"
    assert await record.over(second.id) == "run.succeeded"
    assert (await service.run(first.id)).attempts == 1


async def test_two_devices_run_two_runs_at_once(tmp_path):
    gate = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"}, {"seed": "gate.seed"})
    async with serving(tmp_path, devices=("cpu", "cpu")) as (service, record):
        runs = [await service.submit(gate, inputs={"seed": seed}) for seed in (1, 2)]
        await record.until(lambda: all(record.told(run.id, "node.progress") for run in runs))
        (tmp_path / "open").touch()
        for run in runs:
            assert await record.over(run.id) == "run.succeeded"


@pytest.fixture
def deadly_pack(tmp_path, monkeypatch):
    """An installed pack whose import takes the process down."""
    site = tmp_path / "site"
    info = site / "deadly-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: deadly\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[latentloom.packs]\ndeadly = deadly_pack\n")
    (site / "deadly_pack.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setenv("PYTHONPATH", str(site))


async def test_a_pack_that_takes_its_process_down_costs_only_its_own_nodes(deadly_pack, tmp_path):
    number = flow({"text": ("Text", {"text": "a"})}, {"out": "text.text"})
    async with serving(tmp_path, registry="", third_party=True) as (service, _):
        packs = {pack["name"]: pack for pack in await service.packs()}
        checked = await service.canonical(number)

    assert "SIGSEGV" in packs["deadly"]["error"]
    assert packs["core"]["error"] is None
    assert checked
