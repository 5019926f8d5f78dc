"""Runs a server until it is told to stop."""

from __future__ import annotations

import asyncio
import dataclasses
import signal

import click
from aiohttp import web

from engine.cli.say import complain
from web.app import make_app
from web.settings import Settings
from web.tokens import keep_token

STOP_SECONDS = 4.0
LINE_BYTES = 65_536  # what is longer is answered by aiohttp, in plain text; so is what is hardly HTTP


def serve(settings: Settings, opens: bool) -> int:
    """Listen, say where, and serve until SIGINT or SIGTERM; the exit status."""
    if not settings.loopback:
        settings = dataclasses.replace(settings, token=keep_token(settings.home.root))
    return asyncio.run(_serve(settings, opens))


def make_runner(settings: Settings) -> web.AppRunner:
    """What runs the application, with the limits that are the connection's: who says nothing is hung up on."""
    return web.AppRunner(
        make_app(settings),
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=STOP_SECONDS,
        keepalive_timeout=settings.limits.idle_seconds,
        max_line_size=LINE_BYTES,
    )


async def _serve(settings: Settings, opens: bool) -> int:
    runner = make_runner(settings)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as error:
            complain(
                f"{settings.host}:{settings.port} can't be listened on: {error.strerror}; --port 0 takes a free port"
            )
            return 2
        address = address_of(settings, runner.addresses[0][1])
        click.echo(f"Latent Loom is at {address}")
        if opens:
            asyncio.get_running_loop().run_in_executor(None, click.launch, address)
        await _told_to_stop()
    finally:
        await runner.cleanup()
    return 0


def address_of(settings: Settings, port: int) -> str:
    """The address to open, with the token where there is one."""
    shown = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    shown = f"[{shown}]" if ":" in shown else shown
    return f"http://{shown}:{port}/" + (f"?token={settings.token}" if settings.token else "")


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
