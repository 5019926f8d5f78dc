import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from engine.store import event_log
from engine.store.database import Database
from engine.store.errors import Conflict, KeyConflict, UnknownRun
from engine.store.gallery import Gallery
from engine.store.runs.records import Ended, NewRun
from engine.store.runs.store import RunStore
from engine.store.runs.submitting import Key, body_digest

ENDS = ("run.succeeded", "run.failed", "run.cancelled", "run.interrupted")
PICTURE = {
    "asset": "image.png", "sha256": "ab" * 32, "type": "Image", "width": 8, "height": 8, "bytes": 99,
    "url": f"/api/assets/{'ab' * 32}.png",
}  # fmt: skip


class Shop:
    """A store on a file, opened again at will; `told` is what listeners were told since the last opening."""

    def __init__(self, folder):
        self.path = folder / "loom.db"
        self.open()

    def open(self):
        self.told = []
        self.database = Database(self.path, self.told.extend)
        self.runs = RunStore(self.database)
        self.gallery = Gallery(self.database)

    def again(self):
        self.database.close()
        self.open()

    def events(self):
        return [json.loads(state.text) for state in event_log.since(self.database, 0, 10**6) or []]

    def queue(self):
        rows = self.database.all("SELECT id FROM run WHERE status = 'queued' ORDER BY place")
        return [id for (id,) in rows]


@pytest.fixture
def shop(tmp_path):
    opened = Shop(tmp_path)
    yield opened
    opened.database.close()


def submitted(shop: Shop, *titles: str) -> list[str]:
    return [shop.runs.submit(NewRun("{}", title=title)).result().id for title in titles]


def test_a_run_keeps_what_it_was_and_what_it_made(shop):
    new = NewRun('{"a": 1}', {"seed": 2**64 - 1}, ["image"], "A title", "a document", ["f00"], {"sampler.seed": 7})
    id = shop.runs.submit(new).result().id
    claimed = shop.runs.claim("cpu").result()
    end = Ended(
        "succeeded", 1.5, True, {"image": [PICTURE]}, {"n": {"state": "ran", "seconds": 1.0, "type": "T"}},
        made_with={"torch": "2"}, data={"n": {"curve": [1, 2]}},
    )  # fmt: skip
    assert shop.runs.finish(id, claimed.run.attempts, end).result()
    shop.again()

    run = shop.runs.find(id)

    assert (run.status, run.partial, run.seconds, run.device) == ("succeeded", True, 1.5, "cpu")
    assert (run.inputs, run.targets, run.seeds) == ({"seed": 2**64 - 1}, ["image"], {"sampler.seed": 7})
    assert run.outputs == {"image": [PICTURE]}
    assert shop.runs.workflow(id) == claimed.workflow == '{"a": 1}'
    assert shop.runs.details(id)["data"] == {"n": {"curve": [1, 2]}}
    assert shop.runs.timings() == {"T": 1.0}
    (asset,) = shop.gallery.page(workflow="a document")
    assert (asset.sha256, asset.run, asset.output, asset.item) == (PICTURE["sha256"], id, "image", 0)


def made(output, **entry):
    return "run.output", {"output": output, "entries": [PICTURE | entry]}


def test_what_a_run_makes_is_in_its_record_and_in_the_gallery_before_it_ends_and_once_after(shop):
    (id,) = submitted(shop, "a")
    shop.runs.claim("cpu").result()
    other = {"sha256": "cd" * 32}
    assert shop.runs.note(id, 1, [made("small"), ("node.started", {"node": "n"}), made("large", **other)]).result()
    early = shop.gallery.page()
    assert shop.runs.find(id).outputs == {"small": [PICTURE], "large": [PICTURE | other]}
    assert [(row.output, row.run) for row in early] == [("large", id), ("small", id)]

    last = {"sha256": "ef" * 32}
    outputs = {"large": [PICTURE | other], "last": [PICTURE | last], "small": [PICTURE]}
    shop.runs.finish(id, 1, Ended("succeeded", 1, outputs=outputs)).result()

    assert list(shop.runs.find(id).outputs.items()) == list(outputs.items())
    assert [row.output for row in shop.gallery.page()] == ["last", "large", "small"]
    assert shop.gallery.page()[1:] == early
    assert [event["output"] for event in shop.events() if event["type"] == "run.output"] == ["small", "large"]


