"""The catalogue: all node types and value types as one JSON document, for help, editor and other programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.graph.normalise import plain_default
from engine.graph.records import MISSING, InputSpec, JsonValue, NodeType, OutputSpec
from engine.graph.values import ValueType


def catalogue(
    types: Mapping[str, NodeType], values: Mapping[str, ValueType], packs: Iterable[Mapping[str, JsonValue]]
) -> dict[str, Any]:
    """`{"packs": […], "types": {…}, "nodes": {…}}`, sorted by name; `packs` as {"name", "version", "error"}."""
    return {
        "packs": [dict(pack) for pack in packs],
        "types": {name: type_json(values[name]) for name in sorted(values)},
        "nodes": {name: node_json(types[name]) for name in sorted(types)},
    }


def type_json(record: ValueType) -> dict[str, JsonValue]:
    """A value type's entry."""
    return {
        "title": record.title,
        "color": record.color,
        "shape": record.shape,
        "accepts": list(record.accepts),
    }


def node_json(record: NodeType) -> dict[str, JsonValue]:
    """A node type's entry."""
    return {
        "title": record.title,
        "category": record.category,
        "help": record.help,
        "version": record.version,
        "pack": record.pack,
        "flags": list(record.flags),
        "peers": list(record.peers),
        "inputs": {name: input_json(spec) for name, spec in record.inputs.items()},
        "outputs": {name: output_json(spec) for name, spec in record.outputs.items()},
        "view": record.view,
    }


def input_json(spec: InputSpec) -> dict[str, JsonValue]:
    """An input's entry; without `default` where a value or a link must be given."""
    entry: dict[str, JsonValue] = {
        "type": spec.type,
        "list": spec.list,
        "optional": spec.optional,
        "lazy": spec.lazy,
    }
    if spec.default is not MISSING:
        entry["default"] = plain_default(spec.default)
    return entry | {
        "min": spec.min,
        "max": spec.max,
        "step": spec.step,
        "choices": None if spec.choices is None else list(spec.choices),
        "choices_from": spec.choices_from,
        "widget": spec.widget,
        "help": spec.help,
    }


def output_json(spec: OutputSpec) -> dict[str, JsonValue]:
    """An output's entry."""
    return {"type": spec.type, "list": spec.list, "help": spec.help}
