"""Workflows that leave together with their files, and come in so."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import orjson
from aiohttp import web

from engine.store.assets import Assets
from engine.store.bundles import Taken, collect, take_bundle, write_bundle
from engine.store.home import Home, made
from engine.store.uploads import Upload
from web.bodies import read_body
from web.intake import arriving
from web.keys import PICTURES, SERVICE, SETTINGS
from web.routes.assets import asset_name, find_file
from web.routing import Answer, Routes
from web.settings import Limits
from web.wire_results import MakeBundle

routes = Routes()
MEDIA = "application/zip"


@routes.add(
    "POST",
    "/api/bundles",
    gives=Answer("A zip file", media=(MEDIA,)),
    refusals=(404, 413, 415),
    body=MakeBundle,
)
async def bundle(request: web.Request) -> web.Response:
    """One file of a workflow, the files that it names, and pictures that it made; opening it brings all of them in."""
    asked = await read_body(request, MakeBundle)
    service, home = request.app[SERVICE], request.app[SETTINGS].home
    known = [await asyncio.to_thread(service.gallery.find, sha256) for sha256 in asked.pictures]
    pictures = [(row.name, find_file(home.assets, row.sha256, "")) for row in known if row is not None]
    workflow = orjson.loads(await service.canonical(asked.workflow))
    files = await asyncio.to_thread(collect, workflow, Assets(home.assets, home.inputs).file)
    text = await service.canonical(workflow, needs=True)
    file = await asyncio.to_thread(_written, home, text, files, pictures)
    return web.Response(body=file, content_type=MEDIA, headers={"Cache-Control": "no-store"})


def _written(home: Home, text: str, files: dict[str, Path], pictures: Sequence[tuple[str, Path]]) -> IO[bytes]:
    """The zip as an open file without a name: it is gone when it was sent."""
    file = tempfile.TemporaryFile(dir=made(home.cache))  # noqa: SIM115  (closed by the answer)
    write_bundle(file, text, files, pictures)
    file.seek(0)
    return file


async def open_bundle(request: web.Request) -> dict[str, Any]:
    """What `open` says of the workflow of a bundle that is the body; its files are assets afterwards."""
    settings = request.app[SETTINGS]
    assets, limits = settings.home.assets, settings.limits
    async with arriving(request) as upload:
        workflow, taken = await asyncio.get_running_loop().run_in_executor(
            request.app[PICTURES], _taken, upload, assets, limits
        )
    await note_files(request, taken)
    return await request.app[SERVICE].open(workflow)


async def note_files(request: web.Request, taken: Sequence[Taken]) -> None:
    """Have the gallery know files that came in with a workflow."""
    gallery = request.app[SERVICE].gallery
    for each in taken:
        name = asset_name(each.name, each.sha256, each.kind.suffix)
        size = (each.kind.width, each.kind.height)
        await asyncio.wrap_future(
            gallery.add_upload(each.sha256, each.kind.suffix, name, each.bytes, *size, type=each.kind.type)
        )


def _taken(upload: Upload, assets: Path, limits: Limits) -> tuple[bytes, list[Taken]]:
    upload.finish()
    return take_bundle(upload.path, assets, most=limits.upload_bytes, pixels=limits.pixels)
