"""The one way to write a workflow: the same graph is the same bytes, and moving a node changes one line.

Keys stand in the order of the format, ids and the keys of literals sorted by code point; a node, an exposed
input, an output and an entry of the drawing take one line each; what is empty is left out, but for `nodes`.
Which literals are written, and how, is `normalise`'s part: it needs the node types.
"""

import json
from collections.abc import Mapping
from typing import TypeAlias, cast

from engine.graph.document import NodeDoc, SubworkflowDoc, Workflow
from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.records import JsonValue

_UI_KEYS = ("nodes", "frames", "notes")

# Which objects and arrays are opened over several lines, each entry on its own; "*" is any other key.
_Opened: TypeAlias = "dict[str, _Opened]"
_LEVEL: _Opened = {"nodes": {}, "inputs": {}, "outputs": {}, "ui": {"*": {}}}
_FILE: _Opened = {
    **_LEVEL,
    "requires": {"packs": {}, "models": {}},
    "workflows": {"*": _LEVEL},
    "meta": {},
    "made_with": {},
}

_inline = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def dump(workflow: Workflow) -> str:
    """The canonical text of a workflow, with a final newline.

    Raises InvalidWorkflow for a workflow built in Python that holds what JSON does not have.
    """
    try:
        return _write(to_json(workflow), _FILE, "") + "\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidWorkflow([Fault("value", f"this workflow cannot be written as JSON: {error}")]) from None


def to_json(workflow: Workflow) -> dict[str, JsonValue]:
    """The workflow as JSON, with the keys in canonical order and what is empty left out."""
    level = _level(workflow)
    drawing = level.pop("ui", None)
    workflows = {name: _level(inner) for name, inner in sorted(workflow.workflows.items())}
    requires: dict[str, JsonValue] = {
        "packs": dict(sorted(workflow.requires.packs.items())),
        "models": {
            name: _filled({"fingerprint": model.fingerprint, "family": model.family, "bytes": model.bytes})
            for name, model in sorted(workflow.requires.models.items())
        },
    }
    record: dict[str, JsonValue] = {
        "format": workflow.format,
        "version": workflow.version,
        "title": workflow.title,
        "requires": _filled(requires),
        **level,
        "workflows": cast(JsonValue, workflows),
        "ui": drawing,
        "meta": _sorted(workflow.meta),
        "made_with": _sorted(workflow.made_with),
    }
    return _filled(record, keep="nodes")


def node_to_json(node: NodeDoc) -> dict[str, JsonValue]:
    """One node as JSON: type, version where it is not 1, mode, inputs."""
    record: dict[str, JsonValue] = {"type": node.type}
    if node.version != 1:
        record["version"] = node.version
    if node.mode is not None:
        record["mode"] = node.mode
    if node.inputs:
        record["inputs"] = _sorted(node.inputs)
    return record


def _level(level: SubworkflowDoc) -> dict[str, JsonValue]:
    record: dict[str, JsonValue] = {
        "nodes": {name: node_to_json(node) for name, node in sorted(level.nodes.items())},
        "inputs": {
            name: _filled({"to": list(given.to), "title": given.title, "help": given.help})
            for name, given in sorted(level.inputs.items())
        },
        "outputs": {
            name: _filled({"link": made.link, "title": made.title}) for name, made in sorted(level.outputs.items())
        },
        "ui": _drawing(level.ui),
    }
    return _filled(record, keep="nodes")


def _drawing(ui: Mapping[str, JsonValue]) -> JsonValue:
    known = {key: _sorted(ui[key]) for key in _UI_KEYS if key in ui}
    return {**known, **{key: _sorted(ui[key]) for key in sorted(ui) if key not in known}}


def _filled(record: dict[str, JsonValue], keep: str = "") -> dict[str, JsonValue]:
    return {key: value for key, value in record.items() if key == keep or value not in (None, "", {}, [])}


def _sorted(value: "JsonValue | Mapping[str, JsonValue]") -> JsonValue:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


def _write(value: JsonValue, opened: "_Opened | None", indent: str) -> str:
    if opened is None or not value or not isinstance(value, dict | list):
        return _inline(value)
    inner = indent + "  "
    if isinstance(value, list):
        lines = [f"{inner}{_inline(item)}" for item in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    other = opened.get("*")
    lines = [f"{inner}{_inline(key)}: {_write(item, opened.get(key, other), inner)}" for key, item in value.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
