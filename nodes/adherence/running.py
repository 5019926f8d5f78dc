"""Runs a workflow for the prompts of a suite, and reads its pictures."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engine.graph.canonical import dump, to_json
from engine.graph.faults import Fault, InvalidWorkflow, LoomError
from engine.graph.graph import Graph
from engine.graph.node import Artifact
from engine.graph.overrides import set_one_input
from engine.graph.records import JsonValue
from engine.host.host import Host
from engine.host.job import carry_out, prepare
from engine.host.opening import Opened
from engine.host.outputs import OutputWriter, in_folder
from engine.host.record import Recorder
from engine.run.control import Control
from engine.run.executor import Output
from engine.run.report import RunReport
from nodes.adherence.places import Places, find_inputs, find_numbers, find_picture
from nodes.adherence.results import Header, Results, Row
from nodes.adherence.suites import Asked
from nodes.types import Image

if TYPE_CHECKING:
    from torch import Tensor

PROBE: Final = Asked("", "", "a red cube", 0)
"""Stands for every prompt and seed where a workflow is told from others."""


@dataclass
class Bench:
    """A workflow with what all its runs share; `pictures` is where they are kept, None where they are not.

    `own` gives further values that a prompt alone has, such as where its things are to stand. They are not part of what
    tells a workflow from another.
    """

    host: Host
    opened: Opened
    places: Places
    shared: Mapping[str, JsonValue]
    pictures: Path | None = None
    graph: Graph | None = None
    own: Callable[[Asked], Mapping[str, JsonValue]] | None = None

    def header(self) -> Header:
        """What tells this workflow, with its settings and models, from another; where it stands in its drawing does not."""
        job = prepare(self.host, self.opened, self._values(PROBE), self._targets)
        recorder = Recorder(self.host, self.opened, job.graph)
        workflow = recorder.workflow
        plain = workflow.model_copy(update={"ui": {}, "title": "", "meta": {}, "made_with": {}})
        key = hashlib.sha256(f"{dump(plain)}{self.places}".encode()).hexdigest()
        return Header(key, self.opened.source, to_json(workflow), dict(recorder.made_with), asdict(self.places))

    def run(self, asked: Asked, beside: Path, control: Control) -> tuple[list[Row], str, list[Fault]]:
        """The rows of one prompt, how its run ended (succeeded, failed, cancelled), and why it failed.

        Raises InvalidWorkflow, and LoomError where what comes out is no square picture.
        """
        own = {} if self.own is None else self.own(asked)
        job = prepare(self.host, self.opened, {**own, **self._values(asked)}, self._targets, previous=self.graph)
        self.graph = job.graph
        report = RunReport()
        run, ended = carry_out(job, report, lambda event: None, control)
        if ended.status != "succeeded":
            return [], ended.status, report.faults
        files: list[str] = []
        if self.pictures is not None:
            writer = OutputWriter(in_folder(self.pictures), Recorder(self.host, self.opened, job.graph).document)
            entries = writer.write(run.outputs[self.places.picture])
            files = [os.path.relpath(str(entry["path"]), beside) for entry in entries]
        return list(_rows(asked, run.outputs, self.places, files, ended.seconds)), ended.status, []

    @property
    def _targets(self) -> tuple[str, ...]:
        return (self.places.picture, *self.places.numbers)

    def _values(self, asked: Asked) -> dict[str, JsonValue]:
        prompts: dict[str, JsonValue] = dict.fromkeys(self.places.prompts, asked.prompt)
        return {**self.shared, **prompts, **dict.fromkeys(self.places.seeds, asked.seed)}


def make_bench(
    host: Host,
    opened: Opened,
    shared: Mapping[str, JsonValue],
    prompts: Sequence[str] = (),
    seeds: Sequence[str] = (),
    output: str | None = None,
    numbers: Sequence[str] = (),
    pictures: Path | None = None,
) -> Bench:
    """Find where a workflow takes prompt and seed, its pictures and its numbers. Raises InvalidWorkflow."""
    types = host.registry.types
    found_prompts, found_seeds = find_inputs(opened.workflow, types, prompts, seeds)
    for name in shared:
        for place in (*found_prompts, *found_seeds):
            if set_one_input(opened.workflow, types, name, place):
                text = f"'{name}' is set to one value, but '{place}', the same input, takes what the suite says"
                raise InvalidWorkflow([Fault("bad_suite", text, None, name)])
    values = {**shared, **dict.fromkeys(found_prompts, PROBE.prompt)}
    graph = prepare(host, opened, values, None if output is None else [output]).graph
    places = Places(found_prompts, found_seeds, find_picture(graph, output), find_numbers(graph, numbers))
    return Bench(host, opened, places, shared, pictures)


def run_suite(
    bench: Bench, asked: Iterable[Asked], results: Results, control: Control, tell: Callable[[], None]
) -> tuple[str, list[Fault]]:
    """Run what is not done yet, a row a picture into the results; `tell` is called after each prompt.

    How it ended: succeeded, or failed or cancelled with the first run that did, and why. Raises as `Bench.run`.
    """
    for one in asked:
        if results.is_done(one):
            continue
        rows, status, faults = bench.run(one, results.path.absolute().parent, control)
        if status != "succeeded":
            return status, faults
        results.add(rows)
        tell()
    return "succeeded", []


def _rows(
    asked: Asked, outputs: Mapping[str, Output], places: Places, files: Sequence[str], seconds: float
) -> Iterator[Row]:
    from nodes.ops.scenes import as_bytes
    from nodes.solids.score import read

    pictures = [picture for pixels in _images(outputs[places.picture]) for picture in pixels]
    of, share = len(pictures), round(seconds / len(pictures), 4)
    numbers: dict[str, list[float]] = {}
    for output in places.numbers:
        for value in outputs[output].values:
            for name, number in numbers_in(output, value):
                numbers.setdefault(name, []).append(number)
    for index, picture in enumerate(pictures):
        try:
            solids = read(as_bytes(picture[None])[0])
        except ValueError as error:
            raise LoomError(f"prompt '{asked.prompt}': {error}") from None
        own = {name: values[index % len(values)] for name, values in numbers.items() if len(values) in (1, of)}
        file = files[index] if files else None
        yield Row(asked.suite, asked.kind, asked.prompt, asked.seed, index, of, solids, share, own, file)


def _images(output: Output) -> Iterator[Tensor]:
    """The pixels of each value, (B, H, W, C). Raises LoomError for what is no picture, and for none at all."""
    if not output.values:
        raise LoomError(f"output '{output.name}' holds no picture")
    for value in output.values:
        inner: Any = value.value if isinstance(value, Artifact) else value
        if not isinstance(inner, Image):
            raise LoomError(f"output '{output.name}' is of type {type(inner).__name__}, and what is scored is an Image")
        yield inner.pixels


def numbers_in(name: str, value: object) -> Iterator[tuple[str, float]]:
    """A number by its output's name; those that data holds by the names on the way to them, lists passed over."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from numbers_in(f"{name}.{key}", inner)
    elif isinstance(value, int | float):
        yield name, float(value)
