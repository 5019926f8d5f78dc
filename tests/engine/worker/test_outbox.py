import os
import threading

import pytest

from engine.worker.frames import read
from engine.worker.outbox import Outbox


class Slow:
    """A stream that takes nothing until it is opened."""

    def __init__(self, stream):
        self._stream = stream
        self.open = threading.Event()
        self.asked = threading.Event()

    def write(self, data):
        self.asked.set()
        assert self.open.wait(30)
        return self._stream.write(data)

    def flush(self):
        self._stream.flush()


@pytest.fixture
def pipe():
    out, into = os.pipe()
    with os.fdopen(out, "rb") as reading, os.fdopen(into, "wb") as writing:
        yield reading, Slow(writing)


def blocked(slow):
    """An outbox whose thread is busy with a first message, so that what follows waits."""
    outbox = Outbox(slow)
    outbox.put({"type": "first"})
    assert slow.asked.wait(30)
    return outbox


def test_order_is_kept_and_only_the_latest_of_what_may_be_merged_goes_out(pipe):
    reading, slow = pipe
    outbox = blocked(slow)
    for step in range(1000):
        outbox.tell("r", 1, "node.progress", {"node": "a", "step": step})
        outbox.tell("r", 1, "node.data", {"node": "a", "data": step})
    outbox.tell("r", 1, "node.succeeded", {"node": "a"})
    outbox.tell("r", 1, "node.progress", {"node": "b", "step": 7})
    outbox.put({"type": "ended"})
    slow.open.set()
    outbox.close()

    assert read(reading).type == "first"
    events = read(reading).message["events"]
    assert [(event["type"], event["fields"]["node"]) for event in events] == [
        ("node.progress", "a"),
        ("node.data", "a"),
        ("node.succeeded", "a"),
        ("node.progress", "b"),
    ]
    assert events[0]["fields"]["step"] == 999
    assert read(reading).type == "ended"


def test_what_runs_tell_is_parted_by_run_and_pictures_stay_with_their_event(pipe):
    reading, slow = pipe
    outbox = blocked(slow)
    outbox.tell("r", 1, "node.preview", {"node": "a"}, b"one")
    outbox.tell("r", 1, "node.preview", {"node": "a"}, b"two")
    outbox.tell("s", 2, "node.started", {"node": "a"})
    slow.open.set()
    outbox.close()

    read(reading)
    first, second = read(reading), read(reading)
    assert [first.buffers[event["buffer"]] for event in first.message["events"]] == [b"one", b"two"]
    assert (second.message["run"], second.message["attempt"]) == ("s", 2)


def test_what_may_wait_goes_along_with_the_next_that_is_sent(pipe):
    reading, slow = pipe
    outbox = blocked(slow)
    reports = [[{"type": "keys"}]]
    outbox.beside = lambda: reports.pop() if reports else []
    outbox.put({"type": "ended"})
    slow.open.set()
    outbox.close()

    assert [read(reading).type for _ in range(3)] == ["first", "keys", "ended"]


def test_an_outbox_that_nobody_reads_ends_without_a_word():
    out, into = os.pipe()
    os.close(out)
    writing = os.fdopen(into, "wb", buffering=0)
    outbox = Outbox(writing)
    outbox.put({"type": "first"})

    outbox.close()
    outbox.put({"type": "late"})
    writing.close()
