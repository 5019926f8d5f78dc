"""Other programs' files get a sentence that says what they are."""

import json

import pytest

from engine.graph.document import load_workflow
from engine.graph.faults import InvalidWorkflow
from engine.graph.foreign import what_is_json

DRAWING = {
    "last_node_id": 9,
    "last_link_id": 9,
    "nodes": [{"id": 3, "type": "KSampler", "pos": [863, 186], "widgets_values": [1, "fixed"]}],
    "links": [[1, 4, 0, 3, 0, "MODEL"]],
    "version": 0.4,
}
PROMPT = {"3": {"class_type": "KSampler", "inputs": {"seed": 5, "model": ["4", 0]}}}
INFOTEXT = """a red cube <lora:x:1>
Negative prompt: blurry
Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 1, Size: 512x512, Model hash: 6ce0161689"""
FILES: list[tuple[bytes | str, str]] = [
    (json.dumps(DRAWING), "a ComfyUI workflow as its editor saves it"),
    (json.dumps(DRAWING | {"nodes": []}), "a ComfyUI workflow as its editor saves it"),
    (json.dumps(DRAWING | {"extra": float("nan")}), "a ComfyUI workflow as its editor saves it"),
    (json.dumps(PROMPT), "a ComfyUI workflow in API format"),
    (json.dumps({"prompt": PROMPT, "client_id": "x"}), "a ComfyUI workflow in API format"),
    (json.dumps({"3": {"class_type": "A", "is_changed": [float("nan")]}}), "a ComfyUI workflow in API format"),
    (json.dumps({"name": "x", "nodes": [], "edges": [], "exposedFields": []}), "an InvokeAI workflow"),
    (json.dumps({"id": "g", "nodes": {"a": {"type": "noise"}}, "edges": []}), "an InvokeAI workflow"),
    (INFOTEXT, "AUTOMATIC1111"),
    (json.dumps(INFOTEXT), "AUTOMATIC1111"),
    (json.dumps({"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.6.0"}), "diffusers library"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "a PNG picture"),
    (b"\xff\xd8\xff\xe0", "a JPEG picture"),
    (b"RIFF\x00\x00\x00\x00WEBP", "a WebP picture"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x80\x04\x95", "a pickle"),
    ("{}".encode("utf-16"), "UTF-16"),
]


@pytest.mark.parametrize(("data", "words"), FILES)
def test_a_file_of_another_program_is_named(data: bytes | str, words: str) -> None:
    with pytest.raises(InvalidWorkflow) as caught:
        load_workflow(data, "thing.json")
    (fault,) = caught.value.faults
    assert fault.message.startswith("thing.json ")
    assert words in fault.message


@pytest.mark.parametrize("value", [{}, [], None, 3, "text", {"nodes": {}}, {"prompt": "a cat"}, {"a": {"inputs": {}}}])
def test_nothing_is_said_of_what_is_not_known(value: object) -> None:
    assert what_is_json(value) is None  # type: ignore[arg-type]
