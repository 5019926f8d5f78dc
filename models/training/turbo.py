"""Distil a student that needs one to four steps: it learns where the teacher ends from the same noise.

    python -m models.training.turbo pairs --until 16:10      what the teacher makes of noises and captions
    python -m models.training.turbo judge                    which of it shows what was asked for
    python -m models.training.turbo train --until 17:00      the student, from the teacher's weights
    python -m models.training.turbo export                   models/solids-turbo

Knowledge distillation of the sampler's whole map (Luhman & Luhman 2021): noise e → x0 of the teacher, eight DDIM steps
with guidance, which the student thereby takes in. It learns x0 at the last step, where the state is e, and at the states
α·x0 + σ·e that a perfect student's own DDIM would pass next. At the schedule's end (zero terminal SNR) v = −x0. Loss:
pseudo-Huber (Song & Dhariwal 2023, eq. 7) on x0; and of what it makes by itself, from fresh noises in one step and from
its own one-step pictures in a later one, how likely the teacher finds it (`matching`) and what a reward says of it
(`praise`).
"""

import argparse
import copy
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from models.training import checkpoint
from models.training.common import MODELS, WORK, add_clock, ending, log
from models.training.course import Course, new_numbers
from models.training.denoiser import SHIPPED, new_scheduler, noised
from models.training.export import fill_from, write_model
from models.training.matching import Matching
from models.training.muon import Muon
from models.training.praise import Praise
from models.training.teaching import Painter, Pairs, judge_pairs, make_pairs, teacher
from models.training.team import Team, together

PATH: Final = WORK / "turbo.safetensors"
TO: Final = MODELS / "solids-turbo"
PEAK: Final = 4e-4
BATCH: Final = 16
"""Pairs, of each process."""
FRESH: Final = 10
"""Noises beside them, of which one-step pictures are made."""
LATER: Final = BATCH - FRESH
"""The last step's pictures, which are drawn again from a later step on. With `FRESH` as many as pairs, so that one compiled
program does for both."""
PRAISED: Final = 4
"""So many one-step pictures a reward looks at, since decoding them takes as long as all else."""
DECAY_SHARE: Final = 0.7
Batch = tuple[Tensor, Tensor, Tensor]
"""Noise and x0 (B, CHANNELS, 16, 16), tokens (B, LENGTH)."""
Steps = tuple[tuple[int, float], ...]
"""Steps of the schedule, and how often each is asked for."""
TAUGHT_STEPS: Final[Steps] = ((999, 0.6), (749, 0.2), (499, 0.1), (249, 0.1))
"""Where the student learns from its teacher: what trailing schedules of one, two and four steps visit."""
LATER_STEPS: Final[Steps] = ((749, 0.4), (499, 0.4), (249, 0.2))
"""Where it draws its own pictures again."""
HUBER: Final = 0.03
"""The pseudo-Huber constant c, for latents of deviation 1; c = 0.00054·√d of the source is 0.017 for d = 1,024."""


class Student(Painter):
    """A UNet that begins as the teacher's, behind its text encoder, which stays as it is."""

    def __init__(self) -> None:
        super().__init__(copy.deepcopy(teacher().unet))

    def forward(self, noisy: Tensor, step: Tensor, tokens: Tensor) -> Tensor:
        """Noisy latents (B, 8, 16, 16), steps (B,) and tokens (B, 32) => v, as large as the latents."""
        return self.answer(noisy, step, tokens)


def draw_steps(count: int, among: Steps) -> Tensor:
    """`count` of some steps, (count,)."""
    weights = torch.tensor([weight for _, weight in among])
    return torch.tensor([step for step, _ in among])[torch.multinomial(weights, count, replacement=True)]


def clean(student: Callable[..., Tensor], batch: Batch, steps: Tensor, alphas: Tensor) -> Tensor:
    """The student's x0 at the states of noise and x0 at steps (B,), as large as the latents; alphas (1000,) are
    cumulative products."""
    start, target, tokens = batch
    state, signal, sigma = noised(target, start, steps, alphas)
    return signal * state - sigma * student(state, steps, tokens)


def loss_of(student: Callable[..., Tensor], batch: Batch, steps: Tensor, alphas: Tensor) -> Tensor:
    """Pseudo-Huber loss of the student's x0 (Song & Dhariwal 2023, eq. 7)."""
    error = clean(student, batch, steps, alphas) - batch[1]
    return torch.as_tensor(((error**2 + HUBER**2).sqrt() - HUBER).mean())


def train(team: Team, end: float) -> None:
    """Train the student until `end` (seconds since the epoch), from its checkpoint, else from the weights that ship, else
    from the teacher's."""
    student, mean, follower = Student(), Student().requires_grad_(False), Student()
    optimizer = Muon(student.unet.named_parameters(), PEAK, team)
    state = start(student, mean, follower, optimizer)
    seed = int(state["step"]) * team.size + team.rank + 1
    torch.manual_seed(seed)
    real, alphas = Student().requires_grad_(False), new_scheduler().alphas_cumprod
    for network in (student, follower, real):
        network.compile()
    matching = Matching(real, follower, alphas, team)
    pairs, praise = Pairs(seed), Praise(seed, teacher().vae)
    if team.leads:
        log(f"from step {state['step']}, {len(pairs.made)} pairs of {pairs.asked}")
    last = pairs.batch(LATER)

    def loss(rate: float) -> Tensor:
        nonlocal last
        asked = praise.ask(FRESH)
        begun = both((asked.noise, torch.zeros_like(asked.noise), asked.tokens), last)
        made = clean(student, begun, torch.cat([torch.full((FRESH,), 999), draw_steps(LATER, LATER_STEPS)]), alphas)
        last = asked.noise[:LATER], made[:LATER].detach(), asked.tokens[:LATER]
        matching.follow(made, begun[2], rate)
        own = matching.loss(made, begun[2]) + praise.loss(made[:PRAISED], asked)
        return own + loss_of(student, pairs.batch(BATCH), draw_steps(BATCH, TAUGHT_STEPS), alphas)

    beside = {"follower": follower}
    Course(team, PATH, student, mean, optimizer, state, PEAK, 2 * BATCH, DECAY_SHARE, beside).run(loss, end)


def start(student: Student, mean: Student, follower: Student, optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """Fill the networks, which begin as the teacher, from where training can go on; gives back the run's numbers."""
    state = new_numbers(seed=3)
    if PATH.exists():
        return checkpoint.load(PATH, {"model": student, "mean": mean, "follower": follower}, optimizer)
    if (TO / "state.json").exists() and is_ours(TO):
        state |= fill_from(TO, student.unet, mean.unet)
    return state


def is_ours(folder: Path) -> bool:
    """Whether a folder's student was taught by the teacher that is there: it has the teacher's text encoder."""
    weights = Path("text_encoder") / "model.safetensors"
    return (folder / weights).read_bytes() == (SHIPPED / weights).read_bytes()


def both(one: Batch, other: Batch) -> Batch:
    """Two batches as one."""
    return torch.cat([one[0], other[0]]), torch.cat([one[1], other[1]]), torch.cat([one[2], other[2]])


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
    add_clock(parser)
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
