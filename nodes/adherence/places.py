"""Where a workflow takes a prompt and a seed, and which of its outputs is the picture: found, or given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.graph.document import Workflow
from engine.graph.faults import Fault, InvalidWorkflow, known
from engine.graph.graph import Graph
from engine.graph.links import Source
from engine.graph.overrides import Settable, Types, addresses, find_settable, workflow_inputs

PICTURE = "Image"
NUMBERS = ("Float", "Int")
DATA = "Data"
PROMPT_WIDGET = "textarea"
"""What a prompt is typed into: where there is such an input, a name or a colour is not meant."""


@dataclass(frozen=True, slots=True)
class Places:
    """Names or addresses of inputs for the prompt and the seed, the output that is the pictures, and those with numbers.

    `seeds` is empty where nothing in the workflow takes a seed.
    """

    prompts: tuple[str, ...]
    seeds: tuple[str, ...]
    picture: str
    numbers: tuple[str, ...]


def find_inputs(
    workflow: Workflow, types: Types, prompts: Sequence[str], seeds: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The inputs for prompt and seed: those named, else the ones that there can be no doubt about.

    That is the workflow's own input `prompt` (`seed`), else the only one of its inputs that takes a text (a seed), else the
    only address that does. Raises InvalidWorkflow where it is not clear.
    """
    for name in (*prompts, *seeds):
        wanted, option = ("Text", "--prompt") if name in prompts else ("Int", "--seed")
        came = find_settable(workflow, types, name).spec.type
        if came != wanted:
            text = f"{option} {name}: it takes values of type {came}, and what is wanted is {wanted}"
            raise InvalidWorkflow([Fault("unclear", text, None, name)])
    return (
        tuple(prompts) or _only(workflow, types, "prompt", _takes_text, needed=True),
        tuple(seeds) or _only(workflow, types, "seed", _takes_seed, needed=False),
    )


def find_numbers(graph: Graph, named: Iterable[str]) -> tuple[str, ...]:
    """The declared outputs that are numbers, and those named beside them, which may be data that holds numbers.

    Raises InvalidWorkflow for what is neither.
    """
    found = [name for name, source in graph.outputs.items() if _type(graph, source) in NUMBERS]
    for name in named:
        if any(_type(graph, source) not in (*NUMBERS, DATA) for source in graph.targets([name]).values()):
            raise InvalidWorkflow([Fault("unclear", f"--number {name}: it is no number", None, name)])
        found += graph.targets([name])
    return tuple(dict.fromkeys(found))


def find_picture(graph: Graph, name: str | None) -> str:
    """The output that is the pictures: the one named, else a declared one, else one of a node that writes.

    Raises InvalidWorkflow where there is none, or several and none named `image`.
    """
    if name is not None:
        return _the_port(graph, name)
    declared = [name for name, source in graph.outputs.items() if _type(graph, source) == PICTURE]
    writers = [name for name in graph.targets() if name not in graph.outputs and _writes_pictures(graph, name)]
    for candidates in (declared, writers):
        if len(candidates) == 1 or "image" in candidates:
            return "image" if "image" in candidates else candidates[0]
        if candidates:
            raise _unclear(f"which of its outputs is the picture; name it with --output: {known(candidates)}")
    raise _unclear("which picture to score: it has no output of type Image; name a node's output with --output")


def _takes_text(settable: Settable) -> bool:
    spec = settable.spec
    return spec.type == "Text" and not spec.choices and not spec.choices_from and not spec.list


def _takes_seed(settable: Settable) -> bool:
    return settable.spec.widget == "seed" and not settable.spec.list


def _only(
    workflow: Workflow, types: Types, name: str, takes: Callable[[Settable], bool], *, needed: bool
) -> tuple[str, ...]:
    declared = workflow_inputs(workflow, types)
    if name in declared and takes(declared[name]):
        return (name,)
    for several in (declared.values(), addresses(workflow, types)):
        fitting = [settable for settable in several if takes(settable)]
        longer = [settable for settable in fitting if settable.spec.widget == PROMPT_WIDGET]
        candidates = [settable.name for settable in longer or fitting]
        if len(candidates) == 1:
            return (candidates[0],)
        if candidates:
            raise _unclear(f"which of its inputs is the {name}; name it with --{name}: {known(candidates, name)}")
    if needed:
        raise _unclear(f"where it takes a {name}: nothing in it that can be set is a text")
    return ()


def _unclear(words: str) -> InvalidWorkflow:
    return InvalidWorkflow([Fault("unclear", f"the workflow does not say {words}")])


def _type(graph: Graph, source: Source) -> str | None:
    node = graph.nodes.get(source.address)
    return node.outputs.types[source.port] if node is not None and node.sound else None


def _writes_pictures(graph: Graph, address: str) -> bool:
    """Whether a node that writes is given pictures."""
    node = graph.nodes[address]
    return any(_type(graph, source) == PICTURE for source in node.links.values())


def _the_port(graph: Graph, name: str) -> str:
    """The one target that a name stands for; of a node's several outputs, the one that is a picture."""
    found: Mapping[str, Source] = graph.targets([name])
    pictures = [target for target, source in found.items() if _type(graph, source) == PICTURE]
    if len(found) == 1:
        return next(iter(found))
    if len(pictures) != 1:
        raise _unclear(f"which output of '{name}' is the picture; there is: {known(found)}")
    return pictures[0]
