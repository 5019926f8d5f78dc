"""Signing in on a server that others can reach."""

from __future__ import annotations

from aiohttp import web

from web.bodies import read_body
from web.errors import Refused
from web.guard import COOKIE, same_token
from web.keys import SETTINGS
from web.routing import Answer, Routes
from web.wire import SignIn

routes = Routes()
DAYS = 30


@routes.add(
    "POST", "/api/session", gives={204: Answer("Signed in: a cookie was set")}, refusals=(413, 415), body=SignIn
)
async def sign_in(request: web.Request) -> web.Response:
    """Exchange the token for a cookie that scripts cannot read."""
    asked = await read_body(request, SignIn)
    token = request.app[SETTINGS].token
    if token is not None and not same_token(asked.token, token):
        raise Refused(401, "this is not the token of this server")
    response = web.Response(status=204)
    if token is not None:
        remember(response, token)
    return response


def remember(response: web.StreamResponse, token: str) -> None:
    """Give the browser the token, out of reach of scripts and of other sites."""
    response.set_cookie(COOKIE, token, max_age=DAYS * 86400, httponly=True, samesite="Strict", path="/")
