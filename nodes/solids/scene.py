"""Scenes: which solids stand where on which ground, drawn from a seed.

World units: a large solid is about 1 wide; x runs right, y up, z away from the viewer. The ground is y = 0.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nodes.solids.camera import project
from nodes.solids.shapes import HALF_WIDTH, HEIGHTS
from nodes.solids.vocabulary import COLOURS, GROUNDS, SCALES, SHAPES, SIZES

Pair = tuple[str, str]
"""A colour and a shape."""

X_LIMIT: Final = 1.02
Z_NEAR: Final = -1.15
Z_FAR: Final = 1.25
BESIDE: Final = 0.62
"""How far apart in x two solids stand, at least, when one is said to be left of the other."""
DEPTH: Final = 0.95
"""How far apart in z two solids stand, at least, when one is said to be in front of the other."""

TURNS: Final[dict[str, tuple[float, float]]] = {"cube": (0.62, 0.12), "diamond": (0.42, 0.1), "ring": (0.0, 0.2)}
"""Of the shapes that are not round from above: the middle of their turns and how far one goes from it, in radians."""
GAP: Final = 2.0
"""Pixels of ground, at least, between two solids of one colour."""


@dataclass(frozen=True)
class Solid:
    """One solid: names from the vocabulary, its place on the ground, its turn about the vertical in
    radians."""

    colour: str
    shape: str
    size: str
    x: float
    z: float
    yaw: float

    @property
    def scale(self) -> float:
        """World units a unit of the solid's own shape."""
        return SCALES[self.size]


@dataclass(frozen=True)
class Scene:
    """One to three solids on a ground."""

    solids: tuple[Solid, ...]
    ground: str


def relation(first: Solid, second: Solid) -> str | None:
    """Where the first stands, seen from the second: left, right, front or behind; None where it would
    be moot."""
    across, along = first.x - second.x, first.z - second.z
    if abs(across) >= BESIDE and abs(across) > 1.1 * abs(along):
        return "left" if across < 0 else "right"
    if abs(along) >= DEPTH and abs(along) > 1.4 * abs(across):
        return "front" if along < 0 else "behind"
    return None


def sample_scene(
    seed: int,
    count: int | None = None,
    withheld: frozenset[Pair] = frozenset(),
    weights: tuple[float, float, float] = (0.40, 0.45, 0.15),
) -> Scene:
    """A scene drawn from `seed`; `count` solids (1–3), or as many as `weights` draws. No pair in
    `withheld` occurs."""
    draw = random.Random(f"solids/{seed}")
    number = count or draw.choices((1, 2, 3), weights)[0]
    while True:
        places = arrange(draw, number)
        solids = tuple(_solid(draw, x, z, withheld) for x, z in places)
        if well_apart(solids):
            return Scene(solids, draw.choice(list(GROUNDS)))


def turn(draw: random.Random, shape: str) -> float:
    """A turn that shows the shape: two faces of a cube, the hole of a ring. No word asks for one, so it varies little."""
    middle, most = TURNS.get(shape, (0.0, 0.0))
    return draw.uniform(middle - most, middle + most)


def _solid(draw: random.Random, x: float, z: float, withheld: frozenset[Pair]) -> Solid:
    while True:
        colour, shape = draw.choice(list(COLOURS)), draw.choice(list(SHAPES))
        if (colour, shape) not in withheld:
            return Solid(colour, shape, draw.choice(list(SIZES)), round(x, 3), round(z, 3), round(turn(draw, shape), 3))


Places = list[tuple[float, float]]


def arrange(draw: random.Random, number: int) -> Places:
    """Places (x, z) for so many solids: in a row, behind one another, or anywhere."""
    if number == 1:
        return [(draw.uniform(-0.4, 0.4), draw.uniform(-0.6, 0.45))]
    kind: Callable[[random.Random, int], Places] = draw.choices((_row, _file, _anywhere), (0.45, 0.30, 0.25))[0]
    return kind(draw, number)


def _row(draw: random.Random, number: int) -> Places:
    """Side by side."""
    middle, step = (
        draw.uniform(-0.5, 0.4),
        draw.uniform(0.9, 1.3) if number == 2 else draw.uniform(0.82, 0.95),
    )
    start = -step * (number - 1) / 2 + draw.uniform(-0.15, 0.15)
    places = [(start + i * step, middle + draw.uniform(-0.25, 0.25)) for i in range(number)]
    draw.shuffle(places)
    return places


def _file(draw: random.Random, number: int) -> Places:
    """Behind one another, a little aside so that each is seen."""
    depths = [Z_NEAR + 0.1, Z_FAR - 0.1] if number == 2 else [Z_NEAR, 0.0, Z_FAR]
    aside = draw.choice((-1, 1)) * draw.uniform(0.15, 0.55)
    start = draw.uniform(-0.3, 0.3) - aside / 2
    places = [(start + aside * (i % 2), z + draw.uniform(-0.1, 0.1)) for i, z in enumerate(depths)]
    draw.shuffle(places)
    return places


def _anywhere(draw: random.Random, number: int) -> Places:
    return [(draw.uniform(-X_LIMIT, X_LIMIT), draw.uniform(Z_NEAR, Z_FAR)) for _ in range(number)]


def well_apart(solids: tuple[Solid, ...]) -> bool:
    """Whether all are whole in the picture, and none hides much of another."""
    # The picture shows less of the ground's width the nearer it is.
    if any(abs(s.x) + 0.57 * s.scale > 1.46 * (1 + 0.12 * s.z) for s in solids):
        return False
    pairs = [(a, b) for i, a in enumerate(solids) for b in solids[i + 1 :]]
    return all(_clear(a, b) for a, b in pairs)


def _clear(first: Solid, second: Solid) -> bool:
    """Whether both stand clear on the ground and the nearer one hides at most about a quarter of the
    other; two of one colour must not even touch in the picture, where they would flow together."""
    near, far = sorted((first, second), key=lambda s: s.z)
    if (near.x - far.x) ** 2 + (near.z - far.z) ** 2 < (0.56 * (near.scale + far.scale)) ** 2:
        return False
    if first.colour == second.colour:
        return _gap(first, second) >= GAP
    wide = 0.5 * (near.scale + far.scale) - abs(near.x - far.x)
    # On the picture a step in z lifts the foot by about half of it, and a solid is about 1.05 scales tall.
    tall = 1.05 * near.scale - 0.52 * (far.z - near.z)
    return max(wide, 0.0) * max(tall, 0.0) / (1.05 * far.scale**2) < 0.26


def _gap(first: Solid, second: Solid) -> float:
    """Pixels between the boxes around two solids in the picture, along the wider gap; negative where they overlap."""
    (low, high), (other_low, other_high) = extent(first), extent(second)
    return float(np.maximum(other_low - high, low - other_high).max())


def extent(solid: Solid) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The corners (x, y) of the box around a solid in the picture, in pixels."""
    wide, tall = HALF_WIDTH * solid.scale, HEIGHTS[solid.shape] * solid.scale
    corners = [(solid.x + a * wide, y, solid.z + b * wide) for a in (-1, 1) for b in (-0.7, 0.7) for y in (0.0, tall)]
    pixels = project(np.array(corners, np.float32))
    return pixels.min(0), pixels.max(0)
