"""What the service below HTTP costs and holds: a long queue, many small runs, many pictures through one worker.

    python -m benchmarks.server [--queue 10000] [--runs 500] [--pictures 500] [--model]

Prints: seconds for one sweep request and for pages of the list while so many runs wait; trivial three-node runs, submitted
one by one, for each CPU-second of server, clerk and worker together; how much the worker's memory grew between the 50th
picture and the last, with results that may hold 8 MB, which are full by then. With `--model` the pictures come from the
model that ships. Linux only: it reads /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from engine.graph.node import Node, Seed
from engine.graph.values import value_type
from engine.packs import registry_of
from engine.run.writing import Encoded
from engine.serve.service import Service
from engine.serve.settings import Settings
from engine.store.event_log import Passing, State
from engine.store.home import Home
from engine.store.pictures import encode

ENDS = ("run.succeeded", "run.failed", "run.cancelled", "run.interrupted")
WARM = 50
RAM_BYTES = 8 << 20


@value_type("#d08770")
@dataclass(frozen=True, slots=True)
class Noise:
    """A picture of noise, RGB, `size` pixels a side."""

    data: bytes
    size: int

    def encode(self, format: str | None = None, document: str | None = None) -> Sequence[Encoded]:
        """One PNG, whatever is asked for."""
        assert format is None
        made = encode(Image.frombytes("RGB", (self.size, self.size), self.data), "png", document)
        return [Encoded(made.data, "png", self.size, self.size)]


class Plus(Node):
    """Add two numbers."""

    a: int = 0
    b: int = 1

    def run(self) -> int:
        """The sum."""
        return self.a + self.b


class Scatter(Node):
    """Make a picture of noise."""

    seed: Seed = 0
    size: int = 256

    def run(self) -> Noise:
        """The picture."""
        return Noise(random.Random(self.seed).randbytes(3 * self.size * self.size), self.size)


REGISTRY = registry_of(Noise, Plus, Scatter)


class Ends:
    """Counts the runs that are over."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = asyncio.Event()

    def states(self, states: Sequence[State]) -> None:
        """Count."""
        self.count += sum(state.type in ENDS for state in states)
        self._changed.set()

    def passing(self, event: Passing) -> None:
        """Nothing."""

    async def reach(self, count: int) -> None:
        """Wait for so many."""
        while self.count < count:
            self._changed.clear()
            await self._changed.wait()


def chain(title: str) -> dict[str, Any]:
    """Three trivial nodes in a row."""
    nodes = {
        "a": {"type": "Plus", "inputs": {}},
        "b": {"type": "Plus", "inputs": {"a": {"link": "a.value"}}},
        "c": {"type": "Plus", "inputs": {"a": {"link": "b.value"}}},
    }
    return _workflow(title, nodes, "c.value", "a.a")


def _workflow(title: str, nodes: dict[str, Any], output: str, value: str) -> dict[str, Any]:
    return {
        "format": "latentloom",
        "version": 1,
        "title": title,
        "nodes": nodes,
        "inputs": {"x": {"to": [value]}},
        "outputs": {"out": {"link": output}},
    }


async def measure_queue(service: Service, count: int) -> None:
    """A sweep of so many runs while the queue stands still, and pages of the list."""
    await service.pause()
    await service.canonical(chain("queue"))
    before, began = _cpu(service), time.perf_counter()
    swept = await service.sweep(chain("queue"), {"x": list(range(count))})
    print(
        f"sweep of {count} runs: {time.perf_counter() - began:.2f} s, {sum(_cpu(service)) - sum(before):.2f} s of CPU"
    )
    chance, taken = random.Random(0), []
    for _ in range(200):
        last = chance.choice(swept.runs)
        began = time.perf_counter()
        page = await service.runs(limit=50, before=last)
        text = json.dumps([run.to_json() for run in page])
        taken.append(time.perf_counter() - began)
        assert text
    taken.sort()
    print(f"page of 50 of the list, as JSON: p50 {taken[100] * 1e3:.1f} ms, p95 {taken[190] * 1e3:.1f} ms")
    began = time.perf_counter()
    await service.clear()
    print(f"clearing them: {time.perf_counter() - began:.2f} s")
    await service.resume()


async def measure_runs(service: Service, count: int) -> None:
    """Small runs, one submit each, no two alike."""
    ends = Ends()
    stop = service.events.subscribe(ends)
    await _run(service, chain("warm"), -1)
    await ends.reach(1)
    before, began = _cpu(service), time.perf_counter()
    flow = chain("runs")
    for number in range(count):
        await service.submit(flow, inputs={"x": number * 10})
    await ends.reach(count + 1)
    spent, wall = [now - then for now, then in zip(_cpu(service), before, strict=True)], time.perf_counter() - began
    parts = ", ".join(
        f"{name} {seconds:.2f} s" for name, seconds in zip(("server", "clerk", "worker"), spent, strict=True)
    )
    print(f"{count} trivial runs: {count / sum(spent):.0f} a CPU-second ({parts}), {count / wall:.0f} a second")
    stop()


async def measure_memory(service: Service, count: int, model: bool) -> None:
    """Pictures through one worker."""
    ends = Ends()
    stop = service.events.subscribe(ends)
    flow = _workflow("pictures", {"scatter": {"type": "Scatter", "inputs": {}}}, "scatter.noise", "scatter.seed")
    if model:
        flow = json.loads((Path(__file__).parents[1] / "workflows" / "text_to_image.json").read_text())
        flow["inputs"]["x"] = {"to": ["sampler.seed"]}
        flow["nodes"]["sampler"]["inputs"]["steps"] = 1
    held = 0
    for number in range(count):
        await _run(service, flow, number)
        await ends.reach(number + 1)
        if number + 1 == WARM:
            held = _resident(service)
    now = _resident(service)
    print(
        f"worker after {WARM} pictures {held / 2**20:.1f} MB, after {count} {now / 2**20:.1f} MB: {now / held - 1:+.1%}"
    )
    stop()


async def _run(service: Service, flow: dict[str, Any], x: int) -> None:
    await service.submit(flow, inputs={"x": x})


def _pids(service: Service) -> list[int]:
    pids = [os.getpid(), service.clerk.pid, service.dispatcher.workers[0].pid]
    return [pid for pid in pids if pid is not None]


def _cpu(service: Service) -> list[float]:
    """CPU-seconds of server, clerk and worker so far."""
    found = []
    for pid in _pids(service):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        found.append((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
    return found


def _resident(service: Service) -> int:
    """Bytes of memory of the worker."""
    return int(Path(f"/proc/{_pids(service)[2]}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--queue", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--pictures", type=int, default=500)
    parser.add_argument("--model", action="store_true")
    options = parser.parse_args()
    registry = "" if options.model else "benchmarks.server:REGISTRY"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        home = Home(root, (root / "models",))
        async with Service(
            Settings(home, ("cpu",), registry=registry, third_party=False, warm=False, ram_bytes=RAM_BYTES)
        ) as service:
            if options.queue and not options.model:
                await measure_queue(service, options.queue)
            if options.runs and not options.model:
                await measure_runs(service, options.runs)
            if options.pictures:
                await measure_memory(service, options.pictures, options.model)


if __name__ == "__main__":
    asyncio.run(main())
