"""Painters around a tiny model, and measures by a tiny CLIP."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def painter(tiny_parts: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """`painter(**settings)`: noise to a picture of 16 × 16 pixels, by a tiny model with random weights."""
    import torch

    from nodes.optimizing.picture import Painter
    from nodes.prompts.encode import encode_text
    from nodes.types import Latent

    parts = tiny_parts()
    with torch.no_grad():
        asked, empty = (
            encode_text(parts["text_encoder"], text, emphasis="off", clip_skip=0) for text in ("a cube", "")
        )

    def make(**settings: Any) -> Any:
        latent = Latent(parts["denoiser"].space, 16, 16)
        return Painter(parts["denoiser"], parts["vae"], asked, empty, latent, **({"cfg": 2.0} | settings))

    return make


@pytest.fixture(scope="session")
def clip_measure(tiny_clip: Callable[..., Path]) -> Callable[..., Any]:
    """`clip_measure(kind, **settings)`: how well a picture fits a text; the model is loaded once."""
    from nodes.families.clip import Clip, load_clip
    from nodes.rewarding.clip import ClipScore
    from nodes.rewarding.contract import Measure

    loaded: dict[str, Clip] = {}

    def make(kind: str = "clip", **settings: Any) -> Any:
        if kind not in loaded:
            loaded[kind] = load_clip(tiny_clip(kind))
        clip = loaded[kind]
        return Measure(kind, ClipScore(clip, "a red cube"), modules=(clip,), **settings)

    return make
