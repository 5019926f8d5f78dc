"""The file of results: whatever moment a run is killed at, it goes on from what is whole."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph.faults import LoomError
from nodes.adherence.results import Header, Results, Row, read_results
from nodes.adherence.suites import Asked
from nodes.solids.scene import Solid

HEADER = Header("some key", "w.json")
SOLID = Solid("red", "cube", "small", 0.5, -0.25, 1.0)


def of_one_prompt(seed: int, pictures: int = 2) -> list[Row]:
    return [
        Row("it", "single", "a small red cube", seed, number, pictures, (SOLID,), 0.1, {"score": 0.25}, f"{number}.png")
        for number in range(pictures)
    ]


@given(st.integers(0, 10_000))
def test_a_file_cut_off_anywhere_holds_whole_prompts_and_takes_the_others_again(cut):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "r.jsonl"
        first = Results(path, HEADER)
        for seed in range(3):
            first.add(of_one_prompt(seed))
        data = path.read_bytes()
        path.write_bytes(data[: cut % (len(data) + 1)])
        again = Results(path, HEADER)
        kept = again.rows
        assert kept == [row for seed in range(3) for row in of_one_prompt(seed)][: len(kept)]
        for seed in range(3):
            if not again.is_done(Asked("it", "single", "a small red cube", seed)):
                again.add(of_one_prompt(seed))
        assert again.rows == first.rows
        assert sorted(read_results(path)[1], key=lambda row: (row.seed, row.picture)) == first.rows


def test_a_row_says_what_it_counts_as_for_those_who_read_the_file_otherwise(tmp_path):
    results = Results(tmp_path / "new" / "r.jsonl", HEADER)
    results.add(of_one_prompt(1, 1))
    header, row = map(json.loads, results.path.read_text().splitlines())
    assert (header["format"], header["source"]) == ("latentloom-adherence", "w.json")
    assert (row["right"], row["sizes"], row["places"], row["mistake"]) == (True, True, None, None)
    assert row["solids"] == [{"colour": "red", "shape": "cube", "size": "small", "x": 0.5, "z": -0.25, "yaw": 1.0}]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"format": "latentloom", "version": 1}\n', "no file of results"),
        ("not JSON at all", "no file of results"),
        ('{"format": "latentloom-adherence", "version": 9, "key": "k"}\n', "version 9"),
        ('{"format": "latentloom-adherence", "version": 1, "key": "other", "source": "x.json"}\n', "x.json"),
        ('{"format": "latentloom-adherence", "version": 1, "key": "some key"}\n{"suite": 3}\n', "line 2"),
    ],
)
def test_a_file_of_anything_else_is_refused_and_left_as_it_is(tmp_path, text, why):
    path = tmp_path / "r.jsonl"
    path.write_text(text)
    with pytest.raises(LoomError, match=why):
        Results(path, HEADER)
    assert path.read_text() == text
