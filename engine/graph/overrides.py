"""What may be set in a workflow from outside, and setting it: by a workflow input's name or by an address.

`sampler.steps` is the input `steps` of the node `sampler`; `outer/sampler.steps` is one inside the use `outer` of a
sub-workflow, where the value is kept as that use's own word, so that other uses keep theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice, product

from engine.graph.document import NodeDoc, Workflow
from engine.graph.exposed import default_at, spec_at
from engine.graph.faults import Fault, InvalidWorkflow, known
from engine.graph.flatten import MAX_DEPTH, nearness
from engine.graph.inner import Place, definition_of, passes_through, share_an_input
from engine.graph.literals import check_literal, written
from engine.graph.records import MISSING, InputSpec, JsonValue, Missing, NodeType
from engine.graph.shapes import Asset, BadShape, Directory, links_of, read_value
from engine.graph.values import LITERALS, is_variable

Types = Mapping[str, NodeType]
MOST_LEVELS = 1000
MOST_NAMES = 2000
MOST_TOLD = 12


@dataclass(frozen=True, slots=True)
class Settable:
    """One thing that may be set: under a workflow input's name, or under the address of a node's input.

    `targets` are addresses of inputs (`outer/node.input`), `default` is what the file has there, MISSING where it has
    nothing or a link.
    """

    name: str
    spec: InputSpec
    targets: tuple[str, ...]
    default: JsonValue | Missing = MISSING
    title: str = ""
    help: str = ""


def workflow_inputs(workflow: Workflow, types: Types) -> dict[str, Settable]:
    """The workflow's own inputs, by name; those whose types are unknown are left out."""
    found = {}
    for name in workflow.inputs:
        settable = _workflow_input(workflow, types, name)
        if settable is not None:
            found[name] = settable
    return found


def addresses(workflow: Workflow, types: Types) -> Iterator[Settable]:
    """Every literal input of every node, sub-workflows looked into, that no link fills; in file order.

    Sub-workflows may multiply without end, so it ends after a thousand uses of them.
    """
    levels: list[tuple[str, Mapping[str, NodeDoc], int]] = [("", workflow.nodes, 0)]
    for _ in range(MOST_LEVELS):
        if not levels:
            return
        prefix, nodes, depth = levels.pop()
        inner: list[tuple[str, Mapping[str, NodeDoc], int]] = []
        for name, doc in nodes.items():
            inside = definition_of(doc)
            body = workflow.workflows.get(inside) if inside is not None else None
            if body is not None:
                if depth < MAX_DEPTH:
                    inner.append((f"{prefix}{name}/", body.nodes, depth + 1))
                continue
            for given in types[doc.type].inputs if doc.type in types else ():
                settable = _address(workflow, types, f"{prefix}{name}.{given}")
                if settable is not None and _is_literal_type(settable.spec) and settable.default is not MISSING:
                    yield settable
        levels.extend(reversed(inner))


def find_settable(workflow: Workflow, types: Types, name: str) -> Settable:
    """What is set under this name or address. Raises InvalidWorkflow, which says what there is."""
    if name in workflow.inputs:
        settable = _workflow_input(workflow, types, name)
        if settable is None:
            text = f"'{name}' cannot be set: the node type that it belongs to is not known here"
            raise InvalidWorkflow([Fault("unknown_type", text, None, name)])
        return settable
    settable = _address(workflow, types, name)
    if settable is None:
        raise InvalidWorkflow([Fault("unknown_input", _unknown(workflow, types, name), None, name)])
    return settable


def set_one_input(workflow: Workflow, types: Types, one: str, other: str) -> bool:
    """Whether two names or addresses set an input in common. Raises InvalidWorkflow as `find_settable`."""
    places = [[_place(target) for target in find_settable(workflow, types, name).targets] for name in (one, other)]
    return any(
        a is not None
        and b is not None
        and a.node == b.node
        and (a == b or share_an_input(workflow, workflow.nodes[a.node], a.input, b.input))
        for a, b in product(*places)
    )


def set_inputs(workflow: Workflow, types: Types, values: Mapping[str, JsonValue]) -> Workflow:
    """The workflow with these values set, by name or address; later ones win over earlier ones.

    Without values it is the workflow itself. Raises InvalidWorkflow with a fault for every name that there is not and every
    value that does not fit.
    """
    if not values:
        return workflow
    faults: list[Fault] = []
    nodes = dict(workflow.nodes)
    for name, value in values.items():
        try:
            settable = find_settable(workflow, types, name)
        except InvalidWorkflow as error:
            faults.extend(error.faults)
            continue
        fitted, wrong = fit_value(settable.spec, value)
        if wrong is not None:
            faults.append(Fault("bad_value", f"'{name}' {wrong}", None, name))
            continue
        for target in settable.targets:
            _put(workflow, nodes, target, fitted)
    if faults:
        raise InvalidWorkflow(faults)
    return workflow.model_copy(update={"nodes": nodes})


