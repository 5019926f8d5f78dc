"""One service for the whole file: its processes take longer to start than all these tests to run."""

import json
from concurrent.futures import Future

import pytest
import pytest_asyncio
from workshop import flow, serving

from engine.graph.faults import InvalidWorkflow
from engine.serve import dispatcher
from engine.serve import service as service_module
from engine.store import space
from engine.store.errors import Conflict, DiskFullError, KeyConflict
from engine.store.pictures import read_workflow

PAINT = flow(
    {"paint": ("Paint", {"red": 0.5}), "save": ("Save", {"swatch": {"link": "paint.swatch"}})},
    {"image": "paint.swatch"},
    {"seed": "paint.seed", "red": "paint.red"},
)
SUM_NODES = {"add": ("Add", {"a": 1, "b": 2}), "half": ("Half", {"a": {"link": "add.value"}})}
SUM = flow(SUM_NODES, {"out": "half.value"})

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(root):
    async with serving(root) as (service, record):
        yield service, record


async def test_a_run_is_carried_out_and_what_it_made_lies_among_the_assets(shop, root):
    service, record = shop
    run = await service.submit(PAINT, inputs={"seed": 7})
    assert await record.over(run.id) == "run.succeeded"
    done = await service.run_json(run.id)

    (entry,) = done["outputs"]["image"]
    asset = next(one for one in service.gallery.page() if one.output == "image")
    kept = root / "assets" / entry["sha256"][:2] / f"{entry['sha256']}.png"

    assert (entry["asset"], entry["width"], entry["type"]) == ("image.png", 8, "Swatch")
    assert done["outputs"]["save"][0]["asset"] == "save.png"
    assert asset.run == run.id
    inside = json.loads(read_workflow(kept) or "")
    assert inside["nodes"]["paint"]["inputs"]["seed"] == done["workflow"]["nodes"]["paint"]["inputs"]["seed"] == 7
    assert done["seeds"] == {"paint.seed": 7}
    assert done["made_with"]["latentloom"]
    assert {address: node["state"] for address, node in done["nodes"].items()} == {"paint": "ran", "save": "ran"}


async def test_states_come_numbered_in_order_and_can_be_asked_for_again(shop):
    service, record = shop
    run = await service.submit(SUM)
    await record.over(run.id)
    again = await service.events.since(0)

    assert [state.text for state in record.seen] == [state.text for state in again]
    assert [state.seq for state in again] == list(range(1, len(again) + 1))
    assert record.types(run.id) == [
        *("run.queued", "run.started", "run.planned"),
        *("node.started", "node.succeeded") * 2,
        *("run.output", "run.succeeded"),
    ]


async def test_a_wrong_workflow_is_refused_with_the_node_at_fault_and_nothing_is_queued(shop):
    wrong = flow({"add": ("Add", {"a": 10**9})}, {"out": "add.value"}, title="wrong")
    service, _ = shop
    with pytest.raises(InvalidWorkflow) as refused:
        await service.submit(wrong)
    with pytest.raises(InvalidWorkflow) as unreadable:
        await service.submit(b"{")

    assert await service.runs(document="wrong") == []
    assert [(fault.node, fault.input) for fault in refused.value.faults] == [("add", "a")]
    assert unreadable.value.faults


async def test_the_same_key_is_the_same_run_and_with_another_body_a_conflict(shop):
    service, record = shop
    run = await service.submit(PAINT, inputs={"seed": 1}, key="k")
    await record.over(run.id)

    assert (await service.submit(PAINT, inputs={"seed": 1}, key="k")).id == run.id
    with pytest.raises(KeyConflict):
        await service.submit(PAINT, inputs={"seed": 2}, key="k")
    swept = await service.sweep(PAINT, {"seed": [1, 2]}, key="s")
    assert await service.sweep(PAINT, {"seed": [1, 2]}, key="s") == swept


async def test_a_sweep_makes_every_combination_and_each_run_knows_its_own_values(shop):
    service, record = shop
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
async def test_a_sweep_with_a_wrong_value_is_refused_as_a_whole(shop, values):
    service, _ = shop
    before = await service.runs(limit=1)
    with pytest.raises(InvalidWorkflow):
        await service.sweep(PAINT, values)
    assert await service.runs(limit=1) == before


