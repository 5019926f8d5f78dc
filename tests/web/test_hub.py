"""What readers of events get: every state in order, the last of what passes, whatever the others do."""

import json
import random
from dataclasses import dataclass

import pytest

from web.hub import BOX, PAGE, PASSING, Hub


@dataclass(frozen=True)
class State:
    seq: int
    text: str


@dataclass(frozen=True)
class Passing:
    run: str
    node: str
    text: str
    type: str = "node.progress"


class Log:
    """A feed with a stored log that keeps the latest events."""

    def __init__(self, kept: int = 10**9) -> None:
        self.kept = kept
        self.states: list[State] = []
        self.hub = Hub(self)

    @property
    def last(self) -> int:
        return len(self.states)

    async def since(self, seq: int, limit: int = PAGE):
        if seq < self.last - self.kept:
            return None
        return self.states[seq : seq + limit]

    def tell(self, count: int = 1) -> None:
        new = [State(self.last + number + 1, f"state {self.last + number + 1}") for number in range(count)]
        self.states += new
        self.hub.states(new)


@pytest.fixture
def log():
    return Log()


async def all_of(reader, until: str) -> list[str]:
    seen: list[str] = []
    while not seen or seen[-1] != until:
        seen += await reader.take()
    return seen


async def test_a_reader_gets_what_comes_after_he_came_in_order(log):
    log.tell(3)
    with log.hub.reader(None) as reader:
        log.tell(2)
        log.hub.passing(Passing("r", "n", "progress 1"))
        log.tell()
        assert await reader.take() == ["state 4", "state 5", "progress 1", "state 6"]


async def test_a_reader_who_comes_back_gets_what_he_missed_and_goes_on_live(log):
    log.tell(3 * PAGE + 7)
    with log.hub.reader(5) as reader:
        seen = await reader.take()
        log.tell(2)
        seen += await all_of(reader, f"state {log.last}")
        log.tell()
        seen += await reader.take()
    assert seen == [state.text for state in log.states[5:]]


async def test_who_is_too_far_behind_the_log_is_told_to_start_anew():
    log = Log(kept=10)
    log.tell(50)
    with log.hub.reader(3) as reader:
        reset = json.loads((await reader.take())[0])
        assert (reset["type"], reset["last"]) == ("reset", 50)
        log.tell()
        assert await reader.take() == ["state 51"]


async def test_what_passes_is_merged_and_its_last_arrives_after_the_state_before_it(log):
    with log.hub.reader(None) as reader:
        for step in range(1000):
            log.hub.passing(Passing("r", "n", f"n {step}"))
            log.hub.passing(Passing("r", "m", f"m {step}"))
            if step == 500:
                log.tell()
        assert await reader.take() == ["state 1", "n 999", "m 999"]


async def test_who_stalls_holds_little_and_still_gets_every_state(log):
    with log.hub.reader(None) as reader:
        for number in range(20 * BOX):
            log.tell()
            log.hub.passing(Passing(f"run {number}", "n", f"progress {number}"))
        assert len(reader._box) <= PASSING + 1
        seen = await all_of(reader, f"progress {20 * BOX - 1}")
    assert [text for text in seen if text.startswith("state")] == [state.text for state in log.states]


async def test_one_burst_larger_than_the_box_loses_nothing(log):
    with log.hub.reader(None) as reader:
        log.tell(10 * BOX)
        assert await all_of(reader, f"state {10 * BOX}") == [state.text for state in log.states]


@pytest.mark.parametrize("seed", range(20))
async def test_every_reader_gets_every_state_once_and_each_last_progress_however_fast_he_reads(seed):
    log, luck = Log(), random.Random(seed)
    last: dict[str, str] = {}
    readers = [log.hub.reader(None) for _ in range(5)]
    open_ = [each.__enter__() for each in readers]
    seen: list[list[str]] = [[] for _ in readers]
    for step in range(400):
        log.tell(luck.choice((0, 0, 1, 1, 3, BOX + 1)))
        node = luck.choice("abc")
        last[node] = f"{node} {step}"
        log.hub.passing(Passing("r", node, last[node]))
        for number, reader in enumerate(open_):
            if luck.random() < 0.3 / (1 + 3 * number):
                seen[number] += await reader.take()
    log.tell()
    for number, reader in enumerate(open_):
        while f"state {log.last}" not in seen[number] or not set(last.values()) <= set(seen[number]):
            seen[number] += await reader.take()
    for texts in seen:
        assert [text for text in texts if text.startswith("state")] == [state.text for state in log.states]
        assert all([text for text in texts if text.startswith(node)][-1] == last[node] for node in last)


async def test_previews_are_made_only_while_somebody_looks(log):
    told: list[bool] = []
    hub = Hub(log, told.append)
    with hub.reader(None):
        with hub.reader(None):
            assert len(hub) == 2
        assert told == [True]
    assert told == [True, False]


async def test_words_of_the_server_itself_are_merged_too(log):
    with log.hub.reader(None) as reader:
        log.hub.tell("library.changed", names=["a"])
        log.hub.tell("library.changed", names=["b"])
        (text,) = await reader.take()
        assert json.loads(text)["names"] == ["b"]
