"""The one camera of the world: a pinhole that looks down on the ground from the front."""

from functools import lru_cache
from typing import Final

import numpy as np

from nodes.solids.shapes import Array

SIZE: Final = 128
"""Width and height of a picture, in pixels."""
EYE: Final = np.array([0.0, 3.95, -6.3], np.float32)
TARGET: Final = np.array([0.0, 0.36, 0.0], np.float32)
WIDTH_AT_TARGET: Final = 2.96
"""World units that the picture is wide at the target's distance."""


def _frame() -> tuple[Array, Array, Array, float]:
    forward = TARGET - EYE
    distance = float(np.linalg.norm(forward))
    forward = forward / np.float32(distance)
    right = np.array([1, 0, 0], np.float32)
    return right, np.cross(forward, right).astype(np.float32), forward, distance


RIGHT, UP, FORWARD, DISTANCE = _frame()
FOCAL: Final = SIZE * DISTANCE / WIDTH_AT_TARGET
"""Focal length in pixels."""


def project(points: Array) -> Array:
    """World points (…, 3) => pixels (…, 2), x to the right and y down, the picture's corner at (0, 0)."""
    offset = np.asarray(points, np.float32) - EYE
    depth = offset @ FORWARD
    return np.stack([SIZE / 2 + FOCAL * (offset @ RIGHT) / depth, SIZE / 2 - FOCAL * (offset @ UP) / depth], -1)


def scale_at(points: Array) -> Array:
    """Pixels a world unit, at points (…, 3) => (…)."""
    return np.asarray(FOCAL / ((np.asarray(points, np.float32) - EYE) @ FORWARD), np.float32)


@lru_cache(maxsize=4)
def rays(samples: int) -> Array:
    """Directions of length 1 through a (SIZE·samples)² grid: (H, W, 3)."""
    steps = (np.arange(SIZE * samples, dtype=np.float32) + 0.5) / samples - SIZE / 2
    across, down = steps[None, :, None] / np.float32(FOCAL), steps[:, None, None] / np.float32(FOCAL)
    through = FORWARD + across * RIGHT - down * UP
    ray = np.array(through / np.linalg.norm(through, axis=-1, keepdims=True), np.float32)
    ray.setflags(write=False)
    return ray


@lru_cache(maxsize=2)
def floor(samples: int = 1) -> Array:
    """Where the rays of a (SIZE·samples)² grid meet the ground: (H, W, 3)."""
    ray = rays(samples)
    return np.asarray(EYE - ray * (EYE[1] / ray[..., 1:2]), np.float32)


def ground_at(x: float, y: float) -> tuple[float, float]:
    """The ground's (x, z) under the pixel (x, y), the inverse of `project` on the ground."""
    ray = FORWARD + np.float32((x - SIZE / 2) / FOCAL) * RIGHT - np.float32((y - SIZE / 2) / FOCAL) * UP
    point = EYE - ray * (EYE[1] / ray[1])
    return float(point[0]), float(point[2])
