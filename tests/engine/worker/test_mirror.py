import orjson
import pytest
from trivial_nodes import REGISTRY, Bench, workflow

from engine.run.cache import DEVICE, DISK, RAM, DiskTier, ResultCache, Trace
from engine.run.codec import digest
from engine.worker.mirror import Mirror
from engine.worker.reports import Reports


@pytest.fixture
def mirror(tmp_path):
    mirror = Mirror(DiskTier(tmp_path, 10**6, REGISTRY.classes))
    yield mirror
    mirror.close()


class Worker:
    """A worker's results and what it reports of them."""

    def __init__(self, ram_bytes=10**8):
        self.reports = Reports(lambda key: self.results.known(key))
        self.results = ResultCache(ram_bytes, None, told=self.reports.hear)

    def report(self, mirror, worker=0):
        for message in self.reports.take():
            mirror.take("keys", {**orjson.loads(orjson.dumps(message)), "worker": worker})


def test_what_a_run_left_in_memory_is_known_elsewhere_and_forgotten_with_its_worker(mirror):
    worker = Worker()
    bench = Bench(worker.results)
    graph = bench.graph(workflow({"add": ("Add", {"a": 3})}, {"out": "add.value"}))
    recipe = graph.nodes["add"].recipe
    assert mirror.trace(recipe) is None
    bench.run(graph)
    worker.report(mirror)

    trace = mirror.trace(recipe)
    assert trace.outputs == (digest(4),)
    assert mirror.has(digest(4))
    mirror.take("forget", {"worker": 0})
    assert not mirror.has(digest(4))


def test_a_value_that_another_worker_holds_too_stays(mirror):
    for number in (0, 1):
        worker = Worker()
        worker.results.put("d", 1, 1.0)
        worker.report(mirror, number)
    mirror.take("forget", {"worker": 0})

    assert mirror.has("d")


def test_what_leaves_the_memory_of_a_worker_is_not_said_to_be_there(mirror):
    worker = Worker(ram_bytes=400)
    for number in range(50):
        worker.results.put(f"value {number}", f"{number:0100}", 1.0)
    worker.report(mirror)
    held = [number for number in range(50) if mirror.has(f"value {number}")]

    assert 0 < len(held) < 50
    assert held == [number for number in range(50) if worker.results.has(f"value {number}")]
    worker.results.close()
    worker.report(mirror)
    assert not any(mirror.has(f"value {number}") for number in held)


def test_a_value_that_moves_from_one_memory_to_the_other_is_held_all_the_time(mirror):
    reports = Reports(lambda key: None)
    told = [("d", DEVICE, True), ("d", RAM, True), ("d", DEVICE, False), ("e", DISK, True), ("f", RAM, True)]
    for one in [*told, ("f", RAM, False)]:
        reports.hear(*one)
    (message,) = reports.take()
    assert (message["entered"], message["left"]) == (["d"], [])

    reports.hear("d", RAM, False)
    reports.hear("d", DEVICE, True)
    assert reports.take() == []


def test_a_trace_arrives_elsewhere_as_it_was(mirror):
    trace = Trace(("a", "b"), 2.5, None, "torch 9", (("a word", "a"), ("another", None)), ("left", "right"))
    needs = Trace((), 0.5, "left")
    worker = Worker()
    worker.results.record("k", trace)
    worker.results.record("n", needs)
    worker.report(mirror)

    assert mirror.trace("k") == trace
    assert mirror.trace("n") == needs


def test_nothing_is_reported_where_nothing_changed(mirror):
    worker = Worker()
    worker.results.record("k", Trace(("d",), 1.0))
    worker.results.put("d", 1, 1.0)
    worker.report(mirror)
    worker.results.put("d", 1, 1.0)

    assert worker.reports.take() == []
