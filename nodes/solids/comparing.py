"""What of a prompt a picture shows, fact by fact and in words, and how a wrong picture is wrong."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain, permutations, product
from typing import Final, Literal, get_args

from nodes.solids.prompts import Facts, Thing
from nodes.solids.scene import Pair, Solid
from nodes.solids.vocabulary import RELATIONS

Mistake = Literal["unread", "swap", "neglect", "leak", "extra", "colour", "shape", "both"]
MISTAKES: Final[tuple[Mistake, ...]] = get_args(Mistake)
CLEARLY: Final = 0.2
"""How far apart in x or z two solids must stand for a place to be met, in world units."""
Assigned = tuple[Solid | None, ...]


@dataclass(frozen=True)
class Comparison:
    """How many facts were held against a picture, how many it shows, and a phrase for each that it does not.

    A fact is a solid that is asked for, a size or a place that is named; a solid that nobody asked for is one that fails.
    """

    of: int
    met: int
    failures: tuple[str, ...]


def stands(first: Solid, where: str, second: Solid) -> bool:
    """Whether the first stands clearly left of, right of, in front of or behind the second."""
    across, along = first.x - second.x, first.z - second.z
    return {"left": -across, "right": across, "front": -along, "behind": along}[where] > CLEARLY


def assign(facts: Facts, solids: tuple[Solid, ...]) -> Assigned:
    """A solid of the right colour and shape for each of a few things in turn, or None, so that most facts are met.

    Things of one colour and shape are told apart by sizes and places, whatever the order in which solids were read.
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for index, thing in enumerate(facts.things):
        groups.setdefault(_pair(thing), []).append(index)
    orders = [_orders([solid for solid in solids if _pair(solid) == pair], len(own)) for pair, own in groups.items()]
    places = [index for own in groups.values() for index in own]
    ways = [dict(zip(places, chain.from_iterable(way), strict=True)) for way in product(*orders)]
    listed = [tuple(way[index] for index in range(len(facts.things))) for way in ways]
    return max(listed, key=lambda order: sum(met for met, _ in _attributes(facts, order)))


def compare(facts: Facts, solids: tuple[Solid, ...]) -> Comparison:
    """Hold the solids that were read against a prompt's facts, one by one."""
    order = assign(facts, solids)
    extra = [solid for solid in solids if not any(solid is other for other in order)]
    checks = [(solid is not None, f"no {phrase(thing)}") for thing, solid in zip(facts.things, order, strict=True)]
    checks += [(False, f"{with_article(phrase(solid))} that is not asked for") for solid in extra]
    checks += _attributes(facts, order)
    failures = tuple(words for met, words in checks if not met)
    return Comparison(len(checks), len(checks) - len(failures), failures)


def mistake(facts: Facts, solids: tuple[Solid, ...]) -> Mistake | None:
    """How a picture's solids are wrong, None where they are right; of several that hold, the first of these.

    - unread: nothing could be read, the picture is empty or unclear;
    - swap: the colours are those asked for, and so are the shapes, but bound otherwise ("a blue cube and a red ball"
      for "a red cube and a blue ball");
    - neglect: fewer solids than asked for;
    - leak: a solid nobody asked for has an asked colour that occurs more often than asked, so another's colour is on it;
    - extra: more solids than asked for;
    - colour, shape: as many as asked for, only colours or only shapes are other ones; both: either kind.
    """
    wanted = Counter(_pair(thing) for thing in facts.things)
    found = Counter(_pair(solid) for solid in solids)
    if wanted == found:
        return None
    same_colours, same_shapes = (_counted(wanted, part) == _counted(found, part) for part in (0, 1))
    rules: dict[Mistake, bool] = {
        "unread": not solids,
        "swap": same_colours and same_shapes,
        "neglect": len(solids) < len(facts.things),
        "leak": _leaks(wanted, found),
        "extra": len(solids) > len(facts.things),
        "colour": same_shapes,
        "shape": same_colours,
        "both": True,
    }
    return next(name for name, holds in rules.items() if holds)


def phrase(thing: Thing | Solid) -> str:
    """A thing as captions have it, without an article: "small red cube"."""
    return " ".join(word for word in (thing.size, thing.colour, thing.shape) if word)


def with_article(words: str) -> str:
    """The words with their article."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _pair(thing: Thing | Solid) -> Pair:
    return thing.colour, thing.shape


def _orders(pool: list[Solid], slots: int) -> list[Assigned]:
    """Every way to give solids to so many things; None where there are too few."""
    return list(permutations([*pool, *[None] * (slots - len(pool))], slots))


def _attributes(facts: Facts, order: Assigned) -> list[tuple[bool, str]]:
    """Sizes and places of the solids that are there: whether met, and what to say if not."""
    checks = [
        (thing.size == solid.size, f"the {thing.colour} {thing.shape} is {solid.size}, not {thing.size}")
        for thing, solid in zip(facts.things, order, strict=True)
        if solid is not None and thing.size is not None
    ]
    for one, where, two in facts.places:
        first, second = order[one], order[two]
        names = [f"the {facts.things[index].colour} {facts.things[index].shape}" for index in (one, two)]
        met = first is not None and second is not None and stands(first, where, second)
        checks.append((met, f"{names[0]} does not stand {RELATIONS[where][0]} {names[1]}"))
    return checks


def _counted(pairs: Counter[Pair], part: int) -> Counter[str]:
    """How often each colour (part 0) or shape (part 1) occurs."""
    counted: Counter[str] = Counter()
    for pair, number in pairs.items():
        counted[pair[part]] += number
    return counted


def _leaks(wanted: Counter[Pair], found: Counter[Pair]) -> bool:
    asked, seen = _counted(wanted, 0), _counted(found, 0)
    return any(pair not in wanted and 0 < asked[pair[0]] < seen[pair[0]] for pair in found)
