"""Events to many readers of whom some stall: `python -m benchmarks.readers [--seconds 60] [--readers 200] [--stalled 5]`.

A server in this process is told 20 states and 980 passing events a second; the readers are a process of their own. Each
must get every state once and in order, and the last progress of each node. Prints the server's processor time and how
much its memory grew after the first tenth.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, TCPConnector, WSMsgType, web

from engine.serve.service import Service
from engine.store import event_log
from engine.store.event_log import Passing
from engine.store.home import Home
from web.keys import SERVICE
from web.serving import make_runner
from web.settings import Settings

STATES, PASSING, NODES, TICK = 20, 980, 10, 0.05
STATE, END = "run.planned", "run.succeeded"


def main() -> int:
    """Serve, or be the readers of a server."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--stalled", type=int, default=5)
    parser.add_argument("--read", type=int, metavar="PORT", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    if asked.read:
        return asyncio.run(read(asked.read, asked.readers, asked.stalled))
    return asyncio.run(measure(asked.seconds, asked.readers, asked.stalled))


async def measure(seconds: float, readers: int, stalled: int) -> int:
    """Serve events for a while; 0 where every reader got what he had to."""
    with tempfile.TemporaryDirectory() as folder:
        runner = make_runner(Settings(home=Home(Path(folder), ()), warm=False))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        counts = (f"--read={runner.addresses[0][1]}", f"--readers={readers}", f"--stalled={stalled}")
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.readers", *counts), stdout=asyncio.subprocess.PIPE
        )
        assert child.stdout is not None
        await child.stdout.readline()
        cpu = time.process_time()
        wall, grown, states = await tell(runner.app[SERVICE], seconds)
        verdict = json.loads(await child.stdout.readline())
        await child.wait()
        cpu = time.process_time() - cpu
        await runner.cleanup()
    print(
        json.dumps(
            {"told": states, "seconds": round(wall, 1), "server_cpu": round(cpu, 1), "grown_mb": grown, **verdict}
        )
    )
    return 0 if verdict["wrong"] == 0 else 1


async def tell(service: Service, seconds: float) -> tuple[float, float, int]:
    """Tell events at the rate; how long it took, how many MB the memory grew, and how many states there were."""
    started, told, passed, base = time.monotonic(), 0, 0, rss()
    written = []
    while (now := time.monotonic() - started) < seconds:
        for _ in range(int(now * STATES) - told):
            told += 1
            written.append(service._database.write(lambda transaction: event_log.tell(transaction, STATE, "r")))
        news = range(passed, int(now * PASSING))
        service.events.pass_on([_progress(number) for number in news])
        passed += len(news)
        if now < seconds / 10:
            base = rss()
        await asyncio.sleep(TICK)
    grown = round(rss() - base, 1)
    await asyncio.gather(*map(asyncio.wrap_future, written))
    final = [_progress(10**9 + node) for node in range(NODES)]
    service.events.pass_on(final)
    await asyncio.wrap_future(
        service._database.write(lambda transaction: event_log.tell(transaction, END, "r", told=told))
    )
    return time.monotonic() - started, grown, told


def _progress(number: int) -> Passing:
    node = f"n{number % NODES}"
    body = {"time": time.time(), "type": "node.progress", "run": "r", "node": node, "step": number, "of": 2 * 10**9}
    return Passing("node.progress", "r", node, None, json.dumps(body))


async def read(port: int, readers: int, stalled: int) -> int:
    """All readers: print `ready`, and then how many did not get what they had to."""
    held = [await _stall(port) for _ in range(stalled)]
    ready = asyncio.Semaphore(0)
    async with ClientSession(connector=TCPConnector(limit=0)) as session:
        clients = [_Reader() for _ in range(readers)]
        tasks = [asyncio.create_task(client.read(session, port, ready)) for client in clients]
        for _ in range(readers):
            await ready.acquire()
        print("ready", flush=True)
        await asyncio.gather(*tasks)
    for writer in held:
        writer.close()
    verdict = {
        "readers": readers,
        "messages": sum(client.messages for client in clients),
        "returned": sum(client.returned for client in clients),
        "wrong": sum(not client.fine for client in clients),
    }
    print(json.dumps(verdict), flush=True)
    return 0


class _Reader:
    """One client: what it has seen, how often it had to come back."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.last: dict[str, int] = {}
        self.ours = 0
        self.told = -1
        self.messages = 0
        self.returned = -1

    @property
    def fine(self) -> bool:
        """Whether every state came once and in order, and each node's last progress."""
        whole = self.seen == list(range(self.seen[0], self.seen[-1] + 1))
        return (
            whole and self.ours == self.told and sorted(self.last.values()) == [10**9 + node for node in range(NODES)]
        )

    async def read(self, session: ClientSession, port: int, ready: asyncio.Semaphore) -> None:
        """Read until the end has come, and come back whenever the connection breaks."""
        while self.told < 0:
            self.returned += 1
            since = f"?since={self.seen[-1]}" if self.seen else ""
            async with session.ws_connect(f"http://127.0.0.1:{port}/api/events{since}") as socket:
                if not self.returned:
                    ready.release()
                async for message in socket:
                    if message.type == WSMsgType.TEXT and self._take(json.loads(message.data)):
                        break

    def _take(self, event: dict[str, Any]) -> bool:
        self.messages += 1
        if event["type"] == "node.progress":
            self.last[event["node"]] = event["step"]
        elif "seq" in event:
            self.seen.append(event["seq"])
            self.ours += event["type"] == STATE  # others come of the server itself
            self.told = event["told"] if event["type"] == END else -1
        return self.told >= 0


async def _stall(port: int) -> asyncio.StreamWriter:
    """A client that asks for events and reads none of them."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    writer.write(
        f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    await writer.drain()
    return writer


def rss() -> float:
    """This process's resident memory, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())
