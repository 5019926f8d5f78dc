"""A workflow file as plain, frozen data, and the way in: `load_workflow`.

The models hold the file as it stands; what an input's value is (link, asset, literal) is told by
`shapes.read_value` when somebody asks, so a large file costs no object a value. Every well-formed value has
been seen by `load_workflow`: after it, `read_value` raises no more. Names that nothing bears (a dangling
link, an unknown type) are the graph's matter, not the file's.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, WithJsonSchema
from typing_extensions import TypeAliasType

from engine.graph.collector import collector_waiting
from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.foreign import what_is, what_is_json
from engine.graph.formats import migrate_format
from engine.graph.jsontext import parse_json
from engine.graph.places import MAX_FAULTS, Path, fault_at, first, in_file_order
from engine.graph.records import JsonValue
from engine.graph.refusals import refusals
from engine.graph.shapes import NAME_PATTERN, PORT_PATTERN, BadShape, is_link, read_value, shorten
from engine.graph.value_schema import close_maps, value_schema

FORMAT = "latentloom"
MAX_NODES = 10_000

NAME_OF_TYPE = rf"[A-Za-z0-9_.-]{{1,64}}(:{NAME_PATTERN})?"
NAME_OF_INPUT = rf"{NAME_PATTERN}((/{NAME_PATTERN})*\.{NAME_PATTERN})?"

Name: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^{NAME_PATTERN}$")]
Port: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^{PORT_PATTERN}$")]
TypeName: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^{NAME_OF_TYPE}$")]
InputName: TypeAlias = Annotated[str, StringConstraints(pattern=rf"^{NAME_OF_INPUT}$")]

if TYPE_CHECKING:
    Json: TypeAlias = JsonValue
    InputValue: TypeAlias = JsonValue
else:  # for pydantic: the parser has seen that it is JSON, and what it means is told later
    Json = Any
    InputValue = TypeAliasType("InputValue", Annotated[Any, WithJsonSchema(value_schema())])


class _Doc(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, json_schema_extra=close_maps)


class NodeDoc(_Doc):
    """A node: its type, and what its inputs are given; a sub-workflow's may name inner inputs by address."""

    type: TypeName
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] = 1
    mode: Literal["bypass", "mute"] | None = None
    inputs: Mapping[InputName, InputValue] = Field(default_factory=dict)


class ExposedInput(_Doc):
    """An input of the workflow as a whole: it sets every `node.input` of this level that `to` names."""

    to: Annotated[tuple[Port, ...], Field(strict=False, min_length=1)]
    title: str = ""
    help: str = ""


class OutputDoc(_Doc):
    """An output of the workflow as a whole: the output of a node of this level."""

    link: Port
    title: str = ""


class ModelRequirement(_Doc):
    """The model that a name in this file stood for when the file was written; `bytes` is how large its weights are."""

    fingerprint: str = ""
    family: str = ""
    bytes: int | None = None


class Requires(_Doc):
    """What the file needs beside itself: packs by name with their version, models by name."""

    packs: Mapping[str, str] = Field(default_factory=dict)
    models: Mapping[str, ModelRequirement] = Field(default_factory=dict)

    def over(self, other: "Requires") -> "Requires":
        """What both say; where they differ, what this says."""
        return Requires(packs={**other.packs, **self.packs}, models={**other.models, **self.models})


class SubworkflowDoc(_Doc):
    """A level of nodes with inputs and outputs of its own; used as a node of type `workflow:NAME`."""

    nodes: Mapping[Name, NodeDoc]
    inputs: Mapping[Name, ExposedInput] = Field(default_factory=dict)
    outputs: Mapping[Name, OutputDoc] = Field(default_factory=dict)
    ui: Mapping[str, Json] = Field(default_factory=dict)


def _whole_file(schema: dict[str, Any]) -> None:
    """A workflow made in Python has its format and version by default; a file must write them."""
    close_maps(schema)
    schema["required"] = ["format", "version", "nodes"]


