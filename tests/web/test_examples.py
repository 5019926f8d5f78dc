"""Examples: workflow files of packs, found with their titles and pictures."""

import json

from web.examples import find_examples


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
