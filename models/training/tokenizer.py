"""A CLIP tokenizer of the world's own words: each is a token, other text falls back to pieces of them and to bytes.

CLIP's byte-level BPE (Radford et al. 2021), trained on the world's vocabulary.
"""

from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import Final

import torch
from torch import Tensor
from transformers import CLIPTokenizer

from nodes.solids.prompts import WORDS

LENGTH: Final = 32
"""Tokens a prompt, with start, end and padding; every caption fits."""
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


def new_tokenizer() -> CLIPTokenizer:
    """The tokenizer, the same each time it is made: each word of the world is one token."""
    letters = byte_letters()
    spelled = [[*word[:-1], word[-1] + _WORD_END] for word in sorted(WORDS)]
    merges = learn_merges(spelled)
    tokens = [*letters, *(letter + _WORD_END for letter in letters), *(a + b for a, b in merges), START, END]
    vocabulary = {token: index for index, token in enumerate(dict.fromkeys(tokens))}
    # The annotation says list[str], but it is pairs that the BPE behind it takes.
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=LENGTH)  # type: ignore[arg-type]


@lru_cache(maxsize=1)
def _kept() -> CLIPTokenizer:
    """One for all texts: to make it takes as long as to read 300 captions."""
    return new_tokenizer()


def tokens_of(texts: list[str]) -> Tensor:
    """Token ids (N, LENGTH), as a denoiser's text encoder reads them."""
    return torch.tensor(_kept()(texts, padding="max_length", truncation=True, max_length=LENGTH)["input_ids"])


def short_tokens_of(texts: list[str]) -> Tensor:
    """Token ids (N, L) with L of the longest text, as a CLIP reads them."""
    return torch.tensor(_kept()(texts, padding=True, truncation=True)["input_ids"])


def learn_merges(words: list[list[str]]) -> list[tuple[str, str]]:
    """Byte-pair encoding's training until each word is one token: the commonest pair is merged, ties by letters
    (Sennrich et al. 2016, algorithm 1). Merging in this order spells every word, which merges taken word by word don't.
    """
    merges: list[tuple[str, str]] = []
    while pairs := Counter(pair for word in words for pair in pairwise(word)):
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = [_merged(word, best) for word in words]
    return merges


def _merged(word: list[str], pair: tuple[str, str]) -> list[str]:
    out: list[str] = []
    for part in word:
        if out and (out[-1], part) == pair:
            out[-1] += part
        else:
            out.append(part)
    return out
