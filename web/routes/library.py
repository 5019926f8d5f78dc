"""The library of workflows: a plain folder of files, replaced only by who has seen what is there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import asdict

from aiohttp import ETag, web

from engine.store.documents import ANY, Document, Documents
from engine.store.errors import StoreError
from engine.store.versions import told_versions
from web.answers import client_has, json_response
from web.bodies import read_bytes, read_query
from web.errors import Refused
from web.keys import HUB, LIBRARY, SERVICE
from web.routing import Answer, Routes
from web.shown import changes_json
from web.wire_library import DocumentDoc, VersionsPage, VersionsQuery, WorkflowsPage

routes = Routes()
NAME = r"/api/workflows/{name}"
_WORKFLOW = Answer("The file as it stands, with its ETag")


@routes.add("GET", "/api/workflows", gives=Answer("The library", WorkflowsPage))
async def workflows(request: web.Request) -> web.Response:
    """The workflows of the library, by name; a file that was changed from outside has another etag."""
    found = await asyncio.to_thread(request.app[LIBRARY].all)
    return json_response({"workflows": [asdict(document) for document in found]})


@routes.add("GET", NAME, gives=_WORKFLOW, refusals=(404,))
async def read(request: web.Request) -> web.Response:
    """A workflow file of the library."""
    return await kept(request, request.app[LIBRARY])


@routes.add(
    "PUT",
    NAME,
    gives={200: Answer("It was replaced", DocumentDoc), 201: Answer("It is new", DocumentDoc)},
    refusals=(404, 412, 413, 415),
    media=("application/json",),
    headers=("If-Match", "If-None-Match"),
)
async def save(request: web.Request) -> web.Response:
    """Save a workflow in canonical form, with the packs and models that it needs.

    `If-Match` names the etag of the content that is to be replaced, `If-None-Match: *` says that it is new. Where the
    file is another one by now, nothing is written and the answer is 412.
    """
    return await save_into(request, request.app[LIBRARY], needs=True)


@routes.add(
    "DELETE", NAME, gives={204: Answer("It is gone; its versions are kept")}, refusals=(404, 412), headers=("If-Match",)
)
async def delete(request: web.Request) -> web.Response:
    """Delete a workflow; what it was stays among its versions."""
    return await delete_from(request, request.app[LIBRARY])


@routes.add("GET", NAME + "/versions", gives=Answer("Its versions", VersionsPage), refusals=(404,), query=VersionsQuery)
async def versions(request: web.Request) -> web.Response:
    """What a workflow was, the newest first, each with what it changed."""
    query, library = read_query(request, VersionsQuery), request.app[LIBRARY]
    name = request.match_info["name"]
    told, following = await asyncio.to_thread(told_versions, library, name, query.limit, query.before)
    found = [asdict(version) | {"changes": changes_json(changes)} for version, changes in told]
    return json_response({"versions": found, "next": following})


@routes.add("GET", NAME + r"/versions/{number:\d{1,9}}", gives=Answer("The file as it was"), refusals=(404,))
async def version(request: web.Request) -> web.Response:
    """An old content of a workflow."""
    name, number = request.match_info["name"], int(request.match_info["number"])
    data = await asyncio.to_thread(request.app[LIBRARY].version, name, number)
    return web.Response(body=data, content_type="application/json", headers={"Cache-Control": "no-cache"})


async def kept(request: web.Request, documents: Documents) -> web.Response:
    """The content of the document that the address names, with its ETag; or 304 where the client has it."""
    document, data = await asyncio.to_thread(documents.read, request.match_info["name"])
    if client_has(request, document.etag):
        response = web.Response(status=304)
    else:
        response = web.Response(body=data, content_type="application/json")
    response.etag = ETag(document.etag)
    response.headers["Cache-Control"] = "no-cache"
    return response


async def save_into(request: web.Request, documents: Documents, *, needs: bool = False) -> web.Response:
    """Save the workflow that came in canonical form, over what its headers name."""
    expected = expected_etag(request)
    data, name = await read_bytes(request), request.match_info["name"]
    before = await asyncio.to_thread(_content, documents, name) if needs and expected is not None else None
    text = await request.app[SERVICE].canonical(data, needs=needs, before=before)
    document = await asyncio.to_thread(documents.save, name, text.encode(), expected)
    request.app[HUB].tell("library.changed")
    return saved(document, new=expected is None)


def _content(documents: Documents, name: str) -> bytes | None:
    with suppress(StoreError):  # whether it has to be there is for the save to say
        return documents.read(name)[1]
    return None


async def delete_from(request: web.Request, documents: Documents) -> web.Response:
    """Delete the workflow that the address names, where a header names its content only that one."""
    await asyncio.to_thread(documents.delete, request.match_info["name"], named_etag(request) or ANY)
    request.app[HUB].tell("library.changed")
    return web.Response(status=204)


def saved(document: Document, *, new: bool) -> web.Response:
    """What is there now."""
    response = json_response(asdict(document), status=201 if new else 200)
    response.etag = ETag(document.etag)
    return response


def expected_etag(request: web.Request) -> str | None:
    """The content that a PUT may replace: an etag, ANY, or None for none. Raises Refused where it does not say."""
    none = request.if_none_match
    if none is not None:
        if [each.value for each in none] != [ANY] or "If-Match" in request.headers:
            raise Refused(400, "If-None-Match says only '*' here: that there is no such document yet")
        return None
    named = named_etag(request)
    if named is None:
        text = "say which content is to be replaced: If-Match with its etag, or If-None-Match: * for a new document"
        raise Refused(400, text, "if_match_missing")
    return named


def named_etag(request: web.Request) -> str | None:
    """What If-Match names; None where there is none. Raises Refused."""
    if "If-Match" not in request.headers:
        return None
    tags = request.if_match or ()
    if len(tags) != 1 or tags[0].is_weak:
        raise Refused(400, "If-Match names one etag, in quotes")
    return tags[0].value
