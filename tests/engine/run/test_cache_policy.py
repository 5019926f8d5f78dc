from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.run.cache.memory import MemoryTier
from engine.run.cache.policy import GreedyDual, Held
from engine.run.cache.protocol import MISSING

KEYS = st.sampled_from("abcdefgh")
COSTS = st.floats(0, 100)
SIZES = st.integers(0, 100)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), KEYS, COSTS, SIZES),
        st.tuples(st.just("touch"), KEYS),
        st.tuples(st.just("remove"), KEYS),
        st.tuples(st.just("evict"), st.sets(KEYS)),
    ),
    max_size=120,
)


class Oracle:
    """GreedyDual-Size as the paper has it: all priorities in a dictionary, the lowest found by looking at each."""

    def __init__(self) -> None:
        self.clock = 0.0
        self.worth: dict[str, float] = {}
        self.priority: dict[str, float] = {}

    def use(self, key: str) -> None:
        if key in self.worth:
            self.priority[key] = self.clock + self.worth[key]

    def evict(self, spared: set[str]) -> float | None:
        free = [self.priority[key] for key in self.priority if key not in spared]
        return min(free) if free else None


@settings(max_examples=120, deadline=None)
@given(STEPS)
def test_the_heap_evicts_what_a_search_through_all_entries_would(steps: list[tuple[Any, ...]]) -> None:
    policy, oracle = GreedyDual(), Oracle()
    for step in steps:
        match step:
            case ("add", key, seconds, size):
                add(policy, key, seconds, size)
                oracle.worth[key] = seconds / max(size, 1)
                oracle.use(key)
            case ("touch", key):
                policy.touch(key)
                oracle.use(key)
            case ("remove", key):
                policy.remove(key)
                oracle.worth.pop(key, None)
                oracle.priority.pop(key, None)
            case ("evict", spared):
                before = policy.clock
                victim = evicted(policy, *spared)
                lowest = oracle.evict(spared)
                assert (victim is None) == (lowest is None)
                if victim is not None:
                    assert victim not in spared
                    assert oracle.priority.pop(victim) == lowest
                    del oracle.worth[victim]
                    oracle.clock = max(before, lowest or 0)
                assert policy.clock == oracle.clock >= before
        assert len(policy) == len(oracle.priority)
        assert {key: policy.priority(key) for key in oracle.priority} == oracle.priority


def add(policy: GreedyDual, key: str, seconds: float, size: int = 1) -> None:
    policy.add(key, Held(key.upper(), size, seconds))


def evicted(policy: GreedyDual, *spared: str) -> str | None:
    found = policy.evict(spared.__contains__)
    if found is None:
        return None
    assert found[1].value == found[0].upper()
    return found[0]


def test_what_is_cheap_for_its_size_goes_first_and_a_dear_entry_ages_if_nobody_uses_it() -> None:
    policy = GreedyDual()
    add(policy, "dear", seconds=10)
    add(policy, "cheap", seconds=1)
    assert evicted(policy) == "cheap"
    for turn in range(20):
        add(policy, f"middling {turn}", seconds=2)
        if evicted(policy) == "dear":
            break
    else:
        pytest.fail("the dear entry never aged")
    assert 2 <= turn < 10


def test_replacing_an_entry_for_ever_does_not_grow_the_heap() -> None:
    policy = GreedyDual()
    for turn in range(1000):
        add(policy, "same", seconds=turn)
        assert evicted(policy, "same") is None
    assert policy._heap is not None
    assert len(policy._heap) < 100
    assert evicted(policy) == "same"
    assert evicted(policy) is None


@settings(max_examples=120, deadline=None)
@given(
    st.integers(0, 300),
    st.lists(st.tuples(st.text("abcdef", min_size=1, max_size=1), SIZES, COSTS, st.booleans()), max_size=60),
    st.sets(st.sampled_from("abcdef")),
)
def test_a_tier_never_holds_more_than_its_budget_and_loses_nothing_unsaid(
    budget: int, steps: list[tuple[str, int, float, bool]], pinned: set[str]
) -> None:
    tier = MemoryTier(budget)
    sizes = {digest: size for digest, size, _, _ in reversed(steps)}
    inside: set[str] = set()
    for digest, _, seconds, look in steps:
        if look:
            assert (tier.get(digest) is not MISSING) == (digest in inside)
            continue
        gone = tier.put(digest, Held(digest.upper(), sizes[digest], seconds), pinned.__contains__)
        assert not (gone.keys() - {digest}) & pinned
        inside = (inside | {digest}) - gone.keys()
        assert {key for key in "abcdef" if key in tier} == inside
        assert tier.used == sum(sizes[key] for key in inside) <= budget
        assert all(tier.get(key) == key.upper() for key in inside)
