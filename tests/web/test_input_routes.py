"""The folder of inputs: what is put into it is told and listed without a restart."""

import asyncio
import io
import json
import shutil
from pathlib import Path

from aiohttp import ClientSession
from PIL import Image
from yarl import URL

from engine.graph.values import File
from engine.store.assets import Assets


async def until_told(socket, type: str) -> None:
    async with asyncio.timeout(20):
        while json.loads((await socket.receive()).data)["type"] != type:
            pass


async def listed(client: ClientSession) -> list[str]:
    files: list[str] = (await (await client.get("/api/inputs")).json())["files"]
    return files


async def test_a_file_that_comes_into_the_folder_of_inputs_or_leaves_it_is_told_and_listed_at_once(client, home):
    async with client.ws_connect("/api/events") as socket:
        assert await listed(client) == []
        (home.inputs / "pets").mkdir(parents=True)
        (home.inputs / "pets" / "cat.png").write_bytes(b"a cat")
        await until_told(socket, "inputs.changed")
        assert await listed(client) == ["pets/cat.png"]
        shutil.rmtree(home.inputs)
        await until_told(socket, "inputs.changed")
        assert await listed(client) == []


async def test_what_a_workflow_cannot_name_is_not_listed(client, home, tmp_path: Path):
    (tmp_path / "secret.png").write_bytes(b"not for anyone")
    home.inputs.mkdir(parents=True)
    (home.inputs / "link.png").symlink_to(tmp_path / "secret.png")
    (home.inputs / ".hidden.png").write_bytes(b"")
    (home.inputs / "cat.png").write_bytes(b"a cat")
    assert await listed(client) == ["cat.png"]
    shutil.rmtree(home.inputs)


async def test_a_picture_of_the_folder_is_seen_small_and_anew_when_another_takes_its_name(client, home):
    (home.inputs / "my pets").mkdir(parents=True)
    path = home.inputs / "my pets" / "a cat?.png"
    url = URL("/api/inputs/my%20pets%2Fa%20cat%3F.png?size=64", encoded=True)
    tags = set()
    for size in ((640, 320), (320, 640)):
        Image.new("RGB", size, "red").save(path)
        answer = await client.get(url)
        assert (answer.status, answer.content_type) == (200, "image/webp")
        assert "no-cache" in answer.headers["Cache-Control"]
        with Image.open(io.BytesIO(await answer.read())) as image:
            assert image.size == (size[0] // 10, size[1] // 10)
        known = {"If-None-Match": answer.headers["ETag"]}
        assert (await client.get(url, headers=known)).status == 304
        tags.add(answer.headers["ETag"])
    assert len(tags) == 2
    shutil.rmtree(home.inputs)


async def test_a_picture_of_the_folder_is_there_whole(client, home):
    home.inputs.mkdir(parents=True)
    Image.new("RGB", (1600, 4), "red").save(home.inputs / "cat.png")
    (home.inputs / "page.html").write_text("<script>alert(1)</script>")
    answer = await client.get("/api/inputs/cat.png")
    assert (answer.status, answer.content_type) == (200, "image/png")
    assert await answer.read() == (home.inputs / "cat.png").read_bytes()
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert (await client.get("/api/inputs/cat.png", headers={"If-None-Match": answer.headers["ETag"]})).status == 304
    assert (await client.get("/api/inputs/page.html")).status == 404
    shutil.rmtree(home.inputs)


async def test_a_picture_whose_name_is_in_large_letters_is_one_too(client, home):
    home.inputs.mkdir(parents=True)
    Image.new("RGB", (4, 4), "red").save(home.inputs / "DSC_0001.JPG")
    assert await listed(client) == ["DSC_0001.JPG"]
    answer = await client.get("/api/inputs/DSC_0001.JPG")
    assert (answer.status, answer.content_type) == (200, "image/jpeg")
    assert "Content-Disposition" not in answer.headers
    assert (await client.get("/api/inputs/DSC_0001.JPG?size=64")).content_type == "image/webp"
    assert (await client.get("/api/inputs/DSC_0001.JPG", headers={"If-None-Match": "*"})).status == 304
    shutil.rmtree(home.inputs)


async def test_what_is_no_picture_of_the_folder_has_no_thumbnail(client, home, tmp_path: Path):
    home.inputs.mkdir(parents=True)
    Image.new("RGB", (4, 4)).save(tmp_path / "secret.png")
    (home.inputs / "link.png").symlink_to(tmp_path / "secret.png")
    (home.inputs / "broken.png").write_bytes(b"a cat")
    for name in ("link.png", "broken.png", "nowhere.png", "..%2F..%2Fsecret.png", "%2Fetc%2Fpasswd", "a%00b.png"):
        answer = await client.get(URL(f"/api/inputs/{name}?size=512", encoded=True))
        assert answer.status == 404, name
        whole = await client.get(URL(f"/api/inputs/{name}", encoded=True))
        assert (whole.status == 404) == (name != "broken.png"), name
    shutil.rmtree(home.inputs)


async def test_the_picture_that_is_shown_is_the_one_that_a_run_takes(client, home):
    for folder, colour in ((home.inputs, "red"), (home.workflows, "blue")):
        folder.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4), colour).save(folder / "cat.png")
    Image.new("RGB", (4, 4)).save(home.workflows / "dog.png")
    (home.workflows / "draft.json").write_text("{}")
    assert await listed(client) == ["cat.png", "dog.png"]
    taken = Assets(home.assets, home.inputs, home.workflows).file(File("cat.png"))
    assert taken.path == home.workflows / "cat.png"
    answer = await client.get("/api/inputs/cat.png")
    assert await answer.read() == taken.path.read_bytes()
    shutil.rmtree(home.inputs)
    for name in ("cat.png", "dog.png", "draft.json"):
        (home.workflows / name).unlink()
