import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.run import codec
from engine.run.cache import MISSING, Devices, DiskTier, NoCache, ResultCache, Results, Trace
from engine.run.cache.writer import Writer

MB = 1 << 20
CLASSES = codec.Classes()


def tensor(seed: int, count: int = 10_000) -> torch.Tensor:
    return torch.rand(count, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., ResultCache]]:
    """Opens caches over one folder, as processes one after the other would; closes what is left open."""
    caches: list[ResultCache] = []

    def open_cache(ram: int = 64 * MB, disk: int = 64 * MB, salt: str = "", **options: Any) -> ResultCache:
        for cache in caches:
            cache.close()
        tier = DiskTier(tmp_path / "cache", disk, CLASSES, salt=salt)
        caches.append(ResultCache(ram, tier, **options))
        return caches[-1]

    yield open_cache
    for cache in caches:
        cache.close()


def put(cache: Results, value: object, seconds: float = 1.0, keep: bool = False) -> str:
    name = codec.digest(value)
    cache.put(name, value, seconds, keep=keep)
    return name


def test_what_is_put_is_there_and_what_is_not_is_missing() -> None:
    cache: Results = ResultCache(MB)
    value = tensor(1)
    name = put(cache, value)
    assert cache.has(name)
    assert cache.get(name) is value
    assert not cache.has("0" * 32)
    assert cache.get("0" * 32) is MISSING
    none = put(cache, None)
    assert cache.get(none) is None


def test_no_cache_remembers_nothing() -> None:
    cache: Results = NoCache()
    name = put(cache, 1)
    cache.record("key", Trace((name,), 1.0))
    with cache.pin([name]):
        assert not cache.has(name)
        assert cache.get(name) is MISSING
        assert cache.trace("key") is None
    cache.flush()
    cache.close()


def test_traces_are_bounded_and_the_least_used_goes_first() -> None:
    cache = ResultCache(MB, traces=3)
    for key in "abc":
        cache.record(key, Trace((key,), 1.0))
    assert cache.trace("a") == Trace(("a",), 1.0)
    cache.record("d", Trace(("d",), 1.0))
    assert [cache.trace(key) is not None for key in "abcd"] == [True, False, True, True]


def test_a_pinned_value_stays_and_others_are_turned_away_instead() -> None:
    size = codec.nbytes(tensor(0))
    cache = ResultCache(2 * size)
    one, two = put(cache, tensor(1), 0.1), put(cache, tensor(2), 0.1)
    with cache.pin([one]), cache.pin([one, two]):
        three = put(cache, tensor(3), 100)
        assert [cache.has(name) for name in (one, two, three)] == [True, True, False]
    put(cache, tensor(3), 100)
    assert [cache.has(name) for name in (one, two, three)].count(True) == 2
    assert cache.has(three)


@dataclass(frozen=True)
class OnDevice:
    """Stands for a tensor in device memory."""

    value: object


SIMULATED = Devices(
    on_device=lambda value: isinstance(value, OnDevice),
    to_host=lambda value: value.value if isinstance(value, OnDevice) else value,
)


def test_what_leaves_the_device_lands_in_host_memory() -> None:
    weight = codec.nbytes(OnDevice(None))
    cache = ResultCache(MB, device_bytes=2 * weight, devices=SIMULATED)
    for name in "abc":
        cache.put(name, OnDevice(name), 1.0)
    assert sorted(type(cache.get(name)).__name__ for name in "abc") == ["OnDevice", "OnDevice", "str"]


def test_large_values_and_host_values_never_lie_on_the_device() -> None:
    cache = ResultCache(256 * MB, device_bytes=256 * MB, devices=Devices(lambda _: True, lambda value: ("host", value)))
    large, small = torch.zeros(8 * MB), torch.zeros(1)
    cache.put("large", large, 1.0)
    cache.put("small", small, 1.0)
    assert cache.get("large") == ("host", large)
    assert cache.get("small") is small
    plain = ResultCache(MB, device_bytes=MB)
    name = put(plain, small)
    assert name in plain._ram
    assert name not in plain._device


def test_dear_values_outlive_the_process_bit_for_bit(opened: Callable[..., ResultCache]) -> None:
    value = {"samples": tensor(1).to(torch.bfloat16), "size": (512, 2**70, float("nan"))}
    name = put(opened(), value, 2.0)
    again = opened().get(name)
    assert isinstance(again, dict)
    assert codec.digest(again) == name
    assert again["samples"].tolist() == tensor(1).to(torch.bfloat16).tolist()


def test_disk_takes_what_is_dear_and_what_outputs_need_and_all_short_literals(
    opened: Callable[..., ResultCache],
) -> None:
    cache = opened()
    cheap = put(cache, tensor(1), 0.4)
    dear = put(cache, tensor(2), 0.6)
    kept = put(cache, tensor(3), 0.0, keep=True)
    literal = put(cache, ["a cat", 7, None], 0.0)
    tiny = put(cache, torch.zeros(1), 0.0)
    long = put(cache, "x" * 5000, 0.0)
    late = put(cache, tensor(4), 0.0)
    put(cache, tensor(4), 0.0, keep=True)
    again = opened()
    assert [again.has(name) for name in (cheap, dear, kept, literal, tiny, long, late)] == [
        False, True, True, True, False, False, True,
    ]  # fmt: skip
    assert again.get(literal) == ["a cat", 7, None]


