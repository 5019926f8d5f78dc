from hypothesis import given
from hypothesis import strategies as st

from nodes.prompts.grammar import Span
from nodes.prompts.windows import windows_of


def tokenize(text: str) -> list[int]:
    return [ord(character) for character in text]


def texts(sections: list[list[Span]], room: int) -> list[str]:
    return ["".join(map(chr, window.tokens)) for window in windows_of(sections, tokenize, room)]


def test_a_long_prompt_fills_window_after_window() -> None:
    assert texts([[Span("a" * 160)]], 75) == ["a" * 75, "a" * 75, "a" * 10]


def test_a_phrase_after_a_near_comma_moves_to_the_next_window_whole() -> None:
    assert texts([[Span("a" * 60 + "," + "b" * 20)]], 75) == ["a" * 60 + ",", "b" * 20]


def test_a_comma_too_far_back_does_not_part_a_prompt() -> None:
    assert texts([[Span("a" * 50 + "," + "b" * 40)]], 75)[0] == "a" * 50 + "," + "b" * 24


def test_a_phrase_that_ends_with_the_window_stays() -> None:
    assert texts([[Span("a" * 70 + ",bbbb,c")]], 75) == ["a" * 70 + ",bbbb", ",c"]


def test_each_section_begins_a_window() -> None:
    assert texts([[Span("one")], [], [Span("two")]], 75) == ["one", "two"]


def test_an_empty_prompt_is_one_empty_window() -> None:
    assert texts([[]], 75) == [""]


@given(st.lists(st.tuples(st.text("ab,", max_size=40), st.floats(0, 2)), max_size=5), st.integers(1, 80))
def test_no_token_is_lost_and_each_keeps_its_weight(spans: list[tuple[str, float]], room: int) -> None:
    windows = windows_of([[Span(text, weight) for text, weight in spans]], tokenize, room)
    found = [pair for w in windows for pair in zip(w.tokens, w.weights, strict=True)]
    assert found == [(token, weight) for text, weight in spans for token in tokenize(text)]
    assert all(len(window.tokens) <= room for window in windows)
