import json
import signal
from pathlib import Path
from typing import Any

import painting
import pytest
from PIL import Image

from engine.packs import Registry
from engine.run.codec import load
from engine.store.pictures import read_workflow


def workflow_in(path: Path) -> Any:
    text = read_workflow(path)
    assert text is not None
    return json.loads(text)


def test_a_run_writes_the_picture_and_ends_with_its_path(loom, painting_file, here):
    result = loom("run", painting_file)

    assert result.status == 0
    assert result.paths == [here / "outputs" / "image_00001.png"]
    assert Image.open(result.paths[0]).getpixel((0, 0)) == (32, 0, 0)


def test_the_picture_carries_the_workflow_as_run(loom, painting_file):
    carried = workflow_in(loom("run", painting_file, "--set", "red=1", "--set", "dark.by=0").paths[0])

    assert carried["nodes"]["paint"]["inputs"] == {"count": 1, "red": 1.0, "seed": 0, "size": 8}
    assert carried["nodes"]["dark"]["inputs"]["by"] == 0.0
    assert carried["made_with"]["output"] == "image"
    assert carried["made_with"]["item"] == 0
    assert carried["made_with"]["latentloom"]


def test_a_picture_runs_as_a_workflow_and_gives_the_same_bytes(loom, painting_file):
    first = loom("run", painting_file, "--set", "seed=7").paths[0]

    second = loom("run", first, "--no-cache").paths[0]

    assert second.name == "image_00002.png"
    assert second.read_bytes() == first.read_bytes()


def test_each_picture_of_a_batch_says_which_it_is(loom, write):
    file = write({"p": ("Paint", {"count": 3})}, outputs={"all": {"link": "p.swatch"}})

    paths = loom("run", file).paths

    assert [workflow_in(path)["made_with"]["item"] for path in paths] == [0, 1, 2]
    assert [Image.open(path).getpixel((0, 0))[2] for path in paths] == [0, 1, 2]


def test_outputs_take_the_next_free_number_and_overwrite_nothing(loom, painting_file, here):
    (here / "outputs").mkdir()
    (here / "outputs" / "image_00041.webp").write_bytes(b"mine")

    paths = [loom("run", painting_file).paths[0], loom("run", painting_file).paths[0]]

    assert [path.name for path in paths] == ["image_00042.png", "image_00043.png"]
    assert (here / "outputs" / "image_00041.webp").read_bytes() == b"mine"


def test_a_workflow_is_read_from_standard_input(loom, painting_file, here, monkeypatch):
    with (here / painting_file).open() as file:
        monkeypatch.setattr("sys.stdin", file)
        assert loom("run", "-").status == 0


def test_nothing_runs_again_with_the_cache_and_everything_without(loom, painting_file):
    loom("run", painting_file)
    states = [node["state"] for node in loom("run", painting_file, "--json").document["nodes"].values()]
    assert states == ["cached", "cached"]
    assert painting.CALLS == {"Paint": 1, "Darken": 1}

    loom("run", painting_file, "--no-cache")

    assert painting.CALLS == {"Paint": 2, "Darken": 2}


def test_only_what_an_edit_changes_runs_again(loom, painting_file):
    loom("run", painting_file)

    nodes = loom("run", painting_file, "--set", "by=0.1", "--json").document["nodes"]

    assert {name: node["state"] for name, node in nodes.items()} == {"paint": "cached", "dark": "ran"}


def test_the_json_document_has_what_the_run_made(loom, write):
    file = write(
        {"p": ("Paint", {"size": 5}), "t": "Say", "c": "Count"},
        outputs={"swatch": {"link": "p.swatch"}, "words": {"link": "t.value"}, "numbers": {"link": "c.value"}},
    )

    document = loom("run", file, "--json").document

    assert document["status"] == "succeeded"
    assert document["faults"] == []
    (entry,) = document["outputs"]["swatch"]
    assert (entry["width"], entry["height"]) == (5, 5)
    assert len(entry["sha256"]) == 64
    assert Path(entry["path"]).is_absolute()
    assert document["outputs"]["words"] == [{"value": "hello"}]
    assert document["outputs"]["numbers"] == [{"value": 0}, {"value": 1}, {"value": 2}]
    assert document["nodes"]["p"].keys() == {"state", "seconds", "peak_bytes"}


