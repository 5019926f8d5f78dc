"""Where a value given to a use of a sub-workflow arrives.

A use (`"type": "workflow:NAME"`) is given values by the names of the sub-workflow's inputs, or by the address
of an inner input (`sampler.seed`, `outer/inner.seed`).
"""

from collections.abc import Callable
from itertools import product
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


def share_an_input(workflow: Workflow, use: NodeDoc, one: str, other: str) -> bool:
    """Whether two names or addresses given to a use both lead to one inner input."""
    return _meet(workflow, use, one, other, told)


def passes_through(workflow: Workflow, use: NodeDoc, name: str, address: str) -> bool:
    """Whether a name or address given to a use leads to this address, or past it further in."""
    return _meet(workflow, use, name, address, lambda _, given: (given,))


def told(body: SubworkflowDoc, given: str) -> tuple[str, ...]:
    """What a name or address given to a use of `body` says one level further in, as addresses there."""
    return body.inputs[given].to if given in body.inputs else (given,)


def split_address(address: str) -> tuple[str, str]:
    """The first node of an address, and what is said to it."""
    node, _, rest = address.partition("/" if "/" in address else ".")
    return node, rest


def _meet(
    workflow: Workflow, use: NodeDoc, one: str, other: str, reach: Callable[[SubworkflowDoc, str], tuple[str, ...]]
) -> bool:
    waiting = [(definition_of(use), one, other)]
    seen = set(waiting)
    while waiting:
        name, a, b = waiting.pop()
        body = workflow.workflows.get(name) if name is not None else None
        if body is None:
            continue
        for here, there in product(told(body, a), reach(body, b)):
            if here == there:
                return True
            (node, a_rest), (other_node, b_rest) = split_address(here), split_address(there)
            if node == other_node and node in body.nodes:
                step = (definition_of(body.nodes[node]), a_rest, b_rest)
                if step not in seen:
                    seen.add(step)
                    waiting.append(step)
    return False


def _one_down(inside: SubworkflowDoc, given: str) -> tuple[str, str] | None:
    """The inner node, and the name there, for a name or address given to a use."""
    node, rest = split_address(told(inside, given)[0])
    return (node, rest) if rest else None
