"""Examples: workflow files of packs, found with their titles and pictures."""

import hashlib
import io
import json

from PIL import Image
from workshop import flow

from web.examples import find_examples


def encoded(width: int, height: int) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(data, "PNG")
    return data.getvalue()


def test_examples_are_told_with_title_and_picture_the_plainest_first(tmp_path):
    for name, title in (("b", "Second"), ("text_to_image", "Text to image"), ("a", "")):
        (tmp_path / f"{name}.json").write_text(json.dumps({"title": title, "nodes": {}}))
    (tmp_path / "b.png").write_bytes(b"picture")
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "list.json").write_text("[]")
    found = find_examples([{"name": "core", "workflows": str(tmp_path)}, {"name": "other", "workflows": None}])
    assert [(each.name, each.title) for each in found] == [
        ("text_to_image", "Text to image"),
        ("a", "a"),
        ("b", "Second"),
    ]
    assert [each.picture and each.picture.name for each in found] == [None, None, "b.png"]


def test_the_examples_of_other_packs_come_after_the_built_in_ones(tmp_path):
    for pack in ("abc", "core"):
        (tmp_path / pack).mkdir()
        (tmp_path / pack / "one.json").write_text("{}")
    found = find_examples([{"name": pack, "workflows": str(tmp_path / pack)} for pack in ("abc", "core")])
    assert [each.pack for each in found] == ["core", "abc"]


async def test_an_example_that_is_not_there_is_said_to_be_missing(client):
    assert (await (await client.get("/api/examples")).json()) == {"examples": []}
    for address in ("/api/examples/core/none", "/api/examples/core/none/picture"):
        answer = await client.get(address)
        assert answer.status == 404
        assert "no example 'none'" in (await answer.json())["error"]["message"]


async def test_an_example_brings_the_files_that_it_reads(client, tmp_path, monkeypatch):
    picture = encoded(8, 6)
    (tmp_path / "here.png").write_bytes(picture)
    reads = {"here": "here.png", "gone": "gone.png"}
    example = flow({id: ("Measure", {"file": {"asset": name}}) for id, name in reads.items()}, {"size": "here.size"})
    (tmp_path / "reads.json").write_text(json.dumps(example))
    packs = [{"name": "core", "workflows": str(tmp_path)}]
    monkeypatch.setattr("web.routes.examples.find_examples", lambda _: find_examples(packs))
    for _ in range(2):  # what is among the assets already is no other
        answer = await client.get("/api/examples/core/reads")
        opened = await answer.json()
    sha256 = hashlib.sha256(picture).hexdigest()
    files = {id: node["inputs"]["file"] for id, node in opened["nodes"].items()}
    assert files == {"here": {"asset": "here.png", "sha256": sha256}, "gone": {"asset": "gone.png"}}
    kept = await client.get(f"/api/assets/{sha256}.png")
    assert await kept.read() == picture
    (asset,) = (await (await client.get("/api/assets")).json())["assets"]
    assert (asset["asset"], asset["width"], asset["height"], asset["run"]) == ("here.png", 8, 6, None)
    checked = await (await client.post("/api/check", json={"workflow": opened})).json()
    assert [fault["node"] for fault in checked["faults"]] == ["gone"]


async def test_an_example_whose_shape_is_strange_is_handed_out_as_it_is(client, tmp_path, monkeypatch):
    for name, strange in (("a", {"nodes": [1]}), ("b", {"nodes": {"n": {"inputs": {"f": {"asset": 7}}}}})):
        (tmp_path / f"{name}.json").write_text(json.dumps(strange))
        packs = [{"name": "core", "workflows": str(tmp_path)}]
        monkeypatch.setattr("web.routes.examples.find_examples", lambda _, packs=packs: find_examples(packs))
        answer = await client.get(f"/api/examples/core/{name}")
        assert (answer.status, await answer.json()) == (200, strange)
