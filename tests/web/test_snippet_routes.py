"""Snippets, versions with what they changed, and comparisons over HTTP."""

import json

from workshop import flow

NEW = {"If-None-Match": "*"}
SUM = flow({"add": ("Add", {"a": 1})}, {"out": "add.value"})
MORE = flow({"add": ("Add", {"a": 2}), "half": ("Half", {"a": {"link": "add.value"}})}, {"out": "half.value"})


async def test_a_snippet_is_a_canonical_file_in_a_folder_of_the_library_and_no_workflow(client, home):
    answer = await client.put("/api/snippets/pair", json=MORE, headers=NEW)
    assert answer.status == 201
    text = (home.workflows / "snippets" / "pair.json").read_text()
    assert json.loads(text)["nodes"].keys() == {"add", "half"}
    assert await (await client.get("/api/snippets/pair")).text() == text
    [listed] = (await (await client.get("/api/snippets")).json())["snippets"]
    assert listed == await answer.json() | {"types": ["Add", "Half"]}
    assert (await (await client.get("/api/workflows")).json())["workflows"] == []


async def test_a_snippet_is_saved_over_only_by_who_has_seen_it_renamed_to_a_free_name_and_deleted(client):
    etag = (await client.put("/api/snippets/pair", json=MORE, headers=NEW)).headers["ETag"]
    assert (await client.put("/api/snippets/pair", json=SUM, headers=NEW)).status == 412
    assert (await client.put("/api/snippets/pair", json=SUM, headers={"If-Match": etag})).status == 200
    assert (await client.put("/api/snippets/other", json=SUM, headers=NEW)).status == 201
    assert (await client.post("/api/snippets/pair/rename", json={"name": "other"})).status == 412
    assert (await client.post("/api/snippets/pair/rename", json={"name": "a/b"})).status == 422
    assert (await client.post("/api/snippets/pair/rename", json={"name": "sum"})).status == 200
    assert (await client.post("/api/snippets/pair/rename", json={"name": "new"})).status == 404
    assert (await client.delete("/api/snippets/other")).status == 204
    left = (await (await client.get("/api/snippets")).json())["snippets"]
    assert [(each["name"], each["types"]) for each in left] == [("sum", ["Add"])]


async def test_a_snippet_of_unknown_types_is_kept_as_it_came(client):
    strange = flow({"a": ("gone:Thing", {"strength": 0.5})}, {})
    assert (await client.put("/api/snippets/strange", json=strange, headers=NEW)).status == 201
    kept = await (await client.get("/api/snippets/strange")).json()
    assert kept["nodes"] == {"a": {"type": "gone:Thing", "inputs": {"strength": 0.5}}}


async def test_versions_tell_what_each_changed(client):
    etag = (await client.put("/api/workflows/sum", json=SUM, headers=NEW)).headers["ETag"]
    await client.put("/api/workflows/sum", json=MORE, headers={"If-Match": etag})
    newest, first = (await (await client.get("/api/workflows/sum/versions")).json())["versions"]
    assert first["changes"] is None
    valued = {"kind": "changed", "before": "1", "after": "2"}
    assert newest["changes"][0] == {"node": "add", "message": "add.a: 1 → 2", **valued}
    page = await (await client.get("/api/workflows/sum/versions?limit=1")).json()
    assert page == {"versions": [newest], "next": 2}
    assert (await (await client.get("/api/workflows/sum/versions?before=2")).json())["versions"] == [first]


async def test_two_workflows_are_compared_as_the_command_line_does(client):
    answer = await client.post("/api/compare", json={"before": SUM, "after": MORE})
    assert answer.status == 200
    assert [change["message"] for change in (await answer.json())["changes"]] == [
        "add.a: 1 → 2",
        "node 'half' (Half) added",
        "output 'out': add.value → half.value",
    ]
    defaults = flow({"add": ("Add", {"a": 1, "b": 1})}, {"out": "add.value"})
    same = await client.post("/api/compare", json={"before": SUM, "after": defaults})
    assert (await same.json())["changes"] == []
    broken = await client.post("/api/compare", json={"before": SUM, "after": {"nodes": 3}})
    assert broken.status == 422
