"""Fit one solid to a patch of a picture: try every shape, size and turn where the patch is, then move the best ones.

The cost of a guess is the mean, over the pixels that it covers or leaves over of the patch, of the difference between
picture and rendering (in square roots of linear light, clipped); pixels of other solids say nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nodes.solids.camera import SIZE, ground_at, project, scale_at
from nodes.solids.render import appearance, silhouettes
from nodes.solids.scene import Scene, Solid
from nodes.solids.shapes import Array
from nodes.solids.vocabulary import SCALES, SHAPES

Mask = NDArray[np.bool_]
Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""
TURNS: Final[dict[str, tuple[float, ...]]] = {
    "cube": (0.45, 0.78, 1.12),
    "diamond": (0.25, 0.6),
    "ring": (-0.4, 0.0, 0.4),
}
CLIP: Final = 0.30
HIDDEN: Final = 0.08
"""What it costs to be wholly hidden behind other solids."""
FINALISTS: Final = 4
WELL_INSIDE: Final = 3
"""Pixels from the outline."""
LEAST_CORE: Final = 20
HOPELESS: Final = 0.21
"""The best first cost from which on no moves make a solid of a patch."""
BEHIND: Final = 2.2
"""How many times the best first cost a finalist's may be."""
BEHIND_AT_LAST: Final = 1.5
"""The same, after the coarse moves."""
SMALLEST: Final = 0.6
"""How wide and tall a guess must be at first, as parts of the patch."""
LARGEST: Final = 2.2
"""How wide and tall it may be, where nothing hides it."""
COARSE: Final = 2
"""First guesses and coarse moves look at every second row and column."""
STEPS: Final = ((0.06, 0.20, 0.06), (0.025, 0.10, 0.03))
"""Moves on the ground, turns and stretches that are tried, coarse and fine."""


@dataclass(frozen=True)
class Guess(Solid):
    """A solid whose scale is free."""

    stretch: float = 1.0

    @property
    def scale(self) -> float:
        """World units a unit of the solid's own shape."""
        return SCALES[self.size] * self.stretch


@dataclass(frozen=True)
class Patch:
    """What a guess is held against: the picture (square roots of linear light), the patch, the other solids' pixels.

    `plain` is how far each pixel is from bare ground in the sun, as a mean over the channels.
    """

    picture: Array
    mask: Mask
    others: Mask
    plain: Array
    colour: str
    ground: str

    def cost(self, guess: Guess, step: int = 1) -> float:
        """The mean cost of a guess, 0 to CLIP + HIDDEN, over every `step`-th row and column."""
        window, covered, light = appearance(guess, self.ground, step)
        if not covered.any():
            return 1.0
        free = ~self.others[window][covered]
        off = self._off(window, covered, light)
        # White on ice: a guess may not take bare ground for itself.
        off += np.maximum(off - self.plain[window][covered], 0)
        inside = float(np.minimum(off[free], CLIP).sum())
        left_over = int(self.mask[::step, ::step].sum() - (self.mask[window] & covered).sum())
        hidden = 1 - free.mean()
        return (inside + CLIP * left_over) / max(int(free.sum()) + left_over, 1) + HIDDEN * float(hidden)

    def inner(self, guess: Guess) -> float:
        """The mean difference well inside a guess, where nothing hides it: what a wobbly outline does not change, and
        another solid that shines through does. 1 where there is no inside to speak of."""
        window, covered, light = appearance(guess, self.ground)
        core = (~grown(~covers(guess), WELL_INSIDE) & ~grown(self.others, 2))[window][covered]
        if core.sum() < LEAST_CORE:
            return 1.0
        off = self._off(window, covered, light)
        return float(off[core].mean())

    def _off(self, window: tuple[slice, slice], covered: Mask, light: Array) -> Array:
        """How far the covered pixels of a window are from a guess's light (N, 3): (N,), mean over the channels."""
        return np.asarray(np.abs(self.picture[window][covered] - np.sqrt(light)).mean(-1))


def fit(patch: Patch) -> tuple[Guess, float] | None:
    """The best guess for a patch, and its cost; None where no solid is of its size or near its looks."""
    tried = sorted(((patch.cost(guess, COARSE), guess) for guess in _first_guesses(patch)), key=_cost)
    if not tried or tried[0][0] > HOPELESS:
        return None
    best: dict[tuple[str, str], tuple[float, Guess]] = {}
    for cost, guess in tried:
        best.setdefault((guess.shape, guess.size), (cost, guess))
    finalists = _near(list(best.values())[:FINALISTS], BEHIND)
    settled = [_settle(patch, guess, COARSE, STEPS[0])[1] for _, guess in finalists]
    last = _near(sorted(((patch.cost(guess), guess) for guess in settled), key=_cost), BEHIND_AT_LAST)
    cost, guess = min((_settle(patch, guess, 1, STEPS[1]) for _, guess in last), key=_cost)
    return guess, cost


def _cost(pair: tuple[float, Guess]) -> float:
    return pair[0]


