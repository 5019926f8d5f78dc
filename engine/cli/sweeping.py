"""`loom run --sweep` and `--each`: one run a point, then a sheet of the pictures and a table of the results."""

from __future__ import annotations

import csv
import io
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from engine.cli.progress import Watcher, duration
from engine.cli.running import open_aloud, watched
from engine.cli.say import note, print_json
from engine.cli.values import given_for, read_settings, split_setting
from engine.graph.graph import Graph
from engine.graph.records import JsonValue
from engine.host.axes import Axis, check_axes, points_of, read_axis, read_table, value_words
from engine.host.given import Given
from engine.host.host import Host
from engine.host.job import Finished, perform, prepare, prepare_all
from engine.host.opening import Opened
from engine.host.outputs import to_text
from engine.host.sheet import make_sheet
from engine.run.control import Control
from engine.store.placing import place_named, place_numbered


@dataclass
class Sweep:
    """A workflow, the values that all runs share, and the axes. `done` is what was run so far, a point each."""

    host: Host
    opened: Opened
    shared: dict[str, JsonValue]
    axes: list[Axis]
    folder: Path
    done: list[Finished] = field(default_factory=list)

    def points(self) -> list[dict[str, JsonValue]]:
        """The values of each run, in order."""
        return list(points_of(self.axes))

    @property
    def status(self) -> str:
        """How it ended as a whole."""
        ends = {finished.status for finished in self.done}
        return "cancelled" if "cancelled" in ends else "failed" if "failed" in ends else "succeeded"


def run_many(
    host: Host,
    file: str,
    values: Sequence[str],
    sweeps: Sequence[str],
    table: str | None,
    folder: Path,
    as_json: bool,
) -> int:
    """Run every point in one process, sharing the caches, and return the exit status."""
    began = time.monotonic()
    opened = open_aloud(host, file)
    given = given_for(host, opened)
    shared = read_settings(given, values)
    sweep = Sweep(host, opened, shared, _axes(given, sweeps, table), folder)
    check_axes(given, sweep.axes, shared)
    prepare_all(host, opened, (shared | point for point in sweep.points()))
    with watched() as (watcher, control):
        _run_all(sweep, watcher, control, as_json)
    sheets, results = _sheets(sweep), _results(sweep)
    if as_json:
        print_json(_document(sweep, sheets, results, time.monotonic() - began))
    else:
        for path in (*sheets.values(), results):
            click.echo(path)
        note(f"{sweep.status}: {len(sweep.done)} runs in {duration(time.monotonic() - began)}")
    return {"succeeded": 0, "failed": 1, "cancelled": 130}[sweep.status]


def _axes(given: Given, sweeps: Sequence[str], table: str | None) -> list[Axis]:
    axes = [] if table is None else [read_table(given, table)]
    return axes + [read_axis(given, *split_setting("--sweep", setting)) for setting in sweeps]


def _run_all(sweep: Sweep, watcher: Watcher, control: Control, as_json: bool) -> None:
    previous: Graph | None = None
    points = sweep.points()
    for number, point in enumerate(points, 1):
        words = ", ".join(f"{name}={value_words(value)}" for name, value in point.items())
        watcher.say(f"run {number} of {len(points)}: {words[:100]}")
        job = prepare(sweep.host, sweep.opened, sweep.shared | point, previous=previous)
        previous = job.graph
        finished = perform(job, sweep.folder, watcher.see, control)
        sweep.done.append(finished)
        for fault in finished.faults:
            watcher.say(f"loom: {fault.message}")
        for entries in finished.outputs.values() if not as_json else ():
            for entry in entries:
                if "path" in entry:
                    click.echo(entry["path"])
        if finished.status == "cancelled":
            break


def _sheets(sweep: Sweep) -> dict[str, Path]:
    """A sheet for every output that has pictures, from the first picture of each run."""
    sheets = {}
    for name in dict.fromkeys(name for finished in sweep.done for name in finished.outputs):
        pictures = [_first_picture(finished, name) for finished in sweep.done]
        if any(pictures):
            missing = len(sweep.points()) - len(pictures)
            data = make_sheet(sweep.axes, [*pictures, *[None] * missing])
            sheets[name] = place_numbered(sweep.folder.absolute(), f"{name.rpartition('/')[2]}_grid", "png", data)
    return sheets


def _first_picture(finished: Finished, name: str) -> Path | None:
    for entry in finished.outputs.get(name, ()):
        if "width" in entry:
            return Path(str(entry["path"]))
    return None


def _results(sweep: Sweep) -> Path:
    """The table: a line a run with its values, status, seconds and outputs; paths are relative to the table."""
    points = sweep.points()
    names = list(dict.fromkeys(name for point in points for name in point))
    outputs = list(dict.fromkeys(name for finished in sweep.done for name in finished.outputs))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["run", *names, "status", "seconds", *outputs])
    for number, (point, finished) in enumerate(zip(points, sweep.done, strict=False), 1):
        given = [to_cell(point[name]) if name in point else "" for name in names]
        made = [_made(finished, name) for name in outputs]
        table.writerow([number, *given, finished.status, f"{finished.seconds:.3f}", *made])
    return place_named(sweep.folder.absolute(), "results", "csv", text.getvalue().encode())


def to_cell(value: JsonValue) -> str:
    """A value in the table."""
    return value_words(value) if isinstance(value, dict) else to_text(value)


def _made(finished: Finished, name: str) -> str:
    entries = finished.outputs.get(name, [])
    return "; ".join(Path(str(e["path"])).name if "path" in e else to_text(e["value"]) for e in entries)


def _document(sweep: Sweep, sheets: dict[str, Path], results: Path, seconds: float) -> dict[str, Any]:
    runs = [
        {"inputs": point, **finished.to_json()} for point, finished in zip(sweep.points(), sweep.done, strict=False)
    ]
    return {
        "sweep": uuid.uuid4().hex[:16],
        "status": sweep.status,
        "seconds": round(seconds, 6),
        "grids": {name: str(path) for name, path in sheets.items()},
        "results": str(results),
        "runs": runs,
        "faults": [],
    }
