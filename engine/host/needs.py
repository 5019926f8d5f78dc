"""What a workflow needs beside itself, as its file says it: packs with their versions, models with what they are here.

Who has not such a model is told by it what to look for, and who has another one of this name is warned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.graph.document import ModelRequirement, Requires, Workflow
from engine.graph.graph import Graph
from engine.graph.records import Identity
from engine.host.host import Host
from engine.host.identities import MODELS
from engine.packs import CORE
from engine.store.fingerprint import weight_bytes


def needs_of(host: Host, graph: Graph) -> Requires:
    """What the nodes of a graph use; a model that is not here is left out."""
    used = {node.type.pack for node in graph.nodes.values() if not node.type.placeholder}
    packs = {pack.name: pack.version for pack in host.registry.packs if pack.name in used - {CORE}}
    models = {}
    for node in graph.nodes.values():
        for name, identity in node.binding.identities.items():
            if node.type.inputs[name].choices_from == MODELS and isinstance(node.values.get(name), str):
                models[node.values[name]] = _requirement(host, identity)
    return Requires(packs=packs, models=models)


def with_needs(host: Host, graph: Graph, workflow: Workflow) -> Workflow:
    """The workflow as its file is saved.

    What it says already stays as it is: it tells of the model that it was made with, though another one of this name be here
    now. A model that no node names any more is no longer said.
    """
    found, said = needs_of(host, graph), workflow.requires
    named = set(
        _texts(doc.inputs for level in (workflow, *workflow.workflows.values()) for doc in level.nodes.values())
    )
    kept = {name: model for name, model in said.models.items() if name in named}
    requires = Requires(packs={**found.packs, **said.packs}, models={**found.models, **kept})
    return workflow.model_copy(update={"requires": requires})


def as_needy(workflow: Workflow, other: Workflow) -> Workflow:
    """The workflow with what only the other one says that it needs: whether a file was saved is no change of it."""
    packs = {**other.requires.packs, **workflow.requires.packs}
    models = {**other.requires.models, **workflow.requires.models}
    return workflow.model_copy(update={"requires": Requires(packs=packs, models=models)})


def _requirement(host: Host, identity: Identity) -> ModelRequirement:
    size = weight_bytes(host.catalog.by_fingerprint(identity.digest))
    family = str(identity.facts.get("family", ""))
    return ModelRequirement(fingerprint=identity.digest, family=family, bytes=size)


def _texts(values: Iterable[object]) -> Iterator[str]:
    """Every text in values of JSON."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _texts(value.values())
        elif isinstance(value, list):
            yield from _texts(value)
