"""`loom check`: everything that is wrong with a workflow, what was upgraded, and what may be set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import a_host, file_argument, json_option, packs_option

if TYPE_CHECKING:
    from engine.graph.faults import InvalidWorkflow
    from engine.host.inspect import Inspection


@click.command("check", short_help="Say what is wrong with a workflow and what may be set.")
@file_argument
@click.option("--all", "everything", is_flag=True, help="List every address that may be set, however many there are.")
@packs_option
@json_option
def command(file: str, everything: bool, no_packs: bool, as_json: bool) -> int:
    """Check the workflow in FILE without running it.

    Says what is wrong, what is worth knowing, which nodes were written for an older version, and what may be set with
    `loom run --set`. The exit status is 2 where there is a fault.
    """
    from engine.cli.say import complain, print_json
    from engine.graph.faults import InvalidWorkflow
    from engine.host.inspect import inspect_workflow

    with a_host(no_packs=no_packs) as host:
        try:
            inspection = inspect_workflow(host, host.open(file))
        except InvalidWorkflow as error:
            if as_json:
                print_json(_refused(error))
            raise
    if as_json:
        print_json(inspection.to_json())
    else:
        _tell(inspection, everything)
    for fault in inspection.faults:
        complain(fault.message)
    return 2 if inspection.faults else 0


def _refused(error: InvalidWorkflow) -> dict[str, Any]:
    from engine.cli.say import faults_json

    return {
        "faults": faults_json(error.faults),
        "notices": [],
        "upgraded": [],
        "inputs": {},
        "addresses": {},
        "outputs": {},
    }


ADDRESSES = 40


def _tell(inspection: Inspection, everything: bool) -> None:
    from engine.cli.say import columns
    from engine.cli.wording import input_row

    count = len(inspection.nodes)
    sound = "has faults" if inspection.faults else "is sound"
    title = f" '{inspection.title}'" if inspection.title else ""
    click.echo(f"The workflow{title} {sound}: {count} node{'' if count == 1 else 's'}.")
    _section("Upgraded (the file is left as it is)", [f"  {upgraded}" for upgraded in inspection.upgraded])
    _section("Notices", [f"  {notice.message}" for notice in inspection.notices])
    rows = [input_row(item.name, item.spec, item.default, item.title) for item in inspection.inputs]
    _section("Inputs (--set NAME=VALUE)", columns(rows).splitlines())
    shown = inspection.addresses if everything else inspection.addresses[:ADDRESSES]
    lines = columns(input_row(item.name, item.spec, item.default) for item in shown).splitlines()
    if len(shown) < len(inspection.addresses):
        lines.append(f"  … {len(inspection.addresses)} in all; loom check --all lists them")
    _section("Addresses (--set NODE.INPUT=VALUE)", lines)
    outputs = columns((name, words) for name, words in inspection.outputs.items())
    _section("Outputs", outputs.splitlines())


def _section(title: str, lines: list[str]) -> None:
    if lines:
        click.echo(f"\n{title}:")
        click.echo("\n".join(lines))
