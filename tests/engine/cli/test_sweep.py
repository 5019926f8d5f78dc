import csv

import painting
import pytest
from PIL import Image


def rows(path):
    with path.open() as file:
        return list(csv.DictReader(file))


def test_a_sweep_runs_every_combination_the_last_axis_fastest(loom, painting_file, here):
    result = loom("run", painting_file, "--sweep", "seed=1..3", "--sweep", "by=0,0.5")

    assert result.status == 0
    table = rows(here / "outputs" / "results.csv")
    assert [(row["seed"], row["by"]) for row in table] == [
        ("1", "0.0"),
        ("1", "0.5"),
        ("2", "0.0"),
        ("2", "0.5"),
        ("3", "0.0"),
        ("3", "0.5"),
    ]
    for row in table:
        picture = Image.open(here / "outputs" / row["image"])
        assert picture.getpixel((0, 0)) == (64 if row["by"] == "0.0" else 32, int(row["seed"]), 0)


def test_what_the_runs_of_a_sweep_share_is_made_once(loom, painting_file):
    loom("run", painting_file, "--sweep", "seed=1,2", "--sweep", "by=0,0.5,1")

    assert painting.CALLS == {"Paint": 2, "Darken": 6}


def test_a_sweep_ends_with_a_labelled_sheet_and_a_table(loom, painting_file, here):
    result = loom("run", painting_file, "--set", "paint.size=40", "--sweep", "seed=10,250", "--sweep", "by=0,0.5,1")

    assert result.paths[-2:] == [here / "outputs" / "image_grid_00001.png", here / "outputs" / "results.csv"]
    sheet = Image.open(result.paths[-2]).convert("RGB")
    places = [(x, y) for x in range(sheet.width) for y in range(sheet.height)]
    colors = {sheet.getpixel(place) for place in places}
    assert {(64, 10, 0), (32, 10, 0), (0, 10, 0), (64, 250, 0), (32, 250, 0), (0, 250, 0)} <= colors
    ink = [place for place in places if sum(sheet.getpixel(place)) < 150]
    assert any(y < 36 for _, y in ink), "the columns have labels"
    assert any(x < 60 and y > 60 for x, y in ink), "the rows have labels"


def test_a_sweep_prints_one_document(loom, painting_file):
    document = loom("run", painting_file, "--sweep", "seed=1..2", "--json").document

    assert document["status"] == "succeeded"
    assert [run["inputs"] for run in document["runs"]] == [{"seed": 1}, {"seed": 2}]
    assert all(run["outputs"]["image"][0]["sha256"] for run in document["runs"])
    assert list(document["grids"]) == ["image"]


def test_rows_of_a_table_set_inputs_and_an_empty_cell_leaves_one_as_it_is(loom, painting_file, here):
    (here / "rows.csv").write_text("red,dark.by\n1,0\n,0\n0.5,1\n")

    result = loom("run", painting_file, "--each", "rows.csv", "--out", "made")

    assert result.status == 0
    pictures = [Image.open(here / "made" / row["image"]) for row in rows(here / "made" / "results.csv")]
    assert [picture.getpixel((0, 0))[0] for picture in pictures] == [255, 64, 0]


def test_a_table_and_a_sweep_multiply(loom, painting_file, here):
    (here / "rows.csv").write_text("red\n0\n1\n")

    loom("run", painting_file, "--each", "rows.csv", "--sweep", "seed=5..1..2")

    seeds = [row["seed"] for row in rows(here / "outputs" / "results.csv")]
    assert seeds == ["5", "3", "1", "5", "3", "1"]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ('["a, b", "c"]', ["a, b", "c"]),
        ('"a, b",c', ["a, b", "c"]),
        ('a, "b, ""c""", d', ["a", 'b, "c"', "d"]),
        ('a 5" pipe,[x]', ['a 5" pipe', "[x]"]),
        ('"a\nb",', ["a\nb", ""]),
    ],
)
def test_texts_with_commas_are_given_as_an_array_or_in_quotes(loom, write, here, values, texts):
    file = write({"t": "Say"}, outputs={"words": {"link": "t.value"}})

    loom("run", file, "--sweep", f"t.text={values}")

    assert [row["words"] for row in rows(here / "outputs" / "results.csv")] == texts


