"""First look at a picture: which pixels are ground, and which colour of solid the others could be.

Every pixel is held, in linear light, against what the world can put there: a ground's colour, brighter or darker, or a
solid's own colour times a light plus a whitish gloss. Pictures are (128, 128, 3) sRGB bytes.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nodes.solids.camera import floor
from nodes.solids.shapes import Array
from nodes.solids.vocabulary import ALBEDOS, COLOURS, GROUNDS

NAMES: Final = tuple(COLOURS)
GROUND: Final = -1
UNKNOWN: Final = -2
DARK: Final = 0.05
"""Linear brightness below which a pixel counts as black."""

ROUGHLY: Final = 0.3
"""How much brighter or darker than the world's a channel of a picture's own ground may be."""


@dataclass(frozen=True)
class Look:
    """A picture taken apart: linear light (H, W, 3), a label a pixel (H, W: index into NAMES, GROUND or UNKNOWN).

    `plain` (H, W) is how far each pixel is from the picture's own bare ground in the sun: square roots of linear light, mean
    over the channels.
    """

    linear: Array
    labels: NDArray[np.int8]
    ground: str
    plain: Array


def linear_light(picture: NDArray[np.uint8]) -> Array:
    """sRGB bytes => linear RGB, 0–1."""
    x = picture.astype(np.float32) / 255
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4).astype(np.float32)


def ground_colours(ground: str) -> Array:
    """The unshadowed ground of a picture in linear light, (H, 1, 3): near below, far above."""
    near, far = (np.array(colour, np.float32) for colour in GROUNDS[ground])
    fade = np.clip((floor()[:, :1, 2:3] + 2.0) / 5.2, 0, 1)
    return np.asarray(near + (far - near) * fade * fade * (3 - 2 * fade), np.float32)


def look(picture: NDArray[np.uint8]) -> Look:
    """Find the ground and label every pixel."""
    light = linear_light(picture)
    fits = {name: _like_ground(light, ground_colours(name)) for name in GROUNDS}
    bright = {name: (gain > 0.8).mean() for name, gain in fits.items()}
    ground = max(bright, key=lambda name: bright[name])
    seen = _ground_as_seen(light, ground_colours(ground))
    plain = np.abs(np.sqrt(light) - np.sqrt(seen)).mean(-1)
    return Look(light, _labels(light, _like_ground(light, seen)), ground, np.asarray(plain, np.float32))


def _ground_as_seen(light: Array, floor_colour: Array) -> Array:
    """This very picture's own ground, (H, 1, 3): a model's sand may be a little greyer, and clay far away. The mean of what
    is within ROUGHLY of the world's sunlit ground, row by row and smoothed; half-shadows make it a little dark."""
    gains = light / floor_colour
    rough = np.abs(gains - 1).max(-1) < ROUGHLY
    rows = np.arange(len(light))
    counts = rough.sum(1)
    if (counts > 0).sum() < len(rows) / 2:
        return floor_colour
    ratios = (gains * rough[..., None]).sum(1) / np.maximum(counts, 1)[:, None]
    fitted = np.polynomial.polynomial.polyfit(rows, ratios, 2, w=np.sqrt(counts))
    seen = np.polynomial.polynomial.polyval(rows, fitted).T
    return np.asarray(floor_colour * np.clip(seen, 1 - ROUGHLY, 1 + ROUGHLY)[:, None], np.float32)


def _like_ground(light: Array, floor_colour: Array) -> Array:
    """The gain with which each pixel is the ground's colour, (H, W); 0 where it is another colour."""
    square = (floor_colour**2).sum(-1)
    gain = (light * floor_colour).sum(-1) / square
    off = np.abs(light - gain[..., None] * floor_colour).sum(-1) / (light.sum(-1) + 0.06)
    return np.where((off < 0.10) & (gain < 1.16), gain, 0).astype(np.float32)


def _labels(light: Array, gain: Array) -> NDArray[np.int8]:
    total = light.sum(-1)
    costs = (
        np.stack([_off(light, np.array(ALBEDOS[name], np.float32)) for name in NAMES], -1) / (total + 0.06)[..., None]
    )
    low, high = light.min(-1), light.max(-1)
    costs[..., NAMES.index("white")] += np.where(low > 0.42, 0.0, np.where(low > 0.12, 0.08, 0.3))
    costs[..., NAMES.index("black")] = np.where((total < 3 * DARK) & (high < 3 * low + 0.012), 0.0, 1.0)
    labels = np.asarray(costs.argmin(-1), np.int8)
    labels[costs.min(-1) > 0.24] = UNKNOWN
    labels[(gain > 0.20) & (total > 2 * DARK)] = GROUND
    return labels


def _off(light: Array, albedo: Array) -> Array:
    """How far each pixel lies from albedo × light + gloss, both at least 0: (H, W), sum over the channels."""
    aa, aw, ww = float(albedo @ albedo), float(albedo.sum()), 3.0
    pa, pw = light @ albedo, light.sum(-1)
    down = aa * ww - aw * aw + 1e-9
    gloss = np.clip((aa * pw - aw * pa) / down, 0, 0.35)
    shade = np.clip((pa - gloss * aw) / aa, 0, 1.45)
    off = np.abs(light - shade[..., None] * albedo - gloss[..., None]).sum(-1)
    # A highlight lies on lit colour; whitish light alone is no sign of any colour.
    return np.asarray(off + np.maximum(gloss - shade * albedo.max(), 0), np.float32)


def components(labels: NDArray[np.int8], least: int) -> list[NDArray[np.bool_]]:
    """Connected patches of one colour with at least `least` pixels, largest first; four neighbours connect."""
    marks = np.where(labels >= 0, np.arange(1, labels.size + 1).reshape(labels.shape), 0)
    before = np.zeros_like(marks)
    while not np.array_equal(marks, before):
        before = marks.copy()
        for axis in (0, 1):
            for step in (1, -1):
                marks = np.where(_same(labels, axis, step), np.maximum(marks, np.roll(marks, step, axis)), marks)
    names, sizes = np.unique(marks[marks > 0], return_counts=True)
    order = np.argsort(-sizes, kind="stable")
    return [marks == names[index] for index in order if sizes[index] >= least]


def _same(labels: NDArray[np.int8], axis: int, step: int) -> NDArray[np.bool_]:
    same = (labels == np.roll(labels, step, axis)) & (labels >= 0)
    edge = [slice(None), slice(None)]
    edge[axis] = slice(0, 1) if step == 1 else slice(-1, None)
    same[tuple(edge)] = False
    return np.asarray(same)
