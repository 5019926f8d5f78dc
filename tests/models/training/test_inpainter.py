import argparse
import random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.training import holes, inpaint_table, inpainter
from models.training.altered import another, one_more
from models.training.common import withheld_pairs
from models.training.denoiser import new_scheduler
from models.training.holes import Job, alone, box, boxed, job, to_cells
from models.training.inpainter import Inpainter, loss_of, widened
from models.training.render import training_scene
from models.training.teaching import teacher
from models.training.vae import CHANNELS
from nodes.solids.prompts import parse
from nodes.solids.render import render
from nodes.solids.score import read

SEEDS = st.integers(0, 2**20)


@given(SEEDS)
def test_around_the_hole_both_pictures_are_the_one_before(seed):
    scene = training_scene(seed)
    one = job(scene, render(scene), random.Random(seed))
    for picture in (one.changed, one.holed):
        assert np.array_equal(picture[~one.mask], one.before[~one.mask])
    assert (one.holed[one.mask] == 128).all()
    assert np.array_equal(one.changed[one.mask], one.after[one.mask])
    assert one.mask.any() or one.target is not None


@pytest.mark.parametrize("kind", list(holes.KINDS))
def test_each_kind_of_hole_holds_what_its_name_says(kind, monkeypatch):
    monkeypatch.setattr(holes, "KINDS", {kind: 1})
    scene = training_scene(7)
    one = job(scene, render(scene), random.Random(1))
    alike = bool((one.before == one.after).all())
    assert alike == (kind in ("box", "whole"))
    assert (one.target is None) == (kind in ("box", "whole", "remove"))
    assert one.mask.all() == (kind in ("whole", "bare"))
    assert (one.target == holes.BARE) == (kind == "bare")


