"""Take a picture apart into solids, one after the other: the largest patch of a colour that is left, what it may be part
of, and the solid that explains most of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nodes.solids.fitting import Guess, Mask, Patch, covers, fit, grown
from nodes.solids.reading import NAMES, UNKNOWN, Look, components
from nodes.solids.shapes import Array

LEAST_PATCH: Final = 24
LEAST_MASK: Final = 90
"""Pixels below which nothing is a solid; the smallest have some 410, and three quarters of them are in sight."""
KIN: Final = (
    *(("red", "orange"), ("orange", "yellow"), ("red", "pink")),
    *(("green", "cyan"), ("cyan", "blue"), ("blue", "purple")),
)
"""Colours that one solid's lit and shaded sides may look like."""
KINDRED: Final[dict[str, tuple[int, ...]]] = {
    name: tuple(NAMES.index(other) for pair in KIN if name in pair for other in pair if other != name) for name in NAMES
}
KIN_COUNTS: Final = 0.06
"""The part of a patch that kindred pixels beside it must come to, to be taken for its other side."""
WITHIN: Final = 0.9
"""The part of a kindred patch that must lie in a solid to be its shaded side, and no other solid before it."""
SHADED_RIM: Final = 3
"""Pixels around a solid that its own patch may reach over its outline."""
LEAST_SEEN: Final = 0.3
"""The part of a solid's free pixels that must be of its colour; a highlight or a shadow's rim alone is no solid."""
LEAST_FREE: Final = 0.5
"""The part of a solid that nothing may hide. The world hides a quarter; what sticks out beside a solid and fits
another one behind it is the solid's own shaded side."""
MOST: Final = 5
WORST: Final = 0.13
"""The mean cost from which on a fit is no solid, unless only its outline is amiss."""
WOBBLIEST: Final = 0.19
"""The mean cost from which on it is none in any case."""
TRUE_INSIDE: Final = 0.075
"""The mean difference well inside, up to which only the outline is amiss. Of solids that a model drew it is 0.04 to 0.065,
of two that are blended 0.11 or more."""
LOST: Final = 400
"""Pixels of a patch that no solid explains from which on nothing will explain the picture."""
SHARP: Final = 0.35
"""The part of the change across a patch's edge that must lie within 4 pixels; a Gaussian blur of σ = 4 leaves about it."""


class Edges(NamedTuple):
    """How much a picture changes around each pixel, (H, W): across 4 pixels and across 20."""

    narrow: Array
    wide: Array

    def sharp(self, mask: Mask) -> bool:
        """Whether a patch has an edge where it ends: much of the change is near, unlike in what is blurred."""
        rim = grown(mask, 2) & grown(~mask, 2)
        if not rim.any():
            return False
        return bool(np.quantile(self.narrow[rim], 0.9) > SHARP * np.quantile(self.wide[rim], 0.9))


@dataclass
class Guessing:
    """What of a picture is still to be explained: `labels` a pixel (UNKNOWN where that is done), and which pixels the
    `guesses` so far have taken."""

    seen: Look

    def __post_init__(self) -> None:
        self.picture, self.labels = np.sqrt(self.seen.linear), self.seen.labels.copy()
        self.edges = Edges(steepness(self.picture, 2), steepness(self.picture, 10))
        self.taken = np.zeros(self.labels.shape, bool)
        self.guesses: list[Guess] = []

    def all(self) -> list[Guess]:
        """The solids, largest patch first."""
        for _ in range(3 * MOST):
            patches = components(self.labels, LEAST_PATCH)
            if not patches or len(self.guesses) == MOST:
                break
            best, _ = max((self._guess(*tried, patches) for tried in tries(self.labels, patches)), key=lambda it: it[1])
            if best is not None:
                self._take(best, patches)
                continue
            self.labels[patches[0]] = UNKNOWN
            if patches[0].sum() > LOST:
                break
        return self.guesses

    def _guess(self, mask: Mask, number: int, patches: list[Mask]) -> tuple[Guess | None, float]:
        """The solid that a patch is, None where none explains it, and how much it explains."""
        if mask.sum() < LEAST_MASK or not self.edges.sharp(mask):
            return None, 0.0
        others = self._beside(patch for patch in patches if not (patch & mask).any()) & ~mask
        patch = Patch(self.picture, mask, others, self.seen.plain, NAMES[number], self.seen.ground)
        found = fit(patch)
        if found is None:
            return None, 0.0
        guess, cost = found
        whole = covers(guess)
        free = int((whole & ~others).sum())
        seen = mask.sum() > LEAST_SEEN * free and free > LEAST_FREE * whole.sum()
        close = cost < WORST or (cost < WOBBLIEST and patch.inner(guess) < TRUE_INSIDE)
        if not (seen and close and _in_the_world(guess)):
            return None, 0.0
        return guess, (WOBBLIEST - cost) * free

    def _take(self, guess: Guess, patches: list[Mask]) -> None:
        """Keep a solid; its pixels, and those of its colours at its rim, are explained."""
        whole = covers(guess)
        near = grown(whole, SHADED_RIM)
        others = self._beside(patch for patch in patches if not self._own(patch, guess, near, patches[0]))
        inside = whole & ~others
        kin = (NAMES.index(guess.colour), *KINDRED[guess.colour])
        rim = (grown(inside, 1) & np.isin(self.labels, kin)) | (grown(inside, SHADED_RIM) & patches[0])
        self.guesses.append(guess)
        self.taken |= inside
        self.labels[inside | (rim & ~others)] = UNKNOWN

    def _own(self, patch: Mask, guess: Guess, near: Mask, first: Mask) -> bool:
        """Whether a patch is a solid's: one of its colour is, one of a kindred colour where it lies almost wholly in it, or
        else it may be another solid in front."""
        number = int(self.labels[patch][0])
        if number == NAMES.index(guess.colour) or bool((patch & first).any()):
            return True
        return number in KINDRED[guess.colour] and bool((patch & near).sum() > WITHIN * patch.sum())

    def _beside(self, patches: Iterator[Mask]) -> Mask:
        return np.asarray(np.logical_or.reduce([self.taken, *patches]))


def tries(labels: NDArray[np.int8], patches: list[Mask]) -> Iterator[tuple[Mask, int]]:
    """What the largest patch may be part of, and of which colour that may be: itself; all patches of its colour, for white
    in shade looks like ice, and falls apart; itself and what it touches of kindred colours, for orange in shade is red."""
    first, number = patches[0], int(labels[patches[0]][0])
    yield first, number
    same = [patch for patch in patches if labels[patch][0] == number]
    if len(same) > 1:
        yield np.logical_or.reduce(same), number
    near = grown(first, 2)
    kin = [patch for patch in patches if labels[patch][0] in KINDRED[NAMES[number]] and (patch & near).any()]
    if sum(int(patch.sum()) for patch in kin) > KIN_COUNTS * first.sum():
        together = np.logical_or.reduce([first, *kin])
        for colour in (number, *sorted({int(labels[patch][0]) for patch in kin})):
            yield together, colour


def steepness(picture: Array, reach: int) -> Array:
    """The largest change of a channel from `reach` pixels before to `reach` pixels after, down or across: (H, W)."""
    places = np.arange(picture.shape[0])
    before, after = np.maximum(places - reach, 0), np.minimum(places + reach, len(places) - 1)
    down, across = picture[after] - picture[before], picture[:, after] - picture[:, before]
    return np.asarray(np.maximum(np.abs(down), np.abs(across)).max(-1), np.float32)


def _in_the_world(guess: Guess) -> bool:
    return abs(guess.x) < 1.7 and -1.7 < guess.z < 1.8
