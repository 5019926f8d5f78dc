"""Uploads, files, thumbnails and the gallery over HTTP."""

import dataclasses
import hashlib
import io
import random

import pytest
from PIL import Image

from engine.store.errors import DiskFullError
from web.settings import Limits


def picture(format="PNG", size=(70, 50), color=(40, 90, 10)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, format)
    return buffer.getvalue()


async def upload(client, data, name="cat.png", media="image/png"):
    return await client.post("/api/assets", params={"name": name}, data=data, headers={"Content-Type": media})


async def test_an_upload_is_an_asset_by_its_content_and_comes_back_bit_for_bit(client, home):
    data = picture()
    answer = await upload(client, data)
    assert answer.status == 201
    asset = await answer.json()
    sha256 = hashlib.sha256(data).hexdigest()
    assert (asset["asset"], asset["sha256"], asset["type"]) == ("cat.png", sha256, "Image")
    assert (asset["width"], asset["height"], asset["bytes"], asset["kind"]) == (70, 50, len(data), "upload")
    assert asset["url"] == f"/api/assets/{sha256}.png"
    for url in (asset["url"], f"/api/assets/{sha256}"):
        read = await client.get(url)
        assert await read.read() == data
        assert read.content_type == "image/png"
        assert read.headers["ETag"] == f'"{sha256}"'
        assert "immutable" in read.headers["Cache-Control"]
        assert (await client.get(url, headers={"If-None-Match": f'"{sha256}"'})).status == 304
    again = await upload(client, data, "dog.png")
    assert (again.status, (await again.json())["number"]) == (200, asset["number"])
    assert [path.name for path in home.assets.rglob("*") if path.is_file()] == [f"{sha256}.png"]


async def test_a_part_of_a_file_is_answered_as_a_part(client):
    data = random.Random(1).randbytes(100_000)
    data = picture() + data  # what follows a PNG's end does not matter to it
    url = (await (await upload(client, data)).json())["url"]
    part = await client.get(url, headers={"Range": "bytes=50000-59999"})
    assert (part.status, await part.read()) == (206, data[50_000:60_000])
    assert part.headers["Content-Range"] == f"bytes 50000-59999/{len(data)}"
    tail = await client.get(url, headers={"Range": "bytes=-7"})
    assert (tail.status, await tail.read()) == (206, data[-7:])
    beyond = await client.get(url, headers={"Range": f"bytes={len(data)}-"})
    assert beyond.status == 416


async def test_a_thumbnail_is_a_small_webp_that_may_be_kept_for_ever(client):
    url = (await (await upload(client, picture(size=(640, 320)))).json())["url"]
    answer = await client.get(url, params={"size": "128"})
    with Image.open(io.BytesIO(await answer.read())) as image:
        assert (image.format, image.size) == ("WEBP", (128, 64))
    assert answer.content_type == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]
    known = {"If-None-Match": answer.headers["ETag"]}
    assert (await client.get(url, params={"size": "128"}, headers=known)).status == 304
    assert (await client.get(url, params={"size": "256"}, headers=known)).status == 200
    assert (await client.get(url, params={"size": "100"})).status == 422


async def test_what_is_no_picture_is_only_ever_saved_never_shown(client):
    answer = await upload(client, b"prompt\n<script>\n", "evil.csv", "text/csv")
    asset = await answer.json()
    read = await client.get(asset["url"])
    assert read.headers["Content-Disposition"] == "attachment"
    assert read.content_type == "application/octet-stream"
    assert read.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in read.headers["Content-Security-Policy"]
    assert (await client.get(asset["url"], params={"size": "64"})).status == 404


async def test_the_gallery_is_paged_newest_first(client):
    for number in range(5):
        await upload(client, picture(color=(number, 0, 0)), f"{number}.png")
    first = await (await client.get("/api/assets", params={"limit": "2", "kind": "upload"})).json()
    assert [asset["asset"] for asset in first["assets"]] == ["4.png", "3.png"]
    rest = await (await client.get("/api/assets", params={"before": str(first["next"]), "limit": "3"})).json()
    assert [asset["asset"] for asset in rest["assets"]] == ["2.png", "1.png", "0.png"]
    assert rest["next"] is None
    assert (await (await client.get("/api/assets", params={"kind": "result"})).json())["assets"] == []


async def test_a_deleted_file_is_gone_with_its_thumbnails(client, home):
    asset = await (await upload(client, picture())).json()
    await client.get(asset["url"], params={"size": "64"})
    assert (await client.delete(f"/api/assets/{asset['sha256']}")).status == 204
    assert (await client.get(asset["url"])).status == 404
    assert (await client.delete(f"/api/assets/{asset['sha256']}")).status == 404
    assert [path for path in home.root.rglob("*") if path.is_file() and asset["sha256"] in path.name] == []
    assert (await (await client.get("/api/assets")).json())["assets"] == []


async def test_a_file_whose_content_was_damaged_is_not_served(client, home):
    asset = await (await upload(client, picture())).json()
    (path,) = home.assets.rglob("*.png")
    path.write_bytes(picture(color=(0, 0, 1)))
    assert (await client.get(asset["url"])).status == 404


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../evil.png", "evil.png"),
        ("C:\\x\\y.jpg", "y.png"),
        ("a/b.html", "b.png"),
        ("", None),
        ("..", "output.png"),
        ("ü ?.png", "ü _.png"),
    ],
)
async def test_whatever_a_file_was_called_its_name_is_one_that_a_workflow_may_use(client, given, name):
    data = picture()
    asset = await (await upload(client, data, given)).json()
    assert asset["asset"] == (name or hashlib.sha256(data).hexdigest()[:12] + ".png")


async def test_on_a_full_disk_an_upload_is_refused_before_it_comes_and_nothing_stays(client, home, monkeypatch):
    def full(*_):
        raise DiskFullError("the disk is full: nothing was written")

    monkeypatch.setattr("web.intake.make_room", full)
    answer = await upload(client, picture())
    assert (answer.status, (await answer.json())["error"]["code"]) == (413, "disk_full")
    assert [path for path in home.assets.rglob("*") if path.is_file()] == []


async def test_more_than_an_upload_may_have_is_refused_with_and_without_a_length(settings, running, tmp_path):
    small = dataclasses.replace(settings, limits=Limits(upload_bytes=10_000))

    async def pieces():
        for _ in range(20):
            yield b"0" * 1000

    async with running(small) as client:
        for body in (b"0" * 10_001, pieces()):
            answer = await upload(client, body)
            assert (answer.status, (await answer.json())["error"]["code"]) == (413, "too_large")
        assert [path for path in (tmp_path / "home" / "assets").rglob("*") if path.is_file()] == []
