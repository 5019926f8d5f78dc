"""What is no picture is told by the check, in a sentence, before anything runs."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from engine.host.host import Host
from engine.host.inspect import inspect_workflow
from engine.packs import find_registry
from engine.store.home import Home


def faults_of(beside: Path, node: str, **inputs: dict[str, str]) -> list[tuple[str, str | None, str]]:
    """The faults of a workflow that reads what lies beside it: the picture `it.png`, where nothing else is said."""
    workflow = {
        "format": "latentloom",
        "version": 1,
        "nodes": {"read": {"type": node, "inputs": inputs or {"file": {"asset": "it.png"}}}},
        "outputs": {"out": {"link": f"read.{'mask' if node == 'LoadMask' else 'image'}"}},
    }
    (beside / "flow.json").write_text(json.dumps(workflow))
    host = Host(find_registry(third_party=False), Home(beside / "home", ()))
    faults = inspect_workflow(host, host.open(str(beside / "flow.json"))).faults
    return [(fault.node or "", fault.input, fault.message) for fault in faults]


def picture(format: str = "PNG") -> bytes:
    data = io.BytesIO()
    Image.linear_gradient("L").save(data, format)
    return data.getvalue()


@pytest.mark.parametrize("node", ["LoadImage", "LoadMask"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n", "'it.png' can't be read as a picture: it is not a PNG, JPEG or WebP picture"),
        (b"", "'it.png' can't be read as a picture: it is not a PNG, JPEG or WebP picture"),
        (picture()[:-40], "'it.png' can't be read as a picture: it is damaged"),
        (picture("JPEG")[:-40], "'it.png' can't be read as a picture: it is damaged: image file is truncated"),
        (picture("WEBP")[:-40], "'it.png' can't be read as a picture: it is damaged"),
        (None, "there is no file 'it.png'"),
    ],
)
def test_a_file_that_is_no_picture_is_a_fault_of_the_node_before_it_runs(tmp_path, node, content, words):
    if content is not None:
        (tmp_path / "it.png").write_bytes(content)
    ((address, name, message),) = faults_of(tmp_path, node)

    assert (address, name) == ("read", "file")
    assert words in message


def test_a_picture_has_no_fault_and_is_looked_at_anew_when_it_changed(tmp_path):
    (tmp_path / "it.png").write_bytes(picture())
    assert faults_of(tmp_path, "LoadImage") == []
    (tmp_path / "it.png").write_bytes(b"not any more")
    assert len(faults_of(tmp_path, "LoadImage")) == 1


def test_a_picture_with_too_many_pixels_is_a_fault_before_it_is_decoded(tmp_path):
    Image.new("1", (8001, 8000)).save(tmp_path / "it.png")
    ((_, name, message),) = faults_of(tmp_path, "LoadImage")

    assert name == "file"
    assert "'it.png' has 8001 × 8000 pixels; at most 64,000,000 are read" in message


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (None, "there is no folder 'pets'"),
        ((), "there is no PNG, JPEG or WebP picture in 'pets'; it is empty"),
        (
            ("a.txt", "b.TXT", "sub/c.csv", "README"),
            "there is no PNG, JPEG or WebP picture in 'pets'; there is: 1 without extension, 1 .csv, 2 .txt",
        ),
    ],
)
def test_a_folder_without_pictures_is_a_fault_of_the_node_before_it_runs(tmp_path, files, words):
    for name in files or ():
        (tmp_path / "pets" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pets" / name).write_text("no picture")
    if files is not None:
        (tmp_path / "pets").mkdir(exist_ok=True)
    ((address, name, message),) = faults_of(tmp_path, "LoadImages", folder={"folder": "pets"})

    assert (address, name) == ("read", "folder")
    assert words in message


def test_a_folder_has_no_fault_once_there_is_a_picture_in_it(tmp_path):
    (tmp_path / "pets" / "old").mkdir(parents=True)
    assert len(faults_of(tmp_path, "LoadImages", folder={"folder": "pets"})) == 1
    (tmp_path / "pets" / "old" / "cat.JPG").write_bytes(picture("JPEG"))
    assert faults_of(tmp_path, "LoadImages", folder={"folder": "pets"}) == []
