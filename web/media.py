"""Which kinds of bodies are read: what a route names, else JSON.

A page of another site can make a browser send forms and plain text without asking; JSON and pictures it cannot.
"""

from __future__ import annotations

from aiohttp import web

from web.errors import Refused
from web.keys import ROUTES

JSON = ("application/json",)


def check_media(request: web.Request) -> None:
    """Refuse a body of a kind that this route does not read, and any that is packed."""
    if "Content-Encoding" in request.headers:
        raise Refused(415, "bodies are sent as they are, without a Content-Encoding")
    route = request.app[ROUTES].get(request.match_info.handler)
    if route is None or not request.body_exists:
        if route is not None and (route.body is not None or route.media) and "Content-Type" not in request.headers:
            raise Refused(415, f"this request needs a body: {', '.join(route.media or JSON)}")
        return
    allowed = route.media or JSON
    if "Content-Type" not in request.headers or request.content_type not in allowed:
        came = request.headers.get("Content-Type", "nothing")[:100]
        raise Refused(415, f"the Content-Type of this request is {came!a}; here it is {', '.join(allowed)}")
