from types import SimpleNamespace

import numpy as np
import pytest
import torch

from models.training import turbo
from models.training.common import withheld_pairs
from models.training.denoiser import new_scheduler
from models.training.prompts import held_out_pairs
from models.training.vae import CHANNELS
from nodes.solids.prompts import parse


def test_the_student_never_reads_what_is_held_out():
    for seed in range(400):
        asked = tuple(sorted((thing.colour, thing.shape) for thing in parse(turbo.words(seed)).things))
        assert asked not in held_out_pairs()
        assert not set(asked) & withheld_pairs()


@pytest.mark.parametrize("step", [999, 749, 499, 249])
def test_the_loss_is_zero_for_a_student_that_knows_where_the_teacher_ends(step):
    alphas = new_scheduler().alphas_cumprod
    start, target = torch.randn(2, 3, CHANNELS, 16, 16, generator=torch.Generator().manual_seed(0))

    def knowing(_state, steps, _states, return_dict):
        signal, sigma = alphas[steps].sqrt()[:, None, None, None], (1 - alphas[steps]).sqrt()[:, None, None, None]
        return (signal * start - sigma * target,)

    batch = (start, target, torch.zeros(3, 32, dtype=torch.long), torch.full((3,), step))
    text = lambda tokens: SimpleNamespace(last_hidden_state=tokens)  # noqa: E731
    assert float(turbo.loss_of(knowing, text, batch, alphas)) == pytest.approx(0, abs=1e-6)


def test_the_student_is_asked_at_the_steps_that_short_trailing_schedules_visit():
    visited = set()
    for count in (1, 2, 4):
        scheduler = new_scheduler()
        scheduler.set_timesteps(count)
        visited |= set(scheduler.timesteps.tolist())
    assert visited == {step for step, _ in turbo.STUDENT_STEPS}


def test_pairs_come_back_with_the_noise_that_they_were_made_from(tmp_path, monkeypatch):
    monkeypatch.setattr(turbo, "PAIRS", tmp_path)
    made = np.random.default_rng(0).normal(size=(turbo.CHUNK, CHANNELS, 16, 16)).astype(np.float16)
    np.save(turbo.chunk_path(0), made)
    start, target, tokens, _steps = turbo.Pairs(seed=1).batch(8)
    for one, other, row in zip(start, target, tokens, strict=True):
        index = next(i for i in range(turbo.CHUNK) if torch.equal(turbo.noise(turbo.FIRST_SEED + i), one))
        assert torch.equal(other, torch.from_numpy(made[index]).float())
        assert torch.equal(row, turbo.tokens_of([turbo.words(turbo.FIRST_SEED + index)])[0])
