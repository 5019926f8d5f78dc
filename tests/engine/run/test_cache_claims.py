import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from engine.run.cache import MISSING, Claims


def until(condition: Callable[[], bool]) -> None:
    """Wait for another thread to get somewhere; a bug shows as a failure, not as a hang."""
    tick = threading.Event()
    for _ in range(2000):
        if condition():
            return
        tick.wait(0.005)
    pytest.fail("the other thread never got there")


def waiting(claims: Claims[str], key: str) -> int:
    return claims._open[key].waiting if key in claims._open else 0


def ask(claims: Claims[str], key: str, work: Callable[[], str], done: list[str]) -> str:
    with claims.claim(key) as claim:
        if claim.result is MISSING:
            done.append(key)
            claim.fulfil(work())
        assert claim.result is not MISSING
        return claim.result


def test_the_first_works_and_all_others_get_what_comes_of_it() -> None:
    claims: Claims[str] = Claims()
    go, done = threading.Event(), list[str]()

    def work() -> str:
        assert go.wait(10)
        return "made"

    with ThreadPoolExecutor(5) as pool:
        asks = [pool.submit(ask, claims, "key", work, done) for _ in range(5)]
        until(lambda: waiting(claims, "key") == 4)
        go.set()
        assert [future.result(10) for future in asks] == ["made"] * 5
    assert done == ["key"]
    assert len(claims) == 0


def test_when_the_first_fails_the_next_takes_over_and_only_the_first_hears_of_it() -> None:
    claims: Claims[str] = Claims()
    go, done = threading.Event(), list[str]()
    script: Iterator[Exception | str] = iter([RuntimeError("out of memory"), "made"])

    def work() -> str:
        assert go.wait(10)
        step = next(script)
        if isinstance(step, Exception):
            raise step
        return step

    with ThreadPoolExecutor(4) as pool:
        asks: list[Future[str]] = [pool.submit(ask, claims, "key", work, done) for _ in range(4)]
        until(lambda: waiting(claims, "key") == 3)
        go.set()
        faults = [future.exception(10) for future in asks]
    assert [str(fault) for fault in faults if fault] == ["out of memory"]
    assert [future.result() for future, fault in zip(asks, faults, strict=True) if not fault] == ["made"] * 3
    assert done == ["key", "key"]
    assert len(claims) == 0


def test_different_keys_do_not_wait_for_each_other_and_volatile_work_is_never_shared() -> None:
    claims: Claims[str] = Claims()
    with (
        claims.claim("a") as one,
        claims.claim("b") as two,
        claims.claim(None) as three,
        claims.claim(None) as four,
    ):
        assert one.result is two.result is three.result is four.result is MISSING


def test_who_is_cancelled_stops_waiting_and_leaves_nothing_behind() -> None:
    claims: Claims[str] = Claims()

    class Cancelled(Exception):
        pass

    def cancel() -> None:
        raise Cancelled

    def wait() -> None:
        with claims.claim("key", check=cancel):
            pytest.fail("the key was taken")

    with ThreadPoolExecutor(1) as pool, claims.claim("key") as claim:
        with pytest.raises(Cancelled):
            pool.submit(wait).result(10)
        claim.fulfil("made")
    assert len(claims) == 0
    with claims.claim("key") as again:
        assert again.result is MISSING


def test_none_is_a_good_result() -> None:
    claims: Claims[None] = Claims()
    started = threading.Event()

    def other() -> object:
        started.set()
        with claims.claim("key") as claim:
            return claim.result

    with ThreadPoolExecutor(1) as pool:
        with claims.claim("key") as claim:
            future = pool.submit(other)
            until(lambda: "key" in claims._open and claims._open["key"].waiting == 1)
            claim.fulfil(None)
        assert future.result(10) is None
