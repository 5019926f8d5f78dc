import asyncio

from web.watching import watch


async def told_by(script: list[int], *, settled: bool, count: int) -> list[int]:
    """What had been seen at each of the first `count` tellings, looking at this script, then at its end for ever."""
    seen: list[int] = []
    told: list[int] = []
    enough = asyncio.Event()

    def look() -> int:
        seen.append(script[min(len(seen), len(script) - 1)])
        return seen[-1]

    async def changed() -> None:
        told.append(seen[-1])
        if len(told) == count:
            enough.set()

    watching = asyncio.create_task(watch(look, changed, lambda: True, 0.0, settled=settled))
    async with asyncio.timeout(60):
        await enough.wait()
    watching.cancel()
    return told


async def test_every_change_is_told_once():
    assert await told_by([0, 0, 1, 1, 2, 3, 3, 0], settled=False, count=4) == [1, 2, 3, 0]


async def test_what_is_still_changing_is_told_when_it_has_settled():
    assert await told_by([0, 1, 2, 3, 3, 3, 4, 3, 5, 5], settled=True, count=2) == [3, 5]


async def test_nobody_looks_where_nobody_wants_to_know():
    looks: list[int] = []

    async def changed() -> None:
        raise AssertionError

    asked = asyncio.Event()

    def wanted() -> bool:
        asked.set()
        return False

    watching = asyncio.create_task(watch(lambda: looks.append(1), changed, wanted, 0.0))
    async with asyncio.timeout(60):
        await asked.wait()
    watching.cancel()

    assert len(looks) == 1
