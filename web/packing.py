"""Files of a front end as answers: text goes packed to clients that unpack it."""

from __future__ import annotations

import asyncio

from aiohttp import web

from web.editor_files import EditorFile

FOREVER = "public, max-age=31536000, immutable"
KEPT_NOT = "no-cache"


async def sent(request: web.Request, file: EditorFile, keep: str) -> web.Response:
    """A file as an answer; `keep` is its Cache-Control."""
    if not file.is_text:
        return web.Response(body=file.body, content_type=file.content_type, headers={"Cache-Control": keep})
    headers = {"Cache-Control": keep, "Vary": "Accept-Encoding"}
    body = file.body
    if accepts_gzip(request.headers.getall("Accept-Encoding", [])):
        body, headers["Content-Encoding"] = await asyncio.to_thread(lambda: file.packed), "gzip"
    return web.Response(body=body, content_type=file.content_type, charset="utf-8", headers=headers)


def accepts_gzip(offers: list[str]) -> bool:
    """Whether a client's Accept-Encoding says that it unpacks gzip (RFC 9110, section 12.5.3)."""
    weights: dict[str, float] = {}
    for offer in ",".join(offers).lower().split(","):
        coding, _, weight = offer.partition(";")
        weights[coding.strip()] = _weight(weight)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0))) > 0


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1
    except ValueError:
        return 0