def test_a_run_that_is_cut_off_keeps_what_it_had_made_and_a_further_start_has_its_own(shop):
    (id,) = submitted(shop, "a")
    shop.runs.claim("cpu").result()
    shop.runs.note(id, 1, [made("image"), made("volatile")]).result()
    shop.again()
    shop.runs.recover().result()
    assert shop.runs.claim("cpu").result().run.outputs == {}
    other = {"sha256": "cd" * 32}
    assert not shop.runs.note(id, 1, [made("image", sha256="00" * 32)]).result()
    shop.runs.note(id, 2, [made("volatile", **other)]).result()
    shop.runs.interrupt(id, 2, "it died").result()

    run = shop.runs.find(id)
    assert (run.status, run.outputs) == ("interrupted", {"volatile": [PICTURE | other]})
    assert {row.sha256 for row in shop.gallery.page()} == {PICTURE["sha256"], other["sha256"]}


def test_a_long_value_is_whole_in_the_record_and_left_out_of_what_is_told(shop):
    (id,) = submitted(shop, "a")
    shop.runs.claim("cpu").result()
    text = {"value": "long" * 10_000}
    shop.runs.note(id, 1, [("run.output", {"output": "text", "entries": [text]})]).result()

    assert shop.runs.find(id).outputs == {"text": [text]}
    assert shop.events()[-1]["entries"] == [{"omitted": True}]


def test_a_key_gives_the_same_run_again_and_refuses_another_body(shop):
    key = Key("mine", body_digest({"seed": 1}))
    first = shop.runs.submit(NewRun("{}"), key).result()
    shop.again()

    assert shop.runs.submit(NewRun("{}"), key).result().id == first.id
    assert shop.runs.known("local", key, "run") == first.id
    with pytest.raises(KeyConflict):
        shop.runs.submit(NewRun("{}"), Key("mine", body_digest({"seed": 2}))).result()
    with pytest.raises(KeyConflict):
        shop.runs.sweep([NewRun("{}")], key).result()
    assert shop.runs.submit(NewRun("{}", owner="another"), key).result().id != first.id
    assert len(shop.runs.page()) == 1


def test_a_sweep_is_all_there_in_order_and_shares_its_workflow(shop):
    key = Key("k", "b")
    id, ids = shop.runs.sweep([NewRun("{}", {"seed": n}) for n in range(30)], key).result()

    assert shop.runs.members(id) == ids == shop.queue()
    assert [run.inputs["seed"] for run in shop.runs.page(sweep=id)] == list(range(29, -1, -1))
    assert shop.runs.sweep([NewRun("{}")], key).result() == (id, ids)
    assert shop.database.one("SELECT count(*) FROM workflow") == (1,)


def test_pages_walk_the_whole_history_newest_first_without_gaps(shop):
    ids = submitted(shop, *"abcdefg")
    walked, before = [], None
    while page := shop.runs.page(limit=3, before=before):
        walked += [run.id for run in page]
        before = page[-1].id

    assert walked == ids[::-1]


def test_only_the_attempt_that_is_under_way_can_end_a_run(shop):
    (id,) = submitted(shop, "a")
    first = shop.runs.claim("cpu").result().run.attempts
    shop.again()
    shop.runs.recover().result()
    second = shop.runs.claim("cpu").result().run.attempts

    assert not shop.runs.finish(id, first, Ended("succeeded", 1)).result()
    assert not shop.runs.note(id, first, [("node.started", {"node": "n"})]).result()
    assert shop.runs.finish(id, second, Ended("failed", 1)).result()
    assert not shop.runs.finish(id, second, Ended("succeeded", 1)).result()
    assert shop.runs.find(id).status == "failed"


def test_a_run_under_which_the_server_dies_is_started_once_more_and_then_left_to_the_user(shop):
    (id,) = submitted(shop, "a")
    shop.runs.claim("cpu").result()
    assert shop.runs.recover().result() == {"queued": 1, "interrupted": 0, "cancelled": 0}
    shop.runs.claim("cpu").result()
    assert shop.runs.recover().result() == {"queued": 0, "interrupted": 1, "cancelled": 0}

    assert shop.runs.find(id).faults[0]["code"] == "interrupted"
    again = shop.runs.retry(id).result()

    assert (again.status, again.retry_of, again.attempts) == ("queued", id, 0)
    assert shop.runs.find(id).status == "interrupted"


