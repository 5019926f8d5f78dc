"""Follows a link to the output that really makes its value: into sub-workflows, past bypassed nodes, up to muted ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from engine.graph.faults import known
from engine.graph.flatten import Flat, FlatNode, Scoped, Use
from engine.graph.records import JsonValue, NodeType


class Source(NamedTuple):
    """Where a value is made: a node's address and the index of its output."""

    address: str
    port: int


class Muted(Enum):
    """The marker for a link whose node is left out."""

    MUTED = "muted"


MUTED: Final = Muted.MUTED


class BadLink(Exception):
    """A link that leads nowhere; the text says why, and what there is."""


def link_of(value: JsonValue) -> str | None:
    """The target of `{"link": …}`, else None: links are told by shape alone."""
    if type(value) is dict and len(value) == 1 and type(target := value.get("link")) is str:
        return target
    return None


@dataclass(frozen=True, slots=True)
class Resolver:
    """Resolves links over a flat workflow."""

    flat: Flat
    types: Mapping[str, NodeType]

    def resolve(self, scope: str, link: str) -> Source | Muted:
        """The source behind a link written in `scope`. Raises BadLink."""
        name, _, output = link.rpartition(".")
        node = self.flat.nodes.get(scope + name)
        if node is not None and node.doc.mode is None:  # as nearly all are
            record = self.types.get(node.doc.type)
            port = 0 if record is None else record.ports.get(output)
            if port is not None:
                return Source(node.address, port)
        return self._followed(scope, link)

    def _followed(self, scope: str, link: str) -> Source | Muted:
        for _ in range(len(self.flat.nodes) + len(self.flat.uses) + 1):
            name, _, output = link.rpartition(".")
            address = scope + name
            node = self.flat.nodes.get(address)
            if node is not None:
                if node.doc.mode is None:
                    return Source(address, self._port(node, output))
                if node.doc.mode == "mute":
                    return MUTED
                scope, link = self._past(node, output)
                continue
            use = self.flat.uses.get(address)
            if use is None:
                raise BadLink(f"there is no node '{name}' here; there is: {self._siblings(scope, name)}")
            if use.doc.mode == "mute":
                return MUTED
            scope, link = self._into(use, output) if use.doc.mode is None else self._past_use(use, output)
        raise BadLink(f"link '{link}' only leads through bypassed nodes, round and round")

    def _port(self, node: FlatNode, output: str) -> int:
        record = self.types.get(node.doc.type)
        if record is None:
            return 0  # a placeholder: links to what is unknown may dangle
        if record.output:
            raise BadLink(f"'{node.address}' ({record.name}) only writes its result: it has no output to link")
        if output in record.ports:
            return record.ports[output]
        raise BadLink(
            f"{record.name} '{node.address}' has no output '{output}'; it has: {known(record.outputs, output)}"
        )

    def _into(self, use: Use, output: str) -> tuple[str, str]:
        found = use.body.outputs.get(output)
        if found is None:
            has = known(use.body.outputs, output)
            raise BadLink(f"{use.doc.type} '{use.address}' has no output '{output}'; it has: {has}")
        return use.address + "/", found.link

    def _past(self, node: FlatNode, output: str) -> tuple[str, str]:
        """A bypassed node's output is its first linked input of the same type, in declared order."""
        record = self.types.get(node.doc.type)
        if record is None:
            raise BadLink(f"'{node.address}' is bypassed, and its type {node.doc.type} is unknown")
        wanted = list(record.outputs.values())[self._port(node, output)].type
        for spec in record.inputs.values():
            if spec.type == wanted and (found := _first_link(node.value(spec.name))) is not None:
                return found
        raise BadLink(f"'{node.address}' is bypassed, but has no linked input of type {wanted} to give instead")

    def _past_use(self, use: Use, output: str) -> tuple[str, str]:
        wanted = self._type_of_output(use, output)
        for name, exposed in use.body.inputs.items():
            linked = _first_link(use.value(name))
            if linked is not None and self._type_of_input(use, exposed.to) == wanted:
                return linked
        raise BadLink(f"'{use.address}' is bypassed, but has no linked input of type {wanted} to give instead")

    def _type_of_output(self, use: Use, output: str) -> str | None:
        _, link = self._into(use, output)
        name, _, port = link.rpartition(".")
        doc = use.body.nodes.get(name)
        record = self.types.get(doc.type) if doc else None
        spec = record.outputs.get(port) if record else None
        return spec.type if spec else None

    def _type_of_input(self, use: Use, targets: tuple[str, ...]) -> str | None:
        for target in targets:
            name, _, port = target.rpartition(".")
            doc = use.body.nodes.get(name)
            record = self.types.get(doc.type) if doc else None
            spec = record.inputs.get(port) if record else None
            if spec is not None:
                return spec.type
        return None

    def _siblings(self, scope: str, wanted: str) -> str:
        names = [
            address[len(scope) :]
            for table in (self.flat.nodes, self.flat.uses)
            for address in table
            if address.startswith(scope) and "/" not in address[len(scope) :]
        ]
        return known(names, wanted)


def _first_link(value: Scoped | None) -> tuple[str, str] | None:
    if value is None:
        return None
    items = value.json if isinstance(value.json, list) else [value.json]
    for item in items:
        if (target := link_of(item)) is not None:
            return value.scope, target
    return None
