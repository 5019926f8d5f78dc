"""Twins of a caption: the same words but for one fact, or two facts exchanged, so that the scene no longer shows it.

They are the hard negatives of Yuksekgonul et al. 2023 ("When and why vision-language models behave like bags-of-words",
arXiv 2210.01936), made by exchanging words instead of by a parser of free text; `parse` says what a twin asks for.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, permutations
from typing import Final

from nodes.solids.comparing import stands
from nodes.solids.prompts import Facts, Thing, parse
from nodes.solids.scene import Scene, Solid
from nodes.solids.vocabulary import COLOURS, GROUNDS, RELATIONS, SHAPES, SIZES

EXCHANGED: Final = ("colours", "shapes", "sizes", "places")
"""Two facts change places: colours, shapes or sizes of two solids, or which of them is left or in front."""
REPLACED: Final = ("colour", "shape", "size", "ground")
"""One fact becomes another."""
KINDS: Final = (*EXCHANGED, *REPLACED)

_TABLES: Final = {"colour": COLOURS, "shape": SHAPES, "size": SIZES}
_MEANING: Final = {
    form: (kind, name) for kind, table in _TABLES.items() for name, forms in table.items() for form in forms
}
_OPPOSITE: Final = {
    **dict(zip(RELATIONS["left"], RELATIONS["right"], strict=True)),
    **dict(zip(RELATIONS["right"], RELATIONS["left"], strict=True)),
    **dict.fromkeys(RELATIONS["front"], RELATIONS["behind"][0]),
    **dict.fromkeys(RELATIONS["behind"], RELATIONS["front"][0]),
}


def _any_of(forms: Iterator[str] | list[str]) -> re.Pattern[str]:
    """Any of the forms as whole words, the longest first ("to the left of" before "left of")."""
    return re.compile(r"\b(" + "|".join(map(re.escape, sorted(forms, key=len, reverse=True))) + r")\b")


_FACTS: Final = _any_of(list(_MEANING))
_PLACES: Final = _any_of(list(_OPPOSITE))
_GROUND: Final = _any_of([f"on {ground}" for ground in GROUNDS])


@dataclass(frozen=True)
class Word:
    """A word of a caption that names a colour, shape or size: where it stands and what it means."""

    first: int
    last: int
    kind: str
    name: str


def twin(text: str, scene: Scene, kind: str, draw: random.Random) -> str | None:
    """A twin of that kind which the scene does not show; None where there is none."""
    candidates = list(_MAKERS[kind](text, draw))
    draw.shuffle(candidates)
    return next((made for one in candidates if not shows(scene, parse(made := _with_articles(one)))), None)


def twins(text: str, scene: Scene, draw: random.Random) -> dict[str, str]:
    """A twin of each kind that there is."""
    made = {kind: twin(text, scene, kind, draw) for kind in KINDS}
    return {kind: found for kind, found in made.items() if found is not None}


def shows(scene: Scene, facts: Facts) -> bool:
    """Whether the scene is what the facts ask for: these solids and no others, of these sizes, at these places."""
    if facts.ground not in (None, scene.ground) or len(facts.things) != len(scene.solids):
        return False
    return any(_fits(facts, order) for order in permutations(scene.solids))


def _fits(facts: Facts, order: tuple[Solid, ...]) -> bool:
    things = all(_is(thing, solid) for thing, solid in zip(facts.things, order, strict=True))
    return things and all(stands(order[a], where, order[b]) for a, where, b in facts.places)


def _is(thing: Thing, solid: Solid) -> bool:
    return (thing.colour, thing.shape) == (solid.colour, solid.shape) and thing.size in (None, solid.size)


def _words(text: str, kind: str) -> list[Word]:
    found = [Word(match.start(), match.end(), *_MEANING[match[0]]) for match in _FACTS.finditer(text)]
    return [word for word in found if word.kind == kind]


def _exchanged(kind: str, text: str) -> Iterator[str]:
    for one, other in combinations(_words(text, kind), 2):
        if one.name != other.name:
            before, between, after = text[: one.first], text[one.last : other.first], text[other.last :]
            yield before + text[other.first : other.last] + between + text[one.first : one.last] + after


def _replaced(kind: str, text: str, draw: random.Random) -> Iterator[str]:
    for word in _words(text, kind):
        for name, forms in _TABLES[kind].items():
            if name != word.name:
                yield text[: word.first] + draw.choice(forms) + text[word.last :]


def _places_exchanged(text: str) -> Iterator[str]:
    for match in _PLACES.finditer(text):
        yield text[: match.start()] + _OPPOSITE[match[0]] + text[match.end() :]


def _other_ground(text: str) -> Iterator[str]:
    for match in _GROUND.finditer(text):
        yield from (text[: match.start()] + f"on {ground}" + text[match.end() :] for ground in GROUNDS)


def _with_articles(text: str) -> str:
    """The text with "a" and "an" as the next word wants them."""
    return re.sub(r"\ban?(?= (\w))", lambda match: "an" if match[1] in "aeiou" else "a", text)


_MAKERS: Final = {
    "colours": lambda text, draw: _exchanged("colour", text),
    "shapes": lambda text, draw: _exchanged("shape", text),
    "sizes": lambda text, draw: _exchanged("size", text),
    "places": lambda text, draw: _places_exchanged(text),
    "colour": lambda text, draw: _replaced("colour", text, draw),
    "shape": lambda text, draw: _replaced("shape", text, draw),
    "size": lambda text, draw: _replaced("size", text, draw),
    "ground": lambda text, draw: _other_ground(text),
}
