"""Sub-workflows laid out flat: every node under its full address, every link followed to where its value is made.

Each level of a workflow is a scope, named by its prefix: "" for the file itself, `outer/` inside the use `outer`. A value
given to a use belongs to the scope where it was written, so its links are read there. The work list is explicit: nothing
here recurses over depth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from engine.graph.faults import Fault, at, known
from engine.graph.frozen import frozen
from engine.graph.records import JsonValue

if TYPE_CHECKING:
    from engine.graph.document import NodeDoc, SubworkflowDoc, Workflow

USE = "workflow:"
MAX_DEPTH = 64
MAX_NODES = 10_000


class Scoped(NamedTuple):
    """An input's value as written, and the scope in which its links are to be read.

    `near` is how near the name that it was written under is to the input that it is for: see `nearness`.
    """

    scope: str
    json: JsonValue
    near: int = 0


@frozen
class FlatNode:
    """A node that is no use of a sub-workflow. `given` holds what uses further out put into it."""

    address: str
    scope: str
    doc: NodeDoc
    given: Mapping[str, Scoped]

    def value(self, name: str) -> Scoped | None:
        """What is written for an input, the outermost word winning."""
        return _written(self, name)


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a sub-workflow: its own scope is `address + "/"`."""

    address: str
    scope: str
    doc: NodeDoc
    body: SubworkflowDoc
    given: Mapping[str, Scoped]

    def value(self, name: str) -> Scoped | None:
        """What is written for an exposed input of this use."""
        return _written(self, name)


def _written(node: FlatNode | Use, name: str) -> Scoped | None:
    if name in node.given:
        return node.given[name]
    return Scoped(node.scope, node.doc.inputs[name], nearness(name)) if name in node.doc.inputs else None


def nearness(name: str) -> int:
    """0 for the name of an exposed input, else how many levels the address of an inner input names."""
    return 1 + name.count("/") if "." in name else 0


@dataclass(slots=True)
class Flat:
    """The whole workflow, flat: its nodes in file order, its uses by address, what was wrong."""

    nodes: dict[str, FlatNode] = field(default_factory=dict)
    uses: dict[str, Use] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


_NOTHING: Mapping[str, Scoped] = {}


def flatten(workflow: Workflow, prefix: str = "") -> Flat:
    """Lay out a workflow, or a fragment of one under `prefix`. Recursion, depth and unknown sub-workflows are faults."""
    flat = Flat()
    given: dict[str, dict[str, Scoped]] = {}
    levels: list[tuple[str, SubworkflowDoc, tuple[str, ...]]] = [(prefix, workflow, ())]
    while levels:
        scope, level, chain = levels.pop()
        inner = []
        for name, doc in level.nodes.items():
            address = scope + name
            put = given.pop(address, _NOTHING) if given else _NOTHING
            if not doc.type.startswith(USE):
                flat.nodes[address] = FlatNode(address, scope, doc, put)
            elif (body := _body(workflow, address, doc, chain, flat.faults)) is not None:
                use = flat.uses[address] = Use(address, scope, doc, body, put)
                if doc.mode is None:  # what is bypassed or muted is not looked into
                    _hand_in(use, given, flat.faults)
                    inner.append((address + "/", body, (*chain, doc.type)))
        levels.extend(reversed(inner))
        if chain and len(flat.nodes) + len(flat.uses) > MAX_NODES:
            flat.faults.append(Fault("too_large", f"the workflow has more than {MAX_NODES} nodes once expanded"))
            break
    for address, inputs in given.items():
        if _left_out(workflow, flat.uses, address):
            continue  # said of what is muted or bypassed: it waits there until that is taken back
        for name, value in inputs.items():
            where = value.scope.rstrip("/") or None
            flat.faults.append(
                Fault("unknown_node", f"'{address}.{name}' is set, but there is no node '{address}'", where)
            )
    return flat


def _body(
    workflow: Workflow, address: str, doc: NodeDoc, chain: tuple[str, ...], faults: list[Fault]
) -> SubworkflowDoc | None:
    name = doc.type.removeprefix(USE)
    body = workflow.workflows.get(name)
    if body is None:
        text = f"there is no sub-workflow '{name}'; there is: {known(workflow.workflows, name)}"
        faults.append(Fault("unknown_type", at(address, text), address))
    elif doc.type in chain:
        path = " in ".join(f"'{step.removeprefix(USE)}'" for step in (doc.type, *reversed(chain)))
        faults.append(Fault("recursion", at(address, f"sub-workflow {path} contains itself"), address))
        return None
    elif len(chain) >= MAX_DEPTH:
        faults.append(Fault("too_deep", at(address, f"sub-workflows are nested more than {MAX_DEPTH} deep"), address))
        return None
    return body


def _hand_in(use: Use, given: dict[str, dict[str, Scoped]], faults: list[Fault]) -> None:
    """Carry what a use was given, by exposed name or by inner address, to the inner inputs.

    What was written further out wins there, and at one level what names the inner input more nearly.
    """
    for name in sorted({*use.given, *use.doc.inputs}):
        value = use.value(name)
        assert value is not None
        if "." in name:
            targets: tuple[str, ...] = (name,)
        elif name in use.body.inputs:
            targets = tuple(use.body.inputs[name].to)
        else:
            text = f"{use.doc.type} has no input '{name}'; it has: {known(use.body.inputs, name)}"
            faults.append(Fault("unknown_input", at(use.address, text), use.address, name))
            continue
        for target in targets:
            node, _, input_name = target.rpartition(".")
            held = given.setdefault(f"{use.address}/{node}", {})
            if input_name not in held or _rank(value) < _rank(held[input_name]):
                held[input_name] = value


def _rank(value: Scoped) -> tuple[int, int]:
    """What is less wins. All scopes here are levels on the way to one node: the shorter is the one further out."""
    return len(value.scope), -value.near


def _left_out(workflow: Workflow, uses: Mapping[str, Use], address: str) -> bool:
    """Whether a node of this address stands inside a use that is muted or bypassed, and so was not laid out."""
    parts = address.split("/")
    outside = next((n for n in range(len(parts) - 1, 0, -1) if "/".join(parts[:n]) in uses), 0)
    if not outside or (use := uses["/".join(parts[:outside])]).doc.mode is None:
        return False
    body: SubworkflowDoc | None = use.body
    for part in parts[outside:]:
        doc = body.nodes.get(part) if body is not None else None
        if doc is None:
            return False
        body = workflow.workflows.get(doc.type.removeprefix(USE)) if doc.type.startswith(USE) else None
    return True
