"""The checked graph: a workflow, flat and typed, with every fault that it has and the recipe of every node.

Pure and immutable; `engine.graph.checker` makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from engine.graph.bind import Binding, Item
from engine.graph.faults import Fault, InvalidWorkflow, known
from engine.graph.flatten import Flat
from engine.graph.links import Source
from engine.graph.node import Facts
from engine.graph.records import NodeType
from engine.graph.values import ValueType

if TYPE_CHECKING:
    from engine.graph.document import Workflow

Infer: TypeAlias = Callable[[str, Mapping[str, Any]], Mapping[str, Mapping[str, Any]]]
"""Runs a node type's check-time code: what is known of its outputs, given its name and what is known of its inputs."""


class Outputs(NamedTuple):
    """What is known of a node's outputs before it runs: an entry a port in `types`, `lists` and `facts`; `mapped` where the
    node is called once an item.
    """

    types: tuple[str, ...]
    lists: tuple[bool, ...]
    facts: tuple[Facts, ...]
    mapped: bool


class Checks(Protocol):
    """What makes graphs; a graph knows what made it, so that others can be made like it."""

    @property
    def values(self) -> Mapping[str, ValueType]:
        """The value types."""

    @property
    def infer(self) -> Infer:
        """Runs check-time code."""

    @property
    def frozen(self) -> Mapping[str, str]:
        """What stands in at which address (see `engine.graph.freezing`)."""

    def graph(self, workflow: Workflow, previous: Graph | None = None, prefix: str = "") -> Graph:
        """Check a workflow; of `previous`, what is alike is taken over. Never raises for what a user wrote."""

    def beside(self, types: Mapping[str, NodeType]) -> Checks:
        """The same, with these node types beside those that it knows."""


@dataclass(slots=True, eq=False)
class GraphNode:
    """One node, checked. Frozen by custom: it is shared between a graph and the ones made from it by edits.

    `mapped`: a list arrives at an input that takes one value, so the node is called once an item. `recipe` is None below a
    volatile node, `sound` False where the node or what it needs has a fault, `muted` where it is left out. `group` names the
    model that it uses, where that is known; `lazy` are the linked inputs that are made only when asked for; `reduced` says
    that a link was dropped because its source is left out. `frozen` and `held`: see `engine.graph.freezing`.
    """

    address: str
    type: NodeType
    binding: Binding
    sources: tuple[str, ...]
    outputs: Outputs
    recipe: str | None
    sound: bool
    muted: bool
    faults: tuple[Fault, ...]
    group: str | None
    lazy: frozenset[str]
    reduced: bool = False
    frozen: str = ""
    held: bool = False

    @property
    def linked(self) -> tuple[str, ...]:
        """The addresses that it takes values from as it is written: what is held takes none of them."""
        return self.binding.sources() if self.held else self.sources

    @property
    def mapped(self) -> bool:
        """Whether the node is called once an item of a list."""
        return self.outputs.mapped

    @property
    def values(self) -> dict[str, Any]:
        """Its literals, defaults filled in."""
        return self.binding.values

    @property
    def links(self) -> dict[str, Source]:
        """Its single links."""
        return self.binding.links

    @property
    def lists(self) -> Mapping[str, tuple[Item, ...]]:
        """The items of its list inputs."""
        return self.binding.lists

    def sources_of(self, name: str) -> tuple[str, ...]:
        """The addresses that feed one input, each once."""
        source = self.links.get(name)
        if source is not None:
            return (source.address,)
        return tuple(dict.fromkeys(item.address for item in self.lists.get(name, ()) if isinstance(item, Source)))


@dataclass(frozen=True, eq=False)
class Graph:
    """All nodes in an order in which sources come first; what is exposed; what is wrong."""

    workflow: Workflow
    nodes: Mapping[str, GraphNode]
    outputs: Mapping[str, Source]
    general: tuple[Fault, ...]
    order: tuple[str, ...]
    flat: Flat = field(repr=False)
    checker: Checks = field(repr=False)

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault: the workflow's own, then each node's in file order, declared input order within one."""
        return (*self.general, *(fault for node in self._faulty for fault in node.faults))

    @cached_property
    def _faulty(self) -> list[GraphNode]:
        """The nodes with faults of their own, in file order."""
        nodes = (self.nodes.get(address) for address in self.flat.nodes)
        return [node for node in nodes if node is not None and node.faults]

    def targets(self, names: Iterable[str] | None = None) -> dict[str, Source]:
        """What is to be made, by name: all outputs, or these (an output's name, else a node's or port's address).

        Raises InvalidWorkflow for a name that is none.
        """
        everything = self._all_targets()
        if names is None:
            return everything
        found = {}
        for name in names:
            found.update(self._target(name, everything))
        return found

    def _all_targets(self) -> dict[str, Source]:
        writers = {
            address: Source(address, 0) for address, node in self.nodes.items() if node.type.output and not node.muted
        }
        return {**self.outputs, **dict(sorted(writers.items()))}

    def _target(self, name: str, everything: Mapping[str, Source]) -> dict[str, Source]:
        if name in everything:
            return {name: everything[name]}
        if name in self.nodes and self.nodes[name].type.outputs:
            ports = list(self.nodes[name].type.outputs)
            return {f"{name}.{port}": Source(name, index) for index, port in enumerate(ports)}
        address, _, port = name.rpartition(".")
        if address in self.nodes and port in self.nodes[address].type.outputs:
            return {name: Source(address, list(self.nodes[address].type.outputs).index(port))}
        text = f"there is no output or node '{name}'; there is: {known([*everything, *self.nodes], name)}"
        raise InvalidWorkflow([Fault("unknown_target", text)])

    def refusals(self, targets: Iterable[Source]) -> tuple[Fault, ...]:
        """The faults that refuse a run of these targets: those of the file itself, and of nodes that they need."""
        if not self._faulty:
            return self.general
        needed = self.upstream(source.address for source in targets)
        return (*self.general, *(fault for node in self._faulty if node.address in needed for fault in node.faults))

    def upstream(self, addresses: Iterable[str]) -> set[str]:
        """These nodes and all that they take values from."""
        seen = set(addresses)
        stack = list(seen)
        while stack:
            node = self.nodes.get(stack.pop())
            for source in node.sources if node else ():
                if source not in seen:
                    seen.add(source)
                    stack.append(source)
        return seen
