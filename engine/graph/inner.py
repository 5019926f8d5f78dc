"""Where a value given to a use of a sub-workflow arrives.

A use (`"type": "workflow:NAME"`) is given values by the names of the sub-workflow's inputs, or by the address
of an inner input (`sampler.seed`, `outer/inner.seed`).
"""

from typing import NamedTuple

from engine.graph.document import NodeDoc, SubworkflowDoc, Workflow
from engine.graph.flatten import MAX_DEPTH, USE


class Place(NamedTuple):
    """The input `input` of the node `node` in the definition `workflow` (None: in the file's own level)."""

    workflow: str | None
    node: str
    input: str


def definition_of(node: NodeDoc) -> str | None:
    """The name of the sub-workflow that a node uses, or None."""
    return node.type.removeprefix(USE) if node.type.startswith(USE) else None


def level_of(workflow: Workflow, name: str | None) -> SubworkflowDoc | None:
    """The file's own level for None, else the definition of that name where there is one."""
    return workflow if name is None else workflow.workflows.get(name)


def arrival(workflow: Workflow, place: Place) -> Place | None:
    """The input, of a node that is no use, to which `place` leads; of several the first, None where none."""
    for _ in range(MAX_DEPTH + 1):
        level = level_of(workflow, place.workflow)
        node = level.nodes.get(place.node) if level is not None else None
        name = definition_of(node) if node is not None else None
        if node is None:
            return None
        if name is None:
            return place
        inside = workflow.workflows.get(name)
        if inside is None:
            return None
        step = _one_down(inside, place.input)
        if step is None:
            return None
        place = Place(name, *step)
    return None


def _one_down(inside: SubworkflowDoc, given: str) -> tuple[str, str] | None:
    """The inner node, and the name there, for a name or address given to a use."""
    if given in inside.inputs:
        given = inside.inputs[given].to[0]
    outer, slash, rest = given.partition("/")
    if slash:
        return outer, rest
    node, dot, name = given.partition(".")
    return (node, name) if dot else None
