"""`loom run`: runs a workflow, once or over many values, and writes what it makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import a_host, device_option, file_argument, json_option, packs_option, writable_folder

if TYPE_CHECKING:
    from engine.graph.faults import InvalidWorkflow
    from engine.host.host import Host
    from engine.host.job import Finished

_STATUS = {"succeeded": 0, "failed": 1, "cancelled": 130}


@click.command("run", short_help="Run a workflow and write what it makes.")
@file_argument
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="Set an input, by name or by address.")
@click.option("--sweep", multiple=True, metavar="NAME=VALUES", help="Run for each value; repeatable.")
@click.option("--each", metavar="CSV", help="Run for each row of a table whose columns are inputs.")
@click.option(
    "--out",
    default="outputs",
    callback=writable_folder,
    show_default=True,
    metavar="DIR",
    help="Where results are written.",
)
@device_option
@click.option("--no-cache", is_flag=True, help="Run every node anew, and remember nothing.")
@packs_option
@json_option
def command(
    file: str,
    values: tuple[str, ...],
    sweep: tuple[str, ...],
    each: str | None,
    out: str,
    device: str,
    no_cache: bool,
    no_packs: bool,
    as_json: bool,
) -> int:
    """Run the workflow in FILE (a .json file, a picture that carries one, or - for standard input).

    \b
      loom run workflows/text_to_image.json --set prompt="a red cube"
      loom run picture.png --set sampler.steps=30 --set prompt=@prompt.txt
      loom run workflow.json --sweep seed=1..8 --sweep cfg=3,5

    NAME is one of the workflow's inputs, or an address such as sampler.steps; `loom check FILE` lists them. VALUE is a
    number, a text, the path of a picture, or @file for the text in a file (@@ begins a text with @).

    VALUES is a range (1..8, 1..9..2), a list (a,b,c; a value with a comma is put in double quotes: "a, b",c), or a JSON
    array (["a, b", "c"]). Several sweeps and a table of --each multiply; the pictures also come as a labelled grid, and
    what was set and made as results.csv.

    What is made goes to DIR under the next free number. Progress goes to standard error, results to standard output.
    """
    from engine.graph.faults import InvalidWorkflow

    with a_host(no_packs=no_packs, device=device, remember=not no_cache) as host:
        try:
            if sweep or each:
                from engine.cli.sweeping import run_many

                return run_many(host, file, values, sweep, each, Path(out), as_json)
            return _run_once(host, file, values, Path(out), as_json)
        except InvalidWorkflow as error:
            if as_json:
                _print_refusal(error)
            raise


def _run_once(host: Host, file: str, values: tuple[str, ...], folder: Path, as_json: bool) -> int:
    from engine.cli.running import open_aloud, watched
    from engine.cli.values import given_for, read_settings
    from engine.host.job import perform, prepare

    opened = open_aloud(host, file)
    job = prepare(host, opened, read_settings(given_for(host, opened), values))
    with watched() as (watcher, control):
        finished = perform(job, folder, watcher.see, control)
    _tell(finished, as_json)
    return _STATUS[finished.status]


def _tell(finished: Finished, as_json: bool) -> None:
    from engine.cli.progress import duration
    from engine.cli.say import complain, note, print_json
    from engine.host.outputs import to_text

    for fault in finished.faults:
        complain(fault.message)
    if as_json:
        print_json(finished.to_json())
        return
    for name, entries in finished.outputs.items():
        for entry in entries:
            click.echo(entry["path"] if "path" in entry else f"{name}: {to_text(entry['value'])}")
    ran = sum(isinstance(node, dict) and node["state"] == "ran" for node in finished.nodes.values())
    note(f"{finished.status} in {duration(finished.seconds)}; {ran} of {len(finished.nodes)} nodes ran")


def _print_refusal(error: InvalidWorkflow) -> None:
    from engine.cli.say import faults_json, print_json

    faults = faults_json(error.faults)
    nothing: dict[str, Any] = {"run": None, "status": "failed", "seconds": 0.0, "outputs": {}, "nodes": {}}
    print_json({**nothing, "faults": faults, "notices": []})
