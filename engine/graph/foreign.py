"""What a file is that is not ours: other programs' workflows and pictures' texts, told in one sentence."""

import json
import re

from engine.graph.records import JsonValue

_infotext = re.compile(r"\bSteps: \d+, (Sampler|Seed|CFG scale|Size): ").search

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "is a PNG picture"),
    (b"\xff\xd8\xff", "is a JPEG picture"),
    (b"GIF8", "is a GIF picture"),
    (b"RIFF", "is a WebP picture or another RIFF file"),
    (b"PK\x03\x04", "is a zip archive"),
    *((bytes((0x80, protocol)), "is a pickle, which Latent Loom never opens") for protocol in range(2, 6)),
    (b"%PDF", "is a PDF document"),
    (b"\x1f\x8b", "is a gzip archive"),
)

_ROADMAP = "Latent Loom does not import these"


def what_is(data: bytes | str) -> str | None:
    """What a file is that `parse_json` refuses: a sentence without subject, or None."""
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    for signature, sentence in _SIGNATURES:
        if raw.startswith(signature):
            return f"{sentence}, not a workflow's JSON"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "is UTF-16 text; a workflow is UTF-8"
    if _infotext(raw[:100_000].decode("utf-8", "replace")):
        return f"holds the generation parameters of an AUTOMATIC1111 web UI picture, not a workflow; {_ROADMAP}"
    return what_is_json(_loosely(raw))


def what_is_json(value: JsonValue) -> str | None:
    """What a JSON value that is no workflow of ours is: a sentence without its subject, or None."""
    if isinstance(value, str) and _infotext(value):
        return what_is(value)
    if not isinstance(value, dict):
        return None
    if _is_comfyui_drawing(value):
        return f"is a ComfyUI workflow as its editor saves it, not a Latent Loom workflow; {_ROADMAP}"
    if _is_comfyui_prompt(value):
        return f"is a ComfyUI workflow in API format, not a Latent Loom workflow; {_ROADMAP}"
    if _is_invokeai(value):
        return f"is an InvokeAI workflow, not a Latent Loom workflow; {_ROADMAP}"
    if "_class_name" in value and "_diffusers_version" in value:
        return "is a configuration of the diffusers library (part of a model), not a workflow"
    return None


def _loosely(raw: bytes) -> JsonValue:
    """Other programs' JSON as Python reads it: ComfyUI writes NaN into its files."""
    try:
        value: JsonValue = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value


def _is_comfyui_drawing(value: dict[str, JsonValue]) -> bool:
    return isinstance(value.get("nodes"), list) and (isinstance(value.get("links"), list) or "last_node_id" in value)


def _is_comfyui_prompt(value: dict[str, JsonValue]) -> bool:
    inner = value.get("prompt")
    nodes = inner if isinstance(inner, dict) and inner else value
    return bool(nodes) and all(isinstance(node, dict) and "class_type" in node for node in nodes.values())


def _is_invokeai(value: dict[str, JsonValue]) -> bool:
    nodes, edges = value.get("nodes"), value.get("edges")
    return isinstance(edges, list) and isinstance(nodes, list | dict)
