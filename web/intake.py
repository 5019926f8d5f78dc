"""Receives a file: piece by piece onto the disk, within limits, looked at before it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from engine.store.errors import PictureError, WeightsError
from engine.store.space import make_room
from engine.store.uploads import Kind, Upload, kind_of
from web.bodies import check_length, too_large
from web.errors import Refused
from web.keys import PICTURES, SETTINGS, UPLOADS
from web.settings import Settings

STEP = 16 << 20  # how often the disk is asked for room


async def receive(request: web.Request, name: str) -> tuple[str, Kind, int]:
    """The body as an asset: its SHA-256, what it is, its bytes. Raises Refused, StoreError, OSError."""
    async with arriving(request) as upload:
        return await asyncio.get_running_loop().run_in_executor(
            request.app[PICTURES], _kept, upload, name, request.app[SETTINGS].limits.pixels
        )


@asynccontextmanager
async def arriving(request: web.Request) -> AsyncIterator[Upload]:
    """The whole body as a file that is gone afterwards, unless it is kept. Raises Refused, StoreError, OSError."""
    settings, slots = request.app[SETTINGS], request.app[UPLOADS]
    check_length(request, settings.limits.upload_bytes)
    if slots.locked():
        raise Refused(429, "too many files are arriving at once; try again in a moment")
    async with slots:
        await asyncio.to_thread(_room, settings, request.content_length or 0)
        with Upload(settings.home.assets) as upload:
            await _fill(upload, request, settings)
            if upload.bytes == 0:
                raise Refused(422, "the body of this request is empty; it is to be the file's content")
            yield upload


async def _fill(upload: Upload, request: web.Request, settings: Settings) -> None:
    limits, promised = settings.limits, STEP
    while True:
        try:
            async with asyncio.timeout(limits.body_seconds):
                chunk = await request.content.readany()
        except TimeoutError:
            raise Refused(408, f"nothing more of the file came for {limits.body_seconds:g} seconds") from None
        if not chunk:
            return
        if upload.bytes + len(chunk) > limits.upload_bytes:
            raise too_large(limits.upload_bytes)
        upload.write(chunk)
        if upload.bytes > promised:
            promised += STEP
            await asyncio.to_thread(_room, settings, STEP)


def _room(settings: Settings, wanted: int) -> None:
    make_room(settings.home.root, settings.home.cache, wanted + settings.limits.free_bytes)


def _kept(upload: Upload, name: str, pixels: int) -> tuple[str, Kind, int]:
    upload.finish()
    try:
        kind = kind_of(upload.path, name, pixels)
    except (PictureError, WeightsError) as error:
        raise Refused(422, str(error), error.code) from None
    upload.keep(kind.suffix)
    return upload.sha256, kind, upload.bytes
