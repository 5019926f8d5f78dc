"""Checks a workflow: makes its graph, once an edit.

Given the graph before the edit, nodes that the edit left alone are not checked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.graph.bind import Binding, Const, Identify, bind
from engine.graph.collector import collector_waiting
from engine.graph.exposed import exposed_faults
from engine.graph.faults import Fault, LoomError, known
from engine.graph.flatten import Flat, FlatNode, flatten
from engine.graph.freezing import frozen_node
from engine.graph.graph import Graph, GraphNode, Infer
from engine.graph.infer import infer_outputs
from engine.graph.keys import recipe_key
from engine.graph.links import MUTED, BadLink, Resolver, Source
from engine.graph.order import cycle_of, in_order
from engine.graph.records import Identity, InputSpec, NodeType
from engine.graph.values import LITERALS, ValueType

if TYPE_CHECKING:
    from engine.graph.document import Workflow


@dataclass(frozen=True)
class Checker:
    """Makes graphs: what it needs beside the workflow, in one place.

    `identify` stands for the machine's files and models, `infer` runs a node type's check-time code. `frozen` has a token for
    each address at which something else is to stand in (see `engine.graph.freezing`).
    """

    types: Mapping[str, NodeType]
    values: Mapping[str, ValueType] = field(default_factory=lambda: LITERALS)
    identify: Identify = field(default=lambda spec, value: _no_identity(spec, value))
    infer: Infer = field(default=lambda name, inputs: {})
    frozen: Mapping[str, str] = field(default_factory=dict)

    def graph(self, workflow: Workflow, previous: Graph | None = None, prefix: str = "") -> Graph:
        """Check a workflow. Never raises for what a user wrote: faults stand in the graph."""
        with collector_waiting():
            return _Build(self, workflow, previous, prefix).graph()

    def beside(self, types: Mapping[str, NodeType]) -> Checker:
        """The same, with these node types beside those that it knows."""
        return replace(self, types={**self.types, **types}, frozen={})


def _no_identity(spec: InputSpec, value: object) -> Identity:
    raise LoomError(f"nothing here knows what {spec.choices_from or spec.type} {value!r} is")


class _Build:
    """One pass of the checker over one workflow."""

    def __init__(self, checker: Checker, workflow: Workflow, previous: Graph | None, prefix: str) -> None:
        self.checker = checker
        self.workflow = workflow
        self.flat = flatten(workflow, prefix)
        self.prefix = prefix
        self.resolver = Resolver(self.flat, checker.types)
        self.previous = previous if previous is not None and _same_frame(previous.flat, self.flat) else None
        self.nodes: dict[str, GraphNode] = {}
        self.wanting: set[str] = set()  # left out, or with a fault at or behind them
        self.known: set[str] = set()  # of which there may be facts

    def graph(self) -> Graph:
        kept, bindings, sources = self._bind()
        order = in_order(sources)
        general = [*self.flat.faults, *exposed_faults(self.workflow, self.checker.types)]
        if len(order) < len(sources):
            general.append(self._cycle(sources, order))
        for address in order:
            node = kept.get(address)
            if node is None or not self._unchanged(node):
                binding = bindings.get(address) or self._bind_one(self.flat.nodes[address])
                node = self._node(binding, sources[address])
            self.nodes[address] = node
            if node.muted or not node.sound:
                self.wanting.add(address)
            if node.type.infers:
                self.known.add(address)
        outputs = self._outputs(general)
        return Graph(self.workflow, self.nodes, outputs, tuple(general), tuple(order), self.flat, self.checker)

    def _bind(self) -> tuple[dict[str, GraphNode], dict[str, Binding], dict[str, tuple[str, ...]]]:
        """The nodes whose text is as before, unbound; bindings of the others that are not left out; the sources of both."""
        kept: dict[str, GraphNode] = {}
        bindings: dict[str, Binding] = {}
        sources: dict[str, tuple[str, ...]] = {}
        before = self.previous.nodes if self.previous else {}
        for address, flat_node in self.flat.nodes.items():
            if flat_node.doc.mode is not None:
                continue
            old = before.get(address)
            if old is not None and self._same(old, flat_node):
                kept[address] = old
                sources[address] = old.linked
            else:
                binding = bindings[address] = self._bind_one(flat_node)
                sources[address] = binding.sources()
        return kept, bindings, sources

    def _bind_one(self, node: FlatNode) -> Binding:
        record = self.checker.types.get(node.doc.type)
        if record is None or node.doc.version > record.version:
            return _placeholder(node, record, self.workflow, self.checker.types)
        return bind(node, record, self.resolver, self.checker.identify)

    def _same(self, old: GraphNode, node: FlatNode) -> bool:
        """Whether a node need not be read again; one that lost a link must be, the source may be back."""
        frozen = self.checker.frozen.get(node.address, "")
        alike = old.sound and not old.reduced and old.frozen == frozen and _same_text(old.binding.node, node)
        return alike and self._same_files(old)

    def _same_files(self, old: GraphNode) -> bool:
        """Whether what its literals name is still the same: files change while the text does not."""
        named = [(name, old.values[name], identity) for name, identity in old.binding.identities.items()]
        for name, items in old.lists.items():
            named += [(name, item.value, item.identity) for item in items if isinstance(item, Const) and item.identity]
        try:
            return all(
                self.checker.identify(old.type.inputs[name], value) == identity for name, value, identity in named
            )
        except LoomError:
            return False

    def _unchanged(self, old: GraphNode) -> bool:
        assert self.previous is not None
        return old.type is self.checker.types.get(old.type.name) and all(
            self.nodes.get(source) is self.previous.nodes.get(source) for source in old.linked
        )

    def _node(self, binding: Binding, sources: tuple[str, ...]) -> GraphNode:
        nodes, reduced, whole = self.nodes, False, True
        if not self.wanting.isdisjoint(sources):
            reduced = any(nodes[source].muted for source in sources if source in nodes)
            whole = all(nodes[source].sound or nodes[source].muted for source in sources if source in nodes)
        if reduced:
            _drop_muted(binding, nodes)
            sources = binding.sources()
        outputs = infer_outputs(binding, nodes, self.checker)
        sound = whole and not binding.faults
        node = GraphNode(
            binding.node.address,
            binding.type,
            binding,
            sources,
            outputs,
            recipe_key(binding, nodes) if sound else None,
            sound,
            binding.muted,
            binding.faults,
            None if self.known.isdisjoint(sources) else _group(binding, nodes),
            _lazy(binding) if binding.type.lazy else _NONE,
            reduced,
        )
        token = self.checker.frozen.get(node.address) if self.checker.frozen else None
        return frozen_node(node, token) if token else node

    def _cycle(self, sources: Mapping[str, tuple[str, ...]], order: list[str]) -> Fault:
        path = cycle_of({address: sources[address] for address in sources.keys() - set(order)})
        shown = " → ".join(path) if len(path) <= 12 else f"{' → '.join(path[:6])} → … → {path[-1]}"
        return Fault("cycle", f"these nodes wait for each other: {shown}", path[0])

    def _outputs(self, general: list[Fault]) -> dict[str, Source]:
        outputs: dict[str, Source] = {}
        for name, declared in self.workflow.outputs.items():
            try:
                source = self.resolver.resolve(self.prefix, declared.link)
            except BadLink as error:
                general.append(Fault("bad_link", f"output '{name}': {error}", None, name))
                continue
            if source is not MUTED and not (source.address in self.nodes and self.nodes[source.address].muted):
                outputs[name] = source
            named = self.nodes.get(name)
            if named is not None and named.type.output:
                text = f"output '{name}' bears the name of a node that is an output by itself; rename one of them"
                general.append(Fault("bad_output", text, name))
        return outputs


def _same_frame(old: Flat, new: Flat) -> bool:
    """Whether links are resolved alike in both: no use and no mode differs (single nodes are compared one by one)."""
    return not old.uses and not new.uses and _modes(old) == _modes(new)


def _modes(flat: Flat) -> dict[str, Any]:
    return {address: node.doc for address, node in flat.nodes.items() if node.doc.mode is not None}


def _same_text(old: FlatNode, new: FlatNode) -> bool:
    return old.doc is new.doc or (old.doc == new.doc and old.given == new.given)


def _placeholder(node: FlatNode, record: NodeType | None, workflow: Workflow, types: Mapping[str, NodeType]) -> Binding:
    """A node that cannot run here: kept, shown and written back, a fault only for runs that need it."""
    name = node.doc.type
    stand_in = NodeType(name, {}, {}, placeholder=True, code="?")
    binding = Binding(node, stand_in)
    if record is not None:
        text = f"{name} was written by version {node.doc.version}; here is version {record.version} of it"
        binding.fault("newer_version", f"{text}: update {_pack_words(record.pack, workflow)}")
    elif ":" in name:
        pack = name.partition(":")[0]
        binding.fault("unknown_type", f"type '{name}' comes with {_pack_words(pack, workflow)}, which is not installed")
    else:
        binding.fault("unknown_type", f"there is no node type '{name}'; there is: {known(types, name, 8)}")
    return binding


def _pack_words(pack: str, workflow: Workflow) -> str:
    if pack == "core":
        return "Latent Loom"
    version = workflow.requires.packs.get(pack)
    return f"pack '{pack}' {version}" if version else f"pack '{pack}'"


_NONE: frozenset[str] = frozenset()


def _lazy(binding: Binding) -> frozenset[str]:
    """Lazy inputs that are linked."""
    specs = binding.type.inputs
    return frozenset([name for name in (*binding.lists, *binding.links) if specs[name].lazy])


def _group(binding: Binding, nodes: Mapping[str, GraphNode]) -> str | None:
    """The model that a node will lease, read from the facts of its links."""
    for source in binding.links.values():
        node = nodes.get(source.address)
        facts = node.outputs.facts if node is not None else ()
        if source.port < len(facts) and facts[source.port]:
            found = facts[source.port].get("lease")
            if isinstance(found, str):
                return found
    return None


def _drop_muted(binding: Binding, nodes: Mapping[str, GraphNode]) -> None:
    """Take out links to nodes that are left out, as links to muted nodes themselves are."""

    def muted(source: object) -> bool:
        return isinstance(source, Source) and source.address in nodes and nodes[source.address].muted

    for name, source in list(binding.links.items()):
        if muted(source):
            del binding.links[name]
            spec = binding.type.inputs[name]
            if spec.required:
                binding.muted = True
            else:
                binding.values[name] = None if spec.optional else spec.default
    for name, items in binding.lists.items():
        binding.take_items(name, tuple(item for item in items if not muted(item)))
