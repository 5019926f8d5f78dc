"""Who may speak to the server, and what a browser may do with its answers.

A page of another site can send requests to a server on this machine, or have its own name resolve to it (DNS
rebinding). Against the second stands the list of names in `Host`; against the first that `Origin`, which a browser
sends with everything but plain reading, must be the server's own, and that bodies are never of the kinds that a
browser sends across sites unasked. `null` is the origin of sandboxed pages and local files: nobody's.
"""

from __future__ import annotations

import hmac
import ipaddress
import socket
from urllib.parse import urlsplit

from aiohttp import web

from web.errors import Handler, Refused
from web.keys import SETTINGS
from web.media import check_media
from web.settings import Settings

COOKIE = "latentloom"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE = ("GET", "HEAD", "OPTIONS")
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what does not come from the user's own page or program."""
    settings = request.app[SETTINGS]
    check_host(request, settings)
    check_origin(request)
    check_token(request, settings)
    check_media(request)
    return await handler(request)


async def finish_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """What every answer tells the browser, and what an answer has to say after aiohttp has had its word."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.popall("Server", None)
    response.headers.update(getattr(response, "headers_at_last", {}))


def check_host(request: web.Request, settings: Settings) -> None:
    """The name by which the server is called must be one of its own."""
    hosts = request.headers.getall("Host", [])
    if len(hosts) != 1:
        raise Refused(400, f"a request names the server once in its Host header; this one does so {len(hosts)} times")
    if not _is_own(_name_of(hosts[0]), settings):
        raise Refused(403, f"this server is not called {hosts[0][:100]!a}; --allow-host adds a name", "wrong_host")


def check_origin(request: web.Request) -> None:
    """What a browser says of the page that asks must be this server's own page."""
    origins = request.headers.getall("Origin", [])
    site = request.headers.get("Sec-Fetch-Site", "none")
    if origins:
        parts = urlsplit(origins[0])
        own = parts.scheme in ("http", "https") and parts.netloc == request.headers["Host"]
        if len(origins) > 1 or not own:
            raise Refused(403, f"pages of {origins[0][:100]!a} may not use this server", "wrong_origin")
    elif site not in ("none", "same-origin") and not _is_navigation(request):
        raise Refused(403, "pages of other sites may not use this server", "wrong_origin")


def check_token(request: web.Request, settings: Settings) -> None:
    """Where there is a token, it must come as `Authorization: Bearer` or as the cookie that signing in sets."""
    is_page = request.path == "/" or request.path.startswith("/form/")
    signs_in = request.path == "/api/session" or (is_page and "token" in request.query)
    if settings.token is None or signs_in:
        return
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    given = bearer.strip() if scheme.lower() == "bearer" else request.cookies.get(COOKIE, "")
    if not same_token(given, settings.token):
        raise Refused(
            401,
            "this server asks for its token: open the address that `loom serve` printed, or send it as a bearer token",
            headers={"WWW-Authenticate": "Bearer"},
        )


def same_token(given: str, wanted: str) -> bool:
    """Whether two tokens are equal, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _is_navigation(request: web.Request) -> bool:
    return request.method in SAFE and request.headers.get("Sec-Fetch-Mode") == "navigate"


def _name_of(host: str) -> str:
    """A Host header without its port, and without the brackets of an IPv6 address."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    return "" if parts.username is not None or parts.path or parts.query or parts.fragment else parts.hostname or ""


def _is_own(name: str, settings: Settings) -> bool:
    if name in LOOPBACK_NAMES or name in settings.names or name == settings.host.lower():
        return bool(name)
    if settings.loopback or not name:
        return False
    return _is_address(name) or name == socket.gethostname().lower()


def _is_address(name: str) -> bool:
    """A bare address can't be rebound: there is no name in it that somebody else could point here."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
