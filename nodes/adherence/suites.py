"""Prompt suites: the world's own committed sets, and files in JSON or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import nodes
from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.jsontext import parse_json
from engine.packs import data_folder
from engine.store.regular import read_regular
from nodes.lists import SEEDS
from nodes.solids.asked import check_things
from nodes.solids.prompts import parse

SETS: Final = ("development", "held_out", "withheld_prompts")
KINDS: Final = {1: "single", 2: "pair", 3: "three"}
"""What a prompt is called by how many solids it asks for, where a suite does not say it."""
BYTES: Final = 8_000_000
MOST_TOLD: Final = 10
FORMS: Final = (
    'a suite is JSON, {"kind": [{"prompt": "a red cube", "seed": 1}, …]} or a list of such entries or of texts, or a CSV'
    " table with a column 'prompt' and, where wanted, 'seed' and 'kind'"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt of a suite, of a kind, with the seed that it is drawn from."""

    suite: str
    kind: str
    prompt: str
    seed: int


def read_suite(name: str) -> list[Asked]:
    """The prompts of a committed set (development, held_out, withheld_prompts), or of a `.json` or `.csv` file.

    An entry of a file without a seed has its place in the file for one, from 0; one without a kind is called after the
    number of its solids. Raises InvalidWorkflow, which says of each entry what is wrong.
    """
    path = evaluation() / f"{name}.json" if name in SETS else Path(name)
    asked: list[Asked] = []
    faults: list[Fault] = []
    for number, (kind, entry) in enumerate(_entries(path, name)):
        try:
            asked.append(_asked(path.stem, kind, entry, number))
        except ValueError as error:
            faults.append(Fault("bad_suite", f"{name}, entry {number + 1}: {error}"))
    if not asked and not faults:
        faults.append(_refusal(name, "asks for nothing"))
    if faults:
        raise InvalidWorkflow(faults[:MOST_TOLD])
    return list(dict.fromkeys(asked))


def evaluation() -> Path:
    """The folder of the committed sets, in a clone and in a wheel."""
    return data_folder(str(nodes.__file__), "models") / "evaluation"


def withheld_pairs() -> frozenset[tuple[str, str]]:
    """The combinations of colour and shape that the shipped models never saw."""
    pairs: Any = parse_json((evaluation() / "withheld.json").read_bytes(), "withheld.json")
    return frozenset((colour, shape) for colour, shape in pairs)


def chosen(asked: Iterable[Asked], kinds: Iterable[str], limit: int | None) -> list[Asked]:
    """Those of these kinds (of all, where none is named), at most `limit` of each kind of a suite.

    Raises InvalidWorkflow for a kind that no suite has.
    """
    asked = list(asked)
    there, wanted = dict.fromkeys(one.kind for one in asked), list(kinds)
    if missing := [kind for kind in wanted if kind not in there]:
        text = f"the prompts have no kind '{missing[0]}'; there is: {', '.join(there)}"
        raise InvalidWorkflow([Fault("bad_suite", text)])
    found: list[Asked] = []
    counted: dict[tuple[str, str], int] = {}
    for one in asked:
        number = counted[one.suite, one.kind] = counted.get((one.suite, one.kind), 0) + 1
        if one.kind in (wanted or there) and (limit is None or number <= limit):
            found.append(one)
    return found


def _entries(path: Path, name: str) -> Iterator[tuple[str | None, Any]]:
    """The entries of a file, each with its kind where the file groups them."""
    try:
        data = read_regular(path, BYTES)
        if path.suffix.lower() == ".csv":
            rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
            yield from ((None, {key: cell for key, cell in row.items() if key and cell}) for row in rows)
            return
    except (OSError, ValueError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        there = f"; the sets that come along are {', '.join(SETS)}" if not path.exists() else ""
        raise InvalidWorkflow([Fault("bad_suite", f"suite '{name}' can't be read: {why}{there}")]) from None
    document = parse_json(data, name)
    groups: Mapping[str | None, Any] = document if isinstance(document, dict) else {None: document}  # type: ignore[assignment]
    for kind, entries in groups.items():
        if not isinstance(entries, list):
            raise InvalidWorkflow([_refusal(name, "is none")])
        yield from ((kind, entry) for entry in entries)


def _asked(suite: str, kind: str | None, entry: Any, number: int) -> Asked:
    """One entry, checked. Raises ValueError, in a sentence."""
    given = {"prompt": entry} if isinstance(entry, str) else entry
    prompt = given.get("prompt") if isinstance(given, Mapping) else None
    if not isinstance(prompt, str):
        raise ValueError(f"it has no text named 'prompt'; {FORMS}")
    facts = parse(prompt)
    check_things(facts)
    named = kind or given.get("kind") or KINDS[len(facts.things)]
    return Asked(suite, str(named), prompt, _seed(given.get("seed", number)))


def _seed(value: Any) -> int:
    try:
        seed = int(value) if isinstance(value, str) else value
    except ValueError:
        seed = None
    if type(seed) is not int or not 0 <= seed < SEEDS:
        raise ValueError(f"its seed is {value!r}; a seed is a whole number from 0 to 2^64 − 1")
    return seed


def _refusal(name: str, what: str) -> Fault:
    return Fault("bad_suite", f"suite '{name}' {what}: {FORMS}")
