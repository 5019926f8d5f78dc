"""Nodes that were written for an older version of their type, brought up to the installed one.

A migration is a pure function over what one node is given, one version up:
`migrate(version, inputs) → (inputs, renamed outputs)`. Inputs may be absent, or links whatever their type. What else
names the node's inputs and outputs (links, `to`, and values given to uses of the sub-workflow around it) follows by
itself. The user's file is left alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.graph.document import NodeDoc, SubworkflowDoc, Workflow
from engine.graph.faults import Fault, InvalidWorkflow, at
from engine.graph.inner import Place, arrival, definition_of
from engine.graph.places import address_in
from engine.graph.records import JsonValue, NodeType

Migration: TypeAlias = Callable[[int, dict[str, Any]], tuple[dict[str, Any], dict[str, str]]]

# A link fits any input, so every migration must carry one along; where it comes out is the input's new name.
_PROBE: JsonValue = {"link": "_.probe"}


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A node that was brought up: its address (`workflow:NAME/id` in a definition), its type, both versions."""

    node: str
    type: str
    from_version: int
    to_version: int

    def __str__(self) -> str:
        return at(self.node, f"{self.type} brought from version {self.from_version} to {self.to_version}")


def upgrade(
    workflow: Workflow, types: Mapping[str, NodeType], migrations: Mapping[str, Migration]
) -> tuple[Workflow, tuple[Upgraded, ...]]:
    """The workflow with each node at the version of its installed type, and the nodes that were older.

    A type without a migration keeps its inputs. Nodes newer than the installed type, and placeholders, stay
    as they are. Raises InvalidWorkflow, naming the nodes, where a pack's migration itself fails.
    """
    steps, faults = _migrated(workflow, types, migrations)
    if faults:
        raise InvalidWorkflow(faults)
    if not steps:
        return workflow, ()
    workflows = {name: _level(workflow, name, inner, steps) for name, inner in workflow.workflows.items()}
    brought = _level(workflow, None, workflow, steps)
    assert isinstance(brought, Workflow)
    done = tuple(Upgraded(step.address, step.doc.type, step.doc.version, step.to_version) for step in steps.values())
    return brought.model_copy(update={"workflows": workflows}), done


