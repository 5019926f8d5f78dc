"""A server on a free port with a data folder of its own, and a client that speaks real HTTP to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp.test_utils import TestClient, TestServer

from engine.store.home import Home
from web.app import make_app
from web.settings import Settings


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "home", (tmp_path / "home" / "models",))


@pytest.fixture
def settings(home, tmp_path):
    editor = tmp_path / "editor"
    (editor / "inner").mkdir(parents=True)
    (editor / "index.html").write_text('<!doctype html><script type="module" src="{{base}}/main.js"></script>')
    (editor / "main.js").write_text('import "./inner/part.js";\n')
    (editor / "inner" / "part.js").write_text("export const part = 1;\n")
    (editor / "secret.pem").write_text("not for anyone")
    return Settings(home=home, editor=editor, port=0)


@pytest.fixture
def running() -> Callable[[Settings], object]:
    """`async with running(settings) as client`, for tests with settings of their own."""

    @asynccontextmanager
    async def run(settings: Settings) -> AsyncIterator[TestClient]:
        async with TestClient(TestServer(make_app(settings))) as client:
            yield client

    return run


@pytest.fixture
async def client(settings, running) -> AsyncIterator[TestClient]:
    async with running(settings) as client:
        yield client
