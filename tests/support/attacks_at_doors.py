"""Attacks on the way in: by name, by page, by token, by what is hardly HTTP, and by taking long."""

from __future__ import annotations

from attacking import CLOSED, EVIL, HEALTH, JSON, UPGRADE, Attack, as_it_stands, request


def rebinding() -> list[Attack]:
    """Another name that resolves to this machine."""
    hosts = {
        "a foreign name": "evil.example",
        "a foreign name with the port": "evil.example:{port}",
        "a name that begins as ours": "localhost.evil.example:{port}",
        "an address that begins as ours": "127.0.0.1.evil.example",
        "ours as the user of another": "127.0.0.1@evil.example",
        "another as the user of ours": "evil.example@127.0.0.1",
        "ours as a fragment": "evil.example#127.0.0.1",
        "a path behind it": "127.0.0.1/evil.example",
        "an address of another machine": "192.0.2.7:{port}",
        "an address as one number": "2130706433",
        "any address": "0.0.0.0:{port}",
        "a dot at its end": "localhost.:{port}",
        "another IPv6 address": "[2001:db8::1]:{port}",
        "a port that is none": "127.0.0.1:port",
        "nothing": "",
    }
    attacks = [Attack("host", name, request("GET", HEALTH, host=host), (400, 403)) for name, host in hosts.items()]
    two = b"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n"
    return [
        *attacks,
        Attack("protocol", "no host at all", request("GET", HEALTH, host=None), (400,)),
        Attack("protocol", "two hosts", lambda _: two, (400,)),
        Attack("host", "for the page", request("GET", "/", host="evil.example"), (403,)),
        Attack("host", "for the WebSocket", request("GET", "/api/events", UPGRADE, host="evil.example"), (403,)),
        Attack("host", "where nothing is", request("GET", "/nothing", host="evil.example"), (403,)),
    ]


def foreign_pages() -> list[Attack]:
    """Requests that a page of another site makes a browser send."""
    pause, origin = "/api/queue/pause", "http://127.0.0.1:{port}"
    made = [
        ("POST of a foreign page", "POST", pause, {"Origin": EVIL}),
        ("POST of a sandboxed page", "POST", pause, {"Origin": "null"}),
        ("POST of a page on another port", "POST", pause, {"Origin": "http://127.0.0.1:1"}),
        ("POST of a page on another name of this machine", "POST", pause, {"Origin": "http://localhost:{port}"}),
        ("POST of a file", "POST", pause, {"Origin": "file://"}),
        ("POST with an empty origin", "POST", pause, {"Origin": ""}),
        ("an origin that begins as ours", "POST", pause, {"Origin": origin + ".evil.example"}),
        ("ours as the user of another", "POST", pause, {"Origin": "http://127.0.0.1:{port}@evil.example"}),
        ("an origin of another scheme", "POST", pause, {"Origin": "ftp://127.0.0.1:{port}"}),
        ("two origins in one", "POST", pause, {"Origin": f"{origin} {EVIL}"}),
        ("DELETE of a foreign page", "DELETE", "/api/workflows/cat", {"Origin": EVIL}),
        ("GET of a foreign page", "GET", "/api/workflows", {"Origin": EVIL}),
        ("GET of a sandboxed page", "GET", "/api/workflows", {"Origin": "null"}),
        (
            "a foreign page that asks before",
            "OPTIONS",
            pause,
            {"Origin": EVIL, "Access-Control-Request-Method": "POST"},
        ),
        ("the WebSocket of a foreign page", "GET", "/api/events", {**UPGRADE, "Origin": EVIL}),
        ("the WebSocket of a sandboxed page", "GET", "/api/events", {**UPGRADE, "Origin": "null"}),
        ("POST across sites, without an origin", "POST", pause, {"Sec-Fetch-Site": "cross-site"}),
        ("POST from the same site, without an origin", "POST", pause, {"Sec-Fetch-Site": "same-site"}),
        ("a form that navigates", "POST", pause, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
        (
            "a picture embedded in a foreign page",
            "GET",
            "/api/assets",
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        ),
        ("the WebSocket across sites", "GET", "/api/events", {**UPGRADE, "Sec-Fetch-Site": "cross-site"}),
    ]
    two = (
        "POST /api/queue/pause HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nOrigin: "
        + EVIL
        + "\r\n\r\n"
    )
    return [
        *(Attack("origin", name, request(method, path, headers), (403,)) for name, method, path, headers in made),
        Attack("origin", "two of them", lambda port: two.replace("{port}", str(port)).encode(), (400, 403)),
    ]


def broken_protocol() -> list[Attack]:
    """Requests that two servers would read in two ways, or that never end."""
    head = "POST /api/runs HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    texts = {
        "a length and pieces": head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "two lengths": head + "Content-Length: 4\r\nContent-Length: 5\r\n\r\n{}  ",
        "a negative length": head + "Content-Length: -1\r\n\r\n",
        "a length with a sign": head + "Content-Length: +2\r\n\r\n{}",
        "a piece of no size": head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "a coding that is unknown": head + "Transfer-Encoding: xchunked\r\n\r\n{}",
        "a blank before the colon": "GET /api/health HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
        "a folded header": "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\r\n b\r\n\r\n",
        "a NUL in a header": "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\0b\r\n\r\n",
        "a header of 100 kB": "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + "a" * 100_000 + "\r\n\r\n",
        "5,000 headers": "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        + "".join(f"X-{i}: 1\r\n" for i in range(5000))
        + "\r\n",
        "a path of 100 kB": "GET /" + "a" * 100_000 + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "a method that is none": "G@T /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "a version that is none": "GET /api/health HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        "TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "a proxy's request": "CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "TRACE": "TRACE /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        "a method that is unknown": "PROPFIND /api/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
    }
    return [Attack("protocol", name, as_it_stands(text), (CLOSED, 400, 403, 404, 405)) for name, text in texts.items()]


