import numpy as np
import pytest

from nodes.solids import shapes


def surface(shape, p):
    """How far points are from a shape's surface, by its equation; the oracle for where rays meet it."""
    x, y, z = np.moveaxis(p, -1, 0)
    round_about = np.hypot(x, z)
    if shape == "sphere":
        return np.hypot(round_about, y - 0.5) - 0.5
    if shape == "cube":
        return np.maximum.reduce([abs(x), abs(z), abs(y - 0.4)]) - 0.4
    if shape == "cylinder":
        return np.maximum(round_about - shapes.CYLINDER_RADIUS, abs(y - 0.53) - 0.53)
    if shape == "cone":
        return np.maximum(round_about - shapes.CONE_RADIUS * (1 - y / shapes.CONE_HEIGHT), -y)
    if shape == "diamond":
        half = shapes.DIAMOND_HEIGHT / 2
        return (abs(x) + abs(z)) / shapes.DIAMOND_RADIUS + abs(y - half) / half - 1
    middle = shapes.RING_RADIUS + shapes.RING_TUBE
    return np.hypot(np.hypot(x, y - middle) - shapes.RING_RADIUS, z) - shapes.RING_TUBE


@pytest.fixture
def rays():
    draw = np.random.default_rng(0)
    origin = draw.normal(size=(4000, 3)) * [1, 0.3, 1]
    origin = (origin / np.linalg.norm(origin, axis=1, keepdims=True) * 4).astype(np.float32)
    # Solids stand on the ground, so rays come from above it.
    origin[:, 1] = abs(origin[:, 1]) + 0.5
    ray = draw.uniform([-0.6, 0.02, -0.6], [0.6, 1.2, 0.6], size=(4000, 3)) - origin
    return origin, (ray / np.linalg.norm(ray, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("shape", shapes.INTERSECT)
def test_rays_end_on_the_surface_of_the_shape(shape, rays):
    origin, ray = rays
    distance, normal = shapes.INTERSECT[shape](origin, ray)
    hit = np.isfinite(distance)
    assert 500 < hit.sum() < 4000
    point = origin[hit] + distance[hit, None] * ray[hit]
    assert abs(surface(shape, point)).max() < 0.012
    assert np.allclose(np.linalg.norm(normal[hit], axis=1), 1, atol=0.05)


@pytest.mark.parametrize("shape", shapes.INTERSECT)
def test_rays_pass_only_where_the_shape_is_not(shape, rays):
    origin, ray = rays
    distance, _ = shapes.INTERSECT[shape](origin, ray)
    end = np.where(np.isfinite(distance), distance, 8)[:, None]
    for part in np.linspace(0, 0.98, 120):
        point = origin + part * end * ray
        # Sphere tracing gives up on rays that graze the ring, a fraction of the tube deep.
        assert surface(shape, point[point[:, 1] > 0]).min() > -0.04
