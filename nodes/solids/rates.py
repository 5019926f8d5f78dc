"""Rates with their intervals, as rows of the tables that tell how often pictures are right."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """So many hits of so many that were counted."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """Hits as a fraction of what was counted, 0 where nothing was."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share, as `interval` has it."""
        return interval(self.hits, self.of)

    def line(self, name: str) -> str:
        """One row of a table: name, hits of those counted, the share and its interval in per cent."""
        low, high = self.interval
        cells = f"{self.hits} of {self.of} | {100 * self.share:.1f} % ({100 * low:.1f}–{100 * high:.1f})"
        return f"| {name} | {cells} |"


def rate(counted: Iterable[bool | None]) -> Rate:
    """How many of these hold; None is not counted."""
    known = [value for value in counted if value is not None]
    return Rate(sum(known), len(known))


def interval(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a rate (Wilson 1927), as two fractions; (0, 1) where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    z, share = 1.959964, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def row(name: str, counted: Iterable[bool | None]) -> str:
    """One line of a table: name, hits of those counted (None is not), the rate and its interval."""
    return rate(counted).line(name)


def head(what: str) -> str:
    """The two lines above the rows."""
    return f"| {what} | of | rate (95 %) |\n|---|---|---|"
