import json
import os
import stat

import pytest
from PIL import Image

from engine.store.pictures import encode, read_workflow


def test_the_catalogue_has_the_shape_that_the_server_gives(loom):
    document = loom("nodes", "--json").document

    assert list(document) == ["packs", "types", "nodes"]
    assert document["packs"] == [{"name": "core", "version": "0", "error": None}]
    assert document["types"]["Swatch"] == {"title": "Swatch", "color": "#d08770", "shape": "circle", "accepts": []}
    paint = document["nodes"]["Paint"]
    assert {"title", "category", "help", "version", "pack", "flags", "inputs", "outputs", "view"} <= paint.keys()
    assert paint["inputs"]["red"] == {
        "type": "Float",
        "list": False,
        "optional": False,
        "lazy": False,
        "default": 0.5,
        "min": 0,
        "max": 1,
        "step": None,
        "choices": None,
        "choices_from": None,
        "widget": None,
        "help": "How red",
    }
    assert "default" not in document["nodes"]["Darken"]["inputs"]["swatch"]
    assert paint["outputs"] == {"swatch": {"type": "Swatch", "list": False, "help": ""}}
    assert document["nodes"]["Save"]["flags"] == ["output"]


def test_one_type_has_readable_help_under_its_name_and_its_title(loom):
    text = loom("nodes", "Paint").out

    assert text == loom("nodes", "Paint a swatch").out
    assert "The second paragraph of its help." in text
    assert "red = 0.5" in text


def test_an_unknown_type_is_told_with_the_closest(loom):
    result = loom("nodes", "Glow")

    assert result.status == 2
    assert "there is no node type 'Glow'; there is: Count, Darken" in result.err


def test_a_type_is_found_in_letters_of_any_case_and_by_what_its_help_says(loom):
    assert loom("nodes", "paint").out == loom("nodes", "Paint").out
    near = loom("nodes", "second paragraph")
    assert near.status == 2
    assert near.err == "loom: there is no node type 'second paragraph'; those that speak of it: Paint\n"


def test_models_are_listed_with_what_is_wrong_with_them(loom, here):
    models = here.parent / "home" / "models"
    models.mkdir(parents=True)
    (models / "cut.safetensors").write_bytes(b"\x10")

    result = loom("models", "--json")

    assert result.status == 0
    (model,) = result.document["models"]
    assert model["name"] == "cut"
    assert model["fault"]["code"] == "bad_weights"
    told = loom("models")
    assert "cannot be used" in told.out
    assert str(models) in told.err, "where one's own models go"


def test_formatting_twice_changes_nothing_more(loom, painting_file, here):
    path = here / painting_file
    path.chmod(0o640)

    assert loom("fmt", painting_file).out == "w.json: formatted\n"
    once = path.read_bytes()
    assert loom("fmt", painting_file).out == "w.json: unchanged\n"

    assert path.read_bytes() == once
    assert b'"paint": {"type": "Paint", "inputs": {"count": 1, "red": 0.25, "seed": 0, "size": 8}}' in once
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(here) == [painting_file]


def test_formatting_a_broken_file_leaves_it(loom, here):
    (here / "w.json").write_text('{"format": "latentloom", "version": 1, "nodes": {')

    assert loom("fmt", "w.json").status == 2
    assert (here / "w.json").read_text() == '{"format": "latentloom", "version": 1, "nodes": {'


def test_a_difference_is_told_in_nodes_and_values(loom, write):
    a = write({"p": ("Paint", {"red": 0.25})}, "a.json")
    b = write({"p": ("Paint", {"red": 1, "seed": 0}), "t": "Say"}, "b.json")

    result = loom("diff", a, b)

    assert result.status == 0
    assert result.out.splitlines() == ["p.red: 0.25 → 1.0", "node 't' (Say) added"]
    assert loom("diff", a, a).out == "no difference\n"


def test_a_picture_made_here_is_verified(loom, painting_file):
    picture = loom("run", painting_file).paths[0]

    result = loom("verify", picture)

    assert (result.status, result.out) == (0, "identical\n")


def test_each_picture_of_a_batch_is_verified_as_itself(loom, write):
    file = write({"p": ("Paint", {"count": 3})}, outputs={"all": {"link": "p.swatch"}})

    assert [loom("verify", path).status for path in loom("run", file).paths] == [0, 0, 0]


def test_another_picture_is_told_with_the_largest_difference_and_the_environment(loom, painting_file, here):
    path = loom("run", painting_file).paths[0]
    workflow = json.loads(read_workflow(path) or "")
    workflow["made_with"]["torch"] = "1.0"
    picture = Image.open(path).convert("RGB")
    picture.putpixel((3, 3), (37, 0, 2))
    (here / "other.png").write_bytes(encode(picture, "png", json.dumps(workflow)).data)

    result = loom("verify", "other.png")

    assert result.status == 1
    assert "largest difference R 5, G 0, B 2 (of 255)" in result.out
    assert "torch: 1.0 then, " in result.out
    document = loom("verify", "other.png", "--json").document
    assert document["largest"] == {"R": 5, "G": 0, "B": 2}
    assert document["environment"]["torch"]["then"] == "1.0"


def test_a_picture_of_another_size_is_told_so(loom, painting_file, here):
    path = loom("run", painting_file).paths[0]
    text = read_workflow(path)
    (here / "large.png").write_bytes(encode(Image.new("RGB", (20, 20)), "png", text).data)

    assert "the picture is 20 × 20 pixels, and 8 × 8 come out now" in loom("verify", "large.png").out


@pytest.mark.parametrize("file", ["w.json", "bare.png", "unsaid.png"])
def test_only_a_picture_that_says_what_it_is_can_be_verified(loom, painting_file, here, file):
    Image.new("RGB", (4, 4)).save(here / "bare.png")
    text = (here / painting_file).read_text()
    (here / "unsaid.png").write_bytes(encode(Image.new("RGB", (4, 4)), "png", text).data)

    assert loom("verify", file).status == 2
