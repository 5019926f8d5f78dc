"""The inputs that a workflow exposes: what each sets, and whether its targets are there and alike.

An exposed input has one type and one default, so all that it sets share them. The default is what stands in the file
at its targets, else that of their types: a saved workflow carries its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import NamedTuple

from engine.graph.document import SubworkflowDoc, Workflow
from engine.graph.faults import Fault, known
from engine.graph.fit import says
from engine.graph.flatten import MAX_DEPTH, nearness
from engine.graph.inner import Place, arrival, definition_of, level_of, split_address, told
from engine.graph.literals import written
from engine.graph.records import MISSING, InputSpec, JsonValue, Missing, NodeType
from engine.graph.shapes import Link, links_of, read_value, shorten
from engine.graph.values import LITERALS


def exposed_faults(workflow: Workflow, types: Mapping[str, NodeType]) -> Iterator[Fault]:
    """Exposed inputs, of the file and of its sub-workflows, whose targets are missing or differ."""
    for level in (None, *workflow.workflows):
        body = level_of(workflow, level)
        assert body is not None
        where = "" if level is None else f"sub-workflow '{level}': "
        for name, exposed in body.inputs.items():
            if (wrong := _fault(workflow, types, level, body, exposed.to)) is not None:
                yield Fault("bad_input", f"{where}input '{name}' {wrong}", None, name)


def spec_at(workflow: Workflow, types: Mapping[str, NodeType], place: Place) -> InputSpec | None:
    """The record of the input at which a value given at `place` arrives; None where none is known."""
    end = arrival(workflow, place)
    level = level_of(workflow, end.workflow) if end else None
    record = types.get(level.nodes[end.node].type) if end and level else None
    return record.inputs.get(end.input) if end and record else None


def default_at(workflow: Workflow, types: Mapping[str, NodeType], place: Place) -> JsonValue | Missing:
    """What the input at `place` is when nothing further is given to it, as a file writes it.

    The outermost word on the way inside wins; a link counts as a value. MISSING where there is none.
    """
    spec = spec_at(workflow, types, place)
    name, node, given = place
    outer: Mapping[str, Word] = {}
    for depth in range(MAX_DEPTH + 1):
        level = level_of(workflow, name)
        doc = level.nodes.get(node) if level is not None else None
        if doc is None:
            break
        name = definition_of(doc)
        body = workflow.workflows.get(name) if name is not None else None
        words = {**{key: Word((depth, -nearness(key)), value) for key, value in doc.inputs.items()}, **outer}
        if body is None:
            return _as_written(spec, words[given].value) if given in words else _default_of(spec)
        node, given = split_address(told(body, given)[0])
        outer = _inside(_spread(words, body), node)
    return _default_of(spec)


class Word(NamedTuple):
    """What a level says of an input further in. What ranks less wins: the level further out, then the nearer name."""

    rank: tuple[int, int]
    value: JsonValue


def _spread(words: Mapping[str, Word], body: SubworkflowDoc) -> dict[str, Word]:
    """What is said to a use, by the addresses of its inner inputs."""
    found = {name: word for name, word in words.items() if "." in name}
    for name, word in sorted(words.items(), key=itemgetter(0)):
        for target in body.inputs[name].to if name in body.inputs else ():
            if target not in found or word.rank < found[target].rank:
                found[target] = word
    return found


def _inside(words: Mapping[str, Word], node: str) -> dict[str, Word]:
    """The part of it that is said to one inner node, by names relative to that node."""
    cut = len(node) + 1
    return {name[cut:]: word for name, word in words.items() if name.startswith((f"{node}.", f"{node}/"))}


def _default_of(spec: InputSpec | None) -> JsonValue | Missing:
    return MISSING if spec is None else _default(spec)


def _as_written(spec: InputSpec | None, value: JsonValue) -> JsonValue:
    return value if spec is None or links_of(read_value(value)) else written(spec, value)


def _default(spec: InputSpec) -> JsonValue | Missing:
    if spec.default is MISSING:
        return None if spec.optional else [] if spec.list else MISSING
    if spec.type not in LITERALS or spec.type in ("File", "Folder"):
        return None if spec.default is None else MISSING
    value: JsonValue = spec.default
    return written(spec, value)


def _fault(
    workflow: Workflow,
    types: Mapping[str, NodeType],
    level: str | None,
    body: SubworkflowDoc,
    targets: tuple[str, ...],
) -> str | None:
    first: tuple[str, InputSpec, JsonValue | Missing] | None = None
    for target in targets:
        node, _, name = target.partition(".")
        if (wrong := _missing(workflow, types, body, node, name)) is not None:
            return wrong
        place = Place(level, node, name)
        spec = spec_at(workflow, types, place)
        if spec is None:
            continue  # a placeholder: nobody knows what it takes
        default = default_at(workflow, types, place)
        if first is None:
            first = (target, spec, default)
        elif (wrong := _differ(first, (target, spec, default))) is not None:
            return wrong
    return None


def _missing(
    workflow: Workflow, types: Mapping[str, NodeType], body: SubworkflowDoc, node: str, name: str
) -> str | None:
    doc = body.nodes.get(node)
    if doc is None:
        return f"sets '{node}.{name}', but there is no node '{node}'; there is: {known(body.nodes, node)}"
    has: Mapping[str, object] | None
    inside = definition_of(doc)
    if inside is not None:
        inner = workflow.workflows.get(inside)
        has = None if inner is None or "." in name else inner.inputs
    else:
        record = types.get(doc.type)
        has = None if record is None or doc.version > record.version else record.inputs
    if has is None or name in has:
        return None
    return f"sets '{node}.{name}', but {doc.type} has no input '{name}'; it has: {known(has, name)}"


def _differ(a: tuple[str, InputSpec, JsonValue | Missing], b: tuple[str, InputSpec, JsonValue | Missing]) -> str | None:
    (one, of_one, default), (other, of_other, another) = a, b
    if (of_one.type, of_one.list) != (of_other.type, of_other.list):
        return f"sets '{one}', which takes {says(of_one)}, and '{other}', which takes {says(of_other)}"
    if default != another or type(default) is not type(another):
        return (
            f"sets '{one}', which is {_words(default)} in the file, and '{other}', which is {_words(another)};"
            " give both one value there"
        )
    return None


def _words(value: JsonValue | Missing) -> str:
    if value is MISSING:
        return "not given"
    shape = read_value(value)
    return f"linked to '{shape}'" if isinstance(shape, Link) else shorten(value)
