"""What a workflow needs beside itself, as its file says it: packs with their versions, models with what they are here.

Who has not such a model is told by it what to look for, and who has another one of this name is warned.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from contextlib import suppress
from typing import TypeVar

from engine.graph.document import ModelRequirement, Requires, Workflow
from engine.graph.graph import Graph
from engine.graph.records import Identity
from engine.host.host import Host
from engine.host.identities import MODELS, named_in
from engine.packs import CORE
from engine.store.errors import StoreError
from engine.store.fingerprint import weight_bytes

Said = TypeVar("Said")


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


def with_needs(host: Host, graph: Graph, workflow: Workflow, before: Requires | None = None) -> Workflow:
    """The workflow as its file is saved; `before` is what the file said that it needs.

    What the workflow says of a model stays as it is: it tells of the one that it was made with, though another one of this
    name be here now. Of a model that is not here it says what its file said. A model that no node names any more is no longer
    said. A pack's version is the one that is here, whose nodes these are by now, unless it does not know some of them.
    """
    found, said, old = needs_of(host, graph), workflow.requires, before or Requires()
    named = named_in(workflow)
    strange = {node.type.name.partition(":")[0] for node in graph.nodes.values() if node.type.placeholder}
    packs = {**old.packs, **said.packs}
    models = {**_only(old.models, named), **found.models, **_only(said.models, named)}
    requires = Requires(packs={**packs, **found.packs, **_only(packs, strange)}, models=models)
    return workflow.model_copy(update={"requires": requires})


def _only(table: Mapping[str, Said], names: Container[str]) -> dict[str, Said]:
    return {name: said for name, said in table.items() if name in names}


def _requirement(host: Host, identity: Identity) -> ModelRequirement:
    size = None
    with suppress(StoreError, OSError):  # it was there a moment ago
        size = weight_bytes(host.catalog.by_fingerprint(identity.digest))
    family = str(identity.facts.get("family", ""))
    return ModelRequirement(fingerprint=identity.digest, family=family, bytes=size)
