"""The collector is as it was once everybody is done."""

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from engine.graph.collector import collector_waiting
from engine.graph.document import load_workflow
from engine.graph.faults import InvalidWorkflow


@pytest.fixture(autouse=True)
def _enabled() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_the_collector_waits_for_the_last_of_those_who_build() -> None:
    barrier = Barrier(2)

    def build(first_to_end: bool) -> tuple[bool, bool]:
        with collector_waiting():
            barrier.wait(10)
            inside = gc.isenabled()
            if not first_to_end:
                barrier.wait(10)
                return inside, gc.isenabled()
        between = gc.isenabled()
        barrier.wait(10)
        return inside, between

    with ThreadPoolExecutor(2) as pool:
        told = [future.result(10) for future in (pool.submit(build, True), pool.submit(build, False))]
    assert told == [(False, False), (False, False)]
    assert gc.isenabled()


def test_a_file_that_is_refused_leaves_the_collector_on() -> None:
    with pytest.raises(InvalidWorkflow):
        load_workflow("{")
    assert gc.isenabled()


def test_who_switched_the_collector_off_finds_it_off() -> None:
    gc.disable()
    with collector_waiting():
        assert not gc.isenabled()
    assert not gc.isenabled()
