"""Snippets: workflows that are put into others, in a folder of the library."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from aiohttp import web

from web.answers import json_response
from web.bodies import read_body
from web.keys import HUB, SNIPPETS
from web.routes.library import delete_from, kept, save_into, saved
from web.routing import Answer, Routes
from web.wire_library import DocumentDoc, RenameSnippet, SnippetsPage

routes = Routes()
NAME = r"/api/snippets/{name}"


@routes.add("GET", "/api/snippets", gives=Answer("The snippets", SnippetsPage))
async def snippets(request: web.Request) -> web.Response:
    """The snippets of the library, by name, with the types of their nodes."""
    found = await asyncio.to_thread(request.app[SNIPPETS].described)
    return json_response({"snippets": [asdict(snippet) for snippet in found]})


@routes.add("GET", NAME, gives=Answer("The file as it stands, with its ETag"), refusals=(404,))
async def read(request: web.Request) -> web.Response:
    """A snippet: a workflow file."""
    return await kept(request, request.app[SNIPPETS])


@routes.add(
    "PUT",
    NAME,
    gives={200: Answer("It was replaced", DocumentDoc), 201: Answer("It is new", DocumentDoc)},
    refusals=(404, 412, 413, 415),
    media=("application/json",),
    headers=("If-Match", "If-None-Match"),
)
async def save(request: web.Request) -> web.Response:
    """Save a snippet in canonical form; its headers say what is replaced, as for a workflow."""
    return await save_into(request, request.app[SNIPPETS])


@routes.add(
    "POST",
    NAME + "/rename",
    gives=Answer("Under its new name", DocumentDoc),
    refusals=(404, 412, 415),
    body=RenameSnippet,
)
async def rename(request: web.Request) -> web.Response:
    """Give a snippet another name, that no other has."""
    asked = await read_body(request, RenameSnippet)
    document = await asyncio.to_thread(request.app[SNIPPETS].rename, request.match_info["name"], asked.name)
    request.app[HUB].tell("library.changed")
    return saved(document, new=False)


@routes.add("DELETE", NAME, gives={204: Answer("It is gone")}, refusals=(404, 412), headers=("If-Match",))
async def delete(request: web.Request) -> web.Response:
    """Delete a snippet."""
    return await delete_from(request, request.app[SNIPPETS])
