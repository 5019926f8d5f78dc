import gc
import weakref
from pathlib import Path
from typing import Any

import pytest
import torch
from generators import finished
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from nodes.ops.enlarging import enlarged, fading, small
from nodes.ops.resize import resample
from nodes.ops.tiles import starts
from nodes.upscalers.compact import Compact
from nodes.upscalers.load import load_upscaler

SHIPPED = Path(__file__).parents[3] / "models" / "solids-upscale" / "model.safetensors"


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def network(scale: int = 2, layers: int = 1, width: int = 4) -> Compact:
    with torch.random.fork_rng():
        torch.manual_seed(scale + layers)
        return Compact(width, layers, scale).requires_grad_(False)


class Cramped(nn.Module):
    """Twice as large by repetition; it runs out of memory where more than `room` pixels come at once."""

    scale, reach, whole, device = 2, None, False, torch.device("cpu")

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room
        self.sizes: list[tuple[int, int]] = []
        self.held: Any = None

    def forward(self, picture: Tensor) -> Tensor:
        height, width = picture.shape[-2:]
        self.sizes.append((height, width))
        if height * width > self.room:
            scratch = torch.zeros(4)
            self.held = weakref.ref(scratch)
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")
        return picture.repeat_interleave(2, 2).repeat_interleave(2, 3)


def done(work: Any) -> tuple[list[Any], Tensor]:
    with torch.no_grad():
        return finished(work)


@settings(max_examples=40, deadline=None)
@given(
    size=st.tuples(st.integers(8, 70), st.integers(8, 70)),
    tile=st.integers(32, 64),
    more=st.integers(0, 5),
    layers=st.integers(0, 3),
    scale=st.integers(1, 3),
    batch=st.integers(1, 2),
)
def test_tiles_that_share_what_the_network_sees_give_the_whole_picture(
    size: tuple[int, int], tile: int, more: int, layers: int, scale: int, batch: int
) -> None:
    net = network(scale, layers)
    sees = 2 * net.reach + 1
    pixels = noise(batch, *size, 3)
    told, found = done(enlarged(net, pixels, tile=tile, overlap=sees + more))
    whole = net(pixels.movedim(-1, 1)).movedim(1, -1).clamp(0, 1)
    assert found.shape == (batch, scale * size[0], scale * size[1], 3)
    assert (found - whole).abs().max() < 1e-5
    assert [(one.step, one.of) for one in told] == [(i + 1, len(told)) for i in range(len(told))]


@pytest.mark.skipif(not SHIPPED.exists(), reason="no upscaler ships yet")
def test_the_network_that_ships_leaves_no_seam_in_tiles_of_any_size() -> None:
    net = load_upscaler(SHIPPED)
    assert net.reach is not None
    pixels = noise(1, 90, 70, 3)
    whole = net(pixels.movedim(-1, 1)).movedim(1, -1).clamp(0, 1)
    for tile, overlap in ((32, 2 * net.reach + 1), (48, 16), (64, 32)):
        told, found = done(enlarged(net, pixels, tile=tile, overlap=overlap))
        assert len(told) > 1
        assert (found - whole).abs().max() <= 1e-4 < 1 / 255


def test_tiles_that_share_too_little_can_be_told_from_the_whole() -> None:
    net = network(2, 6, 8)
    pixels = noise(1, 64, 64, 3)
    whole = done(enlarged(net, pixels, tile=64))[1]
    assert (done(enlarged(net, pixels, tile=32, overlap=0))[1] - whole).abs().max() > 1e-3


def test_a_picture_in_one_tile_is_the_networks_own_to_the_bit() -> None:
    net = network()
    pixels = noise(2, 20, 31, 3)
    singles = torch.cat([net(one.movedim(-1, 1)) for one in pixels.split(1)])
    assert torch.equal(done(enlarged(net, pixels, tile=32))[1], singles.movedim(1, -1).clamp(0, 1))


