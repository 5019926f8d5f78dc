"""The table of `benchmarks.rewards`: for each kind of prompt a row a figure, a column a way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from statistics import median
from typing import Final

import numpy as np

from nodes.adherence.pairs import difference, removed
from nodes.adherence.results import Row
from nodes.solids.counting import AS_ASKED, counts
from nodes.solids.rates import Rate

PLAIN: Final = "plain"
NOTHING: Final = "–"
MISTAKES: Final = {"swap": "swapped", "neglect": "neglected", "leak": "leaked"}
TERMS: Final = {"reward": "rewards.clip", "held-out reward": "held_out.clip 2"}
"""What scores are called in the numbers of a row."""
Cell = Callable[[Sequence[Row]], str]


def table(kind: str, columns: Mapping[str, Sequence[Row]], titles: Mapping[str, str]) -> Iterator[str]:
    """The lines for one kind; `columns` are each way's pictures, all that there are of them."""
    there = {name: rows for name, rows in columns.items() if rows}
    if not there:
        return
    yield f"| {kind} | {' | '.join(titles[name] for name in there)} |"
    yield f"|---|{'---|' * len(there)}"
    plain = there.get(PLAIN, [])
    for what, cell in cells(plain).items():
        yield f"| {what} | {' | '.join(cell(rows) for rows in there.values())} |"


def cells(plain: Sequence[Row]) -> dict[str, Cell]:
    """What is in each row of the table, from a column's pictures and those that nothing was done for."""
    found: dict[str, Cell] = {
        "right": lambda rows: _rate(counts([row.shown for row in rows])["right"]),
        "errors removed": lambda rows: _removed(plain, rows, lambda row: row.shown.verdict.right),
    }
    for name, said in MISTAKES.items():
        found[said] = partial(_mistaken, name=name)
    found["wrong otherwise"] = lambda rows: _share(sum(map(_otherwise, rows)), len(rows))
    found["places"] = lambda rows: _counted(rows, "places")
    found[AS_ASKED] = lambda rows: _counted(rows, AS_ASKED)
    found["errors removed, sizes and places counted"] = lambda rows: _removed(
        plain, rows, lambda row: row.shown.verdict.as_asked
    )
    for what, term in TERMS.items():
        found[f"{what}, first → kept"] = partial(_risen, term=term)
    found["seconds a picture"] = lambda rows: f"{median(row.seconds for row in rows):.3g}"
    return found


def _mistaken(rows: Sequence[Row], name: str) -> str:
    return _share(sum(row.shown.mistake == name for row in rows), len(rows))


def _otherwise(row: Row) -> bool:
    return row.shown.mistake is not None and row.shown.mistake not in MISTAKES


def _share(hits: int, of: int) -> str:
    return f"{hits} of {of}"


def _rate(found: Rate) -> str:
    low, high = found.interval
    return f"{found.hits} of {found.of}: {100 * found.share:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def _counted(rows: Sequence[Row], name: str) -> str:
    found = counts([row.shown for row in rows]).get(name)
    return NOTHING if found is None else _rate(found)


def _removed(before: Sequence[Row], after: Sequence[Row], right: Callable[[Row], bool]) -> str:
    """The share of the errors that is gone on the prompts that both have, with its 95 % interval."""
    first, second = ({row.asked: float(not right(row)) for row in rows} for rows in (before, after))
    shared = [asked for asked in first if asked in second]
    if not shared or before is after:
        return NOTHING
    errors = [np.array([rows[asked] for asked in shared]) for rows in (first, second)]
    share, low, high = removed(errors[0], errors[1])
    if share is None or low is None or high is None:
        return "no error to remove"
    return f"{100 * share:.0f} % ({100 * low:.0f} – {100 * high:.0f})"


def _risen(rows: Sequence[Row], term: str) -> str:
    """The mean score of the first picture that was tried and of the one that was kept, and the paired difference."""
    first, kept = (
        np.array([row.numbers[f"scores.{which}.{term}"] for row in rows], np.float64) for which in ("first", "best")
    )
    change, low, high = difference(first, kept)
    return f"{first.mean():.3f} → {kept.mean():.3f} ({change:+.3f}; {low:+.3f} – {high:+.3f})"
