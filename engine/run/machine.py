"""What a run may use of this machine: node code, remembered results, models, files. One object serves many runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from engine.graph.faults import LoomError
from engine.graph.graph import GraphNode
from engine.graph.node import Artifact
from engine.graph.reading import NodeCode
from engine.graph.records import MISSING
from engine.graph.values import File, Folder
from engine.run.cache import Claims, NoCache, Results, Trace
from engine.run.codec import ATOMS, Classes, detach, digest
from engine.run.indexes import ArtifactIndex, ListIndex
from engine.run.outcome import ABSENT, Made, Outcome, Port


class Models(Protocol):
    """What the executor and the nodes use of a model cache."""

    @property
    def seconds_loading(self) -> float:
        """What building and moving models in has taken so far."""

    def lease(self, *references: Any) -> AbstractContextManager[tuple[Any, ...]]:
        """The modules behind references, until the `with` ends."""

    def reset_peak(self) -> None:
        """Count anew what is held at most."""

    def peak_bytes(self) -> int | None:
        """The most that the device held since; None where it does not count."""


class _NoModels:
    seconds_loading = 0.0

    def reset_peak(self) -> None:
        """Nothing is held."""

    def peak_bytes(self) -> None:
        """Nothing is counted."""

    def lease(self, *references: Any) -> AbstractContextManager[tuple[Any, ...]]:
        if not references:
            return nullcontext(())
        raise LoomError("no model can be used here: the engine was started without models")


def _no_files(file: File | Folder) -> Path:
    raise LoomError(f"'{file.name}' cannot be read here: the engine was started without a place for files")


@dataclass
class Machine:
    """Node code by type name, the result cache, the model cache, where files are, and the environment of disk keys.

    Machines whose runs share a cache in threads share the `claims` too: what one run is making the others wait for. `classes`
    are those that stored values may hold.
    """

    code: Mapping[str, NodeCode]
    results: Results = field(default_factory=NoCache)
    models: Models = field(default_factory=_NoModels)
    path: Callable[[File | Folder], Path] = _no_files
    environment: str = ""
    claims: Claims[bool] = field(default_factory=Claims)
    classes: Classes = field(default_factory=Classes)

    def recall(self, node: GraphNode) -> Outcome | None:
        """What is remembered of a node by its recipe, if every value of it is still there."""
        recipe = node.recipe
        trace = None if recipe is None else self.results.trace(recipe)
        return None if trace is None else self.outcome(node, trace)

    def outcome(self, node: GraphNode, trace: Trace, mapped: bool | None = None) -> Outcome | None:
        """The outcome that a trace tells of, if it holds in this environment and every value of it is still there."""
        if trace.need is not None or (trace.environment and trace.environment != self.environment):
            return None
        many = node.outputs.lists if mapped is None else node.type.port_lists
        ports: list[Port] = []
        for name, is_list in zip(trace.outputs, many, strict=True):
            if not is_list:
                if not self._held(name, node.type.output):
                    return None
                ports.append(Made(name, environment=trace.environment))
                continue
            index = self.results.get(name)
            if not isinstance(index, ListIndex) or not all(self._held(item, node.type.output) for item in index.items):
                return None
            ports.append([Made(item, environment=trace.environment) for item in index.items])
        return Outcome(tuple(ports), trace.seconds, True, trace, trace.notices, data=trace.data)

    def _held(self, name: str, artifact: bool) -> bool:
        if not self.results.has(name):
            return False
        if not artifact:
            return True
        index = self.results.get(name)
        return isinstance(index, ArtifactIndex) and self.results.has(index.of)

    def value(self, made: Made) -> Any:
        """The value of what was made: held, or remembered; MISSING where it is gone."""
        if made.value is not ABSENT:
            return made.value
        found = self.results.get(made.digest)
        if isinstance(found, ArtifactIndex):
            inner = self.results.get(found.of)
            return MISSING if inner is MISSING else Artifact(inner, found.name, found.format)
        return found

    def keep(self, value: Any, seconds: float, environment: str, wanted: bool) -> Made:
        """Digest a fresh value, and remember it cut off from any gradient tape."""
        if type(value) not in ATOMS:
            value = detach(value)
            if isinstance(value, Artifact):
                return self._keep_artifact(value, seconds, environment)
        name = digest(value)
        self.results.put(name, value, seconds, keep=wanted)
        return Made(name, value, False, environment)

    def _keep_artifact(self, value: Artifact, seconds: float, environment: str) -> Made:
        """Remember what is in it, and under its own digest where that is."""
        inner = self.keep(value.value, seconds, environment, True)
        index = ArtifactIndex(inner.digest, value.name, value.format)
        name = digest(index)
        self.results.put(name, index, seconds, keep=True)
        return Made(name, value, False, environment)

    def keep_data(self, data: Any, seconds: float) -> str:
        """The digest under which what a node showed of itself is remembered; "" for nothing, and for what is no JSON."""
        if data is None:
            return ""
        try:
            name = digest(data)
        except (TypeError, ValueError, RecursionError):
            return ""
        self.results.put(name, data, seconds, keep=True)
        return name

    def name_of(self, port: Port, seconds: float) -> str:
        """The one digest that stands for a port in a trace."""
        if isinstance(port, Made):
            return port.digest
        index = ListIndex(tuple(made.digest for made in port))
        name = digest(index)
        self.results.put(name, index, seconds, keep=True)
        return name
