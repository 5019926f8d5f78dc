import shutil

import pytest
import torch

from models.training import turbo
from models.training.denoiser import new_scheduler
from models.training.vae import CHANNELS


@pytest.mark.parametrize("step", [999, 749, 499, 249])
def test_the_loss_is_zero_for_a_student_that_knows_where_the_teacher_ends(step):
    alphas = new_scheduler().alphas_cumprod
    start, target = torch.randn(2, 3, CHANNELS, 16, 16, generator=torch.Generator().manual_seed(0))

    def knowing(_state, steps, _tokens):
        signal, sigma = alphas[steps].sqrt()[:, None, None, None], (1 - alphas[steps]).sqrt()[:, None, None, None]
        return signal * start - sigma * target

    batch = (start, target, torch.zeros(3, 32, dtype=torch.long))
    assert float(turbo.loss_of(knowing, batch, torch.full((3,), step), alphas)) == pytest.approx(0, abs=1e-6)


def test_the_student_is_asked_at_the_steps_that_short_trailing_schedules_visit():
    visited = set()
    for count in (1, 2, 4):
        scheduler = new_scheduler()
        scheduler.set_timesteps(count)
        visited |= set(scheduler.timesteps.tolist())
    taught, later = (set(turbo.draw_steps(500, among).tolist()) for among in (turbo.TAUGHT_STEPS, turbo.LATER_STEPS))
    assert taught == visited
    assert later == visited - {999}


def test_only_the_students_unet_learns_and_begins_as_the_teachers():
    student = turbo.Student()
    assert not any(parameter.requires_grad for parameter in student.text_encoder.parameters())
    for name, value in turbo.teacher().unet.state_dict().items():
        assert torch.equal(student.unet.state_dict()[name], value)
    assert all(parameter.requires_grad for parameter in student.unet.parameters())


def test_training_goes_on_from_the_student_that_ships_where_its_teacher_is_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(turbo, "PATH", tmp_path / "none")
    student, mean, follower = turbo.Student(), turbo.Student(), turbo.Student()
    optimizer = torch.optim.SGD(student.unet.parameters(), 0.1)
    state = turbo.start(student, mean, follower, optimizer)
    assert state["step"] > 0
    teachers, ours = turbo.Student().unet.conv_in.weight, student.unet.conv_in.weight
    assert not torch.equal(ours, teachers)
    assert torch.equal(mean.unet.conv_in.weight, ours)
    assert torch.equal(follower.unet.conv_in.weight, teachers)

    monkeypatch.setattr(turbo, "TO", tmp_path)
    for name in ("unet", "text_encoder"):
        shutil.copytree(turbo.MODELS / "solids-turbo" / name, tmp_path / name)
    (tmp_path / "state.json").write_text('{"step": 7}')
    (tmp_path / "text_encoder" / "model.safetensors").write_bytes(b"another's")
    fresh = turbo.Student()
    assert turbo.start(fresh, mean, follower, optimizer)["step"] == 0
    assert torch.equal(fresh.unet.conv_in.weight, teachers)
