"""Every literal written, each in its one form: what `canonical` needs to make the same graph the same bytes.

Nodes of known types get the defaults of the inputs that they leave out; a use of a sub-workflow keeps only
what it was given, because a value there would hide the inner one. Placeholders, and inputs that a type does
not know, stay as they came.
"""

from collections.abc import Mapping
from typing import Any

from engine.graph.document import NodeDoc, SubworkflowDoc, Workflow
from engine.graph.inner import Place, arrival, definition_of
from engine.graph.literals import written
from engine.graph.records import MISSING, InputSpec, JsonValue, NodeType
from engine.graph.shapes import Asset, Directory, Link, Many, read_value
from engine.graph.values import LITERALS, File, Folder


def normalise(workflow: Workflow, types: Mapping[str, NodeType]) -> Workflow:
    """The same workflow with its literals written out in canonical form; doing it again changes nothing."""
    workflows = {
        name: level.model_copy(update={"nodes": _nodes(workflow, name, level, types)})
        for name, level in workflow.workflows.items()
    }
    nodes = _nodes(workflow, None, workflow, types)
    return workflow.model_copy(update={"nodes": nodes, "workflows": workflows})


def _nodes(
    workflow: Workflow, name: str | None, level: SubworkflowDoc, types: Mapping[str, NodeType]
) -> dict[str, NodeDoc]:
    nodes = {}
    for node, doc in level.nodes.items():
        if definition_of(doc) is not None:
            inputs = _given_to_use(workflow, name, node, doc, types)
        else:
            inputs = _given_to_node(doc, types.get(doc.type))
        nodes[node] = doc if inputs is doc.inputs else doc.model_copy(update={"inputs": inputs})
    return nodes


def _given_to_node(doc: NodeDoc, record: NodeType | None) -> Mapping[str, JsonValue]:
    if record is None or record.placeholder or record.version != doc.version:
        return doc.inputs
    inputs = {
        name: _canonical(record.inputs[name], value) if name in record.inputs else value
        for name, value in doc.inputs.items()
    }
    for name, spec in record.inputs.items():
        if name not in inputs and spec.type in LITERALS and spec.default is not MISSING:
            inputs[name] = _canonical(spec, plain_default(spec.default))
    return inputs


def _given_to_use(
    workflow: Workflow, level: str | None, node: str, doc: NodeDoc, types: Mapping[str, NodeType]
) -> Mapping[str, JsonValue]:
    inputs = dict(doc.inputs)
    for name, value in doc.inputs.items():
        spec = _inner_spec(workflow, Place(level, node, name), types)
        if spec is not None:
            inputs[name] = _canonical(spec, value)
    return inputs


def _inner_spec(workflow: Workflow, place: Place, types: Mapping[str, NodeType]) -> InputSpec | None:
    inner = arrival(workflow, place)
    if inner is None:
        return None
    level = workflow if inner.workflow is None else workflow.workflows[inner.workflow]
    doc = level.nodes[inner.node]
    record = types.get(doc.type)
    if record is None or record.placeholder or record.version != doc.version:
        return None
    return record.inputs.get(inner.input)


def _canonical(spec: InputSpec, value: JsonValue) -> JsonValue:
    """One value's canonical form. Into a list, one item equals an array of it, and is written as one."""
    shape = read_value(value)
    if not spec.list:
        return value if isinstance(shape, Link | Asset | Directory | Many) else written(spec, value)
    if value is None:
        return value
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, dict) else written(spec, item) for item in items]


def plain_default(default: Any) -> JsonValue:
    """A default, which is a Python value, as a file writes it."""
    if isinstance(default, File):
        asset: dict[str, JsonValue] = {"asset": default.name}
        return asset if default.sha256 is None else {**asset, "sha256": default.sha256}
    if isinstance(default, Folder):
        return {"folder": default.name}
    if isinstance(default, list | tuple):
        return [plain_default(item) for item in default]
    plain: JsonValue = default
    return plain
