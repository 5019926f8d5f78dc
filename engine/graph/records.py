"""The record of a node type: plain, frozen data that packs to JSON.

Registry, graph, plan, catalogue, server and editor know node types only by their records; the code behind one
(`NodeCode`) is found by type name where its pack is imported. Sub-workflows and placeholders are records too.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, TypeAlias

import orjson

SALT = "latentloom-2"
"""Enters every key: a release that remembers results otherwise has another."""

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"


class Missing(Enum):
    """The marker for "nothing here", because None is a good value."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING


def short_hash(data: bytes) -> str:
    """BLAKE2b, 128 bits, as 32 hex digits: what keys are made of."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input: its type and, for a literal, what it may be.

    `default` is MISSING where a value must be given. `list` takes many links (`list[T]`), `optional` also takes none
    (`X | None = None`), `lazy` is computed only when the node asks for it. `choices_from` names a list that depends on
    the machine ("models"). `min` and `max` are inclusive.
    """

    name: str
    type: str
    list: bool = False
    optional: bool = False
    lazy: bool = False
    default: Any = MISSING
    min: float | None = None
    max: float | None = None
    step: float | None = None
    choices: tuple[str, ...] | None = None
    choices_from: str | None = None
    widget: str | None = None
    help: str = ""

    @property
    def required(self) -> bool:
        """Whether a file must give this input a value or a link."""
        return self.default is MISSING and not self.list and not self.optional


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """One output. `list` means that the value is a list whose items travel one by one."""

    name: str
    type: str
    list: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class NodeType:
    """A node type as everything but its own pack knows it.

    `name` is bare for built-in nodes, `pack:Name` for those of other packs. `code` is a digest over the pack's whole source:
    a changed helper is never missed. `volatile` nodes run every time; `output` nodes return what the host is to write;
    `ident` is what keys have of it, `ports` the places of the outputs that a link may name.
    """

    name: str
    inputs: Mapping[str, InputSpec]
    outputs: Mapping[str, OutputSpec]
    title: str = ""
    category: str = ""
    help: str = ""
    version: int = 1
    pack: str = "core"
    code: str = ""
    volatile: bool = False
    output: bool = False
    view: str | None = None
    placeholder: bool = False
    peers: tuple[str, ...] = ()
    infers: bool = False
    flags: tuple[str, ...] = field(init=False, default=())
    port_types: tuple[str, ...] = field(init=False, repr=False, default=())
    port_lists: tuple[bool, ...] = field(init=False, repr=False, default=())
    generic: bool = field(init=False, repr=False, default=False)
    ports: Mapping[str, int] = field(init=False, repr=False, compare=False, default_factory=dict)
    lazy: bool = field(init=False, repr=False, default=False)
    ident: str = field(init=False, repr=False, default="")

    def __post_init__(self) -> None:
        """Read once what the graph would else read off the ports for every node of this type."""
        told = {
            "flags": tuple(name for name in ("volatile", "output") if getattr(self, name)),
            "port_types": tuple(spec.type for spec in self.outputs.values()),
            "port_lists": tuple(spec.list for spec in self.outputs.values()),
            "ports": {} if self.output else {name: place for place, name in enumerate(self.outputs)},
            "generic": any(spec.type.startswith("*") for spec in self.outputs.values()),
            "lazy": any(spec.lazy for spec in self.inputs.values()),
            "ident": short_hash(orjson.dumps([SALT, self.name, self.version, self.code, tuple(self.outputs)])),
        }
        for name, value in told.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a literal that names a model, file or folder stands for: the digest of its content, and facts about it.

    In keys the digest replaces the name, so a renamed file is the same file and a changed one is another.
    """

    digest: str
    facts: Mapping[str, Any] = field(default_factory=dict)