def _near(sorted_pairs: list[tuple[float, Guess]], factor: float) -> list[tuple[float, Guess]]:
    """The best guess and those whose cost is less than `factor` times its."""
    return [pair for pair in sorted_pairs if pair is sorted_pairs[0] or pair[0] < factor * sorted_pairs[0][0]]


def covers(solid: Solid) -> Mask:
    """The pixels (128, 128) that a solid alone covers."""
    return np.asarray(silhouettes(Scene((solid,), "stone")) == 0)


def _first_guesses(patch: Patch) -> Iterator[Guess]:
    rows, columns = np.nonzero(patch.mask.any(1))[0], np.nonzero(patch.mask.any(0))[0]
    box = (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
    near = grown(patch.mask, 2)
    anchors = [(u, v) for u in (0.0, 0.5, 1.0) for v in (0.0, 1.0)] if (near & patch.others).any() else [(0.5, 0.5)]
    # Behind others there may be more of a solid than is seen, and white in shade may be taken for ground.
    most = np.inf if len(anchors) > 1 or patch.colour == "white" else LARGEST
    for shape, size in product(SHAPES, SCALES):
        for yaw, anchor in product(TURNS.get(shape, (0.0,)), anchors):
            extent = _extent(shape, size, yaw)
            x, z, ratio = _stand(extent, box, anchor)
            if all(SMALLEST < ratio * part < most for part in _parts(extent, box)):
                yield Guess(patch.colour, shape, size, x, z, yaw)


def _parts(extent: Box, box: Box) -> tuple[float, float]:
    """Width and height of an extent as parts of a box's."""
    return (extent[2] - extent[0]) / (box[2] - box[0]), (extent[3] - extent[1]) / (box[3] - box[1])


@lru_cache(maxsize=64)
def _extent(shape: str, size: str, yaw: float) -> Box:
    """How far a solid in the middle reaches left, up, right and down from its foot, in pixels at that scale."""
    mask = covers(Solid("red", shape, size, 0.0, 0.0, yaw))
    rows, columns = np.nonzero(mask.any(1))[0], np.nonzero(mask.any(0))[0]
    x, y = project(np.zeros(3, np.float32))
    return float(columns[0] - x), float(rows[0] - y), float(columns[-1] + 1 - x), float(rows[-1] + 1 - y)


def _stand(extent: Box, box: Box, anchor: tuple[float, float]) -> tuple[float, float, float]:
    """Where a solid must stand (x, z) for its extent to meet the box at an anchor (0 left or top, 1 right or bottom), and
    how large it appears there against the middle."""
    ratio, place = 1.0, (0.0, 0.0)
    middle = float(scale_at(np.zeros(3, np.float32)))
    (u, v), (x0, y0, x1, y1) = anchor, extent
    for _ in range(4):
        across = box[0] + u * (box[2] - box[0]) - ratio * (x0 + u * (x1 - x0))
        down = box[1] + v * (box[3] - box[1]) - ratio * (y0 + v * (y1 - y0))
        place = ground_at(across, float(np.clip(down, 8, SIZE + 20)))
        ratio = float(scale_at(np.array([place[0], 0, place[1]], np.float32))) / middle
    return *place, ratio


def _settle(patch: Patch, guess: Guess, step: int, moves: tuple[float, float, float]) -> tuple[float, Guess]:
    """Coordinate descent: each kind of move is tried in turn and kept where it helps."""
    cost = patch.cost(guess, step)
    for _ in range(6):
        before = cost
        for kind in range(len(_moves(guess, *moves))):
            for moved in _moves(guess, *moves)[kind]:
                found = patch.cost(moved, step)
                if found < cost:
                    cost, guess = found, moved
                    break
        if cost == before:
            break
    return cost, guess


def _moves(guess: Guess, step: float, turn: float, stretch: float) -> list[list[Guess]]:
    """Both ways of each kind of move: across, along, larger or smaller, turned."""
    moves = [
        [replace(guess, x=guess.x + sign * step) for sign in (-1, 1)],
        [replace(guess, z=guess.z + 1.6 * sign * step) for sign in (-1, 1)],
        [_stretched(guess, sign * stretch) for sign in (-1, 1)],
    ]
    if guess.shape in TURNS:
        moves.append([replace(guess, yaw=guess.yaw + sign * turn) for sign in (-1, 1)])
    return moves


def _stretched(guess: Guess, by: float) -> Guess:
    """A solid that grows keeps its middle in the picture, so its foot comes nearer."""
    stretch = float(np.clip(guess.stretch * (1 + by), 0.8, 1.25))
    return replace(guess, stretch=stretch, z=guess.z - by * guess.scale)


def grown(mask: Mask, by: int) -> Mask:
    """The mask and its neighbours, `by` pixels around."""
    more = mask.copy()
    for _ in range(by):
        more[1:] |= more[:-1].copy()
        more[:-1] |= more[1:].copy()
        more[:, 1:] |= more[:, :-1].copy()
        more[:, :-1] |= more[:, 1:].copy()
    return more