def test_a_start_that_a_graceful_stop_undid_does_not_count(shop):
    (id,) = submitted(shop, "a")
    for _ in range(3):
        claimed = shop.runs.claim("cpu").result()
        assert shop.runs.requeue(id, claimed.run.attempts).result()

    assert shop.runs.find(id).attempts == 0


def test_a_cancel_that_was_acknowledged_outlives_the_server(shop):
    (id,) = submitted(shop, "a")
    shop.runs.claim("cpu").result()
    shop.runs.cancel(id).result()
    shop.again()
    shop.runs.recover().result()

    assert shop.runs.find(id).status == "cancelled"


def test_what_cannot_be_done_to_a_run_is_refused(shop):
    (id,) = submitted(shop, "a")
    with pytest.raises(Conflict):
        shop.runs.delete(id).result()
    claimed = shop.runs.claim("cpu").result()
    for refused in (shop.runs.move(id, 0), shop.runs.retry(id), shop.runs.delete(id)):
        with pytest.raises(Conflict):
            refused.result()
    shop.runs.finish(id, claimed.run.attempts, Ended("succeeded", 0.0)).result()
    with pytest.raises(Conflict):
        shop.runs.cancel(id).result()
    shop.runs.delete(id).result()
    with pytest.raises(UnknownRun):
        shop.runs.find(id)
    assert shop.database.one("SELECT count(*) FROM workflow") == (0,)


def test_moving_gives_the_place_that_was_asked_for_however_often(shop):
    ids = submitted(shop, *"abcd")
    order = list(ids)
    for step in range(60):
        id, place = order[-1] if step % 2 else order[2], 1
        shop.runs.move(id, place).result()
        order.remove(id)
        order.insert(place, id)
        assert shop.queue() == order
    (late,) = submitted(shop, "late")

    assert shop.queue() == [*order, late]


def test_what_ended_last_and_what_ran_last_are_known_however_many_wait(shop):
    first, second, third, *_ = submitted(shop, *"abc", *"w" * 60)
    shop.runs.move(second, 0).result()
    for _ in range(2):
        run = shop.runs.claim("cpu").result().run
        assert shop.runs.finish(run.id, run.attempts, Ended("succeeded", 1.0)).result()
    shop.runs.cancel(third).result()
    assert [run.id for run in shop.runs.ended()] == [third, first, second]
    assert [run.id for run in shop.runs.ended(1)] == [third]
    assert shop.runs.ended(owner="somebody else") == []
    assert shop.runs.latest("").id == second  # the newest of those that were started; the third one never was


def test_pausing_holds_the_queue_across_a_restart(shop):
    submitted(shop, "a")
    shop.runs.pause(True).result()
    shop.again()
    assert shop.runs.claim("cpu").result() is None
    shop.runs.pause(False).result()

    assert shop.runs.claim("cpu").result() is not None
    assert shop.runs.counts() == {"paused": False, "queued": 0, "running": 1}


def test_a_run_that_others_are_preferred_to_knows_how_often(shop):
    first, second, _ = submitted(shop, *"abc")

    assert shop.runs.claim("cpu", lambda waiting: waiting[1]).result().run.id == second
    seen = []
    shop.runs.claim("cpu", lambda waiting: seen.extend(waiting) or waiting[0]).result()

    assert (seen[0].id, seen[0].passed_over) == (first, 1)


def test_events_resume_after_any_number_and_say_when_the_log_does_not_reach_back(shop, monkeypatch):
    monkeypatch.setattr(event_log, "KEPT", 10)
    monkeypatch.setattr(event_log, "_TRIM_EVERY", 5)
    shop.runs.sweep([NewRun("{}")] * 23).result()

    assert [state.seq for state in event_log.since(shop.database, 15, 3)] == [16, 17, 18]
    assert event_log.since(shop.database, 10, 1)[0].seq == 11
    assert event_log.since(shop.database, 9, 1) is None
    assert event_log.since(shop.database, 23, 1) == []
    assert event_log.since(shop.database, 24, 1) is None


