"""A workflow with its files as one file: what leaves comes back, and what is no bundle leaves nothing behind."""

import hashlib
import io
import json
import zipfile

import pytest
from PIL import Image

from engine.store.assets import Assets
from engine.store.bundles import ENTRIES, collect, take_bundle, write_bundle
from engine.store.errors import AssetError, BundleError

LIMITS = {"most": 1_000_000, "pixels": 10_000}


def picture(color=(40, 90, 10), size=(7, 5)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, color).save(buffer, "PNG")
    return buffer.getvalue()


def workflow(*files, **more):
    nodes = {f"load{place}": {"type": "LoadImage", "inputs": {"file": file}} for place, file in enumerate(files)}
    return {"format": "latentloom", "version": 1, "nodes": nodes, **more}


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def zipped(tmp_path, entries, **options):
    path = tmp_path / "bundle.zip"
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def refusal(path, tmp_path, **limits) -> str:
    """The sentence with which a file is refused; nothing of it may be left."""
    assets = tmp_path / "assets"
    with pytest.raises(BundleError) as refused:
        take_bundle(path, assets, **(LIMITS | limits))
    assert [one for one in assets.rglob("*") if one.is_file()] == []
    return str(refused.value)


def test_what_a_workflow_names_comes_back_bit_for_bit_under_its_content(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    cat, dog = picture(), picture((1, 2, 3))
    inputs = here / "inputs"
    inputs.mkdir(parents=True)
    (inputs / "cat.png").write_bytes(cat)
    store = Assets(here / "assets", inputs)
    store.put(dog, ".png")
    document = workflow({"asset": "cat.png"}, {"asset": "dog.png", "sha256": sha(dog)})
    document["workflows"] = {"inner": workflow([{"asset": "cat.png"}, {"link": "a.b"}])}
    files = collect(document, store.file)
    made = [io.BytesIO(), io.BytesIO()]
    for target in made:
        write_bundle(target, json.dumps(document), files, [("image.png", inputs / "cat.png")])
    assert made[0].getvalue() == made[1].getvalue()
    path = tmp_path / "bundle.zip"
    path.write_bytes(made[0].getvalue())
    text, taken = take_bundle(path, there, **LIMITS)
    assert json.loads(text) == document
    assert document["workflows"]["inner"]["nodes"]["load0"]["inputs"]["file"][0]["sha256"] == sha(cat)
    assert sorted((each.name, each.sha256, each.kind.width) for each in taken) == [
        ("cat.png", sha(cat), 7),
        ("dog.png", sha(dog), 7),
    ]
    assert {one.name: one.read_bytes() for one in there.rglob("*.png")} == {f"{sha(d)}.png": d for d in (cat, dog)}
    assert "pictures/1_image.png" in zipfile.ZipFile(path).namelist()


def test_a_file_that_is_not_there_and_a_folder_are_named(tmp_path):
    store = Assets(tmp_path / "assets", tmp_path)
    with pytest.raises(AssetError, match=r"cat\.png"):
        collect(workflow({"asset": "cat.png"}), store.file)
    with pytest.raises(BundleError, match="'load0', input 'file': the folder 'renders'"):
        collect(workflow({"folder": "renders"}), store.file)


BAD = {
    "../workflow.json": "holds",
    "assets/../../x.png": "holds",
    "assets/cat.png": "holds",
    "/etc/passwd": "holds",
    "assets\\x": "holds",
    "pictures/a/b.png": "holds",
}


@pytest.mark.parametrize("name", BAD)
def test_no_other_name_is_taken(tmp_path, name):
    path = zipped(tmp_path, [("workflow.json", "{}"), (name, b"x")])
    assert BAD[name] in refusal(path, tmp_path)


def test_a_file_that_is_not_what_its_name_says_is_refused_with_all_others(tmp_path):
    good, bad = picture(), b"something else"
    entries = [("workflow.json", "{}"), (f"assets/{sha(good)}.png", good), (f"assets/{'0' * 64}.png", bad)]
    assert "is not what its name says" in refusal(zipped(tmp_path, entries), tmp_path)


def test_a_file_that_no_node_reads_is_refused(tmp_path):
    program = b"\x7fELF and so on"
    entries = [("workflow.json", "{}"), (f"assets/{sha(program)}", program)]
    assert "nodes read" in refusal(zipped(tmp_path, entries), tmp_path)


def test_a_picture_of_too_many_pixels_is_refused(tmp_path):
    large = picture(size=(200, 100))
    entries = [("workflow.json", "{}"), (f"assets/{sha(large)}.png", large)]
    assert "20" in refusal(zipped(tmp_path, entries), tmp_path)


def test_a_small_file_that_unpacks_to_a_large_one_is_refused_before_it_is_unpacked(tmp_path):
    bomb = b"\0" * 5_000_000
    path = zipped(
        tmp_path, [("workflow.json", "{}"), (f"assets/{sha(bomb)}.txt", bomb)], compression=zipfile.ZIP_DEFLATED
    )
    assert path.stat().st_size < 10_000
    assert "too large" in refusal(path, tmp_path)
    path = zipped(tmp_path, [("workflow.json", b" " * 9_000_000)], compression=zipfile.ZIP_DEFLATED)
    assert "too large" in refusal(path, tmp_path, most=100_000_000)


def test_a_size_that_is_a_lie_unpacks_to_no_more_than_it_says(tmp_path):
    bomb = b" " * 50_000
    path = zipped(tmp_path, [("workflow.json", bomb)], compression=zipfile.ZIP_DEFLATED)
    data = path.read_bytes().replace(len(bomb).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(data)
    assert "damaged" in refusal(path, tmp_path)


def test_many_entries_are_refused_before_the_table_of_them_is_read(tmp_path):
    path = zipped(tmp_path, [("workflow.json", "{}"), *((f"pictures/{n}", b"") for n in range(ENTRIES))])
    assert "too many entries" in refusal(path, tmp_path)


def test_what_is_no_zip_or_a_strange_one_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "bundle.zip"
    for data in (b"", b"PK\5\6", b"no zip at all" * 10):
        path.write_bytes(data)
        assert "no zip file" in refusal(path, tmp_path)
    assert "holds no workflow.json" in refusal(zipped(tmp_path, [("pictures/a", b"x")]), tmp_path)
    path = zipped(tmp_path, [("workflow.json", b"{}" * 100)], compression=zipfile.ZIP_BZIP2)
    assert "packed in a way" in refusal(path, tmp_path)
    whole = zipped(tmp_path, [("workflow.json", b"{}" * 100), ("pictures/a", b"x" * 1000)]).read_bytes()
    path.write_bytes(whole[500:])
    assert "damaged" in refusal(path, tmp_path)
    with pytest.warns(UserWarning, match="Duplicate"):
        path = zipped(tmp_path, [("workflow.json", b"{}"), ("workflow.json", b"[]")])
    assert "twice" in refusal(path, tmp_path)
