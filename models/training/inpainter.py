"""Train a UNet that paints over parts of pictures: it sees the mask and the rest of the picture beside the noise.

    python -m models.training.inpainter holes            pictures with holes, from those of models.training.render
    python -m models.training.inpainter train --hours 1  from the weights of models/solids
    python -m models.training.inpainter export           models/solids-inpaint

The layout of Stable Diffusion's inpainting models: 2 C + 1 channels go in, the noisy latent's, the mask's and those of the
picture with a grey hole; what is new begins with weights of nothing, so that the network is at first the one it comes from.
Loss: v-prediction as `models.training.denoiser` has it, most of it in the hole.
"""

import argparse
import copy
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor

from models.training import checkpoint
from models.training.common import MODELS, WORK, add_clock, ending, log
from models.training.course import Course, new_numbers
from models.training.denoiser import draw_steps, even_share, new_scheduler, noised
from models.training.export import fill_from, write_model
from models.training.holes import Holes, make
from models.training.muon import Muon
from models.training.render import SCENES
from models.training.teaching import Painter, teacher
from models.training.team import Team, together

PATH: Final = WORK / "inpainter.safetensors"
TO: Final = MODELS / "solids-inpaint"
PEAK: Final = 5e-4
BATCH: Final = 16
DECAY_SHARE: Final = 0.5
AROUND: Final = 0.1
"""What an error outside of the hole costs, beside one within: the picture there stays as it was."""


class Inpainter(Painter):
    """A UNet of 2 C + 1 channels behind the text encoder of `models/solids`, which stays as it is."""

    def __init__(self) -> None:
        super().__init__(widened(teacher().unet))

    def forward(self, noisy: Tensor, step: Tensor, beside: Tensor, tokens: Tensor) -> Tensor:
        """Noisy latents (B, C, 16, 16), steps (B,), masks and holed pictures (B, 1 + C, 16, 16) and tokens (B, 32) => v, as
        large as the latents."""
        return self.answer(torch.cat([noisy, beside], 1), step, tokens)


def widened(unet: UNet2DConditionModel) -> UNet2DConditionModel:
    """The same network with 1 + C channels more to see, which it makes nothing of yet."""
    channels = int(unet.config.in_channels)
    wide: UNet2DConditionModel = UNet2DConditionModel.from_config(unet.config, in_channels=2 * channels + 1)
    weights = unet.state_dict()
    old = weights["conv_in.weight"]
    weights["conv_in.weight"] = torch.cat([old, torch.zeros_like(old), torch.zeros_like(old[:, :1])], 1)
    wide.load_state_dict(weights)
    return wide


def loss_of(model: Callable[..., Tensor], batch: tuple[Tensor, Tensor, Tensor], alphas: Tensor, even: float) -> Tensor:
    """Mean squared error of v at drawn steps, a share of them `even`, in the hole; and a little of what is around it."""
    clean, beside, tokens = batch
    step, noise = draw_steps(len(clean), len(alphas), even), torch.randn_like(clean)
    state, signal, sigma = noised(clean, noise, step, alphas)
    error = (model(state, step, beside, tokens) - (signal * noise - sigma * clean)).square()
    hole = beside[:, :1]
    weight = hole + AROUND * (1 - hole)
    return torch.as_tensor((error * weight).sum() / (weight.sum() * error.shape[1]))


def train(team: Team, end: float) -> None:
    """Train until `end` (seconds since the epoch), from the checkpoint, else from what ships, else from models/solids."""
    model, mean = Inpainter(), Inpainter().requires_grad_(False)
    optimizer = Muon(model.unet.named_parameters(), PEAK, team)
    state = start(model, mean, optimizer)
    seed = int(state["step"]) * team.size + team.rank + 1
    torch.manual_seed(seed)
    holes, alphas, compiled = Holes(seed), new_scheduler().alphas_cumprod, torch.compile(model)
    if team.leads:
        log(f"from step {state['step']}, {len(holes.kept)} pictures with holes")

    def loss(rate: float) -> Tensor:
        return loss_of(compiled, holes.batch(BATCH), alphas, even_share(2 * rate))

    Course(team, PATH, model, mean, optimizer, state, PEAK, BATCH, DECAY_SHARE).run(loss, end)


def start(model: Inpainter, mean: Inpainter, optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """Fill the networks from where training can go on; gives back the run's numbers."""
    state = new_numbers(seed=5)
    if PATH.exists():
        return checkpoint.load(PATH, {"model": model, "mean": mean}, optimizer)
    if (TO / "state.json").exists():
        state |= fill_from(TO, model.unet, mean.unet)
    return state


def export(to: Path) -> None:
    """Write the averaged weights beside the other parts of models/solids, in half precision."""
    pipe, model = copy.deepcopy(teacher()), Inpainter()
    state = checkpoint.load(PATH, {"mean": model})
    pipe.unet = model.unet
    write_model(pipe, to, state)


def main() -> None:
    """Read the command line and do the part that it names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("holes", "train", "export"))
    add_clock(parser)
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes, a core each")
    parser.add_argument("--to", type=Path, default=TO, help="where the network is exported to")
    options = parser.parse_args()
    match options.part:
        case "holes":
            make(len(list(SCENES.glob("chunk_*.npy"))), options.workers)
        case "train":
            together(train, options.workers, ending(options.until, options.hours))
        case "export":
            export(options.to)


if __name__ == "__main__":
    main()
