"""Runs a server until it is told to stop."""

from __future__ import annotations

import asyncio
import dataclasses
import signal
import socket
import threading
import webbrowser

import click
from aiohttp import web

from engine.cli.say import note
from engine.graph.faults import LoomError
from web.app import make_app
from web.logs import start_log, stop_log
from web.settings import Settings
from web.tokens import keep_token

STOP_SECONDS = 1.0  # what requests have left to end by themselves; the engine has its own time after that
LINGER_SECONDS = 2.0  # how long the rest of a refused body is read, so that its sender sees the answer
LINE_BYTES = 65_536  # what is longer is answered by aiohttp, in plain text; so is what is hardly HTTP


def serve(settings: Settings, opens: bool) -> int:
    """Listen, say where, and serve until SIGINT or SIGTERM; the exit status. Raises LoomError."""
    if not settings.loopback:
        settings = dataclasses.replace(settings, token=keep_token(settings.home.root))
        note("Others can reach this server, over a connection that is not encrypted; its address holds its token.")
    with listen(settings.host, settings.port) as listening:
        handler = start_log(settings.home.logs)
        try:
            return asyncio.run(_serve(settings, listening, opens))
        finally:
            stop_log(handler)


def make_runner(settings: Settings) -> web.AppRunner:
    """What runs the application, with the limits that are the connection's: who says nothing is hung up on."""
    return web.AppRunner(
        make_app(settings),
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=STOP_SECONDS,
        keepalive_timeout=settings.limits.idle_seconds,
        max_line_size=LINE_BYTES,
        auto_decompress=False,  # a body that unpacks to much is refused before any of it is unpacked
        lingering_time=LINGER_SECONDS,
    )


async def _serve(settings: Settings, listening: socket.socket, opens: bool) -> int:
    runner = make_runner(settings)
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        address = address_of(settings, listening.getsockname()[1])
        click.echo(f"Latent Loom is at {address}")
        if opens:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        await _told_to_stop()
    finally:
        await runner.cleanup()
    return 0


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises LoomError."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        raise LoomError(
            f"{host}, port {port} can't be listened on: {error.strerror}; --port 0 takes a free one"
        ) from None


def address_of(settings: Settings, port: int) -> str:
    """The address to open, with the token where there is one."""
    shown = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    shown = f"[{shown}]" if ":" in shown else shown
    return f"http://{shown}:{port}/" + (f"?token={settings.token}" if settings.token else "")


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
    await stop.wait()
