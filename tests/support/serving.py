"""Servers for tests, with a data folder of their own: `served` in a process, `served_here` in a thread of this one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

from aiohttp import web

from web.serving import make_runner
from web.settings import Settings

WORDS = "Latent Loom is at "


def saved_at(address: str, name: str) -> dict[str, Any]:
    """A file of a server's library."""
    with urlopen(f"{address}api/workflows/{quote(name)}") as answer:
        workflow: dict[str, Any] = json.load(answer)
    return workflow


@contextmanager
def served(home: Path, *options: str, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """Start `loom serve` on a free port and yield its address, as `http://127.0.0.1:12345/`; it is stopped afterwards."""
    command = [sys.executable, "-m", "engine.cli.main", "serve", "--port", "0", "--no-open", *options]
    process = subprocess.Popen(
        command,
        env={**os.environ, "LOOM_HOME": str(home), "OMP_NUM_THREADS": "1", **(environ or {})},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith(WORDS), line
        yield line.removeprefix(WORDS).strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def served_here(settings: Settings) -> Iterator[int]:
    """Serve in a thread of this process, where a test may replace what it likes; yields the port on 127.0.0.1."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = make_runner(settings)
    try:
        yield asyncio.run_coroutine_threadsafe(_listen(runner), loop).result(60)
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _listen(runner: web.AppRunner) -> int:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port: int = runner.addresses[0][1]
    return port
