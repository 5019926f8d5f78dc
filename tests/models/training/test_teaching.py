import numpy as np
import pytest
import torch

from models.training import clip_data, teaching
from models.training.clip_model import SHAPES, new_clip
from models.training.common import withheld_pairs
from models.training.prompts import held_out_pairs
from models.training.team import Team
from models.training.vae import CHANNELS
from nodes.solids.prompts import parse

SHAPE = (teaching.CHUNK, CHANNELS, 16, 16)


@pytest.fixture
def pairs(tmp_path, monkeypatch):
    """Two chunks, of which the first one's first half and the second one's last picture are good."""
    monkeypatch.setattr(teaching, "PAIRS", tmp_path)
    made = np.random.default_rng(0).normal(size=(2, *SHAPE)).astype(np.float16)
    margins = np.full((2, teaching.CHUNK), -0.1, np.float32)
    margins[0, : teaching.CHUNK // 2], margins[1, -1] = 0.1, 0.1
    for index in (0, 1):
        np.save(teaching.chunk_path(index), made[index])
        np.save(teaching.margins_path(index), margins[index])
    return made


def test_the_student_never_reads_what_is_held_out():
    for seed in range(400):
        asked = tuple(sorted((thing.colour, thing.shape) for thing in parse(teaching.words(seed)).things))
        assert asked not in held_out_pairs()
        assert not set(asked) & withheld_pairs()


def test_pairs_come_back_with_the_noise_that_they_were_made_from(pairs):
    start, target, tokens = teaching.Pairs(seed=1).batch(8)
    for one, other, row in zip(start, target, tokens, strict=True):
        seed = next(s for index in (0, 1) for s in teaching.seeds_of(index) if torch.equal(teaching.noise(s), one))
        index, place = divmod(seed - teaching.FIRST_SEED, teaching.CHUNK)
        assert torch.equal(other, torch.from_numpy(pairs[index][place]).float())
        assert torch.equal(row, teaching.tokens_of([teaching.words(seed)])[0])


def test_what_is_nearer_to_a_twin_is_not_learnt_from(pairs):
    kept = teaching.Pairs(seed=1)
    assert kept.asked == 2 * teaching.CHUNK
    expected = np.concatenate([pairs[0][: teaching.CHUNK // 2], pairs[1][-1:]])
    assert torch.equal(kept.made, torch.from_numpy(expected).float())


def test_each_member_of_a_team_makes_other_chunks_and_only_those_that_are_missing(pairs):
    first, second = (teaching._missing(Team(rank, 2)) for rank in (0, 1))
    assert [next(first), next(first), next(second)] == [2, 4, 3]


def test_the_judge_compares_a_caption_with_its_twins(monkeypatch, tmp_path):
    clip = new_clip(SHAPES["solids-clip-b"])
    monkeypatch.setattr(teaching, "folder_of", lambda name: tmp_path / name)
    clip.save_pretrained(tmp_path / "any")
    picture = torch.rand((3, 128, 128), generator=torch.Generator().manual_seed(0))
    margins = [float(teaching.Judge("any").margin(seed, picture)[0]) for seed in range(4)]
    assert all(-2 <= margin <= 2 for margin in margins)
    assert len(set(margins)) > 1


def test_a_caption_without_twins_is_judged_by_itself(monkeypatch, tmp_path):
    new_clip(SHAPES["solids-clip-b"]).save_pretrained(tmp_path / "any")
    monkeypatch.setattr(teaching, "folder_of", lambda name: tmp_path / name)
    monkeypatch.setattr(clip_data, "training_twins", lambda *_: [])
    margin = teaching.Judge("any").margin(1, torch.full((3, 128, 128), 0.5))
    assert margin.shape == (1,)
    assert -1 <= margin[0] <= 1
