"""JSON answers, and answers that a client need not fetch twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import orjson
from aiohttp import ETag, web

JSON = "application/json"
Row = TypeVar("Row")


def json_response(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A document as an answer that nobody keeps."""
    return web.Response(
        body=json_bytes(document),
        status=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        content_type=JSON,
    )


def page_of(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], Row | None]:
    """A page of rows, of which one more than its limit was asked for, and its last one where another page follows."""
    page = rows[:limit]
    return page, page[-1] if len(rows) > limit else None


def json_bytes(document: Any) -> bytes:
    """A document as JSON."""
    return orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS)


def client_has(request: web.Request, tag: str) -> bool:
    """Whether the client says that it has the content of an ETag (bare, without quotes)."""
    return any(each.value in (tag, "*") for each in request.if_none_match or ())


class Kept:
    """A document that seldom changes: its bytes, and the ETag by which a client knows that it has them."""

    def __init__(self, body: bytes, content_type: str = JSON) -> None:
        self.body = body
        self.content_type = content_type
        self.tag = hashlib.sha256(body).hexdigest()[:32]

    def response(self, request: web.Request) -> web.Response:
        """The document, or 304 where the client has it."""
        if client_has(request, self.tag):
            response = web.Response(status=304)
        else:
            response = web.Response(body=self.body, content_type=self.content_type)
        response.etag = ETag(self.tag)
        response.headers["Cache-Control"] = "no-cache"
        return response
