"""Errors that searches and slopes remove: `python -m benchmarks.rewards --prompts 50 [--kinds pair,three] [--part 1/2]`.

Each prompt of a suite is drawn plainly and by each way of `benchmarks.rewards_columns`, from the same noise, by a model of
few steps; the reward is how well a picture fits its prompt by one CLIP, and another that was taught by itself is held out.
The world's scorer, which no reward ever sees, reads what comes out (docs/adherence.md). Prompts come one after another, each
by every way, so that a run that was stopped has a table, too; the same command goes on. `--part 1/2` and `--part 2/2` share
the prompts of one folder between two processes; `--table` prints what there is.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from benchmarks.rewards_columns import (
    EQUAL_SECONDS,
    FURTHER,
    PICTURES,
    Column,
    Own,
    Setup,
    columns,
    in_boxes,
    workflow,
    write,
)
from benchmarks.rewards_table import table
from engine.graph.faults import LoomError
from engine.graph.records import JsonValue
from engine.host.host import Host
from engine.packs import find_registry
from engine.run.control import Control
from nodes.adherence.results import Results, Row, read_results
from nodes.adherence.running import Bench, make_bench
from nodes.adherence.suites import KINDS, Asked, chosen, read_suite

SOLIDS = {kind: number for number, kind in KINDS.items()}


@dataclass
class Table:
    """The rows of one folder, by kind and column: those that were there, and those that this process adds."""

    folder: Path
    columns: Mapping[str, Column]
    part: str = ""
    rows: dict[tuple[str, str], dict[Asked, Row]] = field(default_factory=dict)

    def read(self, kinds: Sequence[str]) -> None:
        """Take what there is, of all parts. Raises LoomError where they are not of one workflow."""
        for kind in kinds:
            for column in self.columns:
                files = sorted(self.folder.glob(f"{kind}.{column}.*jsonl"))
                parts = [read_results(file) for file in files if file.stat().st_size]
                if len({header.key for header, _ in parts}) > 1:
                    names = ", ".join(file.name for file in files)
                    raise LoomError(f"{names} are of different settings; remove what is not wanted from {self.folder}")
                self.rows[kind, column] = {row.asked: row for _, rows in parts for row in rows}

    def place(self, kind: str, column: str) -> Path:
        """The file that this process writes."""
        return self.folder / f"{kind}.{column}.{self.part}jsonl"

    def lines(self, kinds: Sequence[str]) -> Iterator[str]:
        """The tables: one a kind, and one of all of them."""
        titles = {name: column.title for name, column in self.columns.items()}
        together = [("all", list(kinds))] if len(kinds) > 1 else []
        for title, those in [*((kind, [kind]) for kind in kinds), *together]:
            several = {
                name: [row for kind in those for row in self.rows.get((kind, name), {}).values()]
                for name in self.columns
            }
            yield from table(title, several, titles)
            yield ""


class Runner:
    """Draws prompts by columns: one bench a kind and column, made when it is first needed."""

    def __init__(self, host: Host, setup: Setup, told: Table) -> None:
        self._host, self._setup, self._told = host, setup, told
        self._benches: dict[tuple[str, str], tuple[Bench, Results]] = {}

    def draw(self, asked: Asked, column: str) -> Row:
        """One picture, written as a row. Raises LoomError where the run fails."""
        bench, results = self._bench(asked.kind, column)
        rows, status, faults = bench.run(asked, results.path.parent, Control())
        if status != "succeeded":
            raise LoomError("; ".join(fault.message for fault in faults) or status)
        results.add(rows)
        self._told.rows.setdefault((asked.kind, column), {})[asked] = rows[0]
        return rows[0]

    def _bench(self, kind: str, column: str) -> tuple[Bench, Results]:
        if (kind, column) not in self._benches:
            document = workflow(self._told.columns[column], self._setup, SOLIDS[kind])
            file = write(document, self._told.folder / "workflows" / f"{kind}.{column}.json")
            bench = make_bench(self._host, self._host.open(str(file)), {}, numbers=["scores"])
            bench.own = self._own(column)
            self._benches[kind, column] = bench, Results(self._told.place(kind, column), bench.header())
        return self._benches[kind, column]

    def _own(self, name: str) -> Own:
        """A prompt's own values: where its solids stand, and how long another way took for it."""
        column = self._told.columns[name]

        def values(asked: Asked) -> Mapping[str, JsonValue]:
            found = dict(in_boxes(asked)) if column.regions else {}
            if column.seconds_of is not None:
                found["optimize.seconds"] = self._told.rows[asked.kind, column.seconds_of][asked].seconds
            return found

        return values


