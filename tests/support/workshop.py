"""Node types that a server has trouble with (they wait, hang, die, talk), and a service that knows them and no torch."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import painting
import trivial_nodes

from engine.graph.node import Node, Progress, Seed, Stop, Work
from engine.packs import registry_of
from engine.serve.service import Service
from engine.serve.settings import Settings
from engine.store.event_log import Passing, State
from engine.store.home import Home

SUPPORT = Path(__file__).parent


class Gate(Node):
    """Step along until there is a file at `opens`, then give back `a`; on a stop, how many steps it made."""

    a: int = 0
    opens: str = ""
    seed: Seed = 0

    def run(self) -> Work[int]:
        step = 0
        try:
            while not Path(self.opens).exists():
                step += 1
                yield Progress(step, 10**6, partial(painting.Swatch, ((step % 256, 0, 0),), 8), {"step": step})
                time.sleep(0.002)
        except Stop:
            return step
        return self.a


class Hang(Node):
    """Never answer."""

    a: int = 0

    def run(self) -> int:
        while True:
            time.sleep(3600)


class Die(Node):
    """Take the process down, unless there is a file at `unless`."""

    a: int = 0
    unless: str = "/nowhere"

    def run(self) -> int:
        if not Path(self.unless).exists():
            os.kill(os.getpid(), signal.SIGKILL)
        return self.a


class Shout(Node):
    """Print where frames could be expected."""

    volatile = True

    def run(self) -> int:
        print("\0\0\0\0 not a frame", flush=True)
        os.write(1, b"nor this")
        return 1


REGISTRY = registry_of(
    *(painting.Swatch, painting.Grain, *painting.NODES),
    *(cls for cls in trivial_nodes.NODES if cls.__name__ not in ("Say", "Count", "Fail")),
    *(Gate, Hang, Die, Shout),
)


def flow(
    nodes: Mapping[str, tuple[str, Any]],
    outputs: Mapping[str, str],
    inputs: Mapping[str, str] | None = None,
    title: str = "A test",
) -> dict[str, Any]:
    """A workflow's JSON from `{id: (type, inputs)}`, `{output: "node.port"}` and `{input: "node.input"}`."""
    return {
        "format": "latentloom",
        "version": 1,
        "title": title,
        "nodes": {name: {"type": type, "inputs": dict(given)} for name, (type, given) in nodes.items()},
        "inputs": {name: {"to": [target]} for name, target in (inputs or {}).items()},
        "outputs": {name: {"link": target} for name, target in outputs.items()},
    }


class Record:
    """Listens and keeps all."""

    def __init__(self) -> None:
        self.seen: list[State] = []
        self.passed: list[Passing] = []
        self._changed = asyncio.Event()

    def states(self, states: Any) -> None:
        self.seen.extend(states)
        self._changed.set()

    def passing(self, event: Passing) -> None:
        self.passed.append(event)
        self._changed.set()

    def types(self, run: str) -> list[str]:
        """The types of the states of a run, in order."""
        return [state.type for state in self.seen if state.run == run]

    def told(self, run: str, type: str) -> list[Passing]:
        """What passed of one type, of a run, in order."""
        return [event for event in self.passed if (event.run, event.type) == (run, type)]

    async def until(self, met: Callable[[], Any], seconds: float = 600) -> Any:
        """Wait until something is so; what it was."""
        async with asyncio.timeout(seconds):
            while not (found := met()):
                self._changed.clear()
                await self._changed.wait()
        return found

    async def over(self, run: str) -> str:
        """Wait for the end of a run; its type."""
        ends = ("run.succeeded", "run.failed", "run.cancelled", "run.interrupted")
        return str(await self.until(lambda: next((type for type in self.types(run) if type in ends), None)))


def settings(root: Path, **changes: Any) -> Settings:
    """Settings over a folder, with these node types."""
    home = Home(root, (root / "models",))
    return replace(Settings(home, ("cpu",), registry="workshop:REGISTRY", warm=False), **changes)


@asynccontextmanager
async def serving(root: Path, **changes: Any) -> AsyncIterator[tuple[Service, Record]]:
    """A running service and what it tells."""
    before = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(SUPPORT), before)))
    try:
        async with Service(settings(root, **changes)) as service:
            record = Record()
            service.events.subscribe(record)
            yield service, record
    finally:
        os.environ["PYTHONPATH"] = before
