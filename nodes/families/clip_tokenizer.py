"""CLIP's tokenizer, from a folder or from the table that travels with us.

`data/clip_bpe_merges.txt.gz` holds the 48,894 byte-pair merges of OpenAI's CLIP (Radford et al. 2021,
arXiv 2103.00020; MIT licence, see NOTICE), one a line. The vocabulary follows from them.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nodes.families.errors import UnusableModel

if TYPE_CHECKING:
    from transformers import CLIPTokenizer

MERGES = Path(__file__).parent / "data" / "clip_bpe_merges.txt.gz"
WORD_END = "</w>"


def saved_tokenizer(folder: Path) -> CLIPTokenizer:
    """The tokenizer saved in `folder`. Raises UnusableModel where there is none."""
    from transformers import CLIPTokenizer

    try:
        tokenizer: CLIPTokenizer = CLIPTokenizer.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnusableModel(f"{folder.parent.name} has no CLIP tokenizer that can be read in {folder.name}/") from error
    return tokenizer


@cache
def clip_tokenizer() -> CLIPTokenizer:
    """The tokenizer of Stable Diffusion 1.x and 2.x: 49,408 tokens, the last two around a text, padded with the
    last."""
    from transformers import CLIPTokenizer

    merges = [tuple(line.split()) for line in gzip.decompress(MERGES.read_bytes()).decode("utf-8").splitlines()]
    symbols = list(_byte_symbols())
    words = [*symbols, *(symbol + WORD_END for symbol in symbols), *("".join(pair) for pair in merges)]
    words += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {word: index for index, word in enumerate(words)}
    pairs: Any = merges  # tuples, as tokenizers' BPE takes them; the annotation knows only the lines of a file
    return CLIPTokenizer(vocab=vocabulary, merges=pairs, model_max_length=77)


def _byte_symbols() -> list[str]:
    """A printable character for each byte, in the order of CLIP's vocabulary: printable bytes stand for
    themselves first."""
    printable = [
        *range(ord("!"), ord("~") + 1),
        *range(ord("¡"), ord("¬") + 1),
        *range(ord("®"), ord("ÿ") + 1),
    ]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + i) for i in range(len(others))]