def test_other_values_are_stored_by_the_codec(loom, write, registry: Registry):
    file = write({"g": ("Grind", {"dots": 4})}, outputs={"grain": {"link": "g.grain"}})

    (entry,) = loom("run", file, "--json").document["outputs"]["grain"]

    assert entry["type"] == "Grain"
    assert load(Path(entry["path"]), registry.classes) == painting.Grain((0, 1, 2, 3))


def test_a_node_that_writes_chooses_name_and_format(loom, write, here):
    file = write({"p": "Paint", "s": ("Save", {"swatch": {"link": "p.swatch"}, "name": "red", "format": "webp"})})

    assert loom("run", file).paths == [here / "outputs" / "red_00001.webp"]


@pytest.mark.parametrize("name", ["../../up", "/etc/up", "a\\b", "con", "..", ".hidden", "x\ny", "é" * 300])
def test_a_name_with_tricks_stays_one_visible_file_in_the_folder(loom, write, here, name):
    file = write({"p": "Paint", "s": ("Save", {"swatch": {"link": "p.swatch"}, "name": name})})

    (path,) = loom("run", file, "--out", "made", "--json").document["outputs"]["s"]

    assert Path(path["path"]).parent == here / "made"
    assert not Path(path["path"]).name.startswith(".")
    assert sorted(entry.name for entry in here.iterdir()) == ["made", file]


def test_a_format_that_a_value_cannot_have_fails_the_run(loom, write):
    file = write({"p": "Paint", "s": ("Save", {"swatch": {"link": "p.swatch"}, "format": "bmp"})})

    result = loom("run", file)

    assert result.status == 1


def test_a_failed_node_ends_with_1_names_it_and_keeps_what_was_made(loom, write):
    file = write(
        {"p": "Paint", "f": "Fail", "t": ("Say", {"text": {"link": "f.number"}})},
        outputs={"a": {"link": "p.swatch"}, "b": {"link": "f.number"}},
    )

    result = loom("run", file, "--json")

    assert result.status == 1
    assert "loom: node 'f': RuntimeError: out of" in result.err
    document = result.document
    assert document["status"] == "failed"
    assert [fault["node"] for fault in document["faults"]] == ["f"]
    states = {name: node["state"] for name, node in document["nodes"].items()}
    assert states == {"p": "ran", "f": "failed", "t": "skipped"}
    assert list(document["outputs"]) == ["a"]


def test_an_invalid_workflow_runs_nothing_and_ends_with_2(loom, write, here):
    file = write({"p": ("Paint", {"red": 2, "hieght": 3}), "t": "Sya"}, outputs={"a": {"link": "p.swatch"}})

    result = loom("run", file, "--json")

    assert result.status == 2
    assert [fault["input"] for fault in result.document["faults"]] == ["red", "hieght"]
    assert result.document["notices"] == []
    assert "node 'p': Paint has no input 'hieght'; it has: count, red, seed, size" in result.err
    assert not painting.CALLS
    assert not (here / "outputs").exists()


def test_a_workflow_without_outputs_is_refused(loom, write):
    result = loom("run", write({"p": "Paint"}))

    assert result.status == 2
    assert "makes nothing" in result.err


def test_everything_wrong_with_what_is_set_is_told_at_once(loom, painting_file):
    result = loom("run", painting_file, "--set", "red=2", "--set", "paint.size=x", "--set", "sed=3")

    assert result.status == 2
    assert "'red' is 2.0; it takes a number from 0 to 1" in result.err
    assert "'paint.size' is 'x'; it takes a whole number from 1 to 64" in result.err
    assert "nothing named 'sed' to set; did you mean 'seed'? What may be set: by, dark.by" in result.err


def test_a_text_comes_from_a_file_or_begins_with_an_at(loom, write, here):
    file = write({"t": "Say"}, inputs={"text": {"to": ["t.text"]}}, outputs={"words": {"link": "t.value"}})
    (here / "prompt.txt").write_text("a red cube\n")

    assert loom("run", file, "--set", "text=@prompt.txt").out == "words: a red cube\n"
    assert loom("run", file, "--set", "text=@@home").out == "words: @home\n"
    assert loom("run", file, "--set", "text=@nowhere.txt").status == 2


