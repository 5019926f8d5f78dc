"""Literals against the record of their input."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.literals import check_literal, written
from engine.graph.records import InputSpec
from engine.graph.values import LITERALS, File, Folder

STEPS = InputSpec("steps", "Int", min=1, max=1000, step=5)
CFG = InputSpec("cfg", "Float", min=0.0)
SAMPLER = InputSpec("sampler", "Text", choices=("euler", "euler_ancestral", "ddim"))


@pytest.mark.parametrize(
    ("spec", "value", "checked"),
    [
        (STEPS, 7, 7),
        (STEPS, "1000", 1000),
        (InputSpec("seed", "Int", min=0, max=2**64 - 1), "18446744073709551615", 2**64 - 1),
        (InputSpec("any", "Int"), -(2**63), -(2**63)),
        (CFG, 7, 7.0),
        (CFG, 0, 0.0),
        (CFG, 2**63, float(2**63)),
        (SAMPLER, "ddim", "ddim"),
        (InputSpec("text", "Text"), "é\n\U0001f600", "é\n\U0001f600"),
        (InputSpec("on", "Bool"), False, False),
        (InputSpec("data", "Data"), {"a": [1, None, 2.5]}, {"a": [1, None, 2.5]}),
        (InputSpec("any", "*T"), [1], [1]),
        (InputSpec("file", "File"), {"asset": "a.png", "sha256": "0" * 64}, File("a.png", "0" * 64)),
        (InputSpec("folder", "Folder"), {"folder": "a"}, Folder("a")),
        (InputSpec("width", "Int", optional=True), None, None),
    ],
)
def test_a_literal_becomes_the_value_that_it_stands_for(spec: InputSpec, value: Any, checked: object) -> None:
    came, wrong = check_literal(spec, value)
    assert wrong is None
    assert came == checked
    assert type(came) is type(checked)


@pytest.mark.parametrize(
    ("spec", "value", "words"),
    [
        (STEPS, 0, "is 0; it takes a whole number from 1 to 1000"),
        (STEPS, 1001, "is 1001; it takes a whole number from 1 to 1000"),
        (STEPS, "0", "is 0; it takes a whole number from 1 to 1000"),
        (STEPS, True, "is true; it takes a whole number from 1 to 1000"),
        (STEPS, 7.0, "is 7.0; it takes a whole number from 1 to 1000"),
        (STEPS, None, "is null; it takes a whole number from 1 to 1000"),
        (STEPS, "seven", "is 'seven'; it takes a whole number from 1 to 1000"),
        (STEPS, "٣", "is '٣'; it takes a whole number from 1 to 1000"),
        (STEPS, 10**400, "is an integer of 401 digits; it takes a whole number from 1 to 1000"),
        (InputSpec("any", "Int"), 2**64, "is 18446744073709551616; it takes a whole number"),
        (InputSpec("any", "Int", min=3), 2, "is 2; it takes a whole number of at least 3"),
        (InputSpec("any", "Int", max=3), 4, "is 4; it takes a whole number of at most 3"),
        (CFG, float("nan"), "is nan; it takes a number of at least 0.0"),
        (CFG, float("inf"), "is inf; it takes a number of at least 0.0"),
        (CFG, 10**400, "is an integer of 401 digits; it takes a number of at least 0.0"),
        (CFG, -0.5, "is -0.5; it takes a number of at least 0.0"),
        (CFG, "7", "is '7'; it takes a number of at least 0.0"),
        (CFG, False, "is false; it takes a number of at least 0.0"),
        (SAMPLER, "eular", "is 'eular'; did you mean 'euler'? It takes one of: euler, euler_ancestral, ddim"),
        (SAMPLER, "x", "is 'x'; it takes one of: euler, euler_ancestral, ddim"),
        (SAMPLER, 3, "is 3; it takes one of: euler, euler_ancestral, ddim"),
        (InputSpec("text", "Text"), ["a"], "is a list of 1; it takes a text"),
        (InputSpec("text", "Text"), "\udcff", "holds half of a surrogate pair, which is not a character"),
        (InputSpec("on", "Bool"), 1, "is 1; it takes true or false"),
        (InputSpec("data", "Data"), {"a": [float("nan")]}, "holds nan, which JSON does not have"),
        (InputSpec("file", "File"), "a.png", 'is \'a.png\'; it takes a file, written {"asset": "name"}'),
        (InputSpec("file", "File"), {"asset": "/a"}, "cannot be read: the asset '/a' is an absolute path"),
        (InputSpec("folder", "Folder"), {"asset": "a"}, "is an object with 'asset'; it takes a folder"),
        (InputSpec("model", "Model"), 3, "is 3; it takes a link to an output of type Model"),
    ],
)
def test_what_does_not_fit_is_said_with_what_came_and_what_was_wanted(spec: InputSpec, value: Any, words: str) -> None:
    came, wrong = check_literal(spec, value)
    assert came is None
    assert wrong is not None
    assert wrong.startswith(words)


@given(type_name=st.sampled_from(sorted(LITERALS)), data=st.data())
def test_any_json_is_a_value_or_words_and_is_written_in_one_form(
    type_name: str, any_json: Any, data: st.DataObject
) -> None:
    spec = InputSpec("x", type_name, optional=True)
    value = data.draw(any_json)
    came, wrong = check_literal(spec, value)
    assert (wrong is None) or (came is None and wrong)
    again = written(spec, value)
    assert repr(written(spec, again)) == repr(again)
    assert check_literal(spec, again) == (came, wrong)


def test_a_long_value_is_shortened_in_the_words() -> None:
    _, wrong = check_literal(CFG, "x" * 10_000)
    assert wrong is not None
    assert len(wrong) < 150
