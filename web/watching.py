"""Notices what changes in the library from outside: an editor, git, a file manager."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from web.keys import HUB, LIBRARY, SETTINGS


async def library_watched(app: web.Application) -> AsyncIterator[None]:
    """Look at the library every now and then, as long as anybody listens."""
    watching = asyncio.create_task(_watch(app))
    yield
    watching.cancel()


async def _watch(app: web.Application) -> None:
    seen = await asyncio.to_thread(app[LIBRARY].all)
    while True:
        await asyncio.sleep(app[SETTINGS].library_seconds)
        if len(app[HUB]):
            found = await asyncio.to_thread(app[LIBRARY].all)
            if found != seen:
                app[HUB].tell("library.changed")
            seen = found
