"""The workflow *as run*: what a picture carries, so that it can be opened, understood and made again.

Values that were set and defaults are filled in, `requires` names packs and models with their fingerprints, `made_with`
says by which versions and which of the outputs it is. There is no time and no path in it: the same run, the same bytes.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version

from engine.graph.bind import Const
from engine.graph.canonical import dump
from engine.graph.document import NodeDoc, Requires, SubworkflowDoc, Workflow
from engine.graph.graph import Graph
from engine.graph.normalise import normalise
from engine.graph.records import JsonValue
from engine.graph.values import File
from engine.host.host import Host
from engine.host.needs import needs_of
from engine.host.opening import Opened

LIBRARIES = ("torch", "diffusers", "transformers", "numpy", "pillow")


class Recorder:
    """Writes the document for each picture of one run."""

    def __init__(self, host: Host, opened: Opened, graph: Graph) -> None:
        self._host = host
        self._opened = opened
        self._graph = graph

    def document(self, output: str, item: int) -> str:
        """The canonical text for the picture `item` (from 0) of an output."""
        made_with: dict[str, JsonValue] = {**self.made_with, "output": output, "item": item}
        return dump(self.workflow.model_copy(update={"made_with": made_with}))

    @cached_property
    def made_with(self) -> dict[str, JsonValue]:
        """What a picture of this run says of versions, device and models.

        And of nodes that were frozen and held what the workflow as it stands would not have given.
        """
        found = made_with(self._host, {name: model.fingerprint for name, model in self.needs.models.items()})
        held = (node for node in self._graph.nodes.values() if node.held)
        frozen: dict[str, JsonValue] = {node.address: node.recipe for node in held}
        return {**found, "frozen": frozen} if frozen else found

    @cached_property
    def workflow(self) -> Workflow:
        """The workflow as run; its files are among the assets by now."""
        whole = self._pinned(normalise(self._graph.workflow, self._host.registry.types))
        return whole.model_copy(update={"requires": self.needs.over(whole.requires)})

    def _pinned(self, workflow: Workflow) -> Workflow:
        """The workflow with each file named by its content too, and that content kept among the assets.

        Without that, a picture would not say what it was made from, and could not be made again elsewhere.
        """
        known = self._files()
        if not known:
            return workflow

        def level(doc: SubworkflowDoc) -> dict[str, NodeDoc]:
            return {
                name: node.model_copy(
                    update={"inputs": {key: _pin(value, known) for key, value in node.inputs.items()}}
                )
                for name, node in doc.nodes.items()
            }

        inner = {name: doc.model_copy(update={"nodes": level(doc)}) for name, doc in workflow.workflows.items()}
        return workflow.model_copy(update={"nodes": level(workflow), "workflows": inner})

    def _files(self) -> dict[str, str]:
        """The SHA-256 of each file that the nodes name; the files are put among the assets."""
        found: dict[str, str] = {}
        assets = self._host.assets(self._opened.beside)
        for node in self._graph.nodes.values():
            items = [item for many in node.lists.values() for item in many if isinstance(item, Const)]
            for file in [*node.values.values(), *(item.value for item in items)]:
                if isinstance(file, File) and file.name not in found:
                    place = assets.file(file)
                    found[file.name] = place.sha256
                    assets.put(place.path.read_bytes(), place.path.suffix.lower())
        return found

    @cached_property
    def needs(self) -> Requires:
        """The packs and models that its nodes use."""
        return needs_of(self._host, self._graph)


def _pin(value: JsonValue, known: Mapping[str, str]) -> JsonValue:
    if isinstance(value, list):
        return [_pin(item, known) for item in value]
    if isinstance(value, dict) and set(value) == {"asset"} and value["asset"] in known:
        return {**value, "sha256": known[str(value["asset"])]}
    return value


def made_with(host: Host, models: Mapping[str, str]) -> dict[str, JsonValue]:
    """Versions, and where models were used their fingerprints and the kind of device."""
    found: dict[str, JsonValue] = {"latentloom": _version("latentloom"), "python": platform.python_version()}
    found.update({name: _version(name) for name in LIBRARIES})
    if models:
        found["device"] = host.device.kind
        found["models"] = dict(sorted(models.items()))
    return found


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
