"""Distil a student that needs one to four steps: it learns where the teacher ends from the same noise.

    python -m models.training.turbo pairs --until 16:10      what the teacher makes of noises and captions
    python -m models.training.turbo judge                    which of it shows what was asked for
    python -m models.training.turbo train --until 17:00      the student, from the teacher's weights
    python -m models.training.turbo export                   models/solids-turbo

Knowledge distillation of the sampler's whole map (Luhman & Luhman 2021): noise e → x0 of the teacher, eight DDIM steps
with guidance, which the student thereby takes in. It learns x0 at the last step, where the state is e, and at the state
α·x0 + σ·e that a perfect student's own DDIM would pass next; at the two later steps of a four-step schedule, where
guidance matters little and edges are made, it learns from the rendered pictures themselves, as a denoiser does, so that
it need not be softer than its teacher. At the schedule's end (zero terminal SNR) v = −x0. Loss: pseudo-Huber (Song &
Dhariwal 2023, eq. 7) on x0, and what a reward says of one-step pictures of fresh noises (`praise`).
"""

import argparse
import copy
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn

from models.training import checkpoint
from models.training.common import MODELS, WORK, ending, log
from models.training.course import Course, new_numbers
from models.training.denoiser import load_data, new_scheduler
from models.training.export import write_model
from models.training.muon import Muon
from models.training.praise import Praise
from models.training.teaching import Pairs, judge_pairs, make_pairs, teacher
from models.training.team import Team, together

PATH: Final = WORK / "turbo.safetensors"
TO: Final = MODELS / "solids-turbo"
PEAK: Final = 1e-3
BATCH: Final = 8
"""Pairs, of each process."""
PRAISED: Final = 8
"""Fresh noises beside them."""
SEEN: Final = 8
"""Latents of rendered pictures beside them."""
DECAY_SHARE: Final = 0.7
Steps = tuple[tuple[int, float], ...]
"""Steps of the schedule, and how often each is asked for."""
TAUGHT_STEPS: Final[Steps] = ((999, 0.75), (749, 0.25))
"""Where the student learns from its teacher. With `SEEN_STEPS`: what trailing schedules of one, two and four steps visit."""
SEEN_STEPS: Final[Steps] = ((499, 0.5), (249, 0.5))
"""Where it learns from rendered pictures."""
HUBER: Final = 0.03
"""The pseudo-Huber constant c, for latents of deviation 1; c = 0.00054·√d of the source is 0.017 for d = 1,024."""


class Student(nn.Module):
    """A UNet behind the teacher's text encoder, which stays as it is."""

    def __init__(self) -> None:
        super().__init__()
        pipe = copy.deepcopy(teacher())
        self.unet = pipe.unet.train().requires_grad_(True).to(memory_format=torch.channels_last)
        self.text_encoder = pipe.text_encoder.eval().requires_grad_(False)

    def forward(self, noisy: Tensor, step: Tensor, tokens: Tensor) -> Tensor:
        """Noisy latents (B, 8, 16, 16), steps (B,) and tokens (B, 32) => v, as large as the latents."""
        with torch.no_grad():
            states = self.text_encoder(tokens).last_hidden_state
        return torch.as_tensor(self.unet(noisy, step, states, return_dict=False)[0])


def draw_steps(count: int, among: Steps) -> Tensor:
    """`count` of some steps, (count,)."""
    weights = torch.tensor([weight for _, weight in among])
    return torch.tensor([step for step, _ in among])[torch.multinomial(weights, count, replacement=True)]


def loss_of(
    student: Callable[..., Tensor], batch: tuple[Tensor, Tensor, Tensor], steps: Tensor, alphas: Tensor
) -> Tensor:
    """Pseudo-Huber loss of the student's x0 (Song & Dhariwal 2023, eq. 7); alphas (1000,) are cumulative products."""
    start, target, tokens = batch
    signal, sigma = alphas[steps].sqrt()[:, None, None, None], (1 - alphas[steps]).sqrt()[:, None, None, None]
    state = signal * target + sigma * start
    made = signal * state - sigma * student(state, steps, tokens)
    return torch.as_tensor((((made - target) ** 2 + HUBER**2).sqrt() - HUBER).mean())


def train(team: Team, end: float) -> None:
    """Train the student until `end` (seconds since the epoch), from its checkpoint, else from the teacher's weights."""
    student = Student()
    mean = copy.deepcopy(student).requires_grad_(False)
    optimizer = Muon(student.unet.named_parameters(), PEAK, team)
    state = new_numbers(seed=3)
    if PATH.exists():
        state = checkpoint.load(PATH, {"model": student, "mean": mean}, optimizer)
    seed = int(state["step"]) * team.size + team.rank + 1
    torch.manual_seed(seed)
    pairs, alphas, compiled = Pairs(seed), new_scheduler().alphas_cumprod, torch.compile(student)
    praise, last, data = Praise(seed, teacher().vae), torch.full((PRAISED,), 999), load_data(seed)
    if team.leads:
        log(f"from step {state['step']}, {len(pairs.made)} pairs of {pairs.asked}")

    def loss(_rate: float) -> Tensor:
        asked = praise.ask(PRAISED)
        praised = praise.loss(-compiled(asked.noise, last, asked.tokens), asked)
        taught = loss_of(compiled, pairs.batch(BATCH), draw_steps(BATCH, TAUGHT_STEPS), alphas)
        clean, tokens = data.batch(SEEN)
        seen = (torch.randn_like(clean), clean, tokens)
        return praised + taught + loss_of(compiled, seen, draw_steps(SEEN, SEEN_STEPS), alphas)

    Course(team, PATH, student, mean, optimizer, state, PEAK, BATCH + PRAISED + SEEN, DECAY_SHARE).run(loss, end)


def export(to: Path) -> None:
    """Write the student's averaged weights beside the teacher's other parts, in half precision."""
    pipe, student = copy.deepcopy(teacher()), Student()
    state = checkpoint.load(PATH, {"mean": student})
    pipe.unet.load_state_dict(student.unet.state_dict())
    write_model(pipe, to, state)


def main() -> None:
    """Read the command line and do the part that it names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("pairs", "judge", "train", "export"))
    parser.add_argument("--until", help="clock time HH:MM at which to end")
    parser.add_argument("--hours", type=float, help="or how long")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes, a core each")
    parser.add_argument("--to", type=Path, default=TO, help="where the student is exported to")
    options = parser.parse_args()
    match options.part:
        case "pairs":
            together(make_pairs, options.workers, ending(options.until, options.hours))
        case "judge":
            together(judge_pairs, options.workers)
        case "train":
            together(train, options.workers, ending(options.until, options.hours))
        case "export":
            export(options.to)


if __name__ == "__main__":
    main()
