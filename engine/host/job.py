"""A run, prepared and carried out: values set, graph checked, events passed on, outputs written."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.graph.document import Workflow
from engine.graph.faults import Fault, InvalidWorkflow, LoomError
from engine.graph.graph import Graph
from engine.graph.links import Source
from engine.graph.overrides import set_inputs
from engine.graph.records import JsonValue
from engine.host.host import Host
from engine.host.opening import Opened
from engine.host.outputs import Entry, OutputWriter, Place, in_folder
from engine.host.record import Recorder
from engine.run.control import Control
from engine.run.events import Event, RunEnded
from engine.run.executor import Run
from engine.run.report import RunReport


@dataclass(frozen=True, eq=False)
class Job:
    """A checked workflow and what is wanted of it."""

    host: Host
    opened: Opened
    graph: Graph
    targets: Mapping[str, Source]

    @property
    def workflow(self) -> Workflow:
        """The workflow with the values that were set."""
        return self.graph.workflow


@dataclass
class Finished:
    """How a run ended: `status` is succeeded, failed or cancelled; `faults` say why it failed.

    `made_with` holds versions, and of models their fingerprints and the kind of device.
    """

    id: str
    status: str
    seconds: float
    partial: bool = False
    outputs: dict[str, list[Entry]] = field(default_factory=dict)
    nodes: dict[str, JsonValue] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    made_with: dict[str, JsonValue] = field(default_factory=dict)

    def to_json(self) -> dict[str, JsonValue]:
        """The document that `loom run --json` prints."""
        return {
            "run": self.id,
            "status": self.status,
            "seconds": round(self.seconds, 6),
            **({"partial": True} if self.partial else {}),
            "outputs": {name: list(entries) for name, entries in self.outputs.items()},
            "nodes": dict(self.nodes),
            "faults": [dict(fault.to_json()) for fault in self.faults],
            "notices": [dict(notice.to_json()) for notice in self.notices],
        }


def prepare(
    host: Host,
    opened: Opened,
    values: Mapping[str, JsonValue] | None = None,
    targets: Iterable[str] | None = None,
    previous: Graph | None = None,
) -> Job:
    """Set values, check, and choose what is to be made (all outputs unless `targets` names some).

    `previous` is a graph of the same workflow with other values: what is alike is not checked again. Raises
    InvalidWorkflow with every fault that refuses the run.
    """
    workflow = set_inputs(opened.workflow, host.registry.types, values) if values else opened.workflow
    checker = previous.checker if previous is not None else host.checker(opened.workflow, opened.beside)
    graph = checker.graph(workflow, previous)
    try:
        wanted = graph.targets(targets)
    except InvalidWorkflow as error:
        raise InvalidWorkflow([*graph.general, *error.faults]) from None
    refusals = graph.refusals(wanted.values()) if wanted else graph.faults
    if refusals:
        raise InvalidWorkflow(refusals)
    if not wanted:
        text = f"{opened.source} makes nothing: it has no output, and no node that writes (SaveImage, Preview)"
        raise InvalidWorkflow([Fault("no_output", text)])
    return Job(host, opened, graph, wanted)


def perform(
    job: Job,
    folder: Path,
    watch: Callable[[Event], None] = lambda event: None,
    control: Control | None = None,
) -> Finished:
    """Run a job and write what it made into `folder`. Raises OSError where that cannot be written."""
    report = RunReport()
    run, ended = carry_out(job, report, watch, control)
    return write_out(job, run, ended, report, in_folder(folder))


def write_out(job: Job, run: Run, ended: RunEnded, report: RunReport, place: Place) -> Finished:
    """Write what a run made, by `place`, and gather what there is to say of it. Raises OSError.

    It needs nothing of the device: another run may be under way meanwhile.
    """
    recorder = Recorder(job.host, job.opened, job.graph)
    writer = OutputWriter(place, recorder.document)
    outputs, status = {}, ended.status
    for name, output in run.outputs.items():
        try:
            outputs[name] = writer.write(output)
        except LoomError as error:
            status = "failed"
            report.faults.append(Fault("not_written", f"output '{name}': {error}", output.source.address))
    report.notices += [Fault("notice", notice) for notice in writer.notices]
    nodes: dict[str, JsonValue] = {address: node.to_json() for address, node in report.nodes(run).items()}
    identity = uuid.uuid4().hex[:16]
    finished = Finished(identity, status, ended.seconds, ended.partial, outputs, nodes, report.faults, report.notices)
    finished.made_with = recorder.made_with
    return finished


def carry_out(
    job: Job, report: RunReport, watch: Callable[[Event], None], control: Control | None = None
) -> tuple[Run, RunEnded]:
    """Run a job to its end, telling `report` and `watch`; nothing is written."""
    run = Run(job.graph, job.host.machine(job.opened.beside), job.targets, control or Control())
    ended = RunEnded("cancelled", 0.0)
    for event in run.events():
        report.see(event)
        watch(event)
        if isinstance(event, RunEnded):
            ended = event
    return run, ended
