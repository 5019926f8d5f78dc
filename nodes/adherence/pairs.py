"""Two files of results compared prompt by prompt: how many errors the second one leaves out.

The prompts are what is drawn anew (a paired bootstrap; Efron and Tibshirani 1993, chapter 13, percentile intervals): both
files share their difficulty, so that it takes no part in the interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.graph.faults import LoomError
from engine.graph.records import JsonValue
from nodes.adherence.results import Row
from nodes.adherence.suites import Asked
from nodes.adherence.tables import groups

DRAWS: Final = 10_000
MOST_DRAWN: Final = 20_000_000
"""Prompts drawn in all, at most: with more than 2,000 prompts there are fewer draws."""
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Change:
    """Means over `of` prompts before and after; `change` is what became of them, with its 95 % interval.

    Of errors it is the share that was removed, 1 − after / before; None where there were none. Of numbers, after − before.
    Seconds are medians, without an interval: the first run of all also loads the model.
    """

    what: str
    of: int
    before: float
    after: float
    change: float | None
    low: float | None
    high: float | None


def changes(before: Sequence[Row], after: Sequence[Row]) -> Iterator[tuple[str, Change]]:
    """For each kind, and for all together where there are several: errors, errors with sizes and places, and numbers.

    Only prompts that both have are compared, each by the mean of its pictures. Raises LoomError where there are none.
    """
    shared = {row.asked for row in before} & {row.asked for row in after}
    if not shared:
        raise LoomError("the two files have no prompt with its seed in common: both must come of the same suite")
    one, two = ([row for row in rows if row.asked in shared] for rows in (before, after))
    several = groups(one)
    if len(several) > 1:
        several["all"] = one
    for kind, own in several.items():
        asked = list(dict.fromkeys(row.asked for row in own))
        yield from ((kind, change) for change in _changes(asked, one, two))


def removed(before: Values, after: Values, draws: int = DRAWS) -> tuple[float | None, float | None, float | None]:
    """1 − Σ after / Σ before over paired errors (N,), and its 95 % interval; None where there is nothing to remove."""
    if not before.any():
        return None, None, None
    weights = _weights(len(before), draws)
    sums, left = weights @ before, weights @ after
    shares = 1 - left[sums > 0] / sums[sums > 0]
    low, high = np.quantile(shares, (0.025, 0.975))
    return float(1 - after.sum() / before.sum()), float(low), float(high)


def difference(before: Values, after: Values, draws: int = DRAWS) -> tuple[float, float, float]:
    """The mean of after − before over paired values (N,), and its 95 % interval."""
    means = _weights(len(before), draws) @ (after - before) / len(before)
    low, high = np.quantile(means, (0.025, 0.975))
    return float((after - before).mean()), float(low), float(high)


def change_lines(found: Iterable[tuple[str, Change]]) -> Iterator[str]:
    """The table of changes."""
    yield "| | prompts | before | after | change (95 %) |\n|---|---|---|---|---|"
    for kind, change in found:
        cells = f"{kind}: {change.what} | {change.of}"
        if change.what.startswith(ERRORS):
            told = f"{100 * change.before:.1f} % | {100 * change.after:.1f} % | {_removed_words(change)}"
        else:
            told = f"{change.before:.4g} | {change.after:.4g} | {change.change:+.4g}{_between(change)}"
        yield f"| {cells} | {told} |"


def changes_json(found: Iterable[tuple[str, Change]]) -> dict[str, JsonValue]:
    """The same as JSON, by kind and by what changed."""
    document: dict[str, dict[str, JsonValue]] = {}
    for kind, change in found:
        document.setdefault(kind, {})[change.what] = asdict(change)
    return dict(document)


ERRORS: Final = "errors"
Measure = Callable[[Row], float]
_ERRORS: Final[Mapping[str, Measure]] = {
    ERRORS: lambda row: float(not row.shown.verdict.right),
    f"{ERRORS}, sizes and places counted": lambda row: float(not row.shown.verdict.as_asked),
}


def _changes(asked: Sequence[Asked], before: Sequence[Row], after: Sequence[Row]) -> Iterator[Change]:
    wanted = set(asked)
    own = [row for row in (*before, *after) if row.asked in wanted]
    names = [name for name in own[0].numbers if all(name in row.numbers for row in own)]
    for how, measures in ((removed, _ERRORS), (difference, {name: _number(name) for name in names})):
        for what, measure in measures.items():
            one, two = (_values(asked, rows, measure) for rows in (before, after))
            yield Change(what, len(asked), float(one.mean()), float(two.mean()), *how(one, two))
    first, second = (float(np.median(_values(asked, rows, lambda row: row.seconds))) for rows in (before, after))
    yield Change("seconds a picture", len(asked), first, second, second - first, None, None)


def _number(name: str) -> Measure:
    return lambda row: row.numbers[name]


def _values(asked: Sequence[Asked], rows: Iterable[Row], measure: Measure) -> Values:
    """A value a prompt, the mean of its pictures: (N,)."""
    found: dict[Asked, list[float]] = {one: [] for one in asked}
    for row in rows:
        if row.asked in found:
            found[row.asked].append(measure(row))
    return np.array([fmean(found[one]) for one in asked])


def _weights(number: int, draws: int) -> Values:
    """How often each prompt is drawn: (draws, number)."""
    draws = max(min(draws, MOST_DRAWN // number), 1000)
    return np.random.default_rng(0).multinomial(number, np.full(number, 1 / number), draws).astype(np.float64)


def _removed_words(change: Change) -> str:
    if change.change is None or change.low is None or change.high is None:
        return "no error to remove"
    return f"{100 * change.change:.0f} % removed ({100 * change.low:.0f} – {100 * change.high:.0f})"


def _between(change: Change) -> str:
    return "" if change.low is None or change.high is None else f" ({change.low:+.4g} – {change.high:+.4g})"