class Workflow(SubworkflowDoc):
    """A whole file."""

    model_config = ConfigDict(title="A Latent Loom workflow", json_schema_extra=_whole_file)

    format: Literal["latentloom"] = "latentloom"
    version: Literal[1] = 1
    title: str = ""
    requires: Requires = Field(default_factory=Requires)
    workflows: Mapping[Name, SubworkflowDoc] = Field(default_factory=dict)
    meta: Mapping[str, Json] = Field(default_factory=dict)
    made_with: Mapping[str, Json] = Field(default_factory=dict)


def load_workflow(data: bytes | str, source: str = "workflow") -> Workflow:
    """The workflow in a file's text. Raises InvalidWorkflow with every fault, in the order of the file."""
    with collector_waiting():
        try:
            raw = parse_json(data, source)
        except InvalidWorkflow:
            stranger = what_is(data)
            if stranger is None:
                raise
            raise InvalidWorkflow([Fault("format", f"{source} {stranger}")]) from None
        return workflow_from(raw, source)


def workflow_from(raw: JsonValue, source: str = "workflow") -> Workflow:
    """The workflow in what `parse_json` gave. Raises InvalidWorkflow with every fault, in file order."""
    if fault := _not_ours(raw, source):
        raise InvalidWorkflow([fault])
    assert isinstance(raw, dict)
    raw = migrate_format(raw, source)
    if fault := _too_many_nodes(raw, source):
        raise InvalidWorkflow([fault])
    found = list(islice(_value_faults(raw), MAX_FAULTS + 1))
    try:
        workflow = Workflow.model_validate(raw)
    except ValidationError as error:
        found += refusals(error, Workflow)
    if found:
        raise InvalidWorkflow(first(in_file_order(found, raw)))
    return workflow


def _not_ours(raw: JsonValue, source: str) -> Fault | None:
    if isinstance(raw, dict) and raw.get("format") == FORMAT:
        return None
    if stranger := what_is_json(raw):
        return Fault("format", f"{source} {stranger}")
    if not isinstance(raw, dict):
        return Fault("format", f"{source} is {shorten(raw)}; a workflow is an object with format, version and nodes")
    came = f"its format is {shorten(raw['format'])}" if "format" in raw else "it has no format"
    return Fault("format", f'{source} is not a Latent Loom workflow: {came}; a workflow has "format": "{FORMAT}"')


def _too_many_nodes(raw: dict[str, JsonValue], source: str) -> Fault | None:
    count = sum(len(nodes) for _, nodes in _levels(raw))
    if count <= MAX_NODES:
        return None
    return Fault(
        "size",
        f"{source} has {count:,} nodes; a file has at most {MAX_NODES:,}, larger graphs are built in Python",
    )


def _value_faults(raw: dict[str, JsonValue]) -> Iterator[tuple[Path, Fault]]:
    """Links, assets and folders that are not well formed."""
    for level, nodes in _levels(raw):
        for node, record in nodes.items():
            inputs = record.get("inputs") if isinstance(record, dict) else None
            for name, value in inputs.items() if isinstance(inputs, dict) else ():
                if (type(value) is dict or type(value) is list) and not is_link(value):
                    try:
                        read_value(value)
                    except BadShape as bad:
                        path = (*level, "nodes", node, "inputs", name)
                        yield path, fault_at(path, "value", f"cannot be read: {bad}")


def _levels(raw: dict[str, JsonValue]) -> Iterator[tuple[Path, dict[str, JsonValue]]]:
    """Where the file holds nodes: its own, then those of its sub-workflows."""
    levels: list[tuple[Path, JsonValue]] = [((), raw)]
    workflows = raw.get("workflows")
    if isinstance(workflows, dict):
        levels += [(("workflows", name), level) for name, level in workflows.items()]
    for path, level in levels:
        nodes = level.get("nodes") if isinstance(level, dict) else None
        if isinstance(nodes, dict):
            yield path, nodes
