"""From a prompt to a conditioning."""

from __future__ import annotations

import torch
from torch import Tensor

from nodes.families.protocol import TextEncoder
from nodes.prompts.emphasis import EMPHASIS
from nodes.prompts.grammar import Span, parse
from nodes.prompts.windows import Window, windows_of
from nodes.types import Conditioning, ConditioningEntry


def encode_text(encoder: TextEncoder, text: str, *, emphasis: str = "comfy", clip_skip: int = 0) -> Conditioning:
    """Encode a prompt of any length: windows of the encoder's size, one after another in a single entry.

    `emphasis` says how weights are applied ("comfy", "a1111", "nonorm"), or "off", which takes brackets
    and BREAK as they are written. `clip_skip` leaves out that many of the encoder's last layers. Raises
    ValueError for an unknown `emphasis` and for a `clip_skip` that the encoder does not have.
    """
    if emphasis != "off" and emphasis not in EMPHASIS:
        raise ValueError(f"there is no emphasis {emphasis!r}; there are: {', '.join(EMPHASIS)}, off")
    sections = [[Span(text)]] if emphasis == "off" else parse(text)
    windows = windows_of(sections, encoder.tokens, encoder.window - 2)
    rows = encoder.encode([window.tokens for window in windows], clip_skip)
    weights = _weights(windows, encoder.window).to(rows)
    if (weights != 1).any():
        rows = EMPHASIS[emphasis](rows, encoder.encode([[]], clip_skip), weights)
    context = rows.reshape(1, -1, rows.shape[-1])
    return Conditioning(encoder.family, (ConditioningEntry(encoder.tensors(context)),))


def _weights(windows: list[Window], length: int) -> Tensor:
    """The weights of all rows (windows, length, 1); those of the tokens around a text are 1."""
    rows = [[1.0, *w.weights, *[1.0] * (length - 1 - len(w.weights))] for w in windows]
    return torch.tensor(rows)[..., None]
