"""The words that a model knows, where it knows only so many, as data that travels with it.

A model's folder may have a `vocabulary.json`; a pack may as well put the same into the facts of its models, under
`vocabulary`:

    {"kinds": {"shapes": {"sphere": ["sphere", "ball"], …}, "places": {"left of": ["left of", …]}, …},
     "words": ["a", "and", "ball", …]}

`kinds` is what there is to say, by kind: names with all the forms in which they may be written, the first the usual one.
`words` are all single words that mean something to the model, those of the kinds among them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nodes.prompts.grammar import parse

FILE = "vocabulary.json"
_WORD = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True)
class Vocabulary:
    """A model's words; see the module's beginning. Words are lower-case."""

    kinds: Mapping[str, Mapping[str, Sequence[str]]]
    words: frozenset[str]

    def to_json(self) -> dict[str, Any]:
        """The document of `vocabulary.json`."""
        kinds = {kind: {name: list(forms) for name, forms in table.items()} for kind, table in self.kinds.items()}
        return {"kinds": kinds, "words": sorted(self.words)}

    def unknown(self, text: str) -> tuple[str, ...]:
        """The text's words that it does not have, in order, each once."""
        return tuple(dict.fromkeys(word for word in _WORD.findall(text.lower()) if word not in self.words))

    def notice(self, text: str, who: str = "the model") -> str | None:
        """A sentence about words that are not known, and what is; None where all are known."""
        strange = self.unknown(text)
        if not strange:
            return None
        quoted = ", ".join(f"'{word}'" for word in strange)
        known = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in self.kinds.items())
        return f"{who} does not know {quoted}; it knows {known or ', '.join(sorted(self.words))}"


def vocabulary_from(document: object) -> Vocabulary | None:
    """The vocabulary that a JSON document is; None where it is none, as other programs' files may be."""
    if not isinstance(document, Mapping):
        return None
    kinds, words = document.get("kinds", {}), document.get("words")
    if not (_texts(words) and words) or not isinstance(kinds, Mapping):
        return None
    if not all(isinstance(table, Mapping) and all(map(_texts, table.values())) for table in kinds.values()):
        return None
    return Vocabulary(kinds, frozenset(words))


def prompt_notice(vocabulary: Vocabulary | None, prompt: str, emphasis: str, who: str = "the model") -> str | None:
    """The notice for a prompt whose brackets are weights, unless `emphasis` is "off"; None without a vocabulary."""
    if vocabulary is None:
        return None
    if emphasis != "off":
        prompt = " ".join(span.text for section in parse(prompt) for span in section)
    return vocabulary.notice(prompt, who)


def _texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
