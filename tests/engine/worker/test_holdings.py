"""What a worker says of its device and of the models there."""

from dataclasses import dataclass

from engine.run.models.cache import ModelCache
from engine.run.models.simulated import FakeDevice, FakeModel
from engine.worker.holdings import FREE_STEP, Holdings

SIZE = 10 * FREE_STEP


@dataclass(frozen=True)
class Weights:
    fingerprint: str


class World:
    """A cache of one device, and a clock for both."""

    def __init__(self):
        self.now = 1000.0
        self.device = FakeDevice(SIZE)
        self.cache = ModelCache(
            self.device,
            lambda reference: FakeModel(reference, 3 * FREE_STEP, self.device),
            margin=0,
            clock=lambda: self.now,
        )
        self.loaded = False
        self.holdings = Holdings(
            lambda: self.cache if self.loaded else None, lambda: self.device, clock=lambda: self.now
        )


def test_nothing_is_asked_of_a_device_in_passing_before_a_model_was_needed():
    world = World()
    assert world.holdings.in_passing() == []


def test_a_loaded_model_tells_its_leases_when_it_was_used_last_and_what_memory_it_leaves_free():
    world = World()
    world.loaded = True
    with world.cache.lease(Weights("a")):
        (during,) = world.holdings.news()
    (after,) = world.holdings.news()
    world.now += 30
    assert [one["leases"] for one in (during["resident"][0], after["resident"][0])] == [1, 0]
    assert after["resident"][0]["used"] == 1000
    assert after["memory"] == {"free": 7 * FREE_STEP, "total": SIZE}


def test_what_stands_still_is_not_told_again_and_what_is_used_anew_is():
    world = World()
    world.loaded = True
    with world.cache.lease(Weights("a")):
        pass
    assert world.holdings.news()
    world.now += 30
    assert world.holdings.news() == []
    with world.cache.lease(Weights("a")):
        pass
    (again,) = world.holdings.news()
    assert again["resident"][0]["used"] == 1030


def test_in_passing_it_is_looked_at_once_a_second():
    world = World()
    world.loaded = True
    world.holdings.news()
    world.device.used += FREE_STEP
    world.now += 0.5
    assert world.holdings.in_passing() == []
    world.now += 0.5
    assert world.holdings.in_passing()[0]["memory"]["free"] == SIZE - FREE_STEP
