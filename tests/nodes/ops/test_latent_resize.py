import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from nodes.ops.latent_resize import LatentFilter, latent_resized, slerp
from nodes.types import Latent, LatentSpace, Mask

SPACE = LatentSpace("test", 5, 8)
FILTERS: tuple[LatentFilter, ...] = ("nearest", "bilinear", "bicubic", "bislerp")


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def latent(width: int, height: int, batch: int = 1, samples: Tensor | None = None) -> Latent:
    cells = (-(-height // 8), -(-width // 8))
    return Latent(SPACE, width, height, batch, noise(batch, 5, *cells) if samples is None else samples)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(8, 137), st.integers(8, 137), st.integers(8, 137), st.integers(8, 137), st.sampled_from(FILTERS),
    st.integers(1, 2),
)  # fmt: skip
def test_any_size_has_its_cells_and_a_plain_latent_stays_plain(
    w: int, h: int, to_w: int, to_h: int, filter: LatentFilter, batch: int
) -> None:
    colour = torch.tensor([2.0, -1, 0, 0.5, -3])[None, :, None, None]
    plain = latent(w, h, batch, colour.expand(batch, 5, -(-h // 8), -(-w // 8)))
    found = latent_resized(plain, to_w, to_h, filter)
    assert (found.width, found.height, found.space, found.batch) == (to_w, to_h, SPACE, batch)
    assert found.samples is not None
    assert found.samples.shape == (batch, 5, -(-to_h // 8), -(-to_w // 8))
    torch.testing.assert_close(found.samples, colour.expand_as(found.samples), atol=1e-5, rtol=0)


@pytest.mark.parametrize("filter", FILTERS)
def test_the_same_size_is_the_same_latent(filter: LatentFilter) -> None:
    before = latent(40, 24)
    after = latent_resized(before, 40, 24, filter)
    assert after.samples is before.samples


@pytest.mark.parametrize("filter", ["nearest", "bilinear", "bicubic"])
def test_whole_cells_are_stretched_as_torch_does(filter: str) -> None:
    before = latent(64, 48)
    assert before.samples is not None
    found = latent_resized(before, 128, 96, filter).samples  # type: ignore[arg-type]
    modes = {"nearest": ("nearest-exact", {}), "bilinear": ("bilinear", {"align_corners": False})}
    if filter in modes:
        mode, settings = modes[filter]
        wanted = torch.nn.functional.interpolate(before.samples, scale_factor=2, mode=mode, **settings)
    else:  # Keys' kernel, as antialiasing has it there
        wanted = torch.nn.functional.interpolate(before.samples, scale_factor=2, mode="bicubic", antialias=True)
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.integers(9, 137), st.integers(137, 300), st.sampled_from(["bilinear", "bislerp"]))
def test_nothing_drifts_where_a_picture_is_no_whole_number_of_cells(width: int, to: int, filter: LatentFilter) -> None:
    """A ramp over pixels is a ramp over pixels again: each new cell holds the place that its middle had."""
    middles = (torch.arange(-(-width // 8)) + 0.5) * 8
    ramp = (middles / 1000 + 1)[None, None, None, :].expand(1, 5, 1, -1)
    found = latent_resized(Latent(SPACE, width, 8, 1, ramp), to, 8, filter).samples
    assert found is not None
    wanted = (torch.arange(-(-to // 8)) + 0.5) * 8 * width / to
    inner = (wanted > middles[0]) & (wanted < middles[-1])
    torch.testing.assert_close((found[0, 0, 0][inner] - 1) * 1000, wanted[inner], atol=0.05, rtol=1e-3)


def test_between_two_cells_bislerp_keeps_the_length_that_a_mean_loses() -> None:
    before = latent(512, 512, samples=noise(1, 5, 64, 64))
    assert before.samples is not None
    norms = {}
    for filter in ("bilinear", "bislerp"):
        found = latent_resized(before, 1024, 1024, filter).samples
        assert found is not None
        norms[filter] = (found.norm(dim=1).mean() / before.samples.norm(dim=1).mean()).item()
    assert norms["bislerp"] == pytest.approx(1, abs=0.02)
    assert norms["bilinear"] < 0.9


def test_slerp_goes_along_the_arc() -> None:
    east, north = torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 4.0]])
    found = slerp(east, north, torch.tensor([[1 / 3]]))
    length = 2 + 2 / 3
    wanted = torch.tensor([[length * math.cos(math.pi / 6), length * math.sin(math.pi / 6)]])
    torch.testing.assert_close(found, wanted)
    torch.testing.assert_close(slerp(east, -east, torch.tensor([[0.25]])), torch.tensor([[1.0, 0.0]]))
    torch.testing.assert_close(slerp(east, 0 * east, torch.tensor([[0.5]])), east / 2)


def test_an_empty_latent_only_gets_its_size_and_a_mask_stays() -> None:
    mask = Mask(torch.ones(1, 3, 3))
    found = latent_resized(Latent(SPACE, 16, 8, 2, None, mask), 32, 20)
    assert found == Latent(SPACE, 32, 20, 2, None, mask)
