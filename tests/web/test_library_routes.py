"""The library and the drafts over HTTP."""

import json

import pytest

DOCUMENT = {"format": "latentloom", "version": 1, "title": "T", "nodes": {}}
NEW = {"If-None-Match": "*"}


async def put(client, name, document=DOCUMENT, headers=NEW):
    return await client.put(f"/api/workflows/{name}", json=document, headers=headers)


async def code(answer) -> tuple[int, str]:
    return answer.status, (await answer.json())["error"]["code"]


async def test_a_saved_workflow_is_a_canonical_file_that_comes_back_with_its_etag(client, home):
    answer = await put(client, "My portrait")
    assert answer.status == 201
    saved = await answer.json()
    text = (home.workflows / "My portrait.json").read_text()
    assert text == '{\n  "format": "latentloom",\n  "version": 1,\n  "title": "T",\n  "nodes": {}\n}\n'
    read = await client.get("/api/workflows/My portrait")
    assert await read.text() == text
    assert read.headers["ETag"] == f'"{saved["etag"]}"' == answer.headers["ETag"]
    again = await client.get("/api/workflows/My portrait", headers={"If-None-Match": read.headers["ETag"]})
    assert again.status == 304
    assert (await (await client.get("/api/workflows")).json())["workflows"] == [saved]


async def test_a_save_over_what_was_not_seen_is_refused_and_says_what_is_there(client, home):
    first = (await put(client, "cat")).headers["ETag"]
    (home.workflows / "cat.json").write_text("changed by git")
    answer = await put(client, "cat", headers={"If-Match": first})
    assert await code(answer) == (412, "stale")
    current = answer.headers["ETag"]
    assert current != first
    assert await code(await put(client, "cat")) == (412, "stale")
    assert (home.workflows / "cat.json").read_text() == "changed by git"
    assert (await put(client, "cat", headers={"If-Match": current})).status == 200
    versions = (await (await client.get("/api/workflows/cat/versions")).json())["versions"]
    assert [version["number"] for version in versions] == [3, 2, 1]
    assert await (await client.get("/api/workflows/cat/versions/2")).text() == "changed by git"


async def test_what_a_file_says_of_a_model_that_is_not_here_outlasts_a_save_that_does_not_say_it(client):
    nodes = {"load": {"type": "gone:Load", "inputs": {"model": "portrait"}}}
    needs = {"models": {"portrait": {"fingerprint": "f", "family": "sd", "bytes": 1}}}
    tag = (await put(client, "face", {**DOCUMENT, "nodes": nodes, "requires": needs})).headers["ETag"]
    tag = (await put(client, "face", {**DOCUMENT, "nodes": nodes}, {"If-Match": tag})).headers["ETag"]
    assert (await (await client.get("/api/workflows/face")).json())["requires"] == needs
    await put(client, "face", headers={"If-Match": tag})  # nothing names it any more
    assert "requires" not in await (await client.get("/api/workflows/face")).json()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"If-Match": '"a", "b"'},
        {"If-Match": 'W/"a"'},
        {"If-Match": "bare"},
        {"If-None-Match": '"a"'},
        {**NEW, "If-Match": "*"},
    ],
)
async def test_a_save_that_does_not_say_what_it_replaces_is_refused(client, headers, home):
    answer = await put(client, "cat", headers=headers)
    assert answer.status == 400
    assert not home.workflows.exists()


async def test_a_workflow_that_is_none_is_refused_with_its_faults_and_one_of_unknown_types_is_kept(client):
    answer = await put(client, "cat", {"format": "latentloom", "version": 1, "nodes": {"a b": {"type": 1}}})
    assert answer.status == 422
    assert [fault["code"] for fault in (await answer.json())["error"]["faults"]]
    unknown = {**DOCUMENT, "nodes": {"a": {"type": "other:Thing", "inputs": {"x": {"link": "gone.out"}}}}}
    assert (await put(client, "cat", unknown)).status == 201
    assert (await (await client.get("/api/workflows/cat")).json())["nodes"] == unknown["nodes"]


async def test_a_deleted_workflow_is_gone_and_its_versions_stay(client):
    etag = (await put(client, "cat")).headers["ETag"]
    assert await code(await client.delete("/api/workflows/cat", headers={"If-Match": '"other"'})) == (412, "stale")
    assert (await client.delete("/api/workflows/cat", headers={"If-Match": etag})).status == 204
    assert await code(await client.get("/api/workflows/cat")) == (404, "unknown_document")
    assert await code(await client.delete("/api/workflows/cat")) == (404, "unknown_document")
    assert len((await (await client.get("/api/workflows/cat/versions")).json())["versions"]) == 1
    assert (await client.get("/api/workflows/dog/versions")).status == 404


async def test_a_draft_is_kept_as_it_came_and_touches_no_saved_file(client, home):
    await put(client, "cat")
    saved = (home.workflows / "cat.json").read_bytes()
    body = b'{"workflow": {"nodes": "broken"},  "base": null}'
    headers = {"Content-Type": "application/json"}
    assert (await client.put("/api/drafts/cat", data=body, headers=headers)).status == 201
    assert (await client.put("/api/drafts/cat", data=body + b" ", headers=headers)).status == 200
    assert await (await client.get("/api/drafts/cat")).read() == body + b" "
    assert [draft["name"] for draft in (await (await client.get("/api/drafts")).json())["drafts"]] == ["cat"]
    assert (home.workflows / "cat.json").read_bytes() == saved
    assert (await client.delete("/api/drafts/cat")).status == 204
    assert (await client.get("/api/drafts/cat")).status == 404


@pytest.mark.parametrize(("body", "status"), [(b"[1]", 422), (b"{", 400), (b'{"a": NaN}', 400), (b"", 400)])
async def test_a_draft_that_is_no_json_object_is_refused(client, body, status):
    answer = await client.put("/api/drafts/cat", data=body, headers={"Content-Type": "application/json"})
    assert answer.status == status
    assert json.loads(await answer.read())["error"]["message"]
