"""Lists that are written as texts in rewards: colours and weights."""

from __future__ import annotations

import math
import re

COLOR = re.compile(r"#[0-9a-fA-F]{6}")
MOST = 64
HEAVIEST = 1_000_000


def colors_from(text: str) -> tuple[tuple[float, float, float], ...]:
    """Colours in 0…1, written #rrggbb with commas between. Raises ValueError, in a sentence, for anything else."""
    words = _words(text)
    if not 1 <= len(words) <= MOST:
        raise ValueError(f"input 'colors' has {len(words)} colours; wanted 1 to {MOST}, as #cc2222, #f0e0d0")
    for word in words:
        if COLOR.fullmatch(word) is None:
            raise ValueError(f"input 'colors' has {word[:20]!r}; a colour is written #rrggbb, as #336699")
    return tuple((int(w[1:3], 16) / 255, int(w[3:5], 16) / 255, int(w[5:7], 16) / 255) for w in words)


def weights_from(text: str, many: int | None) -> tuple[float, ...]:
    """`many` numbers with commas between (None: however many); an empty text is 1 for each.

    Raises ValueError, in a sentence, for what is no number up to `HEAVIEST` either side of 0, and for another count.
    """
    words = _words(text)
    if not words:
        return (1.0,) * (many or 0)
    try:
        weights = tuple(float(word) for word in words)
    except ValueError:
        weights = (math.nan,)
    if not all(abs(weight) <= HEAVIEST for weight in weights):
        raise ValueError(
            f"input 'weights' is {text[:40]!r}; wanted numbers with commas between, as 1, 0.5, "
            f"from −{HEAVIEST:,} to {HEAVIEST:,}"
        )
    if many is not None and len(weights) != many:
        raise ValueError(f"input 'weights' has {len(weights)} numbers for {many} rewards; wanted one each, or none")
    return weights


def _words(text: str) -> list[str]:
    return [word for part in text.split(",") if (word := part.strip())]