async def test_a_check_says_what_would_run_and_why_also_while_a_run_is_under_way(shop, tmp_path):
    gate = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"}, title="Gate")
    halved = flow(SUM_NODES | {"add": ("Add", {"a": 1, "b": 40})}, {"out": "half.value"}, title="halved")
    service, record = shop
    before = await service.check(halved)
    run = await service.submit(halved)
    await record.over(run.id)
    waiting = await service.submit(gate)
    await record.until(lambda: record.told(waiting.id, "node.progress"))

    same = await service.check(halved)
    other = await service.check(halved, inputs={"add.a": 5})

    await service.cancel(waiting.id)

    states = {address: entry["state"] for address, entry in before["plan"].items()}
    assert states == {"add": "new", "half": "new"}
    assert {entry["state"] for entry in same["plan"].values()} == {"cached"}
    assert other["plan"]["add"]["state"] == "stale"
    assert other["plan"]["add"]["why"] == "a 1 → 5"
    assert other["plan"]["half"]["why"] == "upstream: add"
    assert other["plan"]["add"]["seconds"] >= 0


async def test_what_a_run_did_not_come_to_is_not_called_forgotten(shop, tmp_path):
    opens = tmp_path / "open"
    nodes = {"gate": ("Gate", {"opens": str(opens)}), "half": ("Half", {"a": {"link": "gate.value"}})}
    gate = flow(nodes, {"out": "half.value"}, title="Gated")
    service, record = shop
    run = await service.submit(gate)
    await record.until(lambda: record.told(run.id, "node.progress"))
    under_way = (await service.check(gate))["plan"]
    await service.cancel(run.id)
    await record.over(run.id)
    cancelled = (await service.check(gate))["plan"]
    told = [{(each["state"], each["why"]) for each in plan.values()} for plan in (under_way, cancelled)]
    assert told == [{("new", "the run before did not make it")}] * 2

    opens.touch()
    made = await service.submit(gate)
    await record.over(made.id)
    assert {each["state"] for each in (await service.check(gate))["plan"].values()} == {"cached"}


async def test_a_cancel_takes_effect_within_a_step_and_a_stop_keeps_the_best_so_far(shop, tmp_path):
    gate = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"})
    service, record = shop
    first, second = await service.submit(gate), await service.submit(gate)
    await record.until(lambda: record.told(first.id, "node.progress"))
    await service.cancel(first.id)
    assert await record.over(first.id) == "run.cancelled"
    await record.until(lambda: record.told(second.id, "node.progress"))
    await service.stop_run(second.id)
    assert await record.over(second.id) == "run.succeeded"
    stopped = await service.run(second.id)
    with pytest.raises(Conflict):
        await service.stop_run(second.id)

    assert stopped.partial
    assert stopped.outputs["out"][0]["value"] > 0


async def test_the_last_that_a_node_told_of_itself_stays_with_its_run(shop, tmp_path):
    gate = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"})
    service, record = shop
    run = await service.submit(gate)
    told = await record.until(lambda: record.told(run.id, "node.data"))
    live = (await service.run_json(run.id))["data"]["gate"]["step"]
    (tmp_path / "open").touch()
    await record.over(run.id)
    kept = (await service.run_json(run.id))["data"]

    assert json.loads(told[0].text)["data"]["step"] <= live <= kept["gate"]["step"]


async def test_what_nodes_notice_is_told_and_stays_with_the_run_also_when_nothing_had_to_run(shop):
    service, record = shop
    wary = flow({"tell": ("Tell", {"a": 9}), "add": ("Add", {"a": {"link": "tell.value"}})}, {"out": "add.value"})
    first = await service.submit(wary)
    await record.over(first.id)
    again = await service.submit(wary)
    await record.over(again.id)

    for run in (first, again):
        (state,) = [state for state in record.seen if (state.run, state.type) == (run.id, "node.notice")]
        told = json.loads(state.text)
        (kept,) = (await service.run(run.id)).notices
        assert (told["node"], told["message"], told["input"]) == ("tell", "a word", "a")
        assert (kept["node"], kept["message"], kept["input"]) == ("tell", "a word", "a")
    assert {node["state"] for node in (await service.run_json(again.id))["nodes"].values()} == {"cached"}


