from hypothesis import given
from hypothesis import strategies as st

from engine.serve.choosing import PATIENCE, choose
from engine.store.runs.queueing import Waiting

MODELS = st.frozensets(st.sampled_from("abc"), max_size=2)
QUEUE = st.lists(st.builds(Waiting, st.uuids().map(str), MODELS.map(tuple), st.integers(0, PATIENCE)), min_size=1)


def test_a_run_is_left_to_the_device_that_holds_its_model():
    first, second = Waiting("1", ("a",), 0), Waiting("2", ("b",), 0)

    assert choose([first, second], {"b"}, {"a"}) == second
    assert choose([first, second], {"a"}, {"b"}) == first


def test_no_run_is_passed_over_for_ever():
    tired, other = Waiting("1", ("a",), PATIENCE), Waiting("2", ("b",), 0)

    assert choose([tired, other], {"b"}, {"a"}) == tired


def test_a_model_that_nobody_holds_is_loaded_anywhere():
    assert choose([Waiting("1", ("a",), 0), Waiting("2", (), 0)], set(), set()).id == "1"


@given(QUEUE, MODELS)
def test_one_device_takes_runs_in_their_order(waiting, here):
    assert choose(waiting, here, set()) == waiting[0]


@given(QUEUE, MODELS, MODELS)
def test_no_device_stands_still_while_a_run_waits(waiting, here, elsewhere):
    assert choose(waiting, here, elsewhere) in waiting
