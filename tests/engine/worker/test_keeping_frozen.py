"""What was frozen is kept on the disk, however cheap it was to make."""

from trivial_nodes import REGISTRY

from engine.run.cache import MISSING, DiskTier, ResultCache, Trace
from engine.run.codec import digest
from engine.run.indexes import ArtifactIndex, ListIndex
from engine.worker.freezing import keep

MB = 1 << 20


def opened(folder):
    return ResultCache(64 * MB, DiskTier(folder, 64 * MB, REGISTRY.classes, min_seconds=0.5))


def remembered(cache, recipe, *values):
    """Values that took no time, in a list and as something to be written, under a recipe."""
    names = [digest(value) for value in values]
    for name, value in zip(names, values, strict=True):
        cache.put(name, value, 0.0)
    many, file = ListIndex(tuple(names)), ArtifactIndex(names[0], "image", "png")
    for index in (many, file):
        cache.put(digest(index), index, 0.0, keep=True)
    cache.record(recipe, Trace((digest(many), digest(file)), 0.0))
    return names


def test_what_a_frozen_node_gave_outlives_its_process_and_nothing_else_that_was_as_cheap(tmp_path):
    cache = opened(tmp_path / "cache")
    frozen = remembered(cache, "0" * 32, [1.5] * 40_000, [2.5] * 40_000)
    others = remembered(cache, "1" * 32, [3.5] * 40_000, [4.5] * 40_000)
    keep(cache, ["0" * 32, "2" * 32])
    cache.close()

    again = opened(tmp_path / "cache")
    assert [again.has(name) for name in (*frozen, *others)] == [True, True, False, False]
    assert again.get(frozen[1]) == [2.5] * 40_000
    assert again.get(others[1]) is MISSING
    again.close()
