"""What is known of a node's outputs before it runs: types, which are lists, and facts; and whether its links fit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from engine.graph.bind import Binding, Const
from engine.graph.fit import fits, says, type_of_literal
from engine.graph.graph import Checks, GraphNode, Outputs
from engine.graph.links import Source
from engine.graph.node import Facts, Mismatch
from engine.graph.records import InputSpec
from engine.graph.values import is_variable

_NOTHING: Facts = {}


def infer_outputs(binding: Binding, nodes: Mapping[str, GraphNode], checker: Checks) -> Outputs:
    """Check the links of a node whose sources are done, and say what it gives. Faults go into the binding."""
    record = binding.type
    variables: dict[str, str] = {}
    mapped = False
    for name, source in binding.links.items():
        of_source, port = nodes[source.address].outputs, source.port
        if port >= len(of_source.types):
            continue  # of a placeholder nothing is known
        spec, type_name = record.inputs[name], of_source.types[port]
        mapped = mapped or of_source.lists[port]
        if type_name != spec.type:
            _check(binding, spec, source, type_name, variables, nodes, checker)
    for name, items in binding.lists.items():
        for item in items:
            if isinstance(item, Source) and (made := _made(item, nodes)) is not None:
                _check(binding, record.inputs[name], item, made.types[item.port], variables, nodes, checker)
    if not (mapped or record.generic or record.infers):
        return _plain(record.port_types, record.port_lists)
    types = record.port_types
    if record.generic:
        types = tuple([variables.get(name, _from_literal(binding, name)) for name in types])
    lists = (True,) * len(types) if mapped else record.port_lists
    facts = _facts(binding, nodes, checker) if record.infers else (_NOTHING,) * len(types)
    return Outputs(types, lists, facts, mapped)


@lru_cache(maxsize=1024)
def _plain(types: tuple[str, ...], lists: tuple[bool, ...]) -> Outputs:
    """The outputs of a node of which no more is known than its type says: one object for all such nodes."""
    return Outputs(types, lists, (_NOTHING,) * len(types), False)


def _made(source: Source, nodes: Mapping[str, GraphNode]) -> Outputs | None:
    """What is known of the node behind a link, if it has such a port."""
    node = nodes.get(source.address)
    return None if node is None or source.port >= len(node.outputs.types) else node.outputs


def _check(
    binding: Binding,
    spec: InputSpec,
    source: Source,
    type_name: str,
    variables: dict[str, str],
    nodes: Mapping[str, GraphNode],
    checker: Checks,
) -> None:
    wanted = spec.type
    if is_variable(wanted) and len(wanted) > 1:
        bound = variables.setdefault(wanted, type_name)
        if is_variable(bound):
            variables[wanted] = bound = type_name
        wanted = bound
    if type_name == wanted or fits(type_name, wanted, checker.values):
        return
    port = list(nodes[source.address].type.outputs)[source.port]
    meant = f"{wanted} (as its other inputs)" if wanted != spec.type else says(spec)
    text = f"input '{spec.name}' takes {meant}, but '{source.address}.{port}' gives {type_name}"
    binding.fault("type_mismatch", text, spec.name)


def _from_literal(binding: Binding, type_name: str) -> str:
    """An output's type where no link bound its variable: that of a literal which did, else left open."""
    if not is_variable(type_name):
        return type_name
    for spec in binding.type.inputs.values():
        value = binding.values.get(spec.name)
        if spec.type == type_name and value is not None:
            return type_of_literal(value)
    return "*"


def _facts(binding: Binding, nodes: Mapping[str, GraphNode], checker: Checks) -> tuple[Facts, ...]:
    count = len(binding.type.outputs)
    if binding.faults or binding.muted:
        return (_NOTHING,) * count
    try:
        found = checker.infer(binding.type.name, known_inputs(binding, nodes))
    except Mismatch as error:
        binding.fault("mismatch", str(error), error.input)
        return (_NOTHING,) * count
    return tuple(found.get(name, _NOTHING) for name in binding.type.outputs)


def known_inputs(binding: Binding, nodes: Mapping[str, GraphNode]) -> dict[str, Any]:
    """What is known of a node's inputs before it runs, as `Node.infer` and `Node.notices` are given it."""
    inputs: dict[str, Any] = {}
    for name, value in binding.values.items():
        identity = binding.identities.get(name)
        known = {"digest": identity.digest, **identity.facts} if identity else {}
        inputs[name] = {"value": value, **known}
    for name, source in binding.links.items():
        inputs[name] = _facts_of(source, nodes)
    for name, items in binding.lists.items():
        inputs[name] = [{"value": item.value} if isinstance(item, Const) else _facts_of(item, nodes) for item in items]
    return inputs


def _facts_of(source: Source, nodes: Mapping[str, GraphNode]) -> Facts:
    made = _made(source, nodes)
    return made.facts[source.port] if made is not None else _NOTHING
