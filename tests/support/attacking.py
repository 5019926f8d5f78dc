"""Scripted attacks: raw bytes on a socket, by class, each with the answer that is wanted.

`CLOSED` is no answer at all: the server hangs up. Bytes are raw because a well-behaved client would not send most of this.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

CLOSED = 0


@dataclass(frozen=True)
class Attack:
    """`raw` is what is sent, given the port; one of `wanted` is to come back."""

    kind: str
    name: str
    raw: Callable[[int], bytes]
    wanted: tuple[int, ...]
    token: bool = False

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


def send(port: int, raw: bytes, timeout: float = 60.0) -> tuple[int, bytes]:
    """Send bytes, and read the first answer: its status (CLOSED where there is none), and all that came."""
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        with suppress(ConnectionError):  # refused while it was still coming: the answer may lie there all the same
            connection.sendall(raw)
        received = bytearray()
        with suppress(ConnectionError):
            while not _whole(received) and (data := connection.recv(65536)):
                received += data
    if not received.startswith(b"HTTP/1."):
        return CLOSED, bytes(received)
    return int(received[9:12]), bytes(received)


def _whole(received: bytes | bytearray) -> bool:
    head, end, body = bytes(received).partition(b"\r\n\r\n")
    if not end:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.partition(b":")[2])
    return b"101 switching" in head.lower() or b" 204 " in head or b" 304 " in head or body.endswith(b"0\r\n\r\n")


def request(
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    host: str | None = "127.0.0.1:{port}",
) -> Callable[[int], bytes]:
    """A request as it stands on the wire; `{port}` in a header is the server's."""

    def raw(port: int) -> bytes:
        lines = [f"{method} {path} HTTP/1.1"]
        named = {} if host is None else {"Host": host}
        if body and not any(name.lower() in ("content-length", "transfer-encoding") for name in headers or {}):
            named["Content-Length"] = str(len(body))
        for name, value in {**named, **(headers or {})}.items():
            lines.append(f"{name}: {value.replace('{port}', str(port))}")
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body

    return raw


def as_it_stands(text: str) -> Callable[[int], bytes]:
    """A text on the wire, `{port}` in it being the server's."""
    return lambda port: text.replace("{port}", str(port)).encode("latin-1")


JSON = {"Content-Type": "application/json"}
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
EVIL = "http://evil.example"
HEALTH = "/api/health"
