"""Where rays meet the solids: closed forms, and sphere tracing for the ring.

Every solid stands on y = 0 of its own unit frame. Origins and directions are (…, 3) arrays, directions
of length 1;
answers are the distances to the first hit, (…,), infinite where the ray misses, and the outward
normals, (…, 3).
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Hit = tuple[Array, Array]
MISS: Final = np.float32(np.inf)

CUBE_SIDE: Final = 0.80
SPHERE_RADIUS: Final = 0.50
CONE_RADIUS: Final = 0.52
CONE_HEIGHT: Final = 1.12
CYLINDER_RADIUS: Final = 0.37
CYLINDER_HEIGHT: Final = 1.06
DIAMOND_RADIUS: Final = 0.56
DIAMOND_HEIGHT: Final = 1.26
RING_RADIUS: Final = 0.38
RING_TUBE: Final = 0.16

HALF_WIDTH: Final = 0.57
"""No solid reaches farther from its axis, whatever its turn."""
HEIGHTS: Final[dict[str, float]] = {
    "cube": CUBE_SIDE,
    "sphere": 2 * SPHERE_RADIUS,
    "cone": CONE_HEIGHT,
    "cylinder": CYLINDER_HEIGHT,
    "diamond": DIAMOND_HEIGHT,
    "ring": 2 * (RING_RADIUS + RING_TUBE),
}


def sphere(origin: Array, ray: Array) -> Hit:
    """A ball of radius 0.5."""
    offset = origin - np.array([0, SPHERE_RADIUS, 0], np.float32)
    half = _dot(offset, ray)
    root = half * half - _dot(offset, offset) + np.float32(SPHERE_RADIUS**2)
    t = np.where(root > 0, -half - np.sqrt(np.maximum(root, 0)), MISS)
    t = np.where(t > 1e-4, t, MISS)
    return t, (_at(offset, ray, t)) / np.float32(SPHERE_RADIUS)


def cube(origin: Array, ray: Array) -> Hit:
    """A cube of side 0.8."""
    half = CUBE_SIDE / 2
    axes = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float32)
    return _convex(origin, ray, axes, np.array([half, half, CUBE_SIDE, 0, half, half], np.float32))


def diamond(origin: Array, ray: Array) -> Hit:
    """An octahedron on its tip, a little taller than wide."""
    high, wide = DIAMOND_HEIGHT / 2, DIAMOND_RADIUS
    normals = np.array([[a, b * wide / high, c] for b in (1, -1) for a, c in ((1, 1), (1, -1), (-1, 1), (-1, -1))])
    lengths = np.linalg.norm(normals, axis=1)
    offsets = (wide + normals[:, 1] * high) / lengths
    return _convex(origin, ray, (normals / lengths[:, None]).astype(np.float32), offsets.astype(np.float32))


def cylinder(origin: Array, ray: Array) -> Hit:
    """An upright cylinder."""
    ox, oy, oz, dx, dy, dz = _parts(origin, ray)
    a = np.maximum(dx * dx + dz * dz, 1e-9)
    half = ox * dx + oz * dz
    root = half * half - a * (ox * ox + oz * oz - CYLINDER_RADIUS**2)
    side = np.where(root > 0, (-half - np.sqrt(np.maximum(root, 0))) / a, MISS)
    y = oy + np.where(np.isfinite(side), side, 0) * dy
    side = np.where((side > 1e-4) & (y > 0) & (y < CYLINDER_HEIGHT), side, MISS)
    lid = _disc(origin, ray, CYLINDER_HEIGHT, CYLINDER_RADIUS)
    t = np.minimum(side, lid)
    point = _at(origin, ray, t)
    normal = point * np.array([1, 0, 1], np.float32) / np.float32(CYLINDER_RADIUS)
    return t, np.where((lid < side)[..., None], np.array([0, 1, 0], np.float32), normal)


def cone(origin: Array, ray: Array) -> Hit:
    """An upright cone."""
    ox, oy, oz, dx, dy, dz = _parts(origin, ray)
    slope = CONE_RADIUS / CONE_HEIGHT
    k, drop = slope * slope, oy - CONE_HEIGHT
    a = dx * dx + dz * dz - k * dy * dy
    a = np.where(np.abs(a) < 1e-7, 1e-7, a)
    half = ox * dx + oz * dz - k * drop * dy
    root = half * half - a * (ox * ox + oz * oz - k * drop * drop)
    spread = np.sqrt(np.maximum(root, 0))
    t = np.full(np.shape(half), MISS, np.float32)
    for candidate in ((-half - spread) / a, (-half + spread) / a):
        y = oy + candidate * dy
        good = (root > 0) & (candidate > 1e-4) & (y > 0) & (y < CONE_HEIGHT)
        t = np.where(good & (candidate < t), candidate, t)
    point = _at(origin, ray, t)
    radius = np.hypot(point[..., 0], point[..., 2])
    normal = np.stack([point[..., 0], slope * radius, point[..., 2]], -1)
    return t, normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)


def ring(origin: Array, ray: Array, steps: int = 28) -> Hit:
    """A torus standing upright, its hole towards ±z; met by sphere tracing (Hart 1996)."""
    centre = np.array([0, RING_RADIUS + RING_TUBE, 0], np.float32)
    offset = (origin - centre) + np.zeros_like(ray)
    reach = np.float32(RING_RADIUS + RING_TUBE + 0.01)
    half = _dot(offset, ray)
    root = half * half - _dot(offset, offset) + reach * reach
    leave = -half + np.sqrt(np.maximum(root, 0))
    alive = (root > 0) & (leave > 1e-4)
    t = np.full(alive.shape, MISS, np.float32)
    start = np.maximum(-half - np.sqrt(np.maximum(root, 0)), 1e-3)[alive]
    t[alive] = _march(offset[alive], ray[alive], start, leave[alive], steps)
    point = _at(offset, ray, t)
    around = np.maximum(np.hypot(point[..., 0], point[..., 1]), 1e-6)
    inward = (1 - RING_RADIUS / around)[..., None]
    normal = point * np.concatenate([inward, inward, np.ones_like(inward)], -1) / np.float32(RING_TUBE)
    return t, normal


def _march(origin: Array, ray: Array, t: Array, leave: Array, steps: int) -> Array:
    t, distance, alive = t.copy(), np.zeros_like(t), np.arange(len(t))
    for step in range(steps):
        if step % 4 == 0:
            # A ray that has left the ball around the ring has missed.
            alive = alive[t[alive] < leave[alive]]
        point = origin[alive] + t[alive][:, None] * ray[alive]
        around = np.hypot(point[:, 0], point[:, 1]) - np.float32(RING_RADIUS)
        distance[alive] = np.hypot(around, point[:, 2]) - np.float32(RING_TUBE)
        t[alive] += np.where(t[alive] < leave[alive], distance[alive], 0)
    return np.where((distance < 0.006) & (t < leave), t, MISS)


def _convex(origin: Array, ray: Array, normals: Array, offsets: Array) -> Hit:
    """A convex body of planes n·p ≤ offset: the last entry, if it comes before the first exit."""
    enter = np.full(ray.shape[:-1], -MISS, np.float32)
    leave = np.full(ray.shape[:-1], MISS, np.float32)
    face = np.zeros(ray.shape[:-1], np.int8)
    for index, (normal, offset) in enumerate(zip(normals, offsets, strict=True)):
        speed = ray @ normal
        t = (offset - origin @ normal) / np.where(np.abs(speed) < 1e-7, 1e-7, speed)
        entering = (speed < 0) & (t > enter)
        enter = np.where(entering, t, enter)
        face = np.where(entering, np.int8(index), face)
        leave = np.where(speed > 0, np.minimum(leave, t), leave)
    return np.where((enter < leave) & (enter > 1e-4), enter, MISS), normals[face]


def _disc(origin: Array, ray: Array, height: float, radius: float) -> Array:
    ox, oy, oz, dx, dy, dz = _parts(origin, ray)
    t = (height - oy) / np.where(np.abs(dy) < 1e-7, 1e-7, dy)
    x, z = ox + t * dx, oz + t * dz
    return np.where((t > 1e-4) & (x * x + z * z < radius * radius), t, MISS)


def _dot(first: Array, second: Array) -> Array:
    return np.asarray(np.einsum("...i,...i->...", first, second))


def _parts(origin: Array, ray: Array) -> tuple[Array, ...]:
    return (*np.moveaxis(np.asarray(origin), -1, 0), *np.moveaxis(ray, -1, 0))


def _at(origin: Array, ray: Array, t: Array) -> Array:
    return np.asarray(origin + np.where(np.isfinite(t), t, 0)[..., None] * ray, np.float32)


INTERSECT: Final[dict[str, Callable[[Array, Array], Hit]]] = {
    "cube": cube,
    "sphere": sphere,
    "cone": cone,
    "cylinder": cylinder,
    "diamond": diamond,
    "ring": ring,
}
