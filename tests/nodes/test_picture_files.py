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


def faults_of(folder: Path, node: str, file: dict[str, str] | None = None) -> list[tuple[str, str | None, str]]:
    """The faults of a workflow that reads the picture `it.png` beside it."""
    workflow = {
        "format": "latentloom",
        "version": 1,
        "nodes": {"read": {"type": node, "inputs": {"file": file or {"asset": "it.png"}}}},
        "outputs": {"out": {"link": f"read.{'mask' if node == 'LoadMask' else 'image'}"}},
    }
    (folder / "flow.json").write_text(json.dumps(workflow))
    host = Host(find_registry(third_party=False), Home(folder / "home", ()))
    faults = inspect_workflow(host, host.open(str(folder / "flow.json"))).faults
    return [(fault.node or "", fault.input, fault.message) for fault in faults]


def picture() -> bytes:
    data = io.BytesIO()
    Image.linear_gradient("L").save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize("node", ["LoadImage", "LoadMask"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n", "'it.png' can't be read as a picture: it is not a PNG, JPEG or WebP picture"),
        (b"", "'it.png' can't be read as a picture: it is not a PNG, JPEG or WebP picture"),
        (picture()[:-40], "'it.png' can't be read as a picture: it is damaged"),
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
