"""Reads what a file writes for one node against its record: literals checked, links followed, faults in words.

This is the half of the check that needs no order among nodes; `engine.graph.graph` does what depends on the sources.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, TypeAlias

from engine.graph.faults import Fault, LoomError, at, known
from engine.graph.fit import says
from engine.graph.flatten import FlatNode
from engine.graph.links import MUTED, BadLink, Muted, Resolver, Source, link_of
from engine.graph.literals import check_literal
from engine.graph.records import MISSING, Identity, InputSpec, JsonValue, NodeType
from engine.graph.shapes import Asset, BadShape, Directory, Link, Many, read_value
from engine.graph.values import File, Folder

Identify: TypeAlias = Callable[[InputSpec, Any], Identity]
"""What a literal that names a model, file or folder stands for; raises LoomError where it is not there."""


@dataclass(frozen=True, slots=True)
class Const:
    """A literal among the items of a list input, with what it stands for where it names a file."""

    value: Any
    identity: Identity | None = None


Item: TypeAlias = Source | Const
_NO_LISTS: Mapping[str, tuple[Item, ...]] = {}
_NO_IDENTITIES: Mapping[str, Identity] = {}
_address_of = itemgetter(0)
_NO_FILES = frozenset({"Int", "Float", "Text", "Bool", "Data", "Folder"})
_SCALARS = frozenset({str, int, float, bool})


@dataclass(slots=True)
class Binding:
    """One node as written: its literals with defaults filled in, its links followed, and what is wrong with it.

    `values` holds every input that is a literal, `links` every single link, `lists` the items of list inputs, `identities`
    what literals stand for. Few nodes have either of the last two, and those that have none share one empty mapping. A node
    is `muted` when something that it cannot do without is left out.
    """

    node: FlatNode
    type: NodeType
    values: dict[str, Any] = field(default_factory=dict)
    links: dict[str, Source] = field(default_factory=dict)
    lists: Mapping[str, tuple[Item, ...]] = field(default_factory=lambda: _NO_LISTS)
    identities: Mapping[str, Identity] = field(default_factory=lambda: _NO_IDENTITIES)
    faults: tuple[Fault, ...] = ()
    muted: bool = False

    def fault(self, code: str, message: str, input: str | None = None) -> None:
        """Note that something is wrong with this node, or with one input of it."""
        self.faults = (*self.faults, Fault(code, at(self.node.address, message), self.node.address, input))

    def take(self, name: str, value: Any, identity: Identity | None) -> None:
        """Have a literal for an input, and what it stands for where it names content."""
        self.values[name] = value
        if identity is not None:
            self.identities = {**self.identities, name: identity}

    def take_items(self, name: str, items: tuple[Item, ...]) -> None:
        """Have the items of a list input."""
        self.lists = {**self.lists, name: items}

    def sources(self) -> tuple[str, ...]:
        """The addresses that this node takes values from, each once."""
        found: dict[str, None] = dict.fromkeys(map(_address_of, self.links.values()))
        for items in self.lists.values():
            found.update((item.address, None) for item in items if type(item) is Source)
        return tuple(found)


def bind(node: FlatNode, record: NodeType, resolver: Resolver, identify: Identify) -> Binding:
    """Read one node against its record."""
    binding = Binding(node, record, {}, {}, _NO_LISTS, _NO_IDENTITIES)
    written, given, inputs = node.doc.inputs, node.given, record.inputs
    for name, spec in inputs.items():
        if name in given:
            _read_input(binding, spec, given[name].scope, given[name].json, resolver, identify)
        elif name in written:
            _read_input(binding, spec, node.scope, written[name], resolver, identify)
        elif spec.required:
            binding.fault(
                "missing_input",
                f"input '{name}' of {record.name} needs a value or a link ({says(spec)})",
                name,
            )
        else:
            _fill(binding, spec, identify)
    if given or not written.keys() <= inputs.keys():
        for name in dict.fromkeys((*written, *given)):
            if name not in inputs:
                has = known(inputs, name)
                binding.fault("unknown_input", f"{record.name} has no input '{name}'; it has: {has}", name)
    return binding


def _fill(binding: Binding, spec: InputSpec, identify: Identify) -> None:
    if spec.list:
        binding.take_items(spec.name, ())
        return
    value = None if spec.default is MISSING else spec.default
    binding.take(spec.name, value, None if value is None else _identity(binding, spec, value, identify))


def _read_input(
    binding: Binding, spec: InputSpec, scope: str, json: JsonValue, resolver: Resolver, identify: Identify
) -> None:
    if type(json) is dict and not spec.list and (target := link_of(json)) is not None:
        if (source := _follow(binding, spec, scope, target, resolver)) is MUTED:
            _leave_out(binding, spec, identify)
        elif source is not None:
            binding.links[spec.name] = source
        return
    try:
        shape = json if type(json) in _SCALARS else read_value(json)
    except BadShape as error:
        binding.fault("bad_value", f"input '{spec.name}': {error}", spec.name)
        return
    if spec.list:
        _read_list(binding, spec, scope, shape, resolver, identify)
    elif type(shape) is Many:
        text = f"input '{spec.name}' takes one {says(spec)}, but {len(shape.items)} are given"
        binding.fault("bad_value", text, spec.name)
    else:
        binding.take(spec.name, *_literal(binding, spec, shape, identify))


def _leave_out(binding: Binding, spec: InputSpec, identify: Identify) -> None:
    if spec.required:
        binding.muted = True
    else:
        _fill(binding, spec, identify)


def _read_list(
    binding: Binding, spec: InputSpec, scope: str, shape: Any, resolver: Resolver, identify: Identify
) -> None:
    written = shape.items if type(shape) is Many else shape if isinstance(shape, list) else [shape]
    if written == [None] and spec.optional:
        written = []
    items: list[Item] = []
    for item in written:
        if type(item) is Link:
            source = _follow(binding, spec, scope, f"{item.node}.{item.output}", resolver)
            if isinstance(source, Source):
                items.append(source)
        else:
            items.append(Const(*_literal(binding, spec, item, identify)))
    binding.take_items(spec.name, tuple(items))


def _follow(binding: Binding, spec: InputSpec, scope: str, link: str, resolver: Resolver) -> Source | Muted | None:
    try:
        return resolver.resolve(scope, link)
    except BadLink as error:
        binding.fault("bad_link", f"input '{spec.name}': {error}", spec.name)
        return None


def _literal(binding: Binding, spec: InputSpec, shape: Any, identify: Identify) -> tuple[Any, Identity | None]:
    """A literal's canonical value, and what it stands for where it names a model, file or folder."""
    value: Any
    if type(shape) is Asset:
        value, wrong = File(shape.name, shape.sha256), _no_file(spec)
    elif type(shape) is Directory:
        value, wrong = Folder(shape.name), None if spec.type == "Folder" else f"takes {says(spec)}, not a folder"
    else:
        value, wrong = check_literal(spec, shape)
    if wrong is not None:
        binding.fault("bad_value", f"input '{spec.name}' {wrong}", spec.name)
        return value, None
    return value, _identity(binding, spec, value, identify)


def _no_file(spec: InputSpec) -> str | None:
    """Why an input takes no file. One of a value type reads a value that another run stored."""
    return f"takes {says(spec)}, not a file" if spec.type in _NO_FILES else None


def _identity(binding: Binding, spec: InputSpec, value: Any, identify: Identify) -> Identity | None:
    if not isinstance(value, File | Folder) and (spec.choices_from is None or value is None):
        return None
    try:
        return identify(spec, value)
    except LoomError as error:
        binding.fault("not_found", f"input '{spec.name}': {error}", spec.name)
        return None
