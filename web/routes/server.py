"""What the server is: its health, its node types, the schema of the file."""

from __future__ import annotations

from aiohttp import web

from web.answers import Kept, json_bytes, json_response
from web.keys import CATALOGUE, REGISTRY, SETTINGS
from web.routing import Answer, Routes
from web.version import VERSION
from web.wire import Health, PackFault

routes = Routes()


@routes.add("GET", "/api/health", gives=Answer("How the server does", Health))
async def health(request: web.Request) -> web.Response:
    """How the server does: version, device, and packs that could not be loaded."""
    packs = request.app[REGISTRY].packs
    broken = [PackFault(name=pack.name, version=pack.version, error=pack.error) for pack in packs if pack.error]
    answer = Health(status="ok", version=VERSION, device=request.app[SETTINGS].device, packs=broken)
    return json_response(answer.model_dump())


@routes.add("GET", "/api/nodes", gives=Answer("The catalogue"))
async def nodes(request: web.Request) -> web.Response:
    """The catalogue of packs, value types and node types, as `loom nodes --json` prints it."""
    return request.app[CATALOGUE].response(request)


@routes.add("GET", "/api/workflow-schema", gives=Answer("A JSON Schema, draft 2020-12"))
async def workflow_schema(request: web.Request) -> web.Response:
    """The JSON Schema of a workflow file."""
    from engine.graph.schema import workflow_schema as schema

    return Kept(json_bytes(schema()), "application/schema+json").response(request)
