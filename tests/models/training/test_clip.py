import math
import random
import time

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPProcessor

from models.training import clip_table, facts
from models.training.clip import Lessons, against_twins, contrast, facts_loss, loss_of, optimizer_of
from models.training.clip_data import Data, barred, kept_patches, training_twins
from models.training.clip_model import SHAPES, Shape, cosines, folder_of, new_clip, positions, to_clip, write_folder
from models.training.common import withheld_pairs
from models.training.loop import Training
from models.training.render import HELD_OUT_SEED, training_scene
from models.training.tokenizer import new_tokenizer
from models.training.wear import wear
from nodes.solids.camera import project
from nodes.solids.prompts import caption, parse
from nodes.solids.render import render
from nodes.solids.scene import Scene, Solid
from nodes.solids.vocabulary import COLOURS

SEEDS = st.integers(0, 2**32)
TINY = Shape(1, 64, 16, 32, 1, 2, 32, 1, 24)
PAIR = Scene((Solid("red", "cube", "small", -0.6, 0.0, 0.5), Solid("blue", "sphere", "large", 0.6, 0.1, 0.0)), "sand")


@pytest.fixture(scope="module")
def data():
    pictures = np.stack([render(training_scene(seed)) for seed in range(12)])
    return Data(1, TINY.patch, TINY.size, [pictures[:6], pictures[6:]], pictures[:4])


@given(SEEDS)
def test_what_a_caption_says_is_never_against_what_its_scene_shows(seed):
    scene = training_scene(seed)
    shown, said = facts.of_scene(scene), facts.of_caption(parse(caption(scene, random.Random(seed))))
    both = (shown >= 0) & (said >= 0)
    assert np.array_equal(shown[both], said[both]), [facts.NAMES[i] for i in np.flatnonzero(both & (shown != said))]
    assert (said == 1).sum() >= len({(solid.colour, solid.shape) for solid in scene.solids})


def test_facts_are_what_a_reader_would_say():
    shown = {name for name, value in zip(facts.NAMES, facts.of_scene(PAIR), strict=True) if value == 1}
    assert shown == {
        *{("red", "cube"), ("blue", "sphere"), ("red", "small"), ("blue", "large"), ("cube", "small")},
        *{("sphere", "large"), ("sand",), ("red", "left", "blue"), ("cube", "left", "sphere")},
    }
    said = dict(zip(facts.NAMES, facts.of_caption(parse("a blue sphere right of a red cube")).tolist(), strict=True))
    assert said["red", "left", "blue"] == 1
    assert said["blue", "left", "red"] == 0
    assert said["red", "front", "blue"] == said["sand",] == said["red", "small"] == -1


