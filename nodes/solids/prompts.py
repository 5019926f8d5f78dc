"""Captions of scenes, in the many ways people write them, and the facts that a prompt asks for.

`caption` and `parse` are each other's check: what a caption says of its scene is what parsing it gives back.
"""

import random
import re
from dataclasses import dataclass
from typing import Final

from nodes.prompts.vocabulary import Vocabulary
from nodes.solids.scene import Scene, Solid, relation
from nodes.solids.vocabulary import COLOURS, COUNTS, GLUE, GROUNDS, RELATIONS, SHAPES, SIZES


@dataclass(frozen=True)
class Thing:
    """One solid that a prompt asks for; `size` is None where the prompt leaves it open."""

    colour: str
    shape: str
    size: str | None = None


@dataclass(frozen=True)
class Facts:
    """What a prompt asks for: things in order, places as (index, relation, index), the ground if named."""

    things: tuple[Thing, ...]
    places: tuple[tuple[int, str, int], ...] = ()
    ground: str | None = None


def caption(scene: Scene, draw: random.Random) -> str:
    """One true sentence about the scene; wording, order and what is left unsaid are drawn."""
    solids = list(scene.solids)
    draw.shuffle(solids)
    sized, article = draw.random() < 0.55, draw.random() < 0.75
    phrases = [_phrase(solid, draw, sized and draw.random() < 0.85, article) for solid in solids]
    text = _joined(solids, phrases, draw)
    if len(solids) > 1 and draw.random() < 0.12:
        text = f"{COUNTS[len(solids)]} objects: {text}"
    return f"{text} on {scene.ground}" if draw.random() < 0.3 else text


def parse(text: str) -> Facts:
    """The facts of a prompt; words that the world doesn't know are passed over (`unknown_words` names them).

    A colour or size counts for the next shape after it; a place holds between the shapes on either
    side of it.
    """
    things: list[Thing] = []
    places: list[tuple[int, str, int]] = []
    colour: str | None = None
    size: str | None = None
    pending: str | None = None
    ground: str | None = None
    for kind, name in _tokens(text):
        if kind == "colour":
            colour = name
        elif kind == "size":
            size = name
        elif kind == "ground":
            ground = name
        elif kind == "relation":
            pending = name if things else None
        elif kind == "shape" and colour is not None:
            things.append(Thing(colour, name, size))
            if pending is not None:
                places.append((len(things) - 2, pending, len(things) - 1))
            colour = size = pending = None
    return Facts(tuple(things), tuple(places), ground)


def unknown_words(text: str) -> tuple[str, ...]:
    """The prompt's words that no caption uses, in order, each once."""
    return VOCABULARY.unknown(text)


def notice(text: str) -> str | None:
    """A sentence about words that the world doesn't know, and what it knows; None where all are known."""
    return VOCABULARY.notice(text, "the world of solids")


def remarks(text: str) -> tuple[str, ...]:
    """Sentences about what of a text asks for nothing: unknown words, and shapes without a colour."""
    told = [notice(text)]
    if bare := colourless(text):
        told.append(f"{', '.join(bare)}: a shape without a colour before it asks for nothing")
    return tuple(remark for remark in told if remark is not None)


def colourless(text: str) -> tuple[str, ...]:
    """The shapes of a text that no colour goes before, by name: `parse` passes them over."""
    bare, coloured = [], False
    for kind, name in _tokens(text):
        if kind == "shape" and not coloured:
            bare.append(name)
        coloured = kind == "colour" or (coloured and kind != "shape")
    return tuple(bare)


def _phrase(solid: Solid, draw: random.Random, sized: bool, article: bool) -> str:
    words = [_word(SIZES[solid.size], draw)] if sized else []
    words += [_word(COLOURS[solid.colour], draw), _word(SHAPES[solid.shape], draw)]
    if not article:
        return " ".join(words)
    if draw.random() < 0.08:
        return " ".join(["the", *words])
    return " ".join(["an" if words[0][0] in "aeiou" else "a", *words])


def _word(words: tuple[str, ...], draw: random.Random) -> str:
    """The canonical word mostly, else one of its synonyms."""
    return words[0] if len(words) == 1 or draw.random() < 0.65 else draw.choice(words[1:])


def _joined(solids: list[Solid], phrases: list[str], draw: random.Random) -> str:
    places, text = draw.random() < 0.65, phrases[0]
    link = draw.choices((", ", " and "), (0.4, 0.6))[0]
    for before, solid, phrase in zip(solids, solids[1:], phrases[1:], strict=False):
        where = relation(before, solid)
        if places and where is not None:
            text += f" {_word(RELATIONS[where], draw)} {phrase}"
        elif len(solids) == 2 and draw.random() < 0.1:
            text += f" next to {phrase}"
        else:
            text += f"{link}{phrase}"
    return text


_KINDS: Final[tuple[tuple[str, dict[str, tuple[str, ...]]], ...]] = (
    ("relation", RELATIONS),
    ("shape", SHAPES),
    ("colour", COLOURS),
    ("size", SIZES),
    ("ground", {ground: (f"on {ground}", f"on the {ground}") for ground in GROUNDS}),
)
_MEANING: Final[dict[str, tuple[str, str]]] = {
    form: (kind, name) for kind, table in _KINDS for name, forms in table.items() for form in forms
}
# Longest first, so that "to the left of" is one token and not two.
_PATTERN: Final = re.compile(
    r"\b(" + "|".join(re.escape(form) for form in sorted(_MEANING, key=len, reverse=True)) + r")\b"
)

WORDS: Final[frozenset[str]] = frozenset(GLUE).union(COUNTS.values(), GROUNDS, *(form.split() for form in _MEANING))
"""Every word that a caption may use."""

VOCABULARY: Final = Vocabulary(
    {
        "shapes": SHAPES,
        "colours": COLOURS,
        "sizes": SIZES,
        "places": {forms[0]: forms for forms in RELATIONS.values()},
        "grounds": {f"on {ground}": (f"on {ground}", f"on the {ground}") for ground in GROUNDS},
        "numbers": {word: (word,) for word in COUNTS.values()},
    },
    WORDS,
)
"""What there is to say of the world, as models of it carry it with them."""


def _tokens(text: str) -> list[tuple[str, str]]:
    flat = " ".join(re.findall(r"[^\W\d_]+|\d+|[,:;.]", text.lower()))
    return [_MEANING[form] for form in _PATTERN.findall(flat)]
