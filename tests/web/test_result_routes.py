"""Pictures with the edits that made them, stars, and the queue in its order, over HTTP."""

import pytest
from workshop import flow

from web.client import Client, ServerError
from web.wire_results import QueuePage, ResultsPage

PAINT = flow(
    {"paint": ("Paint", {"red": 0.5})},
    {"image": "paint.swatch"},
    {"seed": "paint.seed", "red": "paint.red", "count": "paint.count"},
    title="Swatches",
)


@pytest.fixture
async def loom(port, client):
    async with Client(f"http://127.0.0.1:{port}") as loom:
        yield loom
        await loom.call("POST", "/api/queue/clear")
        await loom.call("POST", "/api/queue/resume")


async def results(loom, **query) -> list[dict]:
    page = await loom.call("GET", "/api/results", params=query)
    ResultsPage.model_validate(page)
    return list(page["results"])


def words(changes):
    return [change["message"] for change in changes]


async def test_a_picture_is_told_with_the_edit_that_made_it(loom):
    await loom.run(PAINT, {"seed": 1, "red": 0.5})
    await loom.run(PAINT, {"seed": 2, "red": 0.5})
    await loom.run(PAINT, {"seed": 2, "red": 0.25})
    newest, second, first = (await results(loom))[:3]
    assert words(newest["changes"]) == ["paint.red: 0.5 → 0.25"]
    assert newest["changes"][0]["node"] == "paint"
    assert words(second["changes"]) == ["paint.seed: 1 → 2"]
    assert first["title"] == "Swatches"
    assert newest["sweep"] is None


async def test_uploads_are_no_results_and_a_run_that_was_deleted_leaves_its_picture(loom):
    run = await loom.run(PAINT, {"seed": 90})
    await loom.upload(b"a,b\n1,2\n", "rows.csv")
    (picture,) = await results(loom)
    await loom.call("DELETE", f"/api/runs/{run['id']}")
    (left,) = await results(loom)
    assert (left["sha256"], left["changes"], left["title"]) == (picture["sha256"], None, "")
    assert (picture["of"], left["of"]) == (1, None)


async def test_results_come_by_page(loom):
    await loom.run(PAINT, {"seed": 20, "count": 4})
    first = await loom.call("GET", "/api/results", params={"limit": "3"})
    rest = await loom.call("GET", "/api/results", params={"limit": "3", "before": str(first["next"])})
    assert [len(page["results"]) for page in (first, rest)] == [3, 1]
    assert rest["next"] is None
    found = [one for page in (first, rest) for one in page["results"]]
    assert len({one["sha256"] for one in found}) == 4
    assert [(one["item"], one["of"]) for one in found] == [(3, 4), (2, 4), (1, 4), (0, 4)]


async def test_stars_are_given_listed_and_taken_away(loom):
    await loom.run(PAINT, {"seed": 30, "count": 2})
    one, other = await results(loom)
    url = f"/api/assets/{one['sha256']}/star"
    await loom.call("PUT", url)
    assert [(each["sha256"], each["starred"]) for each in await results(loom, starred="true")] == [
        (one["sha256"], True)
    ]
    assert {each["sha256"]: each["starred"] for each in await results(loom)}[other["sha256"]] is False
    await loom.call("DELETE", url)
    assert await results(loom, starred="true") == []
    with pytest.raises(ServerError) as refused:
        await loom.call("PUT", f"/api/assets/{'0' * 64}/star")
    assert refused.value.status == 404


async def test_the_queue_is_told_in_its_order_with_what_was_changed(loom):
    await loom.call("POST", "/api/queue/pause")
    first, second, third = [(await loom.submit(PAINT, {"seed": seed}))["id"] for seed in (40, 41, 42)]
    await loom.call("POST", f"/api/runs/{third}/move", json={"place": 0})
    page = await loom.call("GET", "/api/queue")
    QueuePage.model_validate(page)
    assert [run["id"] for run in page["waiting"]] == [third, first, second]
    assert words(page["waiting"][2]["changes"]) == ["paint.seed: 40 → 41"]
    assert (page["queue"], page["running"]) == ({"paused": True, "queued": 3, "running": 0}, [])
    assert not {run["id"] for run in page["done"]} & {first, second, third}
    await loom.call("POST", f"/api/runs/{second}/cancel")
    newest = (await loom.call("GET", "/api/queue"))["done"][0]
    assert (newest["id"], newest["status"], words(newest["changes"])) == (second, "cancelled", ["paint.seed: 40 → 41"])


async def test_what_was_done_is_told_however_many_wait(loom):
    made = (await loom.run(PAINT, {"seed": 43}))["id"]
    await loom.call("POST", "/api/queue/pause")
    for seed in range(45):
        await loom.submit(PAINT, {"seed": 100 + seed})
    page = await loom.call("GET", "/api/queue")
    assert (page["queue"]["queued"], page["done"][0]["id"]) == (45, made)


async def test_a_workflow_leaves_with_its_files_and_comes_in_with_them_elsewhere(loom, client, running, settings):
    made = await loom.run(PAINT, {"seed": 50})
    ((_, picture),) = await loom.pictures(made)
    sha256 = made["outputs"]["image"][0]["sha256"]
    named = {"asset": "swatch.png", "sha256": sha256}
    reads = flow({"read": ("Measure", {"file": named})}, {"out": "read.size"})
    answer = await client.post("/api/bundles", json={"workflow": reads, "pictures": [sha256]})
    assert (answer.status, answer.content_type) == (200, "application/zip")
    data = await answer.read()
    async with running(settings) as friend:
        assert (await friend.get(f"/api/assets/{sha256}.png")).status == 404
        opened = await friend.post("/api/open", data=data, headers={"Content-Type": "application/zip"})
        assert opened.status == 200
        assert (await opened.json())["workflow"]["nodes"]["read"]["inputs"]["file"] == named
        found = await friend.get(f"/api/assets/{sha256}.png")
        assert await found.read() == picture
        (asset,) = (await (await friend.get("/api/assets")).json())["assets"]
        assert (asset["asset"], asset["kind"]) == ("swatch.png", "upload")


async def test_a_bundle_of_a_file_that_is_not_there_is_refused_in_a_sentence(loom):
    reads = flow({"read": ("Measure", {"file": {"asset": "gone.png"}})}, {"out": "read.size"})
    with pytest.raises(ServerError, match=r"there is no file 'gone\.png'"):
        await loom.call("POST", "/api/bundles", json={"workflow": reads})
