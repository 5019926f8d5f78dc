import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from models.training import enlarged
from models.training.enlarged import WAYS, Pairs, edges, held_out_pairs, worn
from models.training.upscaler import SCALE, SHIPPED, fit_last, load, loss_of, new_network, psnrs, to_model

shipped = pytest.mark.skipif(not (SHIPPED / "model.safetensors").exists(), reason="no upscaler ships yet")


@pytest.fixture(scope="module")
def pairs():
    """Two scenes at 512 and 128 pixels; the renderer's own picture stands for the VAE's."""

    class NoVAE:
        pass

    original = enlarged.round_trip
    enlarged.round_trip = lambda vae, pictures: pictures
    try:
        return Pairs(**enlarged.make_chunk(enlarged.DEVELOPMENT_SEED, 2, NoVAE()))
    finally:
        enlarged.round_trip = original


def test_an_untrained_network_is_the_nearest_enlargement():
    pictures = torch.rand(2, 3, 9, 7, generator=torch.Generator().manual_seed(1))
    assert torch.equal(new_network()(pictures), pictures.repeat_interleave(SCALE, 2).repeat_interleave(SCALE, 3))


def test_the_first_channels_carry_the_picture_to_the_last_layer():
    network = new_network()
    inside = pictures = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    for part in network.body[:-1]:
        inside = part(inside)
    assert torch.allclose(inside[:, :3], pictures)
    assert inside[:, 3:].std() > 0.05


def test_least_squares_begins_no_worse_than_the_nearest_enlargement(pairs):
    small, large = (to_model(part) for part in pairs.batch(np.random.default_rng(1), 8, 16))
    network = new_network(width=8, layers=2)
    before = (network(small) - large).square().mean()
    fit_last(network, small, large)
    assert (network(small) - large).square().mean() < 0.8 * before


def test_a_few_steps_lower_the_loss(pairs):
    network = new_network(width=8, layers=2)
    small, large = (to_model(part) for part in pairs.batch(np.random.default_rng(1), 8, 16))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    losses = []
    for _ in range(80):
        optimizer.zero_grad()
        loss = loss_of(network(small), large)
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.95 * losses[0]


def test_the_loss_of_the_right_picture_is_nothing_and_an_edge_costs_more_than_a_plane():
    flat, edge = torch.full((1, 3, 8, 8), 0.5), torch.full((1, 3, 8, 8), 0.5)
    edge[..., 4:] += 0.2
    assert loss_of(flat, flat) == 0
    assert loss_of(edge, flat) > loss_of(flat + 0.1, flat)  # the same mean error


def test_crops_of_both_sizes_show_the_same_place(pairs):
    draw = np.random.default_rng(3)
    for _ in range(12):
        small, large = pairs.batch(draw, 1, 24)
        assert small.shape == (1, 24, 24, 3)
        assert large.shape == (1, 96, 96, 3)
        again = np.asarray(Image.fromarray(large[0]).resize((24, 24), Image.Resampling.BOX)).astype(float)
        assert np.abs(again - small[0]).mean() < 8


def test_edges_are_where_the_light_changes():
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[:, 5:] = 200
    assert set(map(tuple, edges(picture).tolist())) == {(x, y) for x in (4, 5) for y in range(8)}
    assert edges(np.zeros((8, 8, 3), np.uint8)).tolist() == [[4, 4]]


def test_every_way_down_keeps_the_view(pairs):
    assert pairs.small.shape == (len(WAYS), 2, 128, 128, 3)
    for way in pairs.small[1:]:
        assert np.abs(way.astype(float) - pairs.small[0]).mean() < 2


def test_wear_is_small_and_leaves_the_size(pairs):
    draw = np.random.default_rng(4)
    picture = pairs.small[0, 0, :32, :32]
    changed = [worn(picture, draw) for _ in range(8)]
    assert all(one.shape == picture.shape and one.dtype == np.uint8 for one in changed)
    assert 0 < np.mean([np.abs(one.astype(float) - picture).mean() for one in changed]) < 6


def test_psnr_is_that_of_the_known_error():
    class Shifted(torch.nn.Module):
        def forward(self, picture):
            return picture.repeat_interleave(4, 2).repeat_interleave(4, 3) + 10 / 255

    small = np.full((1, 8, 8, 3), 100, np.uint8)
    assert psnrs(Shifted(), small, np.full((1, 32, 32, 3), 100, np.uint8))[0] == pytest.approx(28.13, abs=0.01)


@shipped
def test_the_shipped_weights_have_the_published_layout():
    weights = load_file(SHIPPED / "model.safetensors")
    network = load()
    assert set(weights) == set(network.state_dict())
    assert all(key.startswith("body.") for key in weights)
    assert weights["body.0.weight"].shape[1] == 3
    assert weights[f"body.{len(network.body) - 1}.weight"].shape[0] == 3 * SCALE**2
    assert (SHIPPED / "model.safetensors").stat().st_size <= 5 * 2**20


@shipped
def test_spandrel_recognises_the_shipped_weights_and_makes_the_same_picture():
    spandrel = pytest.importorskip("spandrel")
    network = spandrel.ModelLoader().load_from_file(SHIPPED / "model.safetensors")
    assert (network.architecture.id, network.scale) == ("Compact", SCALE)
    picture = torch.rand(1, 3, 12, 10)
    assert torch.allclose(network(picture), load()(picture).clamp(0, 1), atol=1e-5)


@shipped
def test_the_shipped_network_is_closer_than_lanczos_to_scenes_it_never_saw(pairs):
    network = load()
    small, large = pairs.small[0], pairs.large
    filtered = [Image.fromarray(one).resize((512, 512), Image.Resampling.LANCZOS) for one in small]
    errors = [
        ((np.asarray(one) - wanted.astype(float)) ** 2).mean() for one, wanted in zip(filtered, large, strict=True)
    ]
    lanczos = -10 * np.log10(np.array(errors) / 255**2)
    assert (psnrs(network, small, large) - lanczos).mean() > 0.5


def test_training_and_measuring_never_share_a_scene():
    assert enlarged.DEVELOPMENT_SEED > 1_000_000
    assert held_out_pairs.__defaults__[0] + enlarged.HELD_OUT_SEED < enlarged.DEVELOPMENT_SEED
