"""Scenes that a prompt asks for; what it leaves open (places, sizes, turns, ground) is drawn from a seed."""

import random
from typing import Final

from nodes.solids.prompts import Facts
from nodes.solids.scene import Scene, Solid, arrange, relation, turn, well_apart
from nodes.solids.vocabulary import GROUNDS, SIZES

MOST: Final = 3
"""How many solids a scene holds."""
TRIES: Final = 20_000
EXAMPLE: Final = "a red cube left of a small blue ball on sand"


def check_things(facts: Facts) -> None:
    """Raise ValueError, in a sentence, where a prompt asks for no solid or for more than a scene holds."""
    number = len(facts.things)
    if number == 0:
        raise ValueError(f"the text asks for no solid; one is a colour and a shape, as in '{EXAMPLE}'")
    if number > MOST:
        raise ValueError(f"the text asks for {number} solids; a scene has one to {MOST}")


def scene_for(facts: Facts, seed: int) -> Scene:
    """A scene that shows the facts; the same seed places other colours and shapes alike, where there is room.

    Raises ValueError, in a sentence, for no solids, too many, and where they cannot stand as they are said to.
    """
    check_things(facts)
    draw = random.Random(f"asked/{seed}")
    ground = draw.choice(list(GROUNDS))
    for _ in range(TRIES):
        solids = _solids(draw, facts)
        if all(relation(solids[a], solids[b]) == where for a, where, b in facts.places) and well_apart(solids):
            return Scene(solids, facts.ground or ground)
    raise ValueError("there is no room in the picture for solids that stand so; ask for smaller or for fewer ones")


def _solids(draw: random.Random, facts: Facts) -> tuple[Solid, ...]:
    places = arrange(draw, len(facts.things))
    drawn = [(draw.choice(list(SIZES)), draw.getrandbits(32)) for _ in facts.things]
    return tuple(
        Solid(
            thing.colour,
            thing.shape,
            thing.size or size,
            round(x, 3),
            round(z, 3),
            round(turn(random.Random(number), thing.shape), 3),
        )
        for thing, (x, z), (size, number) in zip(facts.things, places, drawn, strict=True)
    )
