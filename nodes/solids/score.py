"""Read a picture back into solids, and hold what was read against what a prompt asks for.

Analysis by synthesis: nothing here is learned, and reading never sees the prompt. A picture that ground and solids do
not explain is read as none.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nodes.solids.comparing import assign, stands
from nodes.solids.fitting import Guess, covers, grown
from nodes.solids.guessing import Guessing
from nodes.solids.prompts import Facts
from nodes.solids.reading import GROUND, Look, look
from nodes.solids.scene import Solid
from nodes.solids.vocabulary import SCALES

LIKE_GROUND: Final = 0.06
"""How far from bare ground a pixel may be that needs no explanation: a model's ground is not quite even."""
RIM: Final = 2
"""Pixels around a solid that belong to it: a model's outlines are not quite straight."""
UNEXPLAINED: Final = 0.018
"""The part of the picture that may be neither ground nor a solid: less than the smallest solid, three quarters seen."""
SIZE_BORDER: Final = (SCALES["small"] * SCALES["large"]) ** 0.5


def read(picture: NDArray[np.uint8]) -> tuple[Solid, ...]:
    """The solids in a picture, (128, 128, 3) sRGB bytes, largest patch first; none where it is not clear."""
    seen = look(picture)
    guesses = Guessing(seen).all()
    if _unexplained(seen, guesses) > UNEXPLAINED:
        return ()
    return tuple(_named(guess) for guess in guesses)


def _unexplained(seen: Look, guesses: list[Guess]) -> float:
    strange = (seen.labels != GROUND) & (seen.plain > LIKE_GROUND)
    for guess in guesses:
        strange &= ~grown(covers(guess), RIM)
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