def test_what_reads_back_slower_than_it_is_made_is_not_stored(tmp_path: Path) -> None:
    tier = DiskTier(tmp_path, 64 * MB, CLASSES, min_seconds=0.0)
    value = torch.zeros(6 * MB, dtype=torch.uint8)
    tier.offer("0" * 32, value, value.nbytes, 0.001, keep=False)
    tier.flush()
    assert not tier.has("0" * 32)
    tier.offer("0" * 32, value, value.nbytes, 0.1, keep=False)
    tier.close()
    assert len(list(tmp_path.glob("blobs/00/*"))) == 1


def test_traces_outlive_the_process_and_those_of_models_hold_only_in_their_environment(
    opened: Callable[..., ResultCache],
) -> None:
    plain = Trace(("a" * 32, "b" * 32), 1.5, None, "", (("too long", "text"), ("no input", None)), ("text",), "d" * 32)
    lazy = Trace((), 0.25, need="on_true")
    model = Trace(("c" * 32,), 3.0, environment="torch 2.13 cpu")
    cache = opened(environment="torch 2.13 cpu")
    for key, trace in (("plain", plain), ("lazy", lazy), ("model", model)):
        cache.record(key, trace)
    same = opened(environment="torch 2.13 cpu")
    assert [same.trace(key) for key in ("plain", "lazy", "model", "none")] == [plain, lazy, model, None]
    other = opened(environment="torch 2.13 cuda")
    assert [other.trace(key) for key in ("plain", "lazy", "model")] == [plain, lazy, None]


def test_two_salts_share_a_folder_and_take_nothing_from_each_other(tmp_path: Path) -> None:
    one, two = (ResultCache(0, DiskTier(tmp_path, 64 * MB, CLASSES, salt=salt)) for salt in ("one", "two"))
    name = put(one, tensor(1), keep=True)
    one.record("key", Trace((name,), 1.0))
    one.flush()
    assert not two.has(name)
    assert two.trace("key") is None
    other = put(two, tensor(2), keep=True)
    two.flush()
    for cache in (one, two):
        cache.close()
    again = ResultCache(0, DiskTier(tmp_path, 64 * MB, CLASSES, salt="one"))
    assert again.trace("key") == Trace((name,), 1.0)
    assert again.has(name)
    assert not again.has(other)
    again.close()


def test_what_no_release_used_for_a_month_is_deleted(tmp_path: Path) -> None:
    day = 24 * 3600
    for salt, days in (("old", 31), ("older", 90), ("recent", 29), ("mine", 90)):
        DiskTier(tmp_path, MB, CLASSES, salt=salt).close()
        for path in (tmp_path / salt).glob("index.db*"):
            os.utime(path, (time.time() - days * day,) * 2)
    (tmp_path / "something else").mkdir()
    DiskTier(tmp_path, MB, CLASSES, salt="mine").close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "recent", "something else"]


def blobs(folder: Path) -> list[Path]:
    return sorted((folder / "cache" / "blobs").glob("??/*"))


def test_the_folder_never_holds_more_than_its_budget_and_keeps_what_is_dear(
    opened: Callable[..., ResultCache], tmp_path: Path
) -> None:
    blob = len(codec.dumps(tensor(0)))
    cache = opened(ram=0, disk=4 * blob)
    dear = put(cache, tensor(99), 50)
    for seed in range(20):
        put(cache, tensor(seed), 1.0)
        cache.flush()
        assert sum(path.stat().st_size for path in blobs(tmp_path)) <= 4 * blob
    assert len(blobs(tmp_path)) == 4
    assert cache.has(dear)
    smaller = opened(ram=0, disk=2 * blob)
    smaller.flush()
    assert len(blobs(tmp_path)) == 2
    assert smaller.has(dear)
    with smaller.pin(held := [path.stem for path in blobs(tmp_path)]):
        newcomer = put(smaller, tensor(50), 1000)
        smaller.flush()
        assert [path.stem for path in blobs(tmp_path)] == held
    assert not smaller.has(newcomer)


def test_a_value_in_use_is_found_until_it_is_written(opened: Callable[..., ResultCache]) -> None:
    cache = opened(ram=0)
    gate, running = threading.Event(), threading.Event()
    writer = cache._disk._writer  # type: ignore[union-attr]
    work = writer._work

    def slow(jobs: list[Any]) -> None:
        running.set()
        assert gate.wait(10)
        work(jobs)

    cache.flush()
    writer._work = slow
    value = tensor(1)
    name = put(cache, value)
    assert running.wait(10)
    assert cache.has(name)
    assert cache.get(name) is value
    gate.set()
    cache.flush()
    assert torch.equal(cache.get(name), value)  # type: ignore[arg-type]