@given(SEEDS)
def test_the_patch_at_a_solid_s_middle_shows_it(seed):
    scene = training_scene(seed)
    nearest = min(scene.solids, key=lambda solid: solid.z)
    x, y = project(np.array([nearest.x, 0.5 * nearest.scale, nearest.z], np.float32))
    labels = facts.of_patches(scene, 16, 128)
    place = int(y // 16) * 8 + int(x // 16)
    assert labels[0, place] == 1 + list(COLOURS).index(nearest.colour)
    assert labels.shape == (3, 64)


def test_patches_do_not_depend_on_the_size_that_the_picture_is_seen_at():
    assert np.array_equal(facts.of_patches(PAIR, 16, 128), facts.of_patches(PAIR, 12, 96))


def test_cosines_are_orthogonal_and_positions_are_all_different():
    flat = cosines(48, 8).flatten(1)
    gram = flat @ flat.T
    assert torch.allclose(gram, torch.diag(gram.diagonal()), atol=1e-5)
    places = positions(8, 32)
    assert torch.cdist(places, places).add(torch.eye(64)).min() > 0.1


def test_looking_at_all_patches_is_what_the_stock_model_does():
    lessons = Lessons(TINY).eval()
    pixels = torch.randn(2, 3, 64, 64)
    seen, patches = lessons.look(pixels, None)
    stock = lessons.clip.get_image_features(pixels)
    assert torch.equal(seen, stock.pooler_output)
    assert torch.equal(patches, stock.last_hidden_state[:, 1:])
    everything = torch.arange(16).expand(2, 16)
    assert torch.equal(lessons.look(pixels, everything)[0], seen)


def test_solids_are_kept_and_ground_fills_up(data):
    patches = data.batch(8, 4).patches
    kept = kept_patches(patches, 12, torch.Generator().manual_seed(1))
    for shown, places in zip(patches[:, 0], kept, strict=True):
        assert len(set(places.tolist())) == 12
        assert places.tolist() == sorted(places.tolist())
        assert (shown[places] > 0).sum() == min(int((shown > 0).sum()), 12)


def test_contrast_is_nothing_when_all_is_told_apart_and_log_n_when_nothing_is():
    none = torch.zeros(4, 4, dtype=torch.bool)
    assert contrast(100 * torch.eye(4), none) < 1e-6
    assert contrast(torch.zeros(4, 4), none) == pytest.approx(math.log(4))


def test_a_barred_text_counts_neither_for_nor_against():
    out = torch.zeros(2, 5, dtype=torch.bool)
    out[0, 3] = True
    alike = torch.randn(2, 5, generator=torch.Generator().manual_seed(1))
    other = alike.clone()
    other[0, 3] = 50.0
    assert contrast(alike, out) == contrast(other, out)
    assert contrast(alike, ~out & False) != contrast(other, ~out & False)


def test_a_caption_is_held_against_its_own_twins_only():
    owner = torch.tensor([0, 1, 0, 1])
    alike = torch.tensor([[1.0, 9.0, 1.0, 9.0], [9.0, 1.0, 9.0, 1.0]])
    assert against_twins(alike, owner) == pytest.approx(math.log(2))


def test_unknown_facts_cost_nothing():
    known = torch.tensor([[1, 0, -1]])
    assert facts_loss(torch.tensor([[50.0, -50.0, 3.0]]), known) < 1e-6
    assert facts_loss(torch.zeros(1, 3), known) == pytest.approx(2 * math.log(2))


def test_a_text_that_is_true_of_another_picture_is_barred_there():
    twice = Scene(PAIR.solids, "ice")
    said = [parse(text) for text in ("a red cube and a blue sphere", "a blue ball and a red box", "a red ball on ice")]
    assert barred([PAIR, twice], said, [0, 1, 0]).tolist() == [[False, True, False], [True, False, False]]
    on_sand = [parse("a red cube and a blue sphere on sand"), said[1], said[2]]
    assert barred([PAIR, twice], on_sand, [0, 1, 0]).tolist() == [[False, True, False], [False, False, False]]


def test_no_twin_in_training_names_a_withheld_combination():
    draw = random.Random(1)
    for seed in range(200):
        scene = training_scene(seed)
        for text in training_twins(caption(scene, draw), scene, draw, 8):
            assert not {(thing.colour, thing.shape) for thing in parse(text).things} & withheld_pairs()


def test_a_batch_has_a_caption_a_picture_and_twins_of_each(data):
    batch = data.batch(6, 4, keep=8)
    assert batch.pictures.shape == (6, 3, 128, 128)
    assert batch.owner[:4].tolist() == [0, 1, 2, 3]
    assert batch.barred.shape == (4, len(batch.tokens))
    assert not batch.barred[torch.arange(4), torch.arange(4)].any()
    assert batch.kept.shape == (6, 8)
    assert (torch.bincount(batch.owner) >= 2).all()


def test_wear_is_seeded_stays_in_range_and_leaves_its_input(data):
    pictures = data.batch(4, 2).pictures
    before = pictures.clone()
    worn = [wear(pictures, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)]
    assert torch.equal(pictures, before)
    assert torch.equal(worn[0], worn[1])
    assert not torch.equal(worn[0], worn[2])
    assert all(one.min() >= 0 and one.max() <= 1 for one in worn)
    assert 0.002 < (worn[0] - pictures).abs().mean() < 0.12


def test_a_small_clip_learns_a_small_world_and_goes_on_after_a_stop(data, tmp_path):
    def new():
        batches = iter(lambda: data.batch(8, 6, keep=8), None)
        return Training(
            tmp_path / "c.safetensors",
            Lessons(TINY),
            lambda lessons: loss_of(lessons, next(batches)),
            lambda lessons: 0.0,
            2e-3,
            8,
            1,
            optimizer_of,
        )

    run = new()
    first = loss_of(run.model, data.batch(12, 12)).item()
    run.run(time.time() + 600, most_steps=25)
    assert loss_of(run.model, data.batch(12, 12)).item() < 0.9 * first
    again = new()
    again.resume()
    assert again.state["step"] == 25
    weights = again.model.state_dict()
    assert all(torch.equal(value, weights[key]) for key, value in run.model.state_dict().items())


def test_a_folder_is_read_by_stock_classes_and_gives_the_same_embeddings(tmp_path, data):
    network = new_clip(TINY).eval()
    pictures = np.stack([render(PAIR), data.chunks[0][0]])
    text = ["a red cube", "a large blue ball on ice"]
    with torch.no_grad():
        inside = to_clip(torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255, TINY.size)
        seen = network.get_image_features(inside).pooler_output
        read = network.get_text_features(torch.tensor(new_tokenizer()(text, padding=True)["input_ids"])).pooler_output
    write_folder(network, tmp_path, {"step": 1})
    stock, processor = CLIPModel.from_pretrained(tmp_path, dtype=torch.float32), CLIPProcessor.from_pretrained(tmp_path)
    given_ = processor(text=text, images=list(pictures), return_tensors="pt", padding=True)
    with torch.no_grad():
        made = stock(**given_)
    assert torch.cosine_similarity(made.image_embeds, seen).min() > 0.999
    assert torch.cosine_similarity(made.text_embeds, read).min() > 0.999


@pytest.mark.parametrize(("name", "most"), [("solids-clip", 20), ("solids-clip-b", 8)])
def test_both_clips_fit_their_sizes_and_differ_in_seed_and_shape(name, most):
    assert sum(p.numel() for p in new_clip(SHAPES[name]).parameters()) * 2 < most * 2**20
    other = SHAPES["solids-clip" if name.endswith("b") else "solids-clip-b"]
    assert (SHAPES[name].seed, SHAPES[name].width, SHAPES[name].size) != (other.seed, other.width, other.size)


@pytest.mark.parametrize(("name", "floor"), [("solids-clip", 0.6), ("solids-clip-b", 0.6)])
def test_a_shipped_clip_tells_held_out_captions_from_their_twins(name, floor):
    folder = folder_of(name)
    if not (folder / "model.safetensors").exists():
        pytest.skip(f"no {name} ships yet")
    cases = clip_table.cases(HELD_OUT_SEED + 500_000, 20)
    found = clip_table.measured(folder, cases)
    right = [told for one in found for told in one.values()]
    assert np.mean(right) >= floor
    assert isinstance(CLIPImageProcessorPil.from_pretrained(folder), CLIPImageProcessorPil)


def test_a_table_counts_one_main_twin_a_scene():
    cases = clip_table.cases(HELD_OUT_SEED, 12)
    found = [dict.fromkeys(one.twins, True) for one in cases]
    lines = clip_table.table(cases, found)
    assert lines[0].startswith("| swapped | 12 of 12 | 100")
    assert len(lines) == 9


def test_withheld_cases_show_a_withheld_combination():
    for one in clip_table.withheld_cases(5):
        assert {(solid.colour, solid.shape) for solid in one.scene.solids} & withheld_pairs()
