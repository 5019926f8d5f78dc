import pytest
from trivial_nodes import REGISTRY, Bench, workflow

from engine.run.cache import DiskTier, ResultCache, Trace
from engine.run.codec import digest
from engine.worker.mirror import Mirror
from engine.worker.reports import ReportingResults, Reports


@pytest.fixture
def mirror(tmp_path):
    mirror = Mirror(DiskTier(tmp_path, 10**6, REGISTRY.classes))
    yield mirror
    mirror.close()


def reported(reports, mirror, worker=0):
    for message in reports.take():
        mirror.take("keys", {**message, "worker": worker})


def test_what_a_run_left_in_memory_is_known_elsewhere_and_forgotten_with_its_worker(mirror):
    reports = Reports()
    bench = Bench(ReportingResults(ResultCache(10**8, None), reports))
    graph = bench.graph(workflow({"add": ("Add", {"a": 3})}, {"out": "add.value"}))
    recipe = graph.nodes["add"].recipe
    assert mirror.trace(recipe) is None
    bench.run(graph)
    reported(reports, mirror)

    trace = mirror.trace(recipe)
    assert trace.outputs == (digest(4),)
    assert mirror.has(digest(4))
    mirror.take("forget", {"worker": 0})
    assert not mirror.has(digest(4))


def test_a_value_that_another_worker_holds_too_stays(mirror):
    reports = Reports()
    reports.held("d", True)
    (message,) = reports.take()
    for worker in (0, 1):
        mirror.take("keys", {**message, "worker": worker})
    mirror.take("forget", {"worker": 0})

    assert mirror.has("d")


def test_what_leaves_the_cache_unheard_is_found_out(mirror):
    there = {f"value {number}" for number in range(100)}
    reports = Reports()
    reports.has = there.__contains__
    for value in there:
        reports.held(value, True)
    reported(reports, mirror)
    gone = {"value 3", "value 77"}
    there -= gone
    for _ in range(10):
        reported(reports, mirror)

    assert not any(mirror.has(value) for value in gone)
    assert all(mirror.has(value) for value in there)


def test_nothing_is_reported_where_nothing_changed():
    reports = Reports()
    reports.traced("k", Trace(("d",), 1.0))
    reports.held("d", True)

    assert len(reports.take()) == 1
    assert reports.take() == []