@given(SEEDS)
def test_a_box_that_a_solid_is_put_into_holds_its_shadow_too(seed):
    scene = training_scene(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(holes, "KINDS", {"into a box": 1})
        one = job(scene, render(scene), random.Random(seed))
    rows, columns = np.nonzero(one.mask)
    assert one.mask.sum() == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
    away = np.abs(one.before.astype(int) - one.after).max(-1)
    assert away[~one.mask].max(initial=0) <= holes.SEEN


def test_a_bare_picture_shows_nothing_and_is_called_by_its_ground(monkeypatch):
    scene = training_scene(7)
    monkeypatch.setattr(holes, "KINDS", {"bare": 1})
    assert read(job(scene, render(scene), random.Random(1)).after) == ()
    assert [parse(holes.said(scene, holes.BARE, random.Random(seed))).ground for seed in range(40)].count(
        scene.ground
    ) > 30


def test_a_box_grows_as_far_as_the_picture_goes_and_is_nothing_around_nothing():
    mask = np.zeros((128, 128), bool)
    assert not boxed(mask, [3, 3, 3, 3]).any()
    mask[10, 20] = mask[14, 125] = True
    grown = boxed(mask, [1, 2, 3, 4])
    assert grown.sum() == grown[9:17, 17:].sum() == 8 * 111


@given(SEEDS, st.sampled_from(["colour", "shape"]))
def test_another_solid_differs_in_that_alone(seed, what):
    solid = training_scene(seed).solids[0]
    other = another(solid, what, random.Random(seed))
    same = "shape" if what == "colour" else "colour"
    assert getattr(other, what) != getattr(solid, what)
    assert getattr(other, same) == getattr(solid, same)
    assert (other.x, other.z, other.size) == (solid.x, solid.z, solid.size)
    assert (other.colour, other.shape) not in withheld_pairs()


@given(SEEDS)
def test_one_more_solid_leaves_the_others_and_is_of_no_withheld_combination(seed):
    scene = training_scene(seed)
    more = one_more(scene, random.Random(seed))
    assert more.solids[:-1] == scene.solids
    assert (more.solids[-1].colour, more.solids[-1].shape) not in withheld_pairs()


@given(SEEDS)
def test_a_box_lies_within_the_picture_and_touches_every_cell_that_it_covers(seed):
    mask = box(random.Random(seed))
    assert 16 * 16 <= mask.sum() <= 80 * 80
    cells = to_cells(mask[None])
    assert cells.shape == (1, 1, 16, 16)
    assert set(cells.unique().tolist()) <= {0.0, 1.0}
    covered = np.kron(cells[0, 0].numpy(), np.ones((8, 8))) > 0
    assert (covered | ~mask).all()


@given(SEEDS)
def test_what_is_said_alone_is_the_solid_and_nothing_else(seed):
    scene = training_scene(seed)
    said = parse(alone(scene, 0, random.Random(seed)))
    assert [(thing.colour, thing.shape) for thing in said.things] == [(scene.solids[0].colour, scene.solids[0].shape)]
    assert said.ground in (None, scene.ground)


def test_a_batch_has_latents_masks_and_captions_of_what_is_there_afterwards(tmp_path, monkeypatch):
    monkeypatch.setattr(holes, "FOLDER", tmp_path)
    monkeypatch.setattr(holes, "chunk_path", lambda index: tmp_path / f"scenes_{index}.npy")
    np.save(tmp_path / "scenes_0.npy", np.stack([render(training_scene(seed)) for seed in range(6)]))
    holes.make_chunk(0)
    clean, beside, tokens = holes.Holes(1).batch(5)
    assert clean.shape == (5, CHANNELS, 16, 16)
    assert beside.shape == (5, 1 + CHANNELS, 16, 16)
    assert tokens.shape == (5, 32)
    assert set(beside[:, 0].unique().tolist()) <= {0.0, 1.0}
    assert clean.dtype == beside.dtype == torch.float32


def test_without_pictures_it_says_how_to_make_them(tmp_path, monkeypatch):
    monkeypatch.setattr(holes, "FOLDER", tmp_path)
    with pytest.raises(SystemExit, match="inpainter holes first"):
        holes.Holes(1)


def test_what_is_new_changes_nothing_at_first():
    unet = teacher().unet
    wide = widened(unet).eval()
    assert wide.config.in_channels == 2 * CHANNELS + 1
    draw = torch.Generator().manual_seed(1)
    noisy, beside = (
        torch.randn(2, CHANNELS, 16, 16, generator=draw),
        torch.randn(2, 1 + CHANNELS, 16, 16, generator=draw),
    )
    context, step = torch.randn(2, 32, 192, generator=draw), torch.tensor([700, 20])
    with torch.no_grad():
        made = wide(torch.cat([noisy, beside], 1), step, context).sample
        assert torch.allclose(made, unet(noisy, step, context).sample, atol=1e-5)


def test_only_the_unet_learns():
    model = Inpainter()
    assert not any(parameter.requires_grad for parameter in model.text_encoder.parameters())
    assert all(parameter.requires_grad for parameter in model.unet.parameters())


def test_the_loss_is_nothing_for_who_knows_and_counts_the_hole_ten_times():
    alphas, draw = new_scheduler().alphas_cumprod, torch.Generator().manual_seed(1)
    clean = torch.randn(2, CHANNELS, 16, 16, generator=draw)
    beside = torch.zeros(2, 1 + CHANNELS, 16, 16)
    beside[:, 0, :8] = 1

    def knowing(state, steps, _beside, _tokens, wrong=0.0):
        signal, sigma = alphas[steps].sqrt()[:, None, None, None], (1 - alphas[steps]).sqrt()[:, None, None, None]
        noise = (state - signal * clean) / sigma
        return signal * noise - sigma * clean + wrong

    batch = (clean, beside, torch.zeros(2, 32, dtype=torch.long))
    assert float(loss_of(knowing, batch, alphas, 0.0)) == pytest.approx(0, abs=1e-4)
    within = loss_of(lambda *given: knowing(*given, wrong=beside[:, :1]), batch, alphas, 0.0)
    around = loss_of(lambda *given: knowing(*given, wrong=1 - beside[:, :1]), batch, alphas, 0.0)
    assert float(within / around) == pytest.approx(1 / inpainter.AROUND, rel=0.01)


def test_a_job_is_the_picture_before_but_for_its_hole():
    before, after = np.zeros((128, 128, 3), np.uint8), np.full((128, 128, 3), 255, np.uint8)
    mask = np.zeros((128, 128), bool)
    mask[:4] = True
    one = Job(before, after, mask, None)
    assert one.changed.mean() == pytest.approx(255 * 4 / 128)
    assert one.holed.max() == 128


def test_training_goes_on_from_the_network_that_ships(tmp_path, monkeypatch):
    monkeypatch.setattr(inpainter, "PATH", tmp_path / "none")
    model, mean = Inpainter(), Inpainter()
    state = inpainter.start(model, mean, torch.optim.SGD(model.unet.parameters(), 0.1))
    assert state["step"] > 0
    assert torch.equal(model.unet.conv_in.weight, mean.unet.conv_in.weight)
    assert model.unet.conv_in.weight[:, CHANNELS:].abs().max() > 0


def test_the_network_that_ships_changes_a_solid_as_it_is_told_and_nothing_else():
    options = argparse.Namespace(
        model=inpainter.TO,
        steps=8,
        cfg=2.5,
        sampler="ddim",
        denoise=1.0,
        grow=3,
        feather=1.0,
        crop=False,
        match_seam=False,
    )
    paint = inpaint_table.Painter(options)
    cases = [
        inpaint_table.case(inpaint_table.sample_scene(seed, 2), seed, "colour")
        for seed in range(60_000_000, 60_000_004)
    ]
    verdicts = [inpaint_table.verdict(one, read(paint(one))) for one in cases]
    assert sum(one["target"] for one in verdicts) >= 2
    assert sum(one["rest"] for one in verdicts) >= 3
