"""Workflows that are opened, out of a file, a picture or a bundle, and compared."""

from __future__ import annotations

from aiohttp import web

from web.answers import json_response
from web.bodies import read_body, read_bytes
from web.keys import SERVICE
from web.routes.bundles import MEDIA, open_bundle
from web.routing import Answer, Routes
from web.wire import OpenedDoc
from web.wire_library import ComparedDoc, CompareWorkflows

routes = Routes()
PICTURE_BYTES = 64 << 20
_MEDIA = ("application/json", "application/octet-stream", MEDIA, "image/jpeg", "image/png", "image/webp")


@routes.add("POST", "/api/open", gives=Answer("The workflow", OpenedDoc), refusals=(413, 415, 429), media=_MEDIA)
async def open_workflow(request: web.Request) -> web.Response:
    """Read a workflow out of a file's content, a picture that carries one, or a bundle, and bring it up to date."""
    if request.content_type == MEDIA:
        return json_response(await open_bundle(request))
    limit = None if request.content_type == "application/json" else PICTURE_BYTES
    return json_response(await request.app[SERVICE].open(await read_bytes(request, limit)))


@routes.add(
    "POST",
    "/api/compare",
    gives=Answer("What was changed", ComparedDoc),
    refusals=(413, 415),
    body=CompareWorkflows,
)
async def compare(request: web.Request) -> web.Response:
    """Say what was changed from one workflow to another, in nodes and values."""
    asked = await read_body(request, CompareWorkflows)
    return json_response({"changes": await request.app[SERVICE].compare(asked.before, asked.after)})
