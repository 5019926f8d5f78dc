import io
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from engine.graph.node import Node
from engine.graph.values import value_type
from engine.packs import registry_of
from engine.run.writing import Encoded
from engine.store.home import Home
from engine.worker.frames import read
from engine.worker.order import Order
from engine.worker.outbox import Outbox
from engine.worker.reports import ReportingHost
from engine.worker.runner import Runner

GATES: dict[int, threading.Event] = {}


@value_type("#ffffff")
@dataclass(frozen=True, slots=True)
class Slow:
    """A picture that takes as long to encode as its gate is closed."""

    number: int

    def encode(self, format: str | None = None, document: str | None = None) -> Sequence[Encoded]:
        assert GATES[self.number].wait(60)
        return [Encoded(f"picture {self.number}".encode(), "png", 1, 1)]


class Make(Node):
    """Make a slow picture, or fail."""

    number: int = 0

    def run(self) -> Slow:
        if self.number < 0:
            raise ValueError("no such picture")
        return Slow(self.number)


@pytest.fixture
def shop(tmp_path):
    """A runner, and the frames that it has sent once it is closed."""
    GATES.clear()
    GATES.update({number: threading.Event() for number in range(9)})
    stream = io.BytesIO()
    outbox = Outbox(stream)
    host = ReportingHost(registry_of(Slow, Make), Home(tmp_path, ()), "cpu", outbox)
    runner = Runner(host, outbox)

    def sent():
        runner.close()
        host.close()
        outbox.close()
        frames = io.BytesIO(stream.getvalue())
        return [frame.message for frame in iter(lambda: read(frames), None) if frame.type not in ("keys", "alive")]

    return runner, sent


def order(number: int) -> Order:
    workflow = (
        '{"format": "latentloom", "version": 1, "nodes": {"make": {"type": "Make"}},'
        ' "inputs": {"n": {"to": ["make.number"]}}, "outputs": {"image": {"link": "make.slow"}}}'
    )
    return Order(f"run {number}", 1, workflow, {"n": number}, None)


def test_the_device_does_not_wait_for_pictures_to_be_encoded(shop):
    runner, sent = shop
    runner.carry_out(order(0))
    runner.carry_out(order(1))
    GATES[1].set()
    runner.carry_out(order(2))
    GATES[2].set()
    GATES[0].set()

    told = [(message["type"], message["run"]) for message in sent() if message["type"] in ("free", "ended")]
    assert [run for type, run in told if type == "free"] == ["run 0", "run 1", "run 2"]
    assert told.index(("ended", "run 0")) > told.index(("free", "run 1"))


def test_what_waits_to_be_written_is_bounded(shop):
    runner, sent = shop
    started = threading.Semaphore(0)

    def work():
        for number in range(6):
            runner.carry_out(order(number))
            started.release()

    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(4):
        assert started.acquire(timeout=60)
    assert not started.acquire(timeout=0.05)
    for gate in GATES.values():
        gate.set()
    thread.join(60)

    assert sum(message["type"] == "ended" for message in sent()) == 6


def test_a_run_that_fails_or_is_refused_or_cannot_be_written_ends_all_the_same(shop, monkeypatch):
    runner, sent = shop
    GATES[3].set()
    runner.carry_out(order(-1))
    broken = order(1)
    broken.workflow = "{"
    runner.carry_out(broken)

    def full(self, content, suffix=""):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.store.assets.Assets.put", full)
    runner.carry_out(order(3))

    ends = {message["run"]: message["end"] for message in sent() if message["type"] == "ended"}
    assert {run: end["status"] for run, end in ends.items()} == dict.fromkeys(("run -1", "run 1", "run 3"), "failed")
    assert "no such picture" in ends["run -1"]["faults"][0]["message"]
    assert ends["run 1"]["faults"]
    assert "No space left" in ends["run 3"]["faults"][0]["message"]
