"""What a picture shows and what a caption says, as one vector of yes, no and unknown: an extra lesson for both towers.

A linear layer reads these facts from the embeddings of pictures and of captions alike while they are trained; it is
thrown away afterwards. It teaches within minutes what contrast alone would teach in hours.
"""

from itertools import permutations, product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nodes.solids.camera import SIZE, project, scale_at
from nodes.solids.prompts import Facts
from nodes.solids.scene import Scene, Solid
from nodes.solids.vocabulary import COLOURS, GROUNDS, SHAPES, SIZES

Vector = NDArray[np.int8]
"""1 yes, 0 no, −1 unknown."""
Patches = NDArray[np.int64]

CLEARLY: Final = 0.3
"""How far apart in x or z two solids stand for their places to be taught, in world units."""
_RELATIONS: Final = ("left", "front")
NAMES: Final[tuple[tuple[str, ...], ...]] = (
    *product(COLOURS, SHAPES),
    *product(COLOURS, SIZES),
    *product(SHAPES, SIZES),
    *((ground,) for ground in GROUNDS),
    *product(COLOURS, _RELATIONS, COLOURS),
    *product(SHAPES, _RELATIONS, SHAPES),
)
"""What each place of the vector says: (colour, shape), (colour, size), …, (colour, "left", colour): left of, …"""
_INDEX: Final = {name: place for place, name in enumerate(NAMES)}
_SIZED: Final = [place for place, name in enumerate(NAMES) if len(name) == 2 and name[1] in SIZES]
_GROUNDS: Final = [_INDEX[(ground,)] for ground in GROUNDS]


def of_scene(scene: Scene) -> Vector:
    """What a picture of the scene shows: (len(NAMES),)."""
    vector = np.zeros(len(NAMES), np.int8)
    for solid in scene.solids:
        _mark(vector, solid.colour, solid.shape, solid.size)
    vector[_INDEX[(scene.ground,)]] = 1
    for one, other in permutations(scene.solids, 2):
        for relation, apart in zip(_RELATIONS, (other.x - one.x, other.z - one.z), strict=True):
            known = 1 if apart > CLEARLY else -1
            if apart > -CLEARLY:
                _relate(vector, (one.colour, relation, other.colour), known)
                _relate(vector, (one.shape, relation, other.shape), known)
    return vector


def of_caption(facts: Facts) -> Vector:
    """What a caption says: (len(NAMES),); sizes, places and ground are unknown where it is silent."""
    vector = np.zeros(len(NAMES), np.int8)
    vector[_GROUNDS] = 0 if facts.ground else -1
    vector[_SIZED] = 0 if all(thing.size for thing in facts.things) else -1
    for thing in facts.things:
        _mark(vector, thing.colour, thing.shape, thing.size)
    if facts.ground:
        vector[_INDEX[(facts.ground,)]] = 1
    for (one, other), relation in product(permutations(facts.things, 2), _RELATIONS):
        _relate(vector, (one.colour, relation, other.colour), -1)
        _relate(vector, (one.shape, relation, other.shape), -1)
    for first, where, second in facts.places:
        near, far = (first, second) if where in _RELATIONS else (second, first)
        relation = "left" if where in ("left", "right") else "front"
        for attribute in ("colour", "shape"):
            pair = tuple(getattr(facts.things[index], attribute) for index in (near, far))
            _relate(vector, (pair[0], relation, pair[1]), 1)
            _relate(vector, (pair[1], relation, pair[0]), 0)
    return vector


def of_patches(scene: Scene, patch: int, size: int = SIZE) -> Patches:
    """What each patch of the picture shows, row by row: (3, patches), the number of its colour, shape and size from 1
    on, 0 for the ground. A solid is taken as a disc about its middle."""
    labels = np.zeros((3, (size // patch) ** 2), np.int64)
    steps = (np.arange(size // patch) + 0.5) * patch * SIZE / size
    across, down = (grid.ravel() for grid in np.meshgrid(steps, steps))
    for solid in sorted(scene.solids, key=lambda solid: -solid.z):
        middle = np.array([solid.x, 0.5 * solid.scale, solid.z], np.float32)
        (x, y), reach = project(middle), 0.5 * solid.scale * float(scale_at(middle))
        inside = (across - x) ** 2 + (down - y) ** 2 < reach**2
        labels[:, inside] = np.array(_numbers(solid))[:, None]
    return labels


def _numbers(solid: Solid) -> tuple[int, int, int]:
    tables = zip((COLOURS, SHAPES, SIZES), (solid.colour, solid.shape, solid.size), strict=True)
    first, second, third = (1 + list(table).index(name) for table, name in tables)
    return first, second, third


def _mark(vector: Vector, colour: str, shape: str, size: str | None) -> None:
    vector[_INDEX[colour, shape]] = 1
    if size is not None:
        vector[[_INDEX[colour, size], _INDEX[shape, size]]] = 1


def _relate(vector: Vector, name: tuple[str, str, str], value: int) -> None:
    """Say it, unless both ends have one name: then it would be true both ways."""
    if name[0] != name[2]:
        place = _INDEX[name]
        vector[place] = 1 if vector[place] == 1 and value == -1 else value
