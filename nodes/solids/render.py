"""Scenes to pictures: one key light with soft shadows, light from sky and ground, a highlight; four
samples a pixel.

Lighting is in linear RGB, pictures are sRGB bytes. Everything is a closed form over arrays of rays;
there is no noise.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nodes.solids.camera import EYE, SIZE, floor, project, rays, scale_at
from nodes.solids.scene import Scene, Solid
from nodes.solids.shapes import INTERSECT, Array
from nodes.solids.vocabulary import ALBEDOS, GROUNDS

SAMPLES: Final = 2
KEY: Final = np.array([-0.55, 0.95, -0.42], np.float32) / np.float32(1.1753297)
"""The key light's direction, of length 1."""
KEY_COLOUR: Final = np.array([1.06, 1.0, 0.92], np.float32)
SKY: Final = np.array([0.36, 0.40, 0.47], np.float32)
REACH: Final = 0.72
"""Radius of a ball around a unit solid's middle (half its scale up) that holds it."""


def render(scene: Scene, enlarged: int = 1) -> NDArray[np.uint8]:
    """The scene's picture: (128·enlarged, 128·enlarged, 3) sRGB bytes; the same view at every size."""
    image = np.repeat(np.repeat(_shaded_floor(scene, enlarged), SAMPLES, 0), SAMPLES, 1)
    depth = np.full(image.shape[:2], np.inf, np.float32)
    for solid in scene.solids:
        _draw(image, depth, solid, scene, SAMPLES * enlarged)
    size = SIZE * enlarged
    image = image.reshape(size, SAMPLES, size, SAMPLES, 3).mean((1, 3))
    return np.asarray(_srgb(image) * 255 + 0.5, np.uint8)


def silhouettes(scene: Scene) -> NDArray[np.int8]:
    """Which solid is seen at each pixel's centre: (128, 128), its index, −1 for the ground."""
    depth = np.full((SIZE, SIZE), np.inf, np.float32)
    index = np.full((SIZE, SIZE), -1, np.int8)
    for number, solid in enumerate(scene.solids):
        window = _window(solid, 1)
        distance, _ = _meet(solid, EYE, rays(1)[window])
        nearer = distance < depth[window]
        depth[window] = np.where(nearer, distance, depth[window])
        index[window] = np.where(nearer, np.int8(number), index[window])
    return index