def test_a_file_given_by_path_leaves_no_path_in_the_workflow(loom, write, here, tmp_path):
    file = write(
        {
            "p": "Paint",
            "m": ("Measure", {"file": {"asset": "none"}}),
            "t": ("Darken", {"swatch": {"link": "p.swatch"}}),
        },
        outputs={"size": {"link": "m.size"}, "image": {"link": "t.swatch"}},
    )
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "cat.dat").write_bytes(b"meow")

    result = loom("run", file, "--set", f"m.file={outside / 'cat.dat'}")

    assert "size: 4" in result.out
    carried = read_workflow(result.paths[0])
    assert carried is not None
    assert str(tmp_path) not in carried
    (outside / "cat.dat").unlink()
    assert "size: 4" in loom("run", result.paths[0]).out  # found among the assets by its content


def test_a_folder_is_named_relative_to_the_workflow(loom, write, here, tmp_path):
    (here / "cats").mkdir()
    (here / "cats" / "a.dat").write_bytes(b"a")
    file = write({"m": ("Measure", {"file": {"asset": "cats/a.dat"}})}, outputs={"n": {"link": "m.files"}})

    assert loom("run", file, "--set", "m.folder=cats").out == "n: 1\n"
    assert loom("run", file, "--set", f"m.folder={tmp_path}").status == 2


def test_an_inner_address_sets_one_use_of_a_sub_workflow(loom, write):
    twice = {
        "nodes": {
            "p": {"type": "Paint"},
            "d": {"type": "Darken", "inputs": {"swatch": {"link": "p.swatch"}, "by": 0.0}},
        },
        "inputs": {"red": {"to": ["p.red"]}},
        "outputs": {"swatch": {"link": "d.swatch"}},
    }
    file = write(
        {"one": ("workflow:twice", {"red": 1.0}), "two": ("workflow:twice", {"red": 1.0})},
        workflows={"twice": twice},
        outputs={"a": {"link": "one.swatch"}, "b": {"link": "two.swatch"}},
    )

    a, b = loom("run", file, "--set", "two/d.by=1").paths

    assert Image.open(a).getpixel((0, 0))[0] == 255
    assert Image.open(b).getpixel((0, 0))[0] == 0
    assert workflow_in(b)["nodes"]["two"]["inputs"] == {"d.by": 1.0, "red": 1.0}


def test_the_first_ctrl_c_cancels_and_leaves_nothing_half_written(loom, write, here):
    file = write({"i": "Interrupt", "p": "Paint"}, outputs={"n": {"link": "i.value"}, "image": {"link": "p.swatch"}})

    result = loom("run", file)

    assert result.status == 130
    assert "cancelling" in result.err
    assert not (here / "outputs").exists()


def test_what_was_finished_before_a_ctrl_c_is_kept(loom, write, here):
    file = write({"p": "Paint", "i": "Interrupt"}, outputs={"image": {"link": "p.swatch"}, "n": {"link": "i.value"}})

    result = loom("run", file, "--json")

    assert result.status == 130
    assert result.document["status"] == "cancelled"
    assert [entry["path"] for entry in result.document["outputs"]["image"]] == [
        str(here / "outputs" / "image_00001.png")
    ]
    assert list(result.document["outputs"]) == ["image"]
    assert workflow_in(here / "outputs" / "image_00001.png")["nodes"].keys() == {"p", "i"}


@pytest.fixture
def interruptible():
    """Ctrl-C as a terminal's program has it: what a shell runs in its background is started deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_second_ctrl_c_ends_at_once(loom, write):
    file = write({"i": ("Interrupt", {"times": 2})}, outputs={"n": {"link": "i.value"}})

    result = loom("run", file)

    assert result.status == 130
    assert "interrupted" in result.err


def test_nodes_behind_remembered_ones_count_as_cached_and_unneeded_ones_as_skipped(loom, write):
    nodes = {"p": "Paint", "d": ("Darken", {"swatch": {"link": "p.swatch"}}), "t": "Say"}
    file = write(nodes, outputs={"image": {"link": "d.swatch"}})
    loom("run", file)

    states = {name: node["state"] for name, node in loom("run", file, "--json").document["nodes"].items()}

    assert states == {"p": "cached", "d": "cached", "t": "skipped"}


def test_a_folder_that_cannot_be_written_is_refused_before_anything_runs(loom, painting_file, here):
    (here / "taken").write_text("")

    for out in ("taken", "taken/deeper/still"):
        result = loom("run", painting_file, "--out", out)
        assert result.status == 2
        assert f"--out {out}: {here / 'taken'} is a file, not a folder" in result.err
    assert not painting.CALLS


def test_an_unknown_device_is_wrong_usage(loom, painting_file):
    result = loom("run", painting_file, "--device", "abacus")

    assert result.status == 2
    assert "there are: auto, cpu, cuda:N" in result.err