def slow_clients() -> list[Attack]:
    """Clients that hold a connection and say little."""
    head = "POST /api/runs HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
    upload = "POST /api/assets?name=a.png HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: image/png\r\n"
    texts = {
        "a request that never ends": "GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        "nothing": "",
        "a body that never ends": head + "Content-Length: 100\r\n\r\n{",
        "a piece that never ends": head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{",
        "a file that never ends": upload + "Content-Length: 100\r\n\r\n\x89PNG",
    }
    return [Attack("slow", name, as_it_stands(text), (CLOSED, 408)) for name, text in texts.items()]


def without_token() -> list[Attack]:
    """A server that others can reach, and clients that do not know its token."""
    tries: dict[str, tuple[str, str, dict[str, str]]] = {
        "no token": ("GET", HEALTH, {}),
        "the page": ("GET", "/", {}),
        "a file of the editor": ("GET", "/editor/0123456789abcdef/main.js", {}),
        "what is not there": ("GET", "/nothing", {}),
        "a wrong one": ("GET", HEALTH, {"Authorization": "Bearer wrong"}),
        "an empty one": ("GET", HEALTH, {"Authorization": "Bearer "}),
        "its beginning": ("GET", HEALTH, {"Authorization": "Bearer correct horse"}),
        "it in capitals": ("GET", HEALTH, {"Authorization": "Bearer CORRECT HORSE BATTERY STAPLE"}),
        "it as a password": ("GET", HEALTH, {"Authorization": "Basic correct horse battery staple"}),
        "it in the query": ("GET", HEALTH + "?token=correct%20horse%20battery%20staple", {}),
        "a wrong one to sign in": ("GET", "/?token=wrong", {}),
        "a wrong cookie": ("GET", HEALTH, {"Cookie": "latentloom=wrong"}),
        "letters beyond ASCII": ("GET", HEALTH, {"Authorization": "Bearer \u00fc\u00fc"}),
        "the WebSocket": ("GET", "/api/events", UPGRADE),
        "the WebSocket with a wrong cookie": ("GET", "/api/events", {**UPGRADE, "Cookie": "latentloom=wrong"}),
        "to pause the queue": ("POST", "/api/queue/pause", {}),
        "HEAD": ("HEAD", HEALTH, {}),
    }
    return [
        *(
            Attack("token", name, request(method, path, headers), (401,), token=True)
            for name, (method, path, headers) in tries.items()
        ),
        Attack(
            "token",
            "a wrong one to sign in as a program",
            request("POST", "/api/session", JSON, b'{"token": "wrong"}'),
            (401,),
            token=True,
        ),
    ]