def appearance(solid: Solid, ground: str, step: int = 1) -> tuple[tuple[slice, slice], NDArray[np.bool_], Array]:
    """One solid alone: its window in the picture, which pixels there it covers (h, w), and
    their linear colours (covered pixels, 3). Only every `step`-th row and column of the picture is looked at."""
    rows, columns = (slice(-(-side.start // step) * step, side.stop, step) for side in _window(solid, 1))
    window = rows, columns
    ray = rays(1)[window]
    distance, normal = _meet(solid, EYE, ray)
    seen = np.isfinite(distance)
    point = EYE + distance[seen][:, None] * ray[seen]
    return window, seen, _shade(solid, Scene((solid,), ground), point, normal[seen], ray[seen])


def _draw(image: Array, depth: Array, solid: Solid, scene: Scene, samples: int) -> None:
    window = _window(solid, samples)
    ray = rays(samples)[window]
    distance, normal = _meet(solid, EYE, ray)
    seen = distance < depth[window]
    point = EYE + distance[seen][:, None] * ray[seen]
    image[window][seen] = _shade(solid, scene, point, normal[seen], ray[seen])
    depth[window][seen] = distance[seen]


def _shade(solid: Solid, scene: Scene, point: Array, normal: Array, ray: Array) -> Array:
    albedo = np.array(ALBEDOS[solid.colour], np.float32)
    others = tuple(other for other in scene.solids if other is not solid)
    open_sky = _visible(point + 0.01 * normal, others)
    diffuse = np.maximum(normal @ KEY, 0) * open_sky
    upward = 0.5 + 0.5 * normal[:, 1:2]
    bounce = 0.30 * np.array(GROUNDS[scene.ground][0], np.float32)
    near_ground = (0.62 + 0.38 * np.clip(point[:, 1] / (0.5 * solid.scale), 0, 1))[:, None]
    ambient = (upward * SKY + (1 - upward) * bounce) * near_ground
    half = KEY - ray
    half = half / np.linalg.norm(half, axis=1, keepdims=True)
    gloss = 0.42 * np.maximum((normal * half).sum(1), 0) ** 48 * open_sky
    rim = 0.16 * np.clip(1 + (normal * ray).sum(1), 0, 1) ** 4
    light = 0.95 * diffuse[:, None] * KEY_COLOUR + ambient
    return np.asarray(albedo * light + gloss[:, None] * KEY_COLOUR + rim[:, None] * SKY, np.float32)


def _shaded_floor(scene: Scene, enlarged: int) -> Array:
    near, far = (np.array(colour, np.float32) for colour in GROUNDS[scene.ground])
    point = floor(enlarged)
    fade = np.clip((point[..., 2:3] + 2.0) / 5.2, 0, 1)
    colour = near + (far - near) * fade * fade * (3 - 2 * fade)
    shadow = _visible(point.reshape(-1, 3), scene.solids).reshape(point.shape[:2])
    contact = np.ones(point.shape[:2], np.float32)
    for solid in scene.solids:
        contact *= _contact(point, solid)
    light = (0.42 + 0.58 * shadow) * (0.30 + 0.70 * contact)
    return np.asarray(colour * light[..., None], np.float32)


def _contact(point: Array, solid: Solid) -> Array:
    """How much of the sky a ball in the solid's place leaves to the ground: 1 − h r² / d³ (Quilez,
    sphere occlusion)."""
    radius, height = 0.40 * solid.scale, 0.42 * solid.scale
    d2 = (point[..., 0] - solid.x) ** 2 + (point[..., 2] - solid.z) ** 2 + height * height
    return np.asarray(1 - 0.85 * np.minimum(height * radius**2 / d2**1.5, 1), np.float32)


def _visible(point: Array, solids: tuple[Solid, ...]) -> Array:
    """The part of the key light that points (N, 3) see past the solids: (N,), 0–1."""
    if not solids:
        return np.ones(len(point), np.float32)
    lights = _lights()
    hidden = np.zeros((len(point), len(lights)), bool)
    for solid in solids:
        offset = np.array([solid.x, 0.56 * solid.scale, solid.z], np.float32) - point
        along = offset @ KEY
        aside = np.einsum("ij,ij->i", offset, offset) - along * along
        near = (along > -REACH * solid.scale) & (aside < (REACH * solid.scale + 0.21 * np.maximum(along, 0)) ** 2)
        shape = (int(near.sum()), len(lights), 3)
        into, place = _into(solid)
        origin = np.broadcast_to(((point[near] - place) @ into / np.float32(solid.scale))[:, None], shape)
        ray = np.broadcast_to(lights @ into, shape)
        hidden[near] |= np.isfinite(INTERSECT[solid.shape](origin, ray)[0])
    return np.asarray(1 - hidden.mean(1), np.float32)


@lru_cache(maxsize=1)
def _lights() -> Array:
    """Directions across the key light's disc, (16, 3): a sunflower spiral."""
    side = np.cross(KEY, np.array([0, 1, 0], np.float32))
    side /= np.linalg.norm(side)
    k = np.arange(16, dtype=np.float32)
    radius, angle = 0.20 * np.sqrt((k + 0.5) / 16), k * np.float32(2.39996)
    disc = radius[:, None] * (np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * np.cross(side, KEY))
    lights = KEY + disc
    return np.asarray(lights / np.linalg.norm(lights, axis=1, keepdims=True), np.float32)


def _meet(solid: Solid, origin: Array, ray: Array) -> tuple[Array, Array]:
    """World rays against a solid: distances and world normals."""
    into, place = _into(solid)
    start = np.asarray((origin - place) @ into / np.float32(solid.scale), np.float32)
    distance, normal = INTERSECT[solid.shape](start, ray @ into)
    return distance * np.float32(solid.scale), normal @ into.T


def _into(solid: Solid) -> tuple[Array, Array]:
    """The rotation into a solid's own frame (for row vectors from the right) and its place on the ground."""
    c, s = np.cos(solid.yaw), np.sin(solid.yaw)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], np.float32), np.array([solid.x, 0, solid.z], np.float32)


def _window(solid: Solid, samples: int) -> tuple[slice, slice]:
    middle = np.array([solid.x, 0.56 * solid.scale, solid.z], np.float32)
    reach = REACH * solid.scale * float(scale_at(middle)) * 1.04
    (x, y), edge = project(middle), SIZE * samples

    def span(centre: float) -> slice:
        first, last = (centre - reach) * samples, (centre + reach) * samples
        return slice(int(np.clip(first, 0, edge)), int(np.clip(last + 1, 0, edge)))

    return span(float(y)), span(float(x))


def _srgb(linear: Array) -> Array:
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
