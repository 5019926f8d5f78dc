"""The table of a file of results, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean, median, stdev

from engine.graph.records import JsonValue
from nodes.adherence.results import Row
from nodes.adherence.suites import withheld_pairs
from nodes.solids.counting import counts, rows
from nodes.solids.rates import head

WITHHELD = "withheld combinations"


def groups(several: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by kind, led by their suite where there is more than one; prompts with withheld combinations apart."""
    several = list(several)
    many, withheld = len({row.suite for row in several}) > 1, withheld_pairs()
    found: dict[str, list[Row]] = {}
    for row in several:
        name = f"{row.suite} {row.kind}" if many else row.kind
        if withheld & {(thing.colour, thing.shape) for thing in row.shown.facts.things}:
            name += f" ({WITHHELD})"
        found.setdefault(name, []).append(row)
    return found


def table(what: str, several: Sequence[Row]) -> Iterator[str]:
    """The lines of the table."""
    yield head(what)
    for name, own in groups(several).items():
        yield from rows(name, [row.shown for row in own])
        for number, (mean, half) in means(own).items():
            yield f"| {name}: {number} | {len(own)} | mean {mean:.4f} ({mean - half:.4f}–{mean + half:.4f}) |"
        yield f"| {name}: seconds a picture | {len(own)} | median {median(row.seconds for row in own):.3g} |"


def means(several: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """Of each number that all rows have: the mean, and half of its 95 % interval (normal approximation)."""
    first, *others = several
    names = [name for name in first.numbers if all(name in row.numbers for row in others)]
    found = {}
    for name in names:
        values = [row.numbers[name] for row in several]
        half = 1.959964 * stdev(values) / len(values) ** 0.5 if others else 0.0
        found[name] = (fmean(values), half)
    return found


def table_json(several: Sequence[Row]) -> dict[str, JsonValue]:
    """The same counts as JSON: by kind, `{"right": {"hits", "of", "low", "high"}, …, "seconds", "numbers"}`."""
    return {name: _group_json(own) for name, own in groups(several).items()}


def _group_json(own: Sequence[Row]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name, rate in counts([row.shown for row in own]).items():
        low, high = rate.interval
        found[name] = {"hits": rate.hits, "of": rate.of, "low": round(low, 6), "high": round(high, 6)}
    numbers: Mapping[str, JsonValue] = {name: mean for name, (mean, _) in means(own).items()}
    return {**found, "pictures": len(own), "seconds": median(row.seconds for row in own), "numbers": dict(numbers)}