class _Step:
    """The way of one node from its version to the installed one."""

    def __init__(self, address: str, doc: NodeDoc, to_version: int, migrate: Migration | None) -> None:
        self.address, self.doc, self.to_version, self._migrate = address, doc, to_version, migrate
        self.inputs, self.outputs = self.run(doc.inputs)

    def run(self, inputs: Mapping[str, JsonValue]) -> tuple[dict[str, Any], dict[str, str]]:
        """Inputs at the new version, and the new names of the outputs that have one."""
        given, renamed = dict(inputs), dict[str, str]()
        for version in range(self.doc.version, self.to_version) if self._migrate else ():
            given, step = self._one_up(version, given)
            moved = {old: step.get(new, new) for old, new in renamed.items()}
            renamed = {old: new for old, new in step.items() if old not in renamed.values()} | moved
        return given, renamed

    def _one_up(self, version: int, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """One call of the pack's code, which may do anything: what it raises becomes a fault."""
        assert self._migrate is not None
        try:
            inputs, renamed = self._migrate(version, dict(given))
            return dict(inputs), dict(renamed)
        except Exception as error:
            cause = (str(error).splitlines() or [""])[0]
            text = (
                f"{self.doc.type} cannot be brought from version {version} to {version + 1}: "
                f"its migration failed with {type(error).__name__}: {cause}"
            )
            raise InvalidWorkflow([Fault("migration", at(self.address, text), self.address)]) from error

    def name_of(self, name: str) -> str:
        """The new name of an input; one that is gone keeps its name, and the graph will say so."""
        inputs, _ = self.run({name: _PROBE})
        return next((new for new, value in inputs.items() if value == _PROBE), name)

    def value_of(self, name: str, value: JsonValue) -> JsonValue:
        """What a value given to the input from elsewhere means now."""
        inputs, _ = self.run({name: value})
        renewed: JsonValue = inputs.get(self.name_of(name), value)
        return renewed


_Steps: TypeAlias = dict[tuple[str | None, str], _Step]


def _migrated(
    workflow: Workflow, types: Mapping[str, NodeType], migrations: Mapping[str, Migration]
) -> tuple[_Steps, list[Fault]]:
    steps: _Steps = {}
    faults: list[Fault] = []
    for level, node, doc in _all_nodes(workflow):
        record = types.get(doc.type)
        if record is None or record.placeholder or doc.version >= record.version:
            continue
        try:
            address = address_in(level, node)
            steps[level, node] = _Step(address, doc, record.version, migrations.get(doc.type))
        except InvalidWorkflow as error:
            faults.extend(error.faults)
    return steps, faults


def _all_nodes(workflow: Workflow) -> Iterator[tuple[str | None, str, NodeDoc]]:
    for node, doc in workflow.nodes.items():
        yield None, node, doc
    for name, level in workflow.workflows.items():
        for node, doc in level.nodes.items():
            yield name, node, doc


def _level(workflow: Workflow, name: str | None, level: SubworkflowDoc, steps: _Steps) -> SubworkflowDoc:
    outputs = {node: step.outputs for (where, node), step in steps.items() if where == name and step.outputs}
    nodes = {}
    for node, doc in level.nodes.items():
        step = steps.get((name, node))
        if step is not None:
            doc = doc.model_copy(update={"version": step.to_version, "inputs": step.inputs})
        elif definition_of(doc) is not None:
            doc = _use(workflow, name, node, doc, steps)
        nodes[node] = _relinked(doc, outputs)
    exposed = {
        key: given.model_copy(update={"to": tuple(_port(name, port, steps) for port in given.to)})
        for key, given in level.inputs.items()
    }
    made = {
        key: output.model_copy(update={"link": _renamed(output.link, outputs)}) for key, output in level.outputs.items()
    }
    return level.model_copy(update={"nodes": nodes, "inputs": exposed, "outputs": made})


def _use(workflow: Workflow, level: str | None, node: str, doc: NodeDoc, steps: _Steps) -> NodeDoc:
    """A use of a sub-workflow: what it gives to inner nodes follows these."""
    inputs: dict[str, JsonValue] = {}
    for key, value in doc.inputs.items():
        inner = arrival(workflow, Place(level, node, key))
        step = steps.get((inner.workflow, inner.node)) if inner is not None else None
        if inner is not None and step is not None:
            value = step.value_of(inner.input, value)
            key = _follow(key, inner.input, step)
        inputs[key] = value
    return doc if inputs == doc.inputs else doc.model_copy(update={"inputs": inputs})


def _follow(key: str, name: str, step: _Step) -> str:
    head, dot, last = key.rpartition(".")
    return f"{head}.{step.name_of(last)}" if dot and last == name else key


def _port(level: str | None, port: str, steps: _Steps) -> str:
    node, _, name = port.partition(".")
    step = steps.get((level, node))
    return port if step is None else f"{node}.{step.name_of(name)}"


_Renamed: TypeAlias = Mapping[str, Mapping[str, str]]


def _renamed(link: str, outputs: _Renamed) -> str:
    node, _, output = link.partition(".")
    return f"{node}.{outputs[node].get(output, output)}" if node in outputs else link


def _relinked(doc: NodeDoc, outputs: _Renamed) -> NodeDoc:
    if not outputs:
        return doc
    inputs = {name: _with_links(value, outputs) for name, value in doc.inputs.items()}
    return doc if inputs == doc.inputs else doc.model_copy(update={"inputs": inputs})


def _with_links(value: JsonValue, outputs: _Renamed) -> JsonValue:
    if isinstance(value, list):
        return [_with_links(item, outputs) if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict) and len(value) == 1 and isinstance(link := value.get("link"), str):
        return {"link": _renamed(link, outputs)}
    return value
