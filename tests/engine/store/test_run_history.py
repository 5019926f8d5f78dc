"""Which edit made which run."""

import json

import pytest

from engine.store.database import Database
from engine.store.runs.history import with_values
from engine.store.runs.records import NewRun
from engine.store.runs.store import RunStore


@pytest.fixture
def runs(tmp_path):
    database = Database(tmp_path / "loom.db")
    yield RunStore(database)
    database.close()


def workflow(x=0, **nodes):
    return json.dumps(
        {
            "format": "latentloom",
            "version": 1,
            "nodes": {name: {"type": "T", "inputs": inputs} for name, inputs in nodes.items()},
            "inputs": {"steps": {"to": ["sampler.steps"]}},
            "ui": {"nodes": {"sampler": {"x": x, "y": 0}}},
        }
    )


def submitted(runs, text, document="a", **inputs):
    return runs.submit(NewRun(text, inputs, document=document)).result().id


def told(runs, id):
    changes = runs.changes([id])[id]
    return None if changes is None else [str(change) for change in changes]


def test_a_run_is_told_by_the_values_that_differ_from_the_run_before(runs):
    first = submitted(runs, workflow(sampler={"steps": 20, "cfg": 7.0}))
    second = submitted(runs, workflow(sampler={"steps": 30, "cfg": 7.0}))
    assert told(runs, first) is None
    assert told(runs, second) == ["sampler.steps: 20 → 30"]


def test_a_run_of_the_same_again_keeps_the_edit_that_led_to_it(runs):
    submitted(runs, workflow(sampler={"steps": 20}))
    submitted(runs, workflow(sampler={"steps": 30}))
    again = submitted(runs, workflow(sampler={"steps": 30}))
    moved = submitted(runs, workflow(x=40, sampler={"steps": 30}))
    assert told(runs, again) == told(runs, moved) == ["sampler.steps: 20 → 30"]


def test_the_first_run_stays_the_first_however_often_it_is_run(runs):
    for _ in range(3):
        last = submitted(runs, workflow(sampler={"steps": 20}))
    assert told(runs, last) is None


def test_other_documents_and_runs_that_made_nothing_are_not_compared_with(runs):
    submitted(runs, workflow(sampler={"steps": 20}))
    submitted(runs, workflow(sampler={"steps": 25}), "b")
    cancelled = submitted(runs, workflow(sampler={"steps": 99}))
    runs.cancel(cancelled).result()
    last = submitted(runs, workflow(sampler={"steps": 30}))
    assert told(runs, last) == ["sampler.steps: 20 → 30"]


def test_where_all_runs_before_made_nothing_a_run_is_told_by_what_differs_from_them(runs):
    cancelled = submitted(runs, workflow(sampler={"steps": 99}))
    runs.cancel(cancelled).result()
    last = submitted(runs, workflow(sampler={"steps": 30}))
    assert told(runs, last) == ["sampler.steps: 99 → 30"]


def test_the_runs_of_a_sweep_differ_by_their_inputs(runs):
    text = workflow(sampler={"steps": 20})
    _, ids = runs.sweep([NewRun(text, {"steps": n}, document="a") for n in (10, 20, 30)]).result()
    assert told(runs, ids[1]) == ["sampler.steps: 10 → 20"]
    assert told(runs, ids[2]) == ["sampler.steps: 20 → 30"]


def test_what_is_gone_or_can_be_read_no_more_is_told_by_nothing(runs):
    submitted(runs, workflow(sampler={}))
    broken = submitted(runs, '{"nodes": {}}')
    assert told(runs, broken) is None
    assert told(runs, "nobody") is None


def test_values_reach_the_nodes_that_names_and_addresses_lead_to():
    document = json.loads(workflow(sampler={"steps": 1}, use={}))
    with_values(document, {"steps": 2, "use/inner.seed": 3, "use.text": "a", "gone.x": 4})
    assert document["nodes"]["sampler"]["inputs"] == {"steps": 2}
    assert document["nodes"]["use"]["inputs"] == {"inner.seed": 3, "text": "a"}