def main() -> int:
    """Read the command line, draw what is not drawn yet, print the tables."""
    asked = _options().parse_args()
    torch.set_num_threads(asked.threads)
    kinds, folder = asked.kinds.split(","), asked.folder or Path("outputs/rewards") / f"{asked.model}-{asked.steps}"
    part, of = (int(number) for number in asked.part.split("/"))
    told = Table(folder, _columns(asked.columns, asked.pictures), "" if of == 1 else f"{part}of{of}.")
    try:
        told.read(kinds)
        if not asked.table:
            _draw(asked, told, [one for number, one in enumerate(_mixed(asked, kinds)) if number % of == part - 1])
    except LoomError as error:
        print(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on")
    print("\n".join(told.lines(kinds)), flush=True)
    return 0


def _draw(asked: argparse.Namespace, told: Table, prompts: Sequence[tuple[int, Asked]]) -> None:
    """Every prompt by every column, but for those that are there; after each it is said how long the rest takes."""
    host = Host(find_registry(third_party=False), remember=False)
    setup = Setup(
        asked.model, asked.reward, asked.held_out, asked.steps, asked.cfg, asked.sampler, asked.weight, asked.lr,
        asked.regularize, asked.views,
    )  # fmt: skip
    runner, began, drawn = Runner(host, setup, told), time.monotonic(), 0
    try:
        for number, (place, one) in enumerate(prompts, 1):
            missing = [name for name in told.columns if one not in told.rows.get((one.kind, name), {})]
            wanted = [name for name in missing if told.columns[name].seconds_of is None or place < EQUAL_SECONDS]
            for name in wanted:
                runner.draw(one, name)
            drawn += bool(wanted)
            if wanted:
                each = (time.monotonic() - began) / drawn
                left = each * (len(prompts) - number) / 60
                print(f"{number} of {len(prompts)}: {each:.0f} s a prompt, at most {left:.0f} min left", flush=True)
    finally:
        host.close()


def _mixed(asked: argparse.Namespace, kinds: Sequence[str]) -> list[tuple[int, Asked]]:
    """The first prompts of each kind in turn, each with its place in its kind."""
    there = chosen(read_suite(asked.suite), kinds, asked.prompts)
    placed = [(place, one) for kind in kinds for place, one in enumerate(one for one in there if one.kind == kind)]
    return sorted(placed, key=lambda pair: pair[0])


def _columns(names: str | None, pictures: int) -> dict[str, Column]:
    there = columns(pictures)
    if names is None:
        return {name: column for name, column in there.items() if name not in FURTHER}
    named = {"plain", *names.split(",")}
    if unknown := named - there.keys():
        raise SystemExit(f"there is no column {sorted(unknown)[0]!r}; there are: {', '.join(there)}")
    named |= {other for name in named if (other := there[name].seconds_of) is not None}
    return {name: column for name, column in there.items() if name in named}


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", default="held_out")
    parser.add_argument("--kinds", default="pair,three")
    parser.add_argument("--prompts", type=int, help="only the first so many of each kind")
    parser.add_argument("--columns", help=f"only these, with commas between: {', '.join(columns())}")
    parser.add_argument("--pictures", type=int, default=PICTURES, help="how many each search and slope makes")
    parser.add_argument("--model", default="solids-turbo")
    parser.add_argument("--reward", default="solids-clip")
    parser.add_argument("--held-out", default="solids-clip-b")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--cfg", type=float, default=1.0)
    parser.add_argument("--sampler", default="ddim")
    parser.add_argument("--weight", type=float, default=1.0, help="of the reward")
    parser.add_argument("--views", type=int, default=1, help="how often the reward looks at a picture")
    parser.add_argument("--lr", type=float, default=2.5)
    parser.add_argument("--regularize", type=float, default=0.01)
    parser.add_argument("--part", default="1/1", help="which share of the prompts, such as 1/2")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where rows are kept  [default: outputs/rewards/MODEL-STEPS]")
    parser.add_argument("--table", action="store_true", help="draw nothing, print the table of what there is")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
