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
    taught, seen = (set(turbo.draw_steps(500, among).tolist()) for among in (turbo.TAUGHT_STEPS, turbo.SEEN_STEPS))
    assert taught | seen == visited
    assert min(taught) > max(seen)


def test_only_the_students_unet_learns_and_begins_as_the_teachers():
    student = turbo.Student()
    assert not any(parameter.requires_grad for parameter in student.text_encoder.parameters())
    for name, value in turbo.teacher().unet.state_dict().items():
        assert torch.equal(student.unet.state_dict()[name], value)
    assert all(parameter.requires_grad for parameter in student.unet.parameters())
