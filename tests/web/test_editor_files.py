"""The editor's page and files over HTTP."""

import re


async def base_of(client) -> str:
    page = await (await client.get("/")).text()
    found = re.search(r'src="(/editor/[0-9a-f]{16})/main.js"', page)
    assert found
    return found[1]


async def test_the_page_is_asked_for_anew_and_names_modules_that_may_be_kept_for_ever(client):
    page = await client.get("/")
    assert page.status == 200
    assert page.content_type == "text/html"
    assert page.headers["Cache-Control"] == "no-cache"
    module = await client.get(await base_of(client) + "/inner/part.js")
    assert await module.text() == "export const part = 1;\n"
    assert module.content_type == "text/javascript"
    assert "immutable" in module.headers["Cache-Control"]


async def test_a_changed_module_has_a_new_address_and_the_old_one_is_no_longer_kept(client, settings):
    before = await base_of(client)
    (settings.editor / "inner" / "part.js").write_text("export const part = 22;\n")
    after = await base_of(client)
    assert after != before
    assert await (await client.get(after + "/inner/part.js")).text() == "export const part = 22;\n"
    stale = await client.get(before + "/inner/part.js")
    assert stale.status == 200
    assert stale.headers["Cache-Control"] == "no-cache"


async def test_text_comes_packed_to_who_unpacks_it_and_plain_to_who_does_not(client):
    address = await base_of(client) + "/main.js"
    for offer, coding in (
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("br", None),
        ("gzip;q=0, *", None),
        ("*", "gzip"),
    ):
        answer = await client.get(address, headers={"Accept-Encoding": offer})
        assert answer.headers.get("Content-Encoding") == coding, offer
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert await answer.text() == 'import "./inner/part.js";\n'  # the client unpacks


async def test_the_page_names_all_modules_that_it_needs(client, settings):
    page = settings.editor / "index.html"
    before = page.read_text()
    page.write_text("<head>\n  {{modules main.js none.js}}\n</head>" + before)
    base = await base_of(client)
    text = await (await client.get("/")).text()
    page.write_text(before)
    links = [f'  <link rel="modulepreload" href="{base}/{name}">\n' for name in ("main.js", "inner/part.js")]
    assert text.startswith(f"<head>\n{''.join(links)}</head>")


async def test_a_form_has_an_address_of_its_own(client, settings):
    (settings.editor / "form.html").write_text('<script type="module" src="{{base}}/form/page.js"></script>')
    page = await client.get("/form/my%20workflow")
    assert page.status == 200
    assert f'src="{await base_of(client)}/form/page.js"' in await page.text()


async def test_only_files_of_a_front_end_are_handed_out(client, settings):
    (settings.editor / "outside.js").symlink_to("/etc/hostname")
    base = await base_of(client)
    for name in (
        "outside.js",
        "secret.pem",
        "none.js",
        "../conftest.py",
        "%2e%2e/%2e%2e/etc/passwd",
        "inner/../secret.pem",
    ):
        answer = await client.get(f"{base}/{name}")
        assert answer.status == 404, name
        assert (await answer.json())["error"]["code"] == "not_found"


async def test_an_installation_without_an_editor_says_so(settings, running, tmp_path):
    import dataclasses

    async with running(dataclasses.replace(settings, editor=tmp_path / "nowhere")) as client:
        answer = await client.get("/")
        assert answer.status == 404
        assert "no editor" in (await answer.json())["error"]["message"]
