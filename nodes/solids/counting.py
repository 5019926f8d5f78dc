"""Counts over many pictures: how many show what their prompts ask for, and how the others are wrong.

Right is the exact multiset of (colour, shape). Sizes and places are counted where the prompt names them, of all pictures
(a wrong one has them wrong) and of the right ones. A wrong picture counts under one mistake, as
`nodes.solids.comparing.mistake` defines them.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from nodes.solids.comparing import MISTAKES, Mistake, mistake
from nodes.solids.prompts import Facts
from nodes.solids.rates import Rate, rate
from nodes.solids.scene import Solid
from nodes.solids.score import Verdict, judge

SAID: Final = {
    "unread": "nothing could be read",
    "swap": "swapped: the colours and the shapes asked for, bound otherwise",
    "neglect": "neglected: fewer solids than asked for",
    "leak": "leaked: a solid more than asked for bears an asked colour",
    "extra": "extra: more solids than asked for",
    "colour": "other colours",
    "shape": "other shapes",
    "both": "other colours and shapes",
}
"""What the rows of wrong pictures are called."""


AS_ASKED: Final = "right with sizes and places"


class Shown(NamedTuple):
    """What a prompt asks for, and what was read in its picture."""

    facts: Facts
    solids: tuple[Solid, ...]

    @property
    def verdict(self) -> Verdict:
        """Whether things, sizes and places are right."""
        return judge(self.facts, self.solids)

    @property
    def mistake(self) -> Mistake | None:
        """How the solids are wrong; None where they are right."""
        return mistake(self.facts, self.solids)


def counts(shown: Sequence[Shown]) -> dict[str, Rate]:
    """Rates by name, in the order of the table.

    `right`; where a prompt names some, `sizes` and `places`, both of all pictures and of the right ones, and `right with
    sizes and places`, the pictures that are all as asked; then every mistake that was made.
    """
    verdicts = [one.verdict for one in shown]
    found = {"right": rate(verdict.right for verdict in verdicts)}
    for part in ("sizes", "places"):
        counted = [getattr(verdict, part) for verdict in verdicts]
        if any(value is not None for value in counted):
            found[part] = rate(counted)
            of_right = (value for value, verdict in zip(counted, verdicts, strict=True) if verdict.right)
            found[f"{part} of the right ones"] = rate(of_right)
    if len(found) > 1:
        found[AS_ASKED] = rate(verdict.as_asked for verdict in verdicts)
    made = [one.mistake for one in shown]
    return found | {name: rate(one == name for one in made) for name in MISTAKES if name in made}


def rows(kind: str, shown: Sequence[Shown]) -> Iterator[str]:
    """A kind's lines of the table."""
    for name, found in counts(shown).items():
        yield found.line(f"{kind}, wrong: {SAID[name]}" if name in SAID else f"{kind}: {name}")
