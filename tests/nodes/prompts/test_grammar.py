import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.prompts.grammar import Span, parse

PLAIN = st.text(st.characters(exclude_characters="()[]\\:", exclude_categories=["Cs"]), max_size=30).filter(
    lambda text: "BREAK" not in text
)


def pairs(prompt: str) -> list[tuple[str, float]]:
    (section,) = parse(prompt)
    return [(span.text, pytest.approx(span.weight)) for span in section]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("prompt", "spans"),
    [
        ("normal text", [("normal text", 1.0)]),
        ("an (important) word", [("an ", 1.0), ("important", 1.1), (" word", 1.0)]),
        ("(unbalanced", [("unbalanced", 1.1)]),
        ("unbalanced)", [("unbalanced)", 1.0)]),
        (r"\(literal\]", [("(literal]", 1.0)]),
        (r"a\\b", [("a\\b", 1.0)]),
        ("(unnecessary)(parens)", [("unnecessaryparens", 1.1)]),
        ("(red:1.3) cube", [("red", 1.3), (" cube", 1.0)]),
        ("((w))", [("w", 1.21)]),
        ("[w]", [("w", 1 / 1.1)]),
        ("(a [b] c:2)", [("a ", 2.0), ("b", 2 / 1.1), (" c", 2.0)]),
        ("time 3:45", [("time 3:45", 1.0)]),
        ("(w:0)", [("w", 0.0)]),
        ("(w: .5 )", [("w", 0.5)]),
        (
            "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
            [
                ("a ", 1.0),
                ("house", 1.573),
                (" ", 1.1),
                ("on", 1.0),
                (" a ", 1.1),
                ("hill", 0.55),
                (", sun, ", 1.1),
                ("sky", 1.4641),
                (".", 1.1),
            ],
        ),
    ],
)
def test_the_documented_grammar(prompt: str, spans: list[tuple[str, float]]) -> None:
    assert pairs(prompt) == spans


def test_break_parts_a_prompt_even_within_brackets() -> None:
    assert parse("one BREAK (two BREAK three:1.2)") == [
        [Span("one")],
        [Span("two", 1.2)],
        [Span("three", 1.2)],
    ]


def test_break_is_a_whole_word() -> None:
    assert parse("BREAKFAST") == [[Span("BREAKFAST")]]


def test_an_empty_prompt_is_one_empty_section() -> None:
    assert parse("") == [[]]


@given(PLAIN)
def test_text_without_signs_is_itself(text: str) -> None:
    assert parse(text) == [[Span(text)] if text else []]


@given(PLAIN.filter(bool), st.floats(0, 9).map(lambda w: round(w, 3)))
def test_a_number_is_the_weight(text: str, weight: float) -> None:
    assert parse(f"({text}:{weight})") == [[Span(text, weight)]]


@given(st.text(alphabet="()[]\\:1.a BREAK\n", max_size=60))
def test_any_text_is_a_prompt_and_loses_no_letter(text: str) -> None:
    kept = "".join(span.text for section in parse(text) for span in section)
    assert kept.count("a") == text.count("a")


def test_a_very_long_prompt_is_read_at_once() -> None:
    assert len(parse("(" * 5000 + "w" + ")" * 5000)[0]) == 1
