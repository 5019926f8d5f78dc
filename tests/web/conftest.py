"""A server a test module, on a free port, with a data folder of its own; and a client that speaks real HTTP to it."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession
from serving import served_here

from engine.store.home import Home
from web.settings import Settings


@pytest.fixture(scope="module")
def children_find_our_nodes() -> Iterator[None]:
    """The processes of a server import the nodes of the tests too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent.parent / "support"))
        yield


@pytest.fixture(scope="module")
def settings(tmp_path_factory, children_find_our_nodes) -> Settings:
    root = tmp_path_factory.mktemp("served")
    editor = root / "editor"
    (editor / "inner").mkdir(parents=True)
    (editor / "index.html").write_text('<!doctype html><script type="module" src="{{base}}/main.js"></script>')
    (editor / "main.js").write_text('import "./inner/part.js";\n')
    (editor / "inner" / "part.js").write_text("export const part = 1;\n")
    (editor / "secret.pem").write_text("not for anyone")
    home = Home(root / "home", (root / "home" / "models",))
    return Settings(
        home=home, editor=editor, devices=("cpu",), registry="workshop:REGISTRY", warm=False, folder_seconds=0.05
    )


@pytest.fixture
def home(settings: Settings) -> Home:
    return settings.home


@pytest.fixture(scope="module")
def port(settings) -> Iterator[int]:
    with served_here(settings) as port:
        yield port


@pytest.fixture
def running(tmp_path) -> Callable[[Settings], object]:
    """`async with running(settings) as client`, for tests with settings, and a data folder, of their own."""
    home = Home(tmp_path / "home", ())

    @asynccontextmanager
    async def run(settings: Settings) -> AsyncIterator[ClientSession]:
        with served_here(dataclasses.replace(settings, home=home)) as port:
            async with ClientSession(f"http://127.0.0.1:{port}") as client:
                yield client

    return run


@pytest.fixture
async def client(port, home) -> AsyncIterator[ClientSession]:
    """A client of the module's server, which is left without workflows, drafts and assets."""
    async with ClientSession(f"http://127.0.0.1:{port}") as client:
        yield client
        for asset in (await (await client.get("/api/assets?limit=500")).json())["assets"]:
            await client.delete(f"/api/assets/{asset['sha256']}")
    for folder in (home.workflows, home.root / "versions", home.root / "drafts"):
        shutil.rmtree(folder, ignore_errors=True)
