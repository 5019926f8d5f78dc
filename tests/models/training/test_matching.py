"""Distribution matching, on clouds whose best denoiser is known."""

import pytest
import torch
from torch import Tensor, nn

from models.training import matching
from models.training.denoiser import new_scheduler
from models.training.teaching import CFG
from models.training.team import Team

ALPHAS = new_scheduler().alphas_cumprod
TOKENS = torch.zeros(64, 32, dtype=torch.long)


class Cloud(nn.Module):
    """The best v for pictures that are normal about a mean with deviation 0.5; words move the mean by as much as told."""

    def __init__(self, mean: float, moved: float = 0.0) -> None:
        super().__init__()
        self.mean, self.moved = nn.Parameter(torch.tensor([mean])), moved

    def forward(self, noisy: Tensor, steps: Tensor, tokens: Tensor) -> Tensor:
        signal, sigma = (part.sqrt()[:, None, None, None] for part in (ALPHAS[steps], 1 - ALPHAS[steps]))
        asks = (tokens == 0).all(dim=1)[:, None, None, None]
        mean = self.mean + self.moved * asks
        clean = mean + 0.25 * signal / (0.25 * signal**2 + sigma**2) * (noisy - signal * mean)
        return torch.as_tensor((signal * noisy - clean) / sigma)


@pytest.fixture
def drawn():
    torch.manual_seed(0)
    return torch.randn(64, 2, 3, 3) * 0.5


def test_the_gradient_is_the_difference_of_the_two_estimates(drawn):
    both = matching.Matching(Cloud(1.0), Cloud(0.0), ALPHAS, Team())
    made = drawn.requires_grad_()
    state = torch.get_rng_state()
    both.loss(made, TOKENS).backward()
    torch.set_rng_state(state)
    assert torch.allclose(made.grad * made.numel(), both.pull(made.detach(), TOKENS), atol=1e-5)


def test_nothing_pulls_where_the_student_draws_what_the_teacher_does(drawn):
    both = matching.Matching(Cloud(1.0), Cloud(1.0), ALPHAS, Team())
    assert float(both.pull(drawn, TOKENS).abs().max()) < 1e-3


def test_every_picture_is_pulled_to_where_the_teacher_finds_pictures_likelier(drawn):
    both = matching.Matching(Cloud(1.0), Cloud(0.0), ALPHAS, Team())
    assert bool((both.pull(drawn, TOKENS) < 0).all())


def test_guidance_pulls_as_a_teacher_whose_words_move_it_so_much_further(drawn):
    guided = matching.Matching(Cloud(0.0, moved=1.0), Cloud(0.0), ALPHAS, Team())
    further = matching.Matching(Cloud(CFG), Cloud(0.0), ALPHAS, Team())
    pulls = []
    for both in (guided, further):
        torch.manual_seed(1)
        pulls.append(both.pull(drawn, TOKENS))
    assert torch.allclose(*pulls, atol=1e-4)


def test_the_follower_learns_what_the_student_makes(drawn):
    follower = Cloud(0.0)
    both = matching.Matching(Cloud(1.0), follower, ALPHAS, Team())
    for _ in range(100):
        both.follow(drawn + 0.7, TOKENS, 0.02)
    assert follower.mean.item() == pytest.approx(0.7, abs=0.15)


def test_a_student_that_is_pulled_ends_where_the_teacher_is(drawn):
    follower, shift = Cloud(0.0), nn.Parameter(torch.zeros(()))
    both = matching.Matching(Cloud(1.0), follower, ALPHAS, Team())
    optimizer = torch.optim.SGD([shift], lr=0.02)
    for _ in range(400):
        made = drawn + shift
        both.follow(made, TOKENS, 0.05)
        optimizer.zero_grad()
        both.loss(made, TOKENS).backward()
        optimizer.step()
    assert shift.item() == pytest.approx(1.0, abs=0.25)
