"""Distribution matching: the student's one-step pictures are pulled to where the teacher thinks pictures are likelier.

Yin et al. 2024, "One-step Diffusion with Distribution Matching Distillation" (arXiv 2311.18828), eq. 7 and 8: of a
noised picture both the guided teacher and a second denoiser, which follows what the student makes, say x0; their
difference is the gradient. Where regression onto the teacher's own pictures gives the mean of all that a noise might
become, this gives one of them, so that edges are sharp. The follower takes a step a step of the student's, faster than
it (Yin et al. 2024, "Improved Distribution Matching Distillation", arXiv 2405.14867, §4.2).
"""

from collections.abc import Callable
from functools import partial
from typing import Final

import torch
from torch import Tensor, nn

from models.training.denoiser import noised
from models.training.muon import Muon
from models.training.teaching import CFG
from models.training.team import Team
from models.training.tokenizer import tokens_of
from models.training.vae import descend

SPAN: Final = (20, 980)
"""The steps at which the two are compared: beyond them all is signal or all is noise."""
HASTE: Final = 2.0
"""The follower's rate over the student's."""
LEAST: Final = 1e-3
"""Of a mean difference from the teacher's x0, which gradients are divided by."""

Denoising = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Noisy latents (B, C, H, W), steps (B,) and tokens (B, LENGTH) => v."""


class Matching:
    """The teacher, the follower and what they say of pictures; alphas (1000,) are cumulative products."""

    def __init__(self, teacher: Denoising, follower: nn.Module, alphas: Tensor, team: Team) -> None:
        self.teacher, self.follower, self.alphas = teacher, follower, alphas
        learning = [(name, one) for name, one in follower.named_parameters() if one.requires_grad]
        self.optimizer = Muon(learning, 0.0, team)  # each step brings its rate
        self.meet = partial(team.average, [one for _, one in learning])

    def follow(self, made: Tensor, tokens: Tensor, rate: float) -> float:
        """Train the follower for a step on the student's x0 (B, C, H, W); gives back its loss."""
        steps = torch.randint(0, len(self.alphas), (len(made),))
        noise = torch.randn_like(made)
        state, signal, sigma = noised(made.detach(), noise, steps, self.alphas)
        wanted = signal * noise - sigma * made.detach()
        error = nn.functional.mse_loss(self.follower(state, steps, tokens), wanted)
        return descend(self.optimizer, error, rate * HASTE, self.meet)

    def loss(self, made: Tensor, tokens: Tensor) -> Tensor:
        """Half the mean square of what would move x0 (B, C, H, W): its gradient is eq. 7's."""
        pull = self.pull(made.detach(), tokens)
        return torch.as_tensor(0.5 * nn.functional.mse_loss(made, made.detach() - pull))

    @torch.no_grad()
    def pull(self, made: Tensor, tokens: Tensor) -> Tensor:
        """The follower's x0 less the teacher's, over the picture's mean distance from the teacher's (eq. 8)."""
        steps = torch.randint(*SPAN, (len(made),))
        state, signal, sigma = noised(made, torch.randn_like(made), steps, self.alphas)
        empty = tokens_of([""]).expand_as(tokens).contiguous()
        asked, unasked = self.teacher(state, steps, tokens), self.teacher(state, steps, empty)
        real = signal * state - sigma * (unasked + CFG * (asked - unasked))
        fake = signal * state - sigma * self.follower(state, steps, tokens)
        return torch.as_tensor(fake - real) / (made - real).abs().mean(dim=(1, 2, 3), keepdim=True).clamp(min=LEAST)
