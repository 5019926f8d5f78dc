"""Rates with their intervals, as rows of the tables that the cards show."""

import math
from collections.abc import Iterable


def interval(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a rate (Wilson 1927), as two fractions; (0, 1) where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    z, rate = 1.959964, hits / of
    middle = (rate + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(rate * (1 - rate) / of + z * z / (4 * of * of))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def row(name: str, counted: Iterable[bool | None]) -> str:
    """One line of a table: name, hits of those counted (None is not), the rate and its interval."""
    known = [value for value in counted if value is not None]
    low, high = interval(sum(known), len(known))
    rate = 100 * sum(known) / max(len(known), 1)
    return f"| {name} | {sum(known)} of {len(known)} | {rate:.1f} % ({100 * low:.1f}–{100 * high:.1f}) |"


def head(what: str) -> str:
    """The two lines above the rows."""
    return f"| {what} | of | rate (95 %) |\n|---|---|---|"
