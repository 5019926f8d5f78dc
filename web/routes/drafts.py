"""Drafts: what the editor saves by itself, a document each. No draft ever touches a saved file."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from aiohttp import web

from engine.store.documents import Document, Documents, UnknownDocument
from web.answers import json_response
from web.bodies import read_text
from web.errors import Refused
from web.keys import DRAFTS
from web.routes.library import kept, saved
from web.routing import Answer, Routes
from web.wire_library import DocumentDoc, DraftsPage

routes = Routes()
NAME = "/api/drafts/{name}"
MOST = 1000


@routes.add("GET", "/api/drafts", gives=Answer("The drafts", DraftsPage))
async def drafts(request: web.Request) -> web.Response:
    """The drafts that there are, by name."""
    found = await asyncio.to_thread(request.app[DRAFTS].all)
    return json_response({"drafts": [asdict(document) for document in found]})


@routes.add("GET", NAME, gives=Answer("The draft as it was put"), refusals=(404,))
async def read(request: web.Request) -> web.Response:
    """A draft."""
    return await kept(request, request.app[DRAFTS])


@routes.add(
    "PUT",
    NAME,
    gives={200: Answer("It was replaced", DocumentDoc), 201: Answer("It is new", DocumentDoc)},
    refusals=(413, 415, 429),
    media=("application/json",),
)
async def put(request: web.Request) -> web.Response:
    """Keep a draft: any JSON object, as it comes. The last one counts."""
    value, data = await read_text(request, "the draft")
    if not isinstance(value, dict):
        raise Refused(422, "a draft is a JSON object")
    document, new = await asyncio.to_thread(_put, request.app[DRAFTS], request.match_info["name"], data)
    return saved(document, new=new)


@routes.add("DELETE", NAME, gives={204: Answer("It is gone")}, refusals=(404,))
async def delete(request: web.Request) -> web.Response:
    """Throw a draft away."""
    await asyncio.to_thread(request.app[DRAFTS].delete, request.match_info["name"])
    return web.Response(status=204)


def _put(drafts: Documents, name: str, data: bytes) -> tuple[Document, bool]:
    try:
        drafts.find(name)
    except UnknownDocument:
        if len(drafts.all()) >= MOST:
            raise Refused(429, f"there are {MOST} drafts; throw some away") from None
    return drafts.put(name, data)
