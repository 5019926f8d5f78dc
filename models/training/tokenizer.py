"""A CLIP tokenizer of the world's own words: a few letters or a whole word are a token, other text falls back to bytes.

CLIP's byte-level BPE (Radford et al. 2021), whose merges spell each known word from its letters, left
to right.
"""

from typing import Final

from transformers import CLIPTokenizer

from nodes.solids.prompts import WORDS

LENGTH: Final = 28
"""Tokens a prompt, with start, end and padding. Every caption of one or two solids fits; of three, one in twenty loses
its end."""
START: Final = "<|startoftext|>"
END: Final = "<|endoftext|>"
_WORD_END: Final = "</w>"


def byte_letters() -> list[str]:
    """The printable letter that byte-level BPE writes for each byte 0–255 (GPT-2's table)."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    letters = {byte: chr(byte) for byte in plain}
    others = [byte for byte in range(256) if byte not in letters]
    letters.update({byte: chr(256 + index) for index, byte in enumerate(others)})
    return [letters[byte] for byte in range(256)]


def merges_for(words: list[str]) -> list[tuple[str, str]]:
    """Merges that spell each word from its letters.

    The merges of one word may take letters from another first ("an" in "orange"), so that some words stay in two to
    five tokens. The weights that ship know them so; another order of merges needs another training.
    """
    merges: dict[tuple[str, str], None] = {}
    for word in words:
        letters = [*word[:-1], word[-1] + _WORD_END]
        made = letters[0]
        for letter in letters[1:]:
            merges[made, letter] = None
            made += letter
    return list(merges)


def new_tokenizer() -> CLIPTokenizer:
    """The tokenizer, the same each time it is made."""
    letters = byte_letters()
    merges = merges_for(sorted(WORDS))
    tokens = [*letters, *(letter + _WORD_END for letter in letters), *(a + b for a, b in merges), START, END]
    vocabulary = {token: index for index, token in enumerate(dict.fromkeys(tokens))}
    # The annotation says list[str], but it is pairs that the BPE behind it takes.
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=LENGTH)  # type: ignore[arg-type]
