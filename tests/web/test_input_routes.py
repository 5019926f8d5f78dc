"""The folder of inputs: what is put into it is told and listed without a restart."""

import asyncio
import json
import shutil
from pathlib import Path

from aiohttp import ClientSession


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