@settings(max_examples=80, deadline=None)
@given(
    length=st.integers(1, 200),
    tile=st.integers(16, 80),
    overlap=st.integers(0, 40),
    reach=st.none() | st.integers(0, 30),
    scale=st.integers(1, 4),
)
def test_every_pixel_has_a_tile_that_counts_there(
    length: int, tile: int, overlap: int, reach: int | None, scale: int
) -> None:
    tile, total = min(tile, length), torch.zeros(length * scale)
    overlap = min(overlap, tile // 2)
    for start in starts(length, tile, overlap / tile):
        weights = fading(start, tile, length, overlap, reach, scale)
        assert 0 <= weights.min() <= weights.max() <= 1
        total[start * scale : (start + tile) * scale] += weights
    assert total.min() > 0.4


@pytest.mark.parametrize("overlap", [0, 8, 16])
def test_a_network_that_sees_one_pixel_is_exact_with_any_overlap(overlap: int) -> None:
    pixels = noise(2, 50, 37, 3)
    found = done(enlarged(Cramped(10**9), pixels, tile=32, overlap=overlap))[1]
    torch.testing.assert_close(found, resample(pixels, 74, 100, "nearest"))


def test_the_tile_is_halved_until_memory_suffices_and_stays_so() -> None:
    net, pixels = Cramped(room=20 * 20), noise(2, 70, 70, 3)
    told, found = done(enlarged(net, pixels, tile=512, overlap=8))
    torch.testing.assert_close(found, resample(pixels, 140, 140, "nearest"))
    assert net.sizes[:2] == [(70, 70), (35, 35)]
    assert net.sizes.count((70, 70)) == net.sizes.count((35, 35)) == 1
    assert max(net.sizes[2:]) <= (20, 20)
    assert told[-1].step == told[-1].of


def test_a_network_that_should_see_all_of_a_picture_does_where_memory_allows_it() -> None:
    net = Cramped(room=50 * 60)
    net.whole = True
    done(enlarged(net, noise(1, 50, 60, 3), tile=32))
    assert net.sizes == [(50, 60)]
    net.room = 2000
    done(enlarged(net, noise(1, 50, 60, 3), tile=32))
    assert net.sizes[1:3] == [(50, 60), (30, 30)]


def test_what_a_failed_tile_held_is_let_go_of_before_the_next() -> None:
    net = Cramped(room=40 * 40)
    work = enlarged(net, noise(1, 64, 64, 3), tile=64, overlap=8)
    next(work)
    gc.collect()
    assert net.held() is None
    work.close()


def test_where_no_tile_fits_it_is_said_in_a_sentence() -> None:
    net = Cramped(room=10)
    with pytest.raises(ValueError, match=r"not enough memory on cpu even for a tile of \d\d × \d\d pixels"):
        done(enlarged(net, noise(1, 40, 60, 3), tile=512, overlap=8))
    assert net.sizes == [(40, 60), (30, 30)]


def test_another_error_is_not_taken_for_too_little_memory() -> None:
    class Broken(Cramped):
        def forward(self, picture: Tensor) -> Tensor:
            raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes do not fit"):
        done(enlarged(Broken(1), noise(1, 40, 40, 3)))


def test_what_is_transparent_has_no_share_in_what_is_seen() -> None:
    pixels = torch.zeros(1, 24, 24, 4)
    pixels[..., 1] = 1  # green, and not seen
    pixels[:, 6:18, 6:18] = torch.tensor([1.0, 0, 0, 1])
    found = done(enlarged(network(2, 2), pixels))[1]
    bare = torch.zeros(1, 24, 24, 3)
    bare[..., 0] = 1
    assert found.shape == (1, 48, 48, 4)
    torch.testing.assert_close(found[..., :3], done(enlarged(network(2, 2), bare))[1])
    torch.testing.assert_close(found[..., 3:], resample(pixels[..., 3:], 48, 48, "bicubic"))


def test_what_is_not_done_yet_is_filled_in_by_a_filter() -> None:
    net, pixels = network(), noise(3, 40, 40, 3)
    work = enlarged(net, pixels, tile=32, overlap=16)
    whole = done(enlarged(net, pixels, tile=32, overlap=16))[1]
    with torch.no_grad():
        tile = next(work)
        first = tile.so_far()
        while tile.step * 3 <= tile.of:
            tile = next(work)
        later = tile.so_far()
    work.close()
    filtered = resample(pixels, 80, 80)
    assert torch.equal(first[1:], filtered[1:])
    torch.testing.assert_close(first[0, :30, :30], whole[0, :30, :30])
    assert torch.equal(first[0, 70:, 70:], filtered[0, 70:, 70:])
    torch.testing.assert_close(later[0], whole[0])
    assert small(later).shape == (1, 80, 80, 3)
    assert small(torch.zeros(2, 300, 2048, 4)).shape == (1, 75, 512, 4)
