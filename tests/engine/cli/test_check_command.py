import json


def test_a_sound_workflow_is_told_with_what_may_be_set(loom, painting_file):
    result = loom("check", painting_file)

    assert result.status == 0
    assert "'Dark swatch' is sound: 2 nodes" in result.out
    assert "red = 0.25" in result.out
    assert "a number from 0 to 1" in result.out
    assert "How red" in result.out
    assert "paint.size = 8" in result.out


def test_inputs_are_listed_with_type_bounds_default_and_help(loom, painting_file):
    document = loom("check", painting_file, "--json").document

    red = document["inputs"]["red"]
    assert (red["type"], red["min"], red["max"], red["default"]) == ("Float", 0, 1, 0.25)
    assert (red["title"], red["help"], red["to"]) == ("Redness", "How red", ["paint.red"])
    assert list(document["inputs"]) == ["red", "seed", "by"]
    assert "paint.size" in document["addresses"]
    assert document["outputs"] == {"image": "Swatch"}


def test_all_faults_are_told_in_file_order_and_the_status_is_2(loom, write):
    file = write({"b": ("Paint", {"red": "x"}), "a": ("Paint", {"size": 0}), "c": "Pain"})

    result = loom("check", file, "--json")

    assert result.status == 2
    assert [(fault["node"], fault["input"]) for fault in result.document["faults"]] == [
        ("b", "red"),
        ("a", "size"),
        ("c", None),
    ]
    assert result.err.count("loom: ") == 3


def test_an_exposed_input_without_its_target_is_a_fault(loom, write):
    file = write(
        {"p": "Paint", "t": "Say"},
        inputs={"a": {"to": ["p.hue"]}, "b": {"to": ["q.red"]}, "c": {"to": ["p.red", "t.text"]}},
        outputs={"image": {"link": "p.swatch"}},
    )

    result = loom("check", file)

    assert result.status == 2
    assert "input 'a' sets 'p.hue', but Paint has no input 'hue'; it has: count, red, seed, size" in result.err
    assert "input 'b' sets 'q.red', but there is no node 'q'; there is: p, t" in result.err
    assert "input 'c' sets 'p.red', which takes Float, and 't.text', which takes Text" in result.err


def test_a_file_of_another_program_gets_a_sentence(loom, here):
    (here / "comfy.json").write_text(json.dumps({"3": {"class_type": "KSampler", "inputs": {}}}))
    (here / "a1111.txt").write_text("a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7")

    assert "ComfyUI workflow in API format" in loom("check", "comfy.json").err
    assert "AUTOMATIC1111" in loom("check", "a1111.txt").err


def test_a_picture_of_another_program_gets_a_sentence(loom, here):
    from PIL import Image, PngImagePlugin

    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7")
    Image.new("RGB", (4, 4)).save(here / "a.png", pnginfo=info)
    Image.new("RGB", (4, 4)).save(here / "bare.png")

    result = loom("check", "a.png")

    assert result.status == 2
    assert "AUTOMATIC1111" in result.err
    assert "a picture without a workflow" in loom("check", "bare.png").err


def test_a_workflow_cut_short_inside_a_picture_is_told_from_the_picture(loom, here):
    from PIL import Image, PngImagePlugin

    info = PngImagePlugin.PngInfo()
    info.add_itxt("latentloom", '{"format": "latentloom", "nodes": {')
    Image.new("RGB", (4, 4)).save(here / "half.png", pnginfo=info)

    assert "the workflow in half.png is not whole JSON" in loom("check", "half.png").err


def test_what_cannot_be_read_gets_a_sentence(loom, here):
    (here / "folder").mkdir()

    for file in ("nowhere.json", "folder"):
        result = loom("check", file, "--json")
        assert result.status == 2
        assert f"{file} can't be read" in result.err
        assert result.document["faults"][0]["code"] == "unreadable"


def test_the_file_is_left_as_it_is(loom, painting_file, here):
    before = (here / painting_file).read_bytes()

    loom("check", painting_file)

    assert (here / painting_file).read_bytes() == before
