"""Scenes with one thing altered: what was there before something was painted over. Nothing is of a withheld combination."""

import random
from dataclasses import replace
from typing import Final, Literal

import numpy as np

from models.training.common import withheld_pairs
from nodes.solids.scene import Scene, Solid
from nodes.solids.vocabulary import COLOURS, SHAPES, SIZES

TRIES: Final = 12


def another(solid: Solid, what: Literal["colour", "shape"], draw: random.Random) -> Solid:
    """The solid in another colour or shape."""
    everything = COLOURS if what == "colour" else SHAPES
    made = [_named(solid, what, name) for name in everything if name != getattr(solid, what)]
    return draw.choice([one for one in made if (one.colour, one.shape) not in withheld_pairs()])


def one_more(scene: Scene, draw: random.Random) -> Scene:
    """The scene with a solid more, half of the time a copy of one that is there; where it has most room of a few places."""
    while True:
        new = draw.choice(scene.solids)
        if draw.random() < 0.5:
            new = replace(new, colour=draw.choice(list(COLOURS)), shape=draw.choice(list(SHAPES)))
        if (new.colour, new.shape) not in withheld_pairs():
            break
    places = [(draw.uniform(-0.95, 0.95), draw.uniform(-1.1, 1.2)) for _ in range(TRIES)]

    def room(place: tuple[float, float]) -> float:
        return min(float(np.hypot(place[0] - solid.x, place[1] - solid.z)) for solid in scene.solids)

    x, z = max(places, key=room)
    return replace(scene, solids=(*scene.solids, replace(new, size=draw.choice(list(SIZES)), x=x, z=z)))


def _named(solid: Solid, what: str, name: str) -> Solid:
    return replace(solid, colour=name) if what == "colour" else replace(solid, shape=name)
