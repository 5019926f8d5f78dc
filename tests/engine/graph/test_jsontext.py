"""The guards around the JSON parser."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.jsontext import MAX_BYTES, MAX_DEPTH, parse_json


def faults_of(data: bytes | str) -> tuple[Fault, ...]:
    with pytest.raises(InvalidWorkflow) as caught:
        parse_json(data, "file")
    return caught.value.faults


@given(st.data())
def test_what_json_writes_is_read_back_unchanged(any_json: Any, data: st.DataObject) -> None:
    value = data.draw(any_json)
    for ensure_ascii in (True, False):
        text = json.dumps(value, ensure_ascii=ensure_ascii)
        assert parse_json(text) == value
        assert json.dumps(parse_json(text.encode())) == json.dumps(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "file is empty"),
        (" \n", "file is empty"),
        ("{", "it ends early"),
        ('{"a": "b', "it ends early"),
        ("{'a': 1}", "line 1, column 2"),
        ("[1,]", "column 4"),
        ("1 2", "Extra data"),
        ('{"a": NaN}', "a is NaN"),
        ('{"a": [-Infinity]}', "a[0] is -Infinity"),
        ('{"a": 1e999}', "a is 1e999, which is beyond the range"),
        ('{"a": -1E+999}', "beyond the range"),
        ('{"a": ' + "9" * 400 + ".0}", "beyond the range"),
        ('{"a": 18446744073709551616}', "between -2^63 and 2^64 - 1"),
        ('{"a": -9223372036854775809}', "between -2^63 and 2^64 - 1"),
        ('{"a": ' + "1" * 5000 + "}", "an integer of 5000 digits"),
        ('{"a": "\\ud800"}', "a holds half of a surrogate pair"),
        ('{"a": {"\\udc00": 1}}', "a has a key with half of a surrogate pair"),
        ('{"a": {"b": 1, "b": 2}}', "a has the key 'b' more than once"),
        ('{"nodes": {"x": {"inputs": {"seed": NaN}}}}', "node 'x': seed is NaN"),
    ],
)
def test_what_json_does_not_have_is_refused_with_its_place(text: str, words: str) -> None:
    (fault,) = faults_of(text)
    assert words in fault.message


def test_several_findings_are_reported_in_file_order() -> None:
    found = faults_of('{"a": {"k": NaN, "l": 1, "l": 2}, "b": "\\udfff", "c": 1e400}')
    assert [fault.message.split(" ")[0] for fault in found] == ["a", "a.k", "b", "c"]


def test_numbers_at_the_limits_are_read_exactly() -> None:
    text = "[18446744073709551615, -9223372036854775808, 9007199254740993, 1.7976931348623157e308, 5e-324]"
    assert parse_json(text) == [2**64 - 1, -(2**63), 2**53 + 1, 1.7976931348623157e308, 5e-324]


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert parse_json('"\\ud83d\\ude00"') == "\U0001f600"


@pytest.mark.parametrize(("left", "right"), [("[", "]"), ('{"a":', "}")])
def test_depth_is_limited(left: str, right: str) -> None:
    assert parse_json(left * MAX_DEPTH + "0" + right * MAX_DEPTH) is not None
    for depth in (MAX_DEPTH + 1, 5_000, 200_000):
        (fault,) = faults_of(left * depth + "0" + right * depth)
        assert fault.code == "depth"


def test_a_repeated_key_does_not_hide_depth() -> None:
    (fault,) = faults_of('{"a":1,"a":' * (MAX_DEPTH + 1) + "0" + "}" * (MAX_DEPTH + 1))
    assert fault.code == "depth"


def test_size_is_limited() -> None:
    assert parse_json(b'"' + b"x" * (MAX_BYTES - 2) + b'"') is not None
    (fault,) = faults_of('"' + "é" * (MAX_BYTES // 2) + '"')
    assert "at most 8 MB" in fault.message


def test_text_that_is_not_utf8_is_refused_and_a_byte_order_mark_is_not() -> None:
    (fault,) = faults_of(b'{"a": "\xff"}')
    assert "not UTF-8 text (byte 7)" in fault.message
    assert parse_json(b"\xef\xbb\xbf{}") == {}
    (fault,) = faults_of('"\ud800"')
    assert "surrogate" in fault.message