class Life(RuleBasedStateMachine):
    """Anything that may happen to runs, in any order, against a model in a dictionary; the server dies between."""

    ids = Bundle("ids")

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.shop = Shop(Path(self.folder.name))
        self.status, self.attempts, self.wished, self.order = {}, {}, set(), []
        self.paused = False
        self.seen = []

    def teardown(self):
        self.shop.database.close()
        self.folder.cleanup()

    @rule(target=ids)
    def submit(self):
        id = submitted(self.shop, "x")[0]
        self.status[id], self.attempts[id] = "queued", 0
        self.order.append(id)
        return id

    @rule()
    def claim(self):
        claimed = self.shop.runs.claim("cpu").result()
        if self.paused or not self.order:
            assert claimed is None
            return
        id = self.order.pop(0)
        assert claimed.run.id == id
        self.status[id] = "running"
        self.attempts[id] += 1

    @rule(id=ids, late=st.integers(0, 1), status=st.sampled_from(["succeeded", "failed", "cancelled"]))
    def finish(self, id, late, status):
        done = self.shop.runs.finish(id, self.attempts[id] - late, Ended(status, 0.1)).result()
        assert done == (self.status[id] == "running" and not late)
        if done:
            self.status[id] = status

    @rule(id=ids)
    def worker_dies(self, id):
        done = self.shop.runs.interrupt(id, self.attempts[id], "its worker died").result()
        assert done == (self.status[id] == "running")
        if done:
            self.status[id] = "cancelled" if id in self.wished else "interrupted"

    @rule(id=ids)
    def cancel(self, id):
        before = self.status[id]
        future = self.shop.runs.cancel(id)
        if before in ("succeeded", "failed", "interrupted"):
            assert isinstance(future.exception(), Conflict)
            return
        future.result()
        if before == "queued":
            self.status[id] = "cancelled"
            self.order.remove(id)
        elif before == "running":
            self.wished.add(id)

    @rule(id=ids, place=st.integers(0, 4))
    def move(self, id, place):
        future = self.shop.runs.move(id, place)
        if self.status[id] != "queued":
            assert isinstance(future.exception(), Conflict)
            return
        future.result()
        self.order.remove(id)
        self.order.insert(place, id)

    @rule()
    def clear(self):
        assert self.shop.runs.clear().result() == len(self.order)
        self.status.update(dict.fromkeys(self.order, "cancelled"))
        self.order.clear()

    @rule(paused=st.booleans())
    def pause(self, paused):
        self.shop.runs.pause(paused).result()
        self.paused = paused

    @rule()
    def server_dies(self):
        self.seen += self.shop.told
        self.shop.again()
        self.shop.runs.recover().result()
        under_way = [id for id, status in self.status.items() if status == "running"]
        back = []
        for id in under_way:
            if id in self.wished:
                self.status[id] = "cancelled"
            elif self.attempts[id] < 2:
                self.status[id] = "queued"
                back.append(id)
            else:
                self.status[id] = "interrupted"
        queue = self.shop.queue()
        assert [id for id in queue if id not in back] == self.order
        assert sorted(queue) == sorted([*self.order, *back])
        self.order = queue

    @invariant()
    def nothing_is_lost_and_all_is_as_the_model_has_it(self):
        assert {run.id: run.status for run in self.shop.runs.page(limit=1000)} == self.status
        assert self.shop.queue() == self.order

    @invariant()
    @precondition(lambda self: self.status)
    def each_end_is_told_once_under_a_number_of_its_own(self):
        events = self.shop.events()
        numbers = [event["seq"] for event in events]
        assert numbers == sorted(set(numbers))
        assert [state.seq for state in [*self.seen, *self.shop.told]] == numbers
        ends = Counter(event["run"] for event in events if event["type"] in ENDS)
        last = {event["run"]: event["type"] for event in events if event["type"] in ENDS}
        over = {id: status for id, status in self.status.items() if status not in ("queued", "running")}
        assert set(ends) == set(over)
        assert all(count == 1 for count in ends.values())
        assert {id: f"run.{status}" for id, status in over.items()} == last


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=15, stateful_step_count=25)
