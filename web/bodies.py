"""What a request says, read within limits and held against a model: bodies and queries."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.jsontext import parse_json
from engine.graph.records import JsonValue
from web.errors import Refused
from web.keys import SETTINGS

ModelT = TypeVar("ModelT", bound=BaseModel)
SHOWN = 20
LARGE = 200_000


async def read_bytes(request: web.Request, limit: int | None = None) -> bytes:
    """The whole body; what comes too slowly or is too large (8.5 MB, or `limit` bytes) is refused."""
    limits = request.app[SETTINGS].limits
    limit = limits.json_bytes if limit is None else limit
    check_length(request, limit)
    found = bytearray()
    try:
        async with asyncio.timeout(limits.body_seconds):
            async for chunk in request.content.iter_any():
                found += chunk
                if len(found) > limit:
                    raise too_large(limit)
    except TimeoutError:
        raise Refused(408, f"the body of this request did not come within {limits.body_seconds:g} seconds") from None
    return bytes(found)


async def read_json(request: web.Request, what: str) -> JsonValue:
    """The body as JSON, and nothing that is not quite JSON. Raises Refused."""
    return (await read_text(request, what))[0]


async def read_text(request: web.Request, what: str) -> tuple[JsonValue, bytes]:
    """The body as JSON, and its bytes. A large one is read by another thread, so that nobody waits. Raises Refused."""
    data = await read_bytes(request)
    try:
        large = len(data) > LARGE
        return await asyncio.to_thread(parse_json, data, what) if large else parse_json(data, what), data
    except InvalidWorkflow as error:
        status = 413 if error.faults[0].code == "size" else 400
        raise Refused(status, str(error), "bad_json", error.faults) from None


def check_length(request: web.Request, limit: int) -> None:
    """Refuse a body that says of itself that it is too large, before any of it is read."""
    if request.content_length is not None and request.content_length > limit:
        raise too_large(limit)


def too_large(limit: int) -> Refused:
    """The refusal of a body."""
    return Refused(413, f"the body of this request is too large; at most {limit / 1e6:g} MB are read")


async def read_body(request: web.Request, model: type[ModelT]) -> ModelT:
    """The JSON body as a record of `model`. Raises Refused with every fault."""
    value = await read_json(request, "the body")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _refused(error, "the body") from None


def read_query(request: web.Request, model: type[ModelT]) -> ModelT:
    """The query as a record of `model`. Raises Refused with every fault."""
    values: dict[str, str] = {}
    for name, value in request.query.items():
        if name in values:
            raise Refused(422, f"the query has '{name}' more than once")
        values[name] = value
    try:
        return model.model_validate_strings(values)
    except ValidationError as error:
        raise _refused(error, "the query") from None


def _refused(error: ValidationError, what: str) -> Refused:
    faults = []
    for each in error.errors(include_url=False, include_input=False, include_context=False)[:SHOWN]:
        place = ".".join(str(step) for step in each["loc"])[:200]
        faults.append(Fault("request", f"{what}: {f'{place}: ' if place else ''}{each['msg']}", None, place or None))
    return Refused(422, "\n".join(fault.message for fault in faults), "bad_request", faults)
