"""A run, prepared and carried out: values set, graph checked, events passed on, outputs written."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
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
from engine.run.events import Event, OutputMade, RunEnded
from engine.run.executor import Run
from engine.run.outcome import Output
from engine.run.report import RunReport

MOST_WRONG = 20


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
    frozen: Mapping[str, str] | None = None,
) -> Job:
    """Set values, check, and choose what is to be made (all outputs unless `targets` names some).

    `frozen` has a token for each address at which what was given once stands in (see `engine.graph.freezing`). `previous` is
    a graph of the same workflow with other values and as much of it frozen: what is alike is not checked again. Raises
    InvalidWorkflow with every fault that refuses the run.
    """
    workflow = set_inputs(opened.workflow, host.registry.types, values or {})
    checker = previous.checker if previous is not None else host.checker(opened.workflow, opened.beside, frozen)
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


def prepare_all(
    host: Host,
    opened: Opened,
    points: Iterable[Mapping[str, JsonValue]],
    targets: Iterable[str] | None = None,
    frozen: Mapping[str, str] | None = None,
) -> Job:
    """Prepare a run at each of these values, of which there is one at least; the first of them.

    Raises InvalidWorkflow with what is wrong at any of them, each fault once; after twenty that are wrong no more are tried.
    """
    wanted = None if targets is None else list(targets)
    first: Job | None = None
    previous: Graph | None = None
    faults: dict[str, Fault] = {}
    wrong = 0
    for values in points:
        try:
            job = prepare(host, opened, values, wanted, previous, frozen)
        except InvalidWorkflow as error:
            faults.update({fault.message: fault for fault in error.faults})
            wrong += 1
            if wrong >= MOST_WRONG:
                break
        else:
            first, previous = first or job, job.graph
    if first is None or faults:
        raise InvalidWorkflow(faults.values())
    return first


def perform(
    job: Job,
    folder: Path,
    watch: Callable[[Event], None] = lambda event: None,
    control: Control | None = None,
) -> Finished:
    """Run a job and write what it makes into `folder`, each output as soon as it is there.

    So a run that is cancelled, fails or dies leaves what it had finished. Raises OSError where that cannot be written.
    """
    report = RunReport()
    writing = Writing(job, report, in_folder(folder))

    def see(event: Event) -> None:
        watch(event)
        if isinstance(event, OutputMade):
            writing.write(event.output)

    run, ended = carry_out(job, report, see, control)
    return writing.finished(run, ended)


class Writing:
    """What a run makes, on its way to where `place` puts it.

    It needs nothing of the device: the run, or another one, may be under way meanwhile.
    """

    def __init__(self, job: Job, report: RunReport, place: Place) -> None:
        self._report = report
        self._recorder = Recorder(job.host, job.opened, job.graph)
        self._writer = OutputWriter(place, self._recorder.document)
        self._entries: dict[str, list[Entry]] = {}
        self._failed = False

    def write(self, output: Output) -> list[Entry] | None:
        """Write one output, from any thread; what became of each of its values.

        None where there is no file to write it into, which is a fault of the run. Raises OSError where files can't be
        written.
        """
        try:
            entries = self._entries[output.name] = self._writer.write(output)
        except LoomError as error:
            self.fail(output, str(error))
            return None
        return entries

    def fail(self, output: Output, why: str) -> None:
        """Let the run have failed, for this output could not be written."""
        self._failed = True
        self._report.faults.append(Fault("not_written", f"output '{output.name}': {why}", output.source.address))

    def finished(self, run: Run, ended: RunEnded) -> Finished:
        """What there is to say of the run, outputs in the order in which they were asked for."""
        report = self._report
        report.notices += [Fault("notice", notice) for notice in self._writer.notices]
        return Finished(
            uuid.uuid4().hex[:16],
            "failed" if self._failed else ended.status,
            ended.seconds,
            ended.partial,
            {name: self._entries[name] for name in run.outputs if name in self._entries},
            {address: node.to_json() for address, node in report.nodes(run).items()},
            report.faults,
            report.notices,
            self._recorder.made_with,
        )


def carry_out(
    job: Job, report: RunReport, watch: Callable[[Event], None], control: Control | None = None
) -> tuple[Run, RunEnded]:
    """Run a job to its end, telling `report` and `watch`; nothing is written."""
    run = Run(job.graph, job.host.machine(job.opened.beside), job.targets, control or Control())
    ended = RunEnded("cancelled", 0.0)
    with closing(run.events()) as events:
        for event in events:
            report.see(event)
            watch(event)
            if isinstance(event, RunEnded):
                ended = event
    return run, ended
