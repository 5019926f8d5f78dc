import asyncio

import pytest

from engine.serve import clerk
from engine.serve.clerk import ClerkDesk
from engine.serve.errors import NotReady
from engine.serve.settings import Settings
from engine.store.home import Home
from engine.worker.frames import Frame


class Silent:
    """A process that hears and says nothing."""

    importing = None

    def __init__(self, *_told):
        self.killed = []

    async def start(self):
        pass

    def send(self, message, buffers=()):
        pass

    def kill(self, why):
        self.killed.append(why)


@pytest.fixture
async def desk(monkeypatch, tmp_path):
    """A desk whose clerk has no time at all to answer in."""
    monkeypatch.setattr(clerk, "Child", Silent)
    monkeypatch.setattr(clerk, "ANSWER_SECONDS", 0)
    desk = ClerkDesk(Settings(Home(tmp_path, ())), {})
    await desk.start()
    return desk


async def turns():
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_time_for_an_answer_begins_when_the_clerk_is_there(desk):
    asked = asyncio.create_task(desk.ask("schema"))
    await turns()
    assert not asked.done()
    desk._heard(Frame({"type": "ready", "packs": []}))
    desk._heard(Frame({"type": "answer", "id": 1, "value": "a schema"}))

    assert await asked == "a schema"


async def test_a_clerk_that_is_there_and_does_not_answer_is_ended(desk):
    desk._heard(Frame({"type": "ready", "packs": []}))
    with pytest.raises(NotReady, match="took longer"):
        await desk.ask("schema")

    assert len(desk._child.killed) == 1


async def test_what_was_asked_of_a_clerk_that_dies_as_it_starts_is_refused(desk):
    asked = asyncio.create_task(desk.ask("schema"))
    await turns()
    desk._ended("it died")

    with pytest.raises(NotReady, match="it died"):
        await asked
