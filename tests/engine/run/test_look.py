"""A look at a value, held against NumPy."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from trivial_nodes import Paint

from engine.run import look as module
from engine.run.look import BINS, ROWS, TEXT, look


def tensor_row(value):
    (row,) = look(value)["rows"]
    return row


floats = st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=200)


@given(floats, st.lists(st.sampled_from([float("nan"), float("inf"), -float("inf")]), max_size=4))
def test_range_mean_deviation_and_histogram_are_numpys_over_the_finite_elements(finite, strange):
    row = tensor_row(torch.tensor([*strange, *finite], dtype=torch.float64))
    array = np.array(finite, dtype=np.float64)
    assert (row["min"], row["max"]) == (array.min(), array.max())
    assert row["mean"] == pytest.approx(array.mean(), rel=1e-9, abs=1e-9)
    assert row["deviation"] == pytest.approx(array.std(), rel=1e-6, abs=1e-6)
    assert row["nan"] == sum(value != value for value in strange)
    assert row["inf"] == len(strange) - row["nan"]
    assert sum(row["histogram"]) == len(finite)
    if array.min() < array.max():
        step = (array.max() - array.min()) / BINS
        edges = array.min() + step * np.arange(BINS + 1)
        near = np.isclose(array[:, None], edges[None, 1:-1], rtol=0, atol=step * 1e-6).any()
        if not near:
            assert row["histogram"] == np.histogram(array, BINS, (array.min(), array.max()))[0].tolist()


def test_a_large_tensor_is_looked_at_in_pieces_with_the_same_answer(monkeypatch):
    value = torch.rand(1000, generator=torch.Generator().manual_seed(1))
    whole = tensor_row(value)
    monkeypatch.setattr(module, "CHUNK", 7)
    pieces = tensor_row(value)
    for name in ("min", "max", "histogram", "nan", "inf", "shape"):
        assert pieces[name] == whole[name]
    assert pieces["mean"] == pytest.approx(whole["mean"])
    assert pieces["deviation"] == pytest.approx(whole["deviation"])


def test_of_a_tensor_beyond_all_measure_some_are_looked_at_and_it_says_how_many(monkeypatch):
    monkeypatch.setattr(module, "MOST", 10)
    row = tensor_row(torch.arange(25))
    assert (row["every"], sum(row["histogram"]), row["shape"]) == (3, 9, [25])


@pytest.mark.parametrize(
    ("value", "dtype", "low", "high"),
    [
        (torch.tensor([True, False]), "bool", 0.0, 1.0),
        (torch.tensor([3, -5]), "int64", -5.0, 3.0),
        (torch.tensor([1 + 2j]), "complex64", 1.0, 2.0),
        (torch.tensor([0.5], dtype=torch.bfloat16), "bfloat16", 0.5, 0.5),
        (np.array([[1, 2]], dtype=np.uint8), "uint8", 1.0, 2.0),
    ],
)
def test_every_kind_of_number_has_a_range(value, dtype, low, high):
    row = tensor_row(value)
    assert (row["dtype"], row["min"], row["max"]) == (dtype, low, high)


def test_a_tensor_without_finite_elements_has_no_range():
    assert tensor_row(torch.full((3,), float("nan"))) == {
        "name": "",
        "kind": "tensor",
        "dtype": "float32",
        "shape": [3],
        "nan": 3,
        "inf": 0,
    }
    assert "min" not in tensor_row(torch.zeros(0, 4))


def test_numbers_and_short_texts_are_told_as_they_are_and_long_ones_are_cut():
    assert look(7)["rows"] == [{"name": "", "kind": "value", "value": 7}]
    assert look("a cat")["rows"] == [{"name": "", "kind": "text", "value": "a cat", "length": 5}]
    (row,) = look("x" * (TEXT + 1))["rows"]
    assert (len(row["value"]), row["length"], row["cut"]) == (TEXT, TEXT + 1, True)


def test_the_parts_of_a_value_are_named_by_the_way_to_them_and_there_are_only_so_many():
    told = look({"paints": (Paint("sRGB", 0.5), Paint("Lab")), "at": torch.zeros(2)})
    assert [row["name"] for row in told["rows"]] == [
        *("", "paints", "paints[0].space", "paints[0].amount", "paints[1].space", "paints[1].amount", "at")
    ]
    assert look(Paint("Lab"))["type"] == "Paint"
    many = look({str(i): i for i in range(100)})
    assert (len(many["rows"]), many["more"], many["rows"][0]["length"]) == (ROWS, True, 100)