def test_many_threads_find_what_they_put(opened: Callable[..., ResultCache]) -> None:
    cache = opened(ram=10 * codec.nbytes(tensor(0)))

    def work(thread: int) -> bool:
        for turn in range(30):
            value = tensor(100 * (turn % 5) + thread)
            name = put(cache, value, 1.0)
            cache.record(f"{thread} {turn}", Trace((name,), 1.0))
            found = cache.get(name)
            if found is MISSING or not torch.equal(found, value):  # type: ignore[arg-type]
                return False
        return all(cache.trace(f"{thread} {turn}") is not None for turn in range(30))

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(work, range(6)))


class Ear:
    """Keeps what a cache tells, and holds it against what it is told next."""

    def __init__(self) -> None:
        self.there: set[tuple[str, str]] = set()

    def __call__(self, key: str, tier: str, entered: bool) -> None:
        (self.there.add if entered else self.there.discard)((key, tier))

    def of(self, tier: str) -> set[str]:
        return {key for key, where in self.there if where == tier}


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 3_000),
    st.lists(st.tuples(st.integers(0, 12), st.floats(0, 10), st.booleans()), max_size=40),
    st.sets(st.integers(0, 12), max_size=3),
)
def test_who_listens_knows_what_is_in_memory_and_which_keys_are_known(
    budget: int, steps: list[tuple[int, float, bool]], pinned: set[int]
) -> None:
    values = [OnDevice(("x" * 97 * index, index)) for index in range(13)]
    ear = Ear()
    cache = ResultCache(budget, device_bytes=budget // 2, devices=SIMULATED, traces=5, told=ear)
    with cache.pin(map(str, pinned)):
        for index, seconds, device in steps:
            cache.put(str(index), values[index] if device else values[index].value, seconds)
            cache.record(f"key {index}", Trace((str(index),), seconds))
            assert ear.of("ram") == {str(number) for number in range(13) if str(number) in cache._ram}
            assert ear.of("device") == {str(number) for number in range(13) if str(number) in cache._device}
            assert ear.of("traces") == {f"key {n}" for n in range(13) if cache.trace(f"key {n}") is not None}
    cache.close()
    assert ear.there == set()


def test_who_listens_knows_what_this_process_put_on_the_disk_and_took_from_it(tmp_path: Path) -> None:
    ear = Ear()
    budget = 4 * len(codec.dumps(tensor(0)))
    cache = ResultCache(0, DiskTier(tmp_path, budget, CLASSES), told=ear)
    names = [put(cache, tensor(seed), float(seed + 1)) for seed in range(9)] + [put(cache, "short", 0.0)]
    cache.flush()
    assert ear.of("disk") == {name for name in names if cache.has(name)}
    assert 2 <= len(ear.of("disk")) < len(names)
    damaged = next((tmp_path / "blobs").glob("??/*"))
    damaged.write_bytes(b"no safetensors")
    assert cache.get(damaged.stem) is MISSING
    cache.flush()
    assert damaged.stem not in ear.of("disk")
    cache.close()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 5_000),
    st.lists(st.tuples(st.integers(0, 12), st.floats(0, 10), st.booleans()), max_size=40),
    st.sets(st.integers(0, 12), max_size=3),
)
def test_whatever_is_asked_the_budgets_hold_and_answers_are_right(
    budget: int, steps: list[tuple[int, float, bool]], pinned: set[int]
) -> None:
    values = [OnDevice(("x" * 97 * index, index)) for index in range(13)]
    cache = ResultCache(budget, device_bytes=budget // 2, devices=SIMULATED)
    with cache.pin(map(str, pinned)):
        for index, seconds, device in steps:
            cache.put(str(index), values[index] if device else values[index].value, seconds)
            assert cache._ram.used <= budget
            assert cache._device.used <= budget // 2
            for number, value in enumerate(values):
                found = cache.get(str(number))
                assert (found is not MISSING) == cache.has(str(number))
                assert found is MISSING or found in (value, value.value)


def test_nothing_is_ever_unpickled(opened: Callable[..., ResultCache]) -> None:
    seen: list[str] = []
    listening = [True]
    sys.addaudithook(lambda event, _: seen.append(event) if listening and event.startswith("pickle") else None)
    try:
        name = put(opened(), {"x": tensor(1), "y": (1, b"z")})
        assert opened().get(name) is not MISSING
        import pickle

        pickle.loads(pickle.dumps(codec.CodecError))
        assert seen == ["pickle.find_class"], "only the pickle of this test, which shows that the ear is open"
    finally:
        listening.clear()


def test_jobs_that_linger_are_done_together_and_at_once_when_somebody_waits() -> None:
    done: list[list[int]] = []
    writer = Writer(done.append, "test", linger=600)
    for job in (1, 2):
        writer.add(job)
    writer.flush()
    writer.add(3)
    writer.close()

    assert done == [[1, 2], [3]]


def test_the_writer_lives_through_work_that_fails() -> None:
    done: list[int] = []

    def work(jobs: list[int]) -> None:
        if 0 in jobs:
            raise RuntimeError("scripted")
        done.extend(jobs)

    writer = Writer(work, "test")
    for job in (0, 1, 2):
        writer.add(job)
        writer.flush()
    writer.close()
    assert done == [1, 2]
    assert not writer.add(3)
    writer.flush()