async def test_an_output_is_there_while_the_run_goes_on_and_once_when_it_is_over(shop, tmp_path):
    service, record = shop
    both = flow(
        {"paint": ("Paint", {"red": 0.25}), "gate": ("Gate", {"opens": str(tmp_path / "open"), "a": 3})},
        {"number": "gate.value", "image": "paint.swatch"},
        title="both",
    )
    run = await service.submit(both)
    told = await record.until(
        lambda: [json.loads(s.text) for s in record.seen if (s.run, s.type) == (run.id, "run.output")]
    )
    early = await service.run_json(run.id)
    (asset,) = service.gallery.page(workflow="both")
    (tmp_path / "open").touch()
    assert await record.over(run.id) == "run.succeeded"
    outputs = (await service.run(run.id)).outputs

    assert (early["status"], list(early["outputs"])) == ("running", ["image"])
    assert (told[-1]["output"], told[-1]["entries"]) == ("image", early["outputs"]["image"])
    assert outputs == {"number": [{"value": 3}], "image": early["outputs"]["image"]}
    assert service.gallery.page(workflow="both") == [asset]
    assert record.types(run.id).count("run.output") == 2


async def test_previews_are_made_only_while_somebody_looks(shop, tmp_path):
    gate = flow({"gate": ("Gate", {"opens": str(tmp_path / "open")})}, {"out": "gate.value"})
    service, record = shop
    run = await service.submit(gate)
    await record.until(lambda: record.told(run.id, "node.progress"))
    assert not record.told(run.id, "node.preview")
    service.watch_previews(True)
    previews = await record.until(lambda: record.told(run.id, "node.preview"))
    service.watch_previews(False)
    await service.cancel(run.id)
    picture = service.preview(json.loads(previews[0].text)["url"].rpartition("/")[2])

    assert picture is not None
    assert picture.startswith(b"\xff\xd8")


async def test_what_a_node_prints_disturbs_nothing(shop):
    service, record = shop
    run = await service.submit(flow({"shout": ("Shout", {})}, {"out": "shout.value"}))

    assert await record.over(run.id) == "run.succeeded"


async def test_a_retry_is_a_new_run_of_the_same(shop):
    service, record = shop
    run = await service.submit(flow({"fail": ("Fail", {})}, {"out": "fail.number"}, title="failing"))
    assert await record.over(run.id) == "run.failed"
    again = await service.retry(run.id)
    assert await record.over(again.id) == "run.failed"
    await service.delete(run.id)

    assert [one.id for one in await service.runs(document="failing")] == [again.id]
    assert (await service.run(again.id)).faults[0]["node"] == "fail"


async def test_documents_are_opened_written_and_described_by_the_clerk(shop):
    service, _ = shop
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


async def test_what_was_made_is_kept_until_there_is_room_to_write_it_down(shop, monkeypatch):
    service, record = shop
    monkeypatch.setattr(dispatcher, "RETRY_SECONDS", 0.01)
    finish, refusals = service.store.finish, [DiskFullError("full"), DiskFullError("full")]

    def full(*given):
        if not refusals:
            return finish(*given)
        refused = Future()
        refused.set_exception(refusals.pop())
        return refused

    monkeypatch.setattr(service.store, "finish", full)
    run = await service.submit(PAINT, inputs={"seed": 99})

    assert await record.over(run.id) == "run.succeeded"
    assert refusals == []
    assert (await service.run(run.id)).outputs["image"]


async def test_an_end_that_cannot_be_written_at_all_leaves_a_run_that_can_be_run_again(shop, monkeypatch):
    service, record = shop
    with monkeypatch.context() as patched:
        broken = Future()
        broken.set_exception(TypeError("no JSON"))
        patched.setattr(service.store, "finish", lambda *given: broken)
        run = await service.submit(PAINT, inputs={"seed": 98})
        assert await record.over(run.id) == "run.interrupted"
    again = await service.retry(run.id)

    assert await record.over(again.id) == "run.succeeded"


async def test_nothing_is_queued_when_the_disk_is_full_and_that_is_said_before(shop, monkeypatch):
    service, _ = shop
    before = await service.runs(limit=1)
    monkeypatch.setattr(service_module, "free_bytes", lambda folder: 0)
    monkeypatch.setattr(space, "free_bytes", lambda folder: 0)

    with pytest.raises(DiskFullError, match="disk is full"):
        await service.submit(PAINT, inputs={"seed": 97})
    assert await service.runs(limit=1) == before


@pytest.mark.parametrize("value", [2**70, -(2**70), "\ud800", [[[2**70]]], {"a": 2**64}])
async def test_a_value_that_no_frame_can_carry_is_refused_in_a_sentence(shop, value):
    service, _ = shop
    for asked in (
        service.submit(PAINT, inputs={"seed": value}, key=f"{value!r}"),
        service.sweep(PAINT, {"seed": [value]}, key=f"swept {value!r}"),
        service.submit(flow({"paint": ("Paint", {"seed": value})}, {"image": "paint.swatch"})),
    ):
        with pytest.raises(InvalidWorkflow):
            await asked
