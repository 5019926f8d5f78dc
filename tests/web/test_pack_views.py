"""Front-end modules of packs: only files of their folder, of the kinds that a front end has."""

import pytest

from engine.serve.service import Service


@pytest.fixture
def views(tmp_path, monkeypatch):
    folder = tmp_path / "views"
    (folder / "inner").mkdir(parents=True)
    (folder / "slider.js").write_text("export default 1;\n")
    (folder / "inner" / "style.css").write_text("a {}\n")
    (folder / "secret.py").write_text("secret")
    (folder / ".hidden.js").write_text("secret")
    (tmp_path / "outside.js").write_text("secret")
    (folder / "link.js").symlink_to(tmp_path / "outside.js")

    async def packs(self):
        return [{"name": "ours", "version": "1", "error": None, "views": str(folder)}, {"name": "bare", "views": None}]

    monkeypatch.setattr(Service, "packs", packs)
    return folder


async def test_a_module_is_given_as_what_it_is_and_not_again_to_who_has_it(client, views):
    answer = await client.get("/api/packs/ours/views/slider.js")
    assert await answer.text() == "export default 1;\n"
    assert answer.content_type == "text/javascript"
    assert (await client.get("/api/packs/ours/views/inner/style.css")).content_type == "text/css"
    known = {"If-None-Match": answer.headers["ETag"]}
    assert (await client.get("/api/packs/ours/views/slider.js", headers=known)).status == 304
    (views / "slider.js").write_text("export default 2;\n")
    assert await (await client.get("/api/packs/ours/views/slider.js", headers=known)).text() == "export default 2;\n"


async def test_a_pack_says_where_its_modules_are_and_they_may_be_kept_until_one_changes(client, views):
    async def address():
        packs = (await (await client.get("/api/packs")).json())["packs"]
        assert [pack["name"] for pack in packs] == ["ours", "bare"]
        assert packs[1]["views"] is None
        return packs[0]["views"]

    before = await address()
    module = await client.get(before + "slider.js")
    assert await module.text() == "export default 1;\n"
    assert "immutable" in module.headers["Cache-Control"]
    assert module.headers["X-Content-Type-Options"] == "nosniff"
    assert module.headers["Content-Security-Policy"].startswith("default-src 'none'")
    (views / "inner" / "style.css").write_text("a { color: red }\n")
    after = await address()
    assert after != before
    assert (await client.get(after + "inner/style.css")).status == 200
    stale = await client.get(before + "slider.js")
    assert (stale.status, stale.headers["Cache-Control"]) == (200, "no-cache")
    assert (await client.get(after + "secret.py")).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "ours/views/secret.py",
        "ours/views/.hidden.js",
        "ours/views/link.js",
        "ours/views/..%2foutside.js",
        "ours/views/none.js",
        "ours/views/inner",
        "bare/views/slider.js",
        "none/views/slider.js",
        "ours/views/%2e%2e/outside.js",
    ],
)
async def test_nothing_else_of_the_folder_or_outside_of_it_is_given(client, views, path):
    answer = await client.get(f"/api/packs/{path}")
    assert answer.status == 404
    assert "secret" not in await answer.text()
