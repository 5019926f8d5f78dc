"""What the server is: its health, its node types, the schema of the file, and the description of this interface."""

from __future__ import annotations

from aiohttp import web

from web.answers import Kept, json_response
from web.keys import OPENAPI, SERVICE
from web.routing import Answer, Routes
from web.version import VERSION
from web.wire import Health

routes = Routes()


@routes.add("GET", "/api/health", gives=Answer("How the server does", Health))
async def health(request: web.Request) -> web.Response:
    """How the server does: version, devices, queue, and packs that could not be loaded."""
    return json_response({"status": "ok", "version": VERSION, **request.app[SERVICE].health()})


@routes.add("GET", "/api/nodes", gives=Answer("The catalogue"))
async def nodes(request: web.Request) -> web.Response:
    """The catalogue of packs, value types and node types, as `loom nodes --json` prints it."""
    return Kept(await request.app[SERVICE].catalogue()).response(request)


@routes.add("POST", "/api/nodes/reload", gives={204: Answer("The packs are read again")}, refusals=(415,))
async def reload_nodes(request: web.Request) -> web.Response:
    """Read the packs again and restart the workers. The queue and all documents stay; what runs is queued again."""
    await request.app[SERVICE].reload()
    return web.Response(status=204)


@routes.add(
    "GET", "/api/workflow-schema", gives=Answer("A JSON Schema, draft 2020-12", media=("application/schema+json",))
)
async def workflow_schema(request: web.Request) -> web.Response:
    """The JSON Schema of a workflow file."""
    return Kept(await request.app[SERVICE].workflow_schema(), "application/schema+json").response(request)


@routes.add("GET", "/api/openapi.json", gives=Answer("An OpenAPI 3.1 document"))
async def openapi(request: web.Request) -> web.Response:
    """This description."""
    return request.app[OPENAPI]().response(request)
