"""What the clerk can be asked, each question a method: plain JSON in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from engine.graph.canonical import dump
from engine.graph.catalogue import catalogue
from engine.graph.difference import as_needy, difference
from engine.graph.document import Workflow
from engine.graph.faults import InvalidWorkflow
from engine.graph.normalise import normalise
from engine.graph.overrides import find_settable, set_inputs
from engine.graph.records import MISSING
from engine.graph.schema import workflow_schema
from engine.host.host import Host
from engine.host.inspect import inspect_workflow
from engine.host.job import Job
from engine.host.needs import with_needs
from engine.host.opening import Opened
from engine.host.record import Recorder
from engine.store.fingerprint import weight_bytes
from engine.worker.checking import check_workflow
from engine.worker.looking import find_recipes
from engine.worker.openings import Openings
from engine.worker.sweeps import sweep_points
from engine.worker.telling import seeds_of

Given = Mapping[str, Any]
Buffers = Sequence[bytes]


class Desk:
    """Answers with one host. Raises InvalidWorkflow, LoomError."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._openings = Openings(host)
        self._questions = {
            "catalogue": self.catalogue,
            "schema": self.schema,
            "open": self.open,
            "canonical": self.canonical,
            "check": self.check,
            "compare": self.compare,
            "prepare": self.prepare,
            "sweep": self.sweep,
            "as_run": self.as_run,
            "recipes": self.recipes,
            "models": self.models,
        }

    def answer(self, what: str, given: Given, buffers: Buffers) -> Any:
        """The answer to one question."""
        return self._questions[what](given, buffers)

    def catalogue(self, _given: Given, _buffers: Buffers) -> str:
        """Packs, value types and node types, as JSON text."""
        registry = self._host.registry
        whole = catalogue(registry.types, registry.values, (pack.to_json() for pack in registry.packs))
        return orjson.dumps(whole).decode()

    def schema(self, _given: Given, _buffers: Buffers) -> str:
        """The JSON Schema of a workflow file, as JSON text."""
        return orjson.dumps(workflow_schema()).decode()

    def packs(self) -> list[dict[str, Any]]:
        """The packs, and their folders of views and workflows."""
        return [
            {**pack.to_json(), "views": _path(pack.offer.views), "workflows": _path(pack.offer.workflows)}
            for pack in self._host.registry.packs
        ]

    def models(self, _given: Given, _buffers: Buffers) -> list[dict[str, Any]]:
        """The models in the model folders, those that can't be used with their fault."""
        return [
            {
                "name": model.name,
                "fingerprint": model.fingerprint,
                "family": str(model.facts.get("family", "")),
                "bytes": weight_bytes(model.path),
                "fault": None if model.fault is None else str(model.fault),
            }
            for model in self._host.catalog.models()
        ]

    def open(self, given: Given, buffers: Buffers) -> dict[str, Any]:
        """A workflow, or a picture that carries one, as it is written today, and what there is to say of it."""
        opened = self._open(buffers[0], given.get("source") or "the file")
        text = self._text(opened.workflow)
        told = inspect_workflow(self._host, opened).to_json()
        return {"workflow": orjson.loads(text), "text": text, **told}

    def canonical(self, given: Given, buffers: Buffers) -> str:
        """The canonical text of a workflow, brought up to today's versions; with `needs`, of one that says what it needs.

        A second buffer is the file that it replaces, which may say it of models that are not here now.
        """
        opened = self._open(buffers[0], "the workflow")
        if not given.get("needs"):
            return self._text(opened.workflow)
        workflow = opened.workflow
        replaced = self._before(buffers[1], {}) if len(buffers) > 1 else None
        before = None if replaced is None else replaced.requires
        checker = replace(self._host.checker(workflow, opened.beside), infer=lambda *_: {})
        graph = checker.graph(workflow)  # no pack's code keeps a workflow from being saved
        return self._text(with_needs(self._host, graph, workflow, before))

    def check(self, given: Given, buffers: Buffers) -> dict[str, Any]:
        """All faults, and what would run and why. The second buffer is what ran before, to be compared with."""
        opened = self._open(buffers[0], "the workflow")
        before = self._before(buffers[1], given.get("before_inputs") or {}) if len(buffers) > 1 else None
        return check_workflow(self._host, opened, before, given)

    def compare(self, _given: Given, buffers: Buffers) -> list[dict[str, Any]]:
        """What changed from the first workflow to the second; a default that only one of them writes is no change."""
        types, sources = self._host.registry.types, ("the workflow before", "the workflow after")
        before, after = (self._open(data, source).workflow for data, source in zip(buffers, sources, strict=True))
        pair = (as_needy(before, after), as_needy(after, before))
        return [change._asdict() for change in difference(*(normalise(each, types) for each in pair))]

    def _before(self, data: bytes, inputs: Mapping[str, Any]) -> Workflow | None:
        """What ran before; None where it cannot be read any more."""
        try:
            workflow = self._open(data, "the run before").workflow
            return set_inputs(workflow, self._host.registry.types, inputs)
        except InvalidWorkflow:
            return None

    def prepare(self, given: Given, buffers: Buffers) -> dict[str, Any]:
        """A run as it goes into the queue: everything filled in that is known before it runs."""
        opened = self._open(buffers[0], "the workflow")
        inputs = given.get("inputs") or {}
        job = self._openings.prepare(opened, inputs, given.get("targets"), given.get("frozen"))
        return self._prepared(job, opened, inputs)

    def sweep(self, given: Given, buffers: Buffers) -> dict[str, Any]:
        """Many runs of one workflow: as `prepare`, and the inputs of each."""
        opened = self._open(buffers[0], "the workflow")
        points, job = sweep_points(self._host, opened, given["axes"], given.get("targets"), given.get("frozen"))
        types = self._host.registry.types
        swept = [find_settable(job.workflow, types, name).spec for name in given["axes"]]
        prepared = self._prepared(job, opened, points[0])
        models = [] if any(spec.choices_from for spec in swept) else prepared["models"]
        return {**prepared, "points": points, "models": models}

    def as_run(self, given: Given, buffers: Buffers) -> str:
        """The canonical text of a submitted workflow with the inputs of one run set."""
        opened = self._open(buffers[0], "the workflow")
        types = self._host.registry.types
        inputs = given.get("inputs") or {}
        return dump(normalise(set_inputs(opened.workflow, types, inputs), types))

    def recipes(self, given: Given, buffers: Buffers) -> dict[str, dict[str, Any]]:
        """What the outputs of a run's nodes are remembered by (see `find_recipes`)."""
        opened = self._open(buffers[0], "the workflow")
        types, inputs = self._host.registry.types, given.get("inputs") or {}
        checker = self._host.checker(opened.workflow, opened.beside, given.get("frozen"))
        graph = checker.graph(set_inputs(opened.workflow, types, inputs))
        return find_recipes(graph, types, given["ports"])

    def _open(self, data: bytes, source: str) -> Opened:
        return self._openings.open(data, source)

    def _text(self, workflow: Workflow) -> str:
        return dump(normalise(workflow, self._host.registry.types))

    def _prepared(self, job: Job, opened: Opened, inputs: Mapping[str, Any]) -> dict[str, Any]:
        recorder = Recorder(self._host, opened, job.graph)
        whole, types = recorder.workflow, self._host.registry.types
        fitted = {name: find_settable(whole, types, name).default for name in inputs}
        return {
            "workflow": dump(whole),
            "title": whole.title,
            "inputs": {name: value for name, value in fitted.items() if value is not MISSING},
            "models": sorted({model.fingerprint for model in recorder.needs.models.values()}),
            "seeds": seeds_of(job.graph),
        }


def _path(path: Path | None) -> str | None:
    return None if path is None else str(path)
