"""TiledSampler, as the engine calls it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from generators import returned

import nodes
from engine.graph.node import Mismatch, Stop
from nodes.types import Latent, Model


class Lending:
    """A context that lends one denoiser."""

    def __init__(self, denoiser: Any) -> None:
        self.denoiser = denoiser

    @contextmanager
    def lease(self, *references: object) -> Iterator[tuple[Any, ...]]:
        yield tuple(self.denoiser for _ in references)


def given(gaussian: Any, width: int, **changes: Any) -> dict[str, Any]:
    model = Model("digest", "denoiser", "gaussian", gaussian.space, width=32, height=32)
    return {
        "model": model,
        "positive": gaussian.about(1.0),
        "latent": Latent(gaussian.space, width, 32),
        "steps": 3,
    } | changes


def work(node: Any, gaussian: Any) -> Any:
    return node.run(Lending(gaussian))


def test_a_picture_of_the_models_size_is_what_ksampler_makes(gaussian: Any) -> None:
    inputs = given(gaussian, 32, seed=4)
    tiled = returned(work(nodes.TiledSampler(**inputs), gaussian))
    plain = returned(work(nodes.KSampler(**inputs), gaussian))
    assert tiled.latent.samples.equal(plain.latent.samples)
    assert tiled.x0.samples.equal(plain.x0.samples)


@pytest.mark.parametrize(("window", "overlap", "count"), [(None, 0.5, 5), (None, 0.0, 3), (64, 0.5, 2), (96, 0.9, 1)])
def test_a_larger_one_is_looked_at_in_windows(gaussian: Any, window: int | None, overlap: float, count: int) -> None:
    returned(work(nodes.TiledSampler(**given(gaussian, 96, window=window, overlap=overlap)), gaussian))
    assert len(gaussian.batches) == 3 * count


def test_a_stop_keeps_the_picture_as_far_as_it_got(gaussian: Any) -> None:
    running = work(nodes.TiledSampler(**given(gaussian, 64)), gaussian)
    assert next(running).step == 1
    with pytest.raises(StopIteration) as end:
        running.throw(Stop())
    assert end.value.value.latent.samples.shape == (1, 4, 4, 8)


def test_a_latent_of_another_space_is_refused_before_anything_runs() -> None:
    spaces = [{"space": {"name": name, "channels": 4, "factor": 8}} for name in ("sd1", "other")]
    with pytest.raises(Mismatch, match="'other'"):
        nodes.TiledSampler.infer({"model": spaces[0], "latent": spaces[1]})
