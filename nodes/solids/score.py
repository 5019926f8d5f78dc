"""Read a picture back into solids, and hold what was read against what a prompt asks for.

Analysis by synthesis: nothing here is learned, and reading never sees the prompt. A picture that ground and solids do
not explain is read as none.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nodes.solids.comparing import assign, stands
from nodes.solids.fitting import Guess, Patch, covers, fit, grown
from nodes.solids.prompts import Facts
from nodes.solids.reading import GROUND, NAMES, UNKNOWN, Look, components, look
from nodes.solids.scene import Solid
from nodes.solids.shapes import Array
from nodes.solids.vocabulary import SCALES

LEAST_PATCH: Final = 24
LEAST_SEEN: Final = 0.3
"""The part of a solid's free pixels that must be of its colour; a highlight or a shadow's rim alone is no solid."""
MOST: Final = 5
WORST: Final = 0.13
"""The mean cost from which on a fit is no solid."""
LOST: Final = 400
"""Pixels of a patch that no solid explains from which on nothing will explain the picture."""
UNEXPLAINED: Final = 0.012
"""The part of the picture that may be neither ground nor a solid."""
SHARP: Final = 0.35
"""The part of the change across a patch's edge that must lie within 4 pixels; a Gaussian blur of σ = 4 leaves about it."""
SIZE_BORDER: Final = (SCALES["small"] * SCALES["large"]) ** 0.5


def read(picture: NDArray[np.uint8]) -> tuple[Solid, ...]:
    """The solids in a picture, (128, 128, 3) sRGB bytes, largest patch first; none where it is not clear."""
    seen = look(picture)
    guesses = _guesses(seen)
    if _unexplained(seen, guesses) > UNEXPLAINED:
        return ()
    return tuple(_named(guess) for guess in guesses)


def _guesses(seen: Look) -> list[Guess]:
    picture, labels = np.sqrt(seen.linear), seen.labels.copy()
    plain = np.abs(picture - np.sqrt(seen.floor)).mean(-1)
    edges = Edges(steepness(picture, 2), steepness(picture, 10))
    taken = np.zeros(labels.shape, bool)
    guesses: list[Guess] = []
    for _ in range(3 * MOST):
        patches = components(labels, LEAST_PATCH)
        if not patches or len(guesses) == MOST:
            break
        number = labels[patches[0]][0]
        same = [patch for patch in patches if labels[patch][0] == number]
        others = np.logical_or.reduce([taken, *(patch for patch in patches if labels[patch][0] != number)])
        # Where one patch is no solid, several of its colour may be: white in shade looks like ice, and falls apart.
        tries = [same[0], np.logical_or.reduce(same)] if len(same) > 1 else same
        found = (
            _guess(Patch(picture, mask, others & ~mask, plain, NAMES[number], seen.ground))
            for mask in tries
            if edges.sharp(mask)
        )
        guess = next((guess for guess in found if guess is not None), None)
        labels[same[0]] = UNKNOWN
        if guess is None and same[0].sum() > LOST:
            break
        if guess is None:
            continue
        guesses.append(guess)
        inside = covers(guess) & ~others
        taken |= inside
        labels[inside | (grown(inside, 1) & (labels == number))] = UNKNOWN
    return guesses


def _guess(patch: Patch) -> Guess | None:
    """The solid that a patch is; None where none explains it."""
    found = fit(patch)
    if found is None:
        return None
    guess, cost = found
    inside = covers(guess) & ~patch.others
    seen = patch.mask.sum() > LEAST_SEEN * inside.sum()
    return guess if cost < WORST and seen and _in_the_world(guess) else None


class Edges(NamedTuple):
    """How much a picture changes around each pixel, (H, W): across 4 pixels and across 20."""

    narrow: Array
    wide: Array

    def sharp(self, mask: NDArray[np.bool_]) -> bool:
        """Whether a patch has an edge where it ends: much of the change is near, unlike in what is blurred."""
        rim = grown(mask, 2) & grown(~mask, 2)
        if not rim.any():
            return False
        return bool(np.quantile(self.narrow[rim], 0.9) > SHARP * np.quantile(self.wide[rim], 0.9))


def steepness(picture: Array, reach: int) -> Array:
    """The largest change of a channel from `reach` pixels before to `reach` pixels after, down or across: (H, W)."""
    places = np.arange(picture.shape[0])
    before, after = np.maximum(places - reach, 0), np.minimum(places + reach, len(places) - 1)
    down, across = picture[after] - picture[before], picture[:, after] - picture[:, before]
    return np.asarray(np.maximum(np.abs(down), np.abs(across)).max(-1), np.float32)


def _in_the_world(guess: Guess) -> bool:
    return abs(guess.x) < 1.7 and -1.7 < guess.z < 1.8


def _unexplained(seen: Look, guesses: list[Guess]) -> float:
    strange = seen.labels != GROUND
    for guess in guesses:
        strange &= ~grown(covers(guess), 1)
    return float(strange.mean())


def _named(guess: Guess) -> Solid:
    size = "large" if guess.scale > SIZE_BORDER else "small"
    return Solid(guess.colour, guess.shape, size, round(guess.x, 3), round(guess.z, 3), round(guess.yaw, 3))


@dataclass(frozen=True)
class Verdict:
    """What of a prompt a picture shows; `sizes` and `places` are None where the prompt names none."""

    right: bool
    sizes: bool | None
    places: bool | None

    @property
    def as_asked(self) -> bool:
        """Whether all is right that the prompt names."""
        return self.right and self.sizes is not False and self.places is not False


def judge(facts: Facts, solids: tuple[Solid, ...]) -> Verdict:
    """Hold solids that were read against a prompt's facts. Right is the exact multiset of (colour, shape)."""
    wanted = Counter((thing.colour, thing.shape) for thing in facts.things)
    right = wanted == Counter((solid.colour, solid.shape) for solid in solids)
    named = any(thing.size for thing in facts.things)
    if not right:
        return Verdict(False, False if named else None, False if facts.places else None)
    order = [solid for solid in assign(facts, solids) if solid is not None]
    sizes = all(thing.size in (None, solid.size) for thing, solid in zip(facts.things, order, strict=True))
    places = all(stands(order[a], where, order[b]) for a, where, b in facts.places)
    return Verdict(True, sizes if named else None, places if facts.places else None)