def test_one_bad_point_refuses_the_whole_sweep_before_anything_runs(loom, painting_file, here):
    result = loom("run", painting_file, "--sweep", "by=0,0.5,7")

    assert result.status == 2
    assert "'by' is 7.0; it takes a number from 0 to 1" in result.err
    assert not painting.CALLS
    assert not (here / "outputs").exists()


def test_a_failed_run_of_a_sweep_does_not_stop_the_others(loom, write, here):
    file = write(
        {"p": "Paint", "s": ("Save", {"swatch": {"link": "p.swatch"}})},
        outputs={"image": {"link": "p.swatch"}},
    )

    result = loom("run", file, "--sweep", "s.format=bmp,png")

    assert result.status == 1
    table = rows(here / "outputs" / "results.csv")
    assert [row["status"] for row in table] == ["failed", "succeeded"]
    assert [row["s"] for row in table] == ["", "s_00001.png"]


def test_a_cancelled_sweep_keeps_what_it_has(loom, write, here):
    file = write(
        {"p": "Paint", "i": ("Interrupt", {"times": 1})}, outputs={"a": {"link": "p.swatch"}, "n": {"link": "i.value"}}
    )

    result = loom("run", file, "--sweep", "p.seed=1..3")

    assert result.status == 130
    assert [row["status"] for row in rows(here / "outputs" / "results.csv")] == ["cancelled"]


@pytest.mark.parametrize(
    ("sweep", "words"),
    [
        ("seed", "--sweep is written NAME=VALUE"),
        ("sed=1..3", "nothing named 'sed' to set"),
        ("seed=1..99999999999", "at most 10,000"),
        ("seed=1..3..0", "cannot advance by 0"),
        ("seed=[]", "no run"),
        ("seed=[1", "not whole JSON"),
        ("seed=-3..-1", "it takes a whole number from 0"),
        ("red=1..3", "'red' is '1..3'"),
        ("seed=", "'seed' is ''"),
        ('seed="1,2', "are no line of CSV"),
        ("seed=1\n2", "are in 2 lines"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused_in_a_sentence(loom, painting_file, sweep, words):
    result = loom("run", painting_file, "--sweep", sweep)

    assert result.status == 2
    assert words in result.err


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (b"", "has no rows"),
        (b"red\n", "has no rows"),
        (b"red,red\n1,1\n", "names an input twice"),
        (b"red\n1,2\n", "line 2: it has 2 cells"),
        (b"rde\n1\n", "nothing named 'rde' to set"),
        (b"red\n0.5\n9\n", "line 3: 'red' is 9.0"),
        (b"red\n\xff\n", "can't be read as a CSV table"),
        (b'red\n"0.5\n', "can't be read as a CSV table"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_a_sentence(loom, painting_file, here, table, words):
    (here / "rows.csv").write_bytes(table)

    result = loom("run", painting_file, "--each", "rows.csv")

    assert result.status == 2
    assert words in result.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--sweep", "seed=3,4"), "'seed' is swept twice"),
        (("--sweep", "paint.seed=3,4"), "'seed' is swept, and 'paint.seed', which sets the same input, is swept"),
        (("--set", "seed=3"), "'seed' is both swept and set to one value"),
        (
            ("--set", "paint.seed=3"),
            "'seed' is swept, and 'paint.seed', which sets the same input, is set to one value",
        ),
        (("--each", "rows.csv"), "'paint.seed' is swept, and 'seed', which sets the same input, is swept"),
    ],
)
def test_an_input_is_said_in_one_place_only(loom, painting_file, here, options, words):
    (here / "rows.csv").write_text("red,paint.seed\n0,1\n")

    result = loom("run", painting_file, "--sweep", "seed=1,2", *options)

    assert result.status == 2
    assert words in result.err
    assert not painting.CALLS
