"""Pictures of the world of solids as tensors: drawn from words, and read and held against words."""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nodes.ops.resize import resample
from nodes.solids.asked import check_things, scene_for
from nodes.solids.camera import SIZE
from nodes.solids.comparing import compare, phrase, with_article
from nodes.solids.prompts import caption, parse
from nodes.solids.render import render
from nodes.solids.scene import Solid, sample_scene
from nodes.solids.score import judge, read


class Scores(NamedTuple):
    """Means over a batch: `right`, the share of pictures with exactly the solids asked for; `met`, the share of facts
    that a picture shows. `report` has a sentence a picture, one a line."""

    right: float
    met: float
    report: str


def draw_scene(text: str, seed: int) -> tuple[Tensor, str]:
    """A picture (1, 128, 128, 3) of what the text asks for, of anything if it is empty, and a true caption.

    Raises ValueError, in a sentence, where the text asks for no solids, too many, or for places that cannot be.
    """
    scene = scene_for(parse(text), seed) if text.strip() else sample_scene(seed)
    pixels = torch.from_numpy(render(scene)).float().div(255)[None]
    return pixels, caption(scene, random.Random(seed))


def score_pictures(pixels: Tensor, prompt: str) -> Scores:
    """Read each picture (B, H, W, C), square, and hold it against the prompt.

    Raises ValueError, in a sentence, for a prompt that asks for nothing and for pictures that are not square.
    """
    facts = parse(prompt)
    check_things(facts)
    right, met, lines = [], [], []
    for picture in as_bytes(pixels):
        solids = read(picture)
        found = compare(facts, solids)
        right.append(judge(facts, solids).right)
        met.append(found.met / found.of)
        lines.append(sentence(solids, found.failures))
    numbered = [f"{number}: {line}" for number, line in enumerate(lines, 1)] if len(lines) > 1 else lines
    return Scores(sum(right) / len(right), sum(met) / len(met), "\n".join(numbered))


def as_bytes(pixels: Tensor) -> NDArray[np.uint8]:
    """Square pictures (B, H, W, C) in 0…1 => (B, 128, 128, 3) sRGB bytes, as the scorer reads them."""
    height, width = (int(side) for side in pixels.shape[1:3])
    if height != width:
        raise ValueError(f"the picture is {width} × {height} pixels; pictures of the world of solids are square")
    small = resample(pixels.detach().cpu(), SIZE, SIZE, "area" if width > SIZE else "bilinear")
    return np.asarray((small[..., :3].clamp(0, 1) * 255 + 0.5).numpy(), np.uint8)


def sentence(solids: tuple[Solid, ...], failures: tuple[str, ...]) -> str:
    """What was read, and what of the prompt it does not show."""
    things = [with_article(phrase(solid)) for solid in solids]
    seen = ", ".join([*things[:-2], " and ".join(things[-2:])]) if things else "nothing that could be made out"
    return f"{seen}; {'wrong: ' + ', '.join(failures) if failures else 'all as asked'}"
