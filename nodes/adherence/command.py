"""`loom bench`: how often pictures show what their prompts ask for, and what became of the errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.options import a_host, device_option, file_argument, json_option, packs_option, writable_folder

if TYPE_CHECKING:
    from nodes.adherence.results import Results, Row
    from nodes.adherence.running import Bench
    from nodes.adherence.suites import Asked

STATUS = {"succeeded": 0, "failed": 1, "cancelled": 130}
PLAIN_SECONDS = 10.0


def _kept(context: click.Context, option: click.Parameter, name: str | None) -> str | None:
    return None if name is None else writable_folder(context, option, name)


@click.group("bench")
def command() -> None:
    """Count how often pictures show what their prompts ask for."""


@command.command("adherence", short_help="Run a suite of prompts over a workflow, and count what its pictures show.")
@file_argument
@click.option(
    "--suite",
    "suites",
    multiple=True,
    default=("development",),
    metavar="NAME",
    help="development, held_out, withheld_prompts, or a .json or .csv file; repeatable.  [default: development]",
)
@click.option("--kinds", default="", metavar="A,B", help="Only these kinds of prompts, such as pair,three.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N prompts of each kind.")
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="Set an input, as loom run does.")
@click.option("--prompt", "prompts", multiple=True, metavar="NAME", help="The input that takes the prompt; repeatable.")
@click.option("--seed", "seeds", multiple=True, metavar="NAME", help="The input that takes the seed; repeatable.")
@click.option("--output", metavar="NAME", help="The output, or the node's output, that is the picture.")
@click.option(
    "--number",
    "numbers",
    multiple=True,
    metavar="NAME",
    help="A further output to note: a number, or data with numbers; repeatable.",
)
@click.option("--results", metavar="FILE", help="Where the rows go.  [default: outputs/adherence_WORKFLOW.jsonl]")
@click.option("--pictures", metavar="DIR", callback=_kept, help="Keep the pictures here, with their workflows inside.")
@device_option
@packs_option
@json_option
def adherence(
    file: str,
    suites: tuple[str, ...],
    kinds: str,
    limit: int | None,
    values: tuple[str, ...],
    prompts: tuple[str, ...],
    seeds: tuple[str, ...],
    output: str | None,
    numbers: tuple[str, ...],
    results: str | None,
    pictures: str | None,
    device: str,
    no_packs: bool,
    as_json: bool,
) -> int:
    """Run the workflow in FILE for every prompt of a suite, read its pictures, and print a table of what they show.

    \b
      loom bench adherence workflows/text_to_image.json --suite held_out --kinds pair
      loom bench adherence workflows/text_to_image.json --set cfg=5 --results guided.jsonl
      loom bench compare plain.jsonl guided.jsonl

    Prompts are those of the world of coloured solids, and so are the pictures: they are read by a scorer that never sees
    the prompt, and that no reward is made of. A workflow's own inputs `prompt` and `seed` and its output `image` are found;
    others are named. A row a picture goes to the file of results; the same command goes on where it was killed.
    """
    from engine.cli.running import open_aloud
    from engine.cli.values import given_for, read_settings
    from nodes.adherence.results import Results
    from nodes.adherence.running import make_bench
    from nodes.adherence.suites import chosen, read_suite

    named = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    asked = chosen((one for name in dict.fromkeys(suites) for one in read_suite(name)), named, limit)
    with a_host(no_packs=no_packs, device=device, remember=False) as host:
        opened = open_aloud(host, file)
        shared = read_settings(given_for(host, opened), values)
        kept = Path(pictures) if pictures else None
        bench = make_bench(host, opened, shared, prompts, seeds, output, numbers, kept)
        place = Path(results or f"outputs/adherence_{_stem(file)}.jsonl")
        _remark(bench, asked)
        return _run(bench, asked, Results(place, bench.header()), as_json)


@command.command("table", short_help="Print the table of a file of results.")
@click.argument("results", metavar="RESULTS")
@json_option
def table_command(results: str, as_json: bool) -> int:
    """Print the table of what the pictures of a file of results show."""
    from nodes.adherence.results import read_results

    header, rows = read_results(Path(results))
    _print_table(header.source, rows, as_json)
    return 0


@command.command("compare", short_help="Compare two files of results: how many errors were removed.")
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@json_option
def compare(before: str, after: str, as_json: bool) -> int:
    """Compare two files of results prompt by prompt: what share of the errors of BEFORE is gone in AFTER.

    Intervals are of a paired bootstrap over the prompts. Prompts that only one of them has are left out.
    """
    from engine.cli.say import note, print_json
    from nodes.adherence.pairs import change_lines, changes, changes_json
    from nodes.adherence.results import read_results

    (_, one), (_, two) = (read_results(Path(file)) for file in (before, after))
    found = list(changes(one, two))
    if left := {row.asked for row in one} ^ {row.asked for row in two}:
        note(f"{len(left)} prompts are in one of the files only, and are left out")
    if as_json:
        print_json(changes_json(found))
    else:
        click.echo("\n".join(change_lines(found)))
    return 0


def _run(bench: Bench, asked: Sequence[Asked], results: Results, as_json: bool) -> int:
    from engine.cli.running import watched
    from engine.cli.say import complain, note
    from nodes.adherence.running import run_suite

    with watched() as (watcher, control):
        progress = Progress(asked, results, watcher.say)
        status, faults = run_suite(bench, asked, results, control, progress.tell)
    for fault in faults:
        complain(fault.message)
    wanted = set(asked)
    rows = [row for row in results.rows if row.asked in wanted]
    if rows:
        _print_table(bench.opened.source, rows, as_json)
    done = sum(map(results.is_done, asked))
    note(f"{status}: {done} of {len(asked)} prompts are in {results.path}")
    return STATUS[status]


class Progress:
    """Says now and then how many prompts are done, and how long the others will take."""

    def __init__(self, asked: Sequence[Asked], results: Results, say: Callable[[str], None]) -> None:
        self._of = len(asked)
        self._first = self._done = sum(map(results.is_done, asked))
        self._say = say
        self._began = self._told = time.monotonic()
        if self._done:
            say(f"{self._done} of {self._of} prompts are in {results.path} already")

    def tell(self) -> None:
        """One more prompt is done."""
        from engine.cli.progress import duration

        self._done += 1
        now = time.monotonic()
        if now - self._told < PLAIN_SECONDS:
            return
        self._told = now
        left = (now - self._began) / (self._done - self._first) * (self._of - self._done)
        self._say(f"{self._done} of {self._of} prompts, about {duration(left)} left")


def _remark(bench: Bench, asked: Sequence[Asked]) -> None:
    """Say what the scorer will make nothing of, and that pictures will not differ by their seeds."""
    from engine.cli.say import note
    from nodes.solids.prompts import remarks

    for remark in dict.fromkeys(remark for one in asked for remark in remarks(one.prompt)):
        note(f"notice: {remark}")
    if not bench.places.seeds:
        note("notice: nothing in the workflow takes a seed; the seeds of the suite are not used")


def _print_table(source: str, rows: Sequence[Row], as_json: bool) -> None:
    from engine.cli.say import print_json
    from nodes.adherence.tables import table, table_json

    if as_json:
        print_json({"source": source, "kinds": table_json(rows)})
    else:
        click.echo("\n".join(table(source, rows)))


def _stem(file: str) -> str:
    return "stdin" if file == "-" else Path(file).stem