def fit_value(spec: InputSpec, value: JsonValue) -> tuple[JsonValue, str | None]:
    """The value as a file writes it, and None; or None, and what is wrong with it ("is 0; it takes …")."""
    try:
        shape = read_value(value)
    except BadShape as error:
        return None, f"cannot be read: {error}"
    if links_of(shape):
        return None, "is a link; from outside a value is set, not a link"
    if isinstance(shape, Asset | Directory) and spec.type not in LITERALS:
        return value, None
    if not spec.list:
        _, wrong = check_literal(spec, value)
        return (None, wrong) if wrong else (_written(spec, value), None)
    items = value if isinstance(value, list) else [] if value is None else [value]
    for item in items:
        if (wrong := check_literal(spec, item)[1]) is not None:
            return None, f"holds an item that {wrong}"
    return [_written(spec, item) for item in items], None


def _written(spec: InputSpec, value: JsonValue) -> JsonValue:
    return value if isinstance(value, dict) else written(spec, value)


def _workflow_input(workflow: Workflow, types: Types, name: str) -> Settable | None:
    exposed = workflow.inputs[name]
    node, _, given = exposed.to[0].partition(".")
    place = Place(None, node, given)
    spec = spec_at(workflow, types, place)
    if spec is None:
        return None
    default = _literal_default(workflow, types, place)
    return Settable(name, spec, exposed.to, default, exposed.title, exposed.help or spec.help)


def _address(workflow: Workflow, types: Types, address: str) -> Settable | None:
    place = _place(address)
    spec = spec_at(workflow, types, place) if place is not None and place.node in workflow.nodes else None
    if place is None or spec is None:
        return None
    return Settable(address, spec, (address,), _literal_default(workflow, types, place), "", spec.help)


def _place(address: str) -> Place | None:
    """Where the top level keeps a value given to `outer/inner.name`: the input `inner.name` of the use `outer`."""
    outer, slash, rest = address.partition("/")
    if slash:
        return Place(None, outer, rest) if "." in rest else None
    node, dot, name = address.partition(".")
    return Place(None, node, name) if dot else None


def _literal_default(workflow: Workflow, types: Types, place: Place) -> JsonValue | Missing:
    default = default_at(workflow, types, place)
    return MISSING if default is not MISSING and links_of(read_value(default)) else default


def _is_literal_type(spec: InputSpec) -> bool:
    return spec.type in LITERALS or is_variable(spec.type)


def _put(workflow: Workflow, nodes: dict[str, NodeDoc], target: str, value: JsonValue) -> None:
    """Say it at the top level, so that nothing else which the same node is told there wins over it."""
    place = _place(target)
    assert place is not None
    doc = nodes[place.node]
    inputs = {
        name: given
        for name, given in doc.inputs.items()
        if name != place.input and not passes_through(workflow, doc, place.input, name)
    }
    inputs |= dict.fromkeys(_heard(workflow, doc, place.input, list(inputs)), value)
    nodes[place.node] = doc.model_copy(update={"inputs": inputs})


def _heard(workflow: Workflow, use: NodeDoc, name: str, others: list[str]) -> list[str]:
    """Names or addresses, that together mean what `name` does, over which none of the other names wins."""
    found, waiting = [], [name]
    while waiting:
        said = waiting.pop()
        inner = _one_level_in(workflow, use, said)
        rivals = [other for other in others if nearness(other) >= nearness(said)]
        if inner and any(share_an_input(workflow, use, said, rival) for rival in rivals):
            waiting.extend(inner)
        else:
            found.append(said)
    return found


def _one_level_in(workflow: Workflow, use: NodeDoc, said: str) -> list[str]:
    """The addresses by which an exposed input, of the use or of one inside it, says the same; none for a plain input."""
    path, _, name = said.rpartition("." if "." in said else "/")
    doc: NodeDoc | None = use
    for node in path.split("/") if path else ():
        body = workflow.workflows.get(definition_of(doc) or "") if doc is not None else None
        doc = body.nodes.get(node) if body is not None else None
    body = workflow.workflows.get(definition_of(doc) or "") if doc is not None else None
    if body is None or name not in body.inputs:
        return []
    return [f"{path}/{target}" if path else target for target in body.inputs[name].to]


def _unknown(workflow: Workflow, types: Types, name: str) -> str:
    place = _place(name)
    doc = workflow.nodes.get(place.node) if place is not None else None
    if doc is not None and doc.type in types and place is not None:
        has = known(types[doc.type].inputs, place.input)
        return f"'{name}' cannot be set: {doc.type} '{place.node}' has no input '{place.input}'; it has: {has}"
    further = [settable.name for settable in islice(addresses(workflow, types), MOST_NAMES)]
    names = [*workflow.inputs, *further]
    close = get_close_matches(name, names, n=1)
    lead = f"; did you mean '{close[0]}'? What" if close else "; what"
    if len(names) > MOST_TOLD and workflow.inputs:
        told = f"{known(workflow.inputs, name)}, or one of {len(further)} addresses such as {further[0]}"
    else:
        told = known(names, name)
    return f"there is nothing named '{name}' to set{lead} may be set: {told}"
