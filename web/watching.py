"""Notices what changes in folders from outside: workflows by an editor or git, models and files by a download."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from engine.store.errors import StoreError
from engine.store.folders import glance
from web.keys import HUB, LIBRARY, SERVICE, SETTINGS, SNIPPETS

REST = 20
log = logging.getLogger("latentloom.web")


async def folders_watched(app: web.Application) -> AsyncIterator[None]:
    """Look at the library, the inputs and the model folders every now and then, as long as anybody listens."""
    seconds, home = app[SETTINGS].folder_seconds, app[SETTINGS].home
    hub, library, snippets = app[HUB], app[LIBRARY], app[SNIPPETS]

    async def library_changed() -> None:
        hub.tell("library.changed")

    async def inputs_changed() -> None:
        hub.tell("inputs.changed")

    def wanted() -> bool:
        return len(hub) > 0

    def named() -> object:
        """The files that inputs may name; a workflow that is saved is none."""
        return {each for each in glance([home.inputs, home.workflows]) if not each[0].endswith(".json")}

    watching = [
        watch(lambda: [library.all(), snippets.all()], library_changed, wanted, seconds),
        watch(named, inputs_changed, wanted, seconds, settled=True),
        watch(lambda: glance(home.model_folders), app[SERVICE].models_changed, wanted, seconds, settled=True),
    ]
    tasks = [asyncio.create_task(one) for one in watching]
    yield
    for task in tasks:
        task.cancel()


async def watch(
    look: Callable[[], object],
    changed: Callable[[], Awaitable[None]],
    wanted: Callable[[], bool],
    seconds: float,
    *,
    settled: bool = False,
) -> None:
    """Call `changed` when `look` sees something else than the last time that it was called; for ever.

    `settled`: not before it has seen the same twice, so that a file which is still being copied is told of once, when it is
    whole. It looks every so many seconds while that is `wanted`, less often where a look takes long, and never for more
    than a twentieth of the time.
    """
    told = last = await asyncio.to_thread(look)
    pause = seconds
    while True:
        await asyncio.sleep(pause)
        if not wanted():
            continue
        began = time.monotonic()
        try:
            found = await asyncio.to_thread(look)
            if found != told and (found == last or not settled):
                await changed()
                told = found
            last = found
        except (OSError, StoreError) as error:
            log.warning("a folder can't be watched now: %s", error)
        pause = max(seconds, REST * (time.monotonic() - began))
