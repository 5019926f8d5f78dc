"""Train the VAE: first on crops around the solids, then on whole pictures; the group norms need both.

    python -m models.training.vae --hours 0.5

Loss: L1 + ½ L1 of the gradients + 2 L2 + 2e-4 KL, on pictures in −1 … 1. Every other step decodes latents that were
halved in size, against pictures that were: latents whose averages mean something are easier to generate (Skorokhodov
et al. 2025, "Improving the Diffusability of Autoencoders"). The rate falls as a cosine over the clock's time; with
--warm-restart the next run begins another cosine, half as high.
"""

import argparse
import math
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
import torch
from diffusers import AutoencoderKL
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import avg_pool2d

from models.training import checkpoint
from models.training.common import WORK, add_clock, ending, log
from models.training.render import HELD_OUT_SEED, load_pictures, training_scene
from models.training.team import Team, together
from nodes.solids.camera import project
from nodes.solids.render import render

PATH: Final = WORK / "vae.safetensors"
PEAK: Final = 2e-3
KL: Final = 2e-4
"""Weight of the divergence from a unit normal, per latent value."""
CHANNELS: Final = 8
"""Of the latent. With four, a small solid's edges are a code that neither decoder nor denoiser learnt well in hours."""
CROP: Final = 64
CROPS_SHARE: Final = 0.68
"""The part of the time that is spent on crops."""


def new_vae() -> AutoencoderKL:
    """An untrained VAE: factor 8, eight latent channels, no attention, 0.8 M parameters."""
    vae: AutoencoderKL = AutoencoderKL(
        block_out_channels=(16, 24, 48, 64),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=CHANNELS,
        layers_per_block=1,
        mid_block_add_attention=False,
        norm_num_groups=8,
        sample_size=128,
    )
    return vae


def to_model(pictures: NDArray[np.uint8]) -> Tensor:
    """sRGB bytes (B, H, W, 3) => (B, 3, H, W) in −1 … 1."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def loss_of(vae: AutoencoderKL, pictures: Tensor, halved: bool) -> Tensor:
    """The training loss of pictures (B, 3, H, W) in −1 … 1; `halved`: of their latents at half the size."""
    posterior = vae.encode(pictures).latent_dist
    latents = posterior.sample()
    if halved:
        latents, pictures = avg_pool2d(latents, 2), avg_pool2d(pictures, 2)
    made = vae.decode(latents).sample
    kl = 0.5 * (posterior.mean**2 + posterior.var - 1.0 - posterior.logvar).mean()
    return picture_loss(made, pictures) + KL * torch.as_tensor(kl)


def picture_loss(made: Tensor, pictures: Tensor) -> Tensor:
    """L1 + ½ L1 of the gradients + 2 L2 of decoded pictures (B, 3, H, W) against the true ones."""
    off = made - pictures
    edges = off.diff(dim=3).abs().mean() + off.diff(dim=2).abs().mean()
    return off.abs().mean() + 0.5 * edges + 2 * (off * off).mean()


class Crops:
    """Crops of 64×64 around a solid of each picture, most of them; some from anywhere."""

    def __init__(self, pictures: NDArray[np.uint8], seed: int) -> None:
        self.pictures, self.draw = pictures, np.random.default_rng(seed)
        self.middles = [
            project(np.array([[s.x, 0.5 * s.scale, s.z] for s in training_scene(index).solids], np.float32))
            for index in range(len(pictures))
        ]

    def crop(self) -> NDArray[np.uint8]:
        """One crop, (64, 64, 3), mirrored half the time."""
        index = int(self.draw.integers(len(self.pictures)))
        middle = self.draw.uniform(0, 128, 2)
        if self.draw.random() < 0.88:
            middle = self.draw.choice(self.middles[index]) + self.draw.uniform(-18, 18, 2)
        x, y = np.clip(middle - CROP / 2, 0, 128 - CROP).astype(int)
        cut = self.pictures[index, y : y + CROP, x : x + CROP]
        return cut[:, ::-1] if self.draw.random() < 0.5 else cut

    def batch(self, size: int) -> Tensor:
        """`size` crops as the model takes them."""
        return to_model(np.stack([self.crop() for _ in range(size)]))

    def whole(self, size: int) -> Tensor:
        """`size` whole pictures as the model takes them."""
        return to_model(self.pictures[np.sort(self.draw.integers(len(self.pictures), size=size))])


@torch.no_grad()
def psnr(vae: AutoencoderKL, count: int = 48) -> float:
    """Peak signal-to-noise ratio in dB over `count` held-out scenes, decoded from the posterior's mean."""
    scenes = [render(training_scene(HELD_OUT_SEED + index)) for index in range(count)]
    errors = []
    for first in range(0, count, 16):
        batch = to_model(np.stack(scenes[first : first + 16]))
        made = vae.decode(vae.encode(batch).latent_dist.mean).sample.clamp(-1, 1)
        errors.append(float(((made - batch) / 2).square().mean()))
    return -10 * math.log10(float(np.mean(errors)))


def train(team: Team, end: float, batch: int, warm_restart: bool) -> None:
    """Train until `end`, from the checkpoint if there is one."""
    torch.manual_seed(1)
    vae = new_vae()
    optimizer = torch.optim.Adam(vae.parameters(), lr=PEAK, betas=(0.9, 0.99))
    state: dict[str, Any] = {"step": 0, "begin": time.time(), "samples": 0, "seconds": 0.0, "peak": PEAK}
    if PATH.exists():
        state |= checkpoint.load(PATH, {"vae": vae}, optimizer)
        if warm_restart:
            state |= {"begin": time.time(), "peak": state["peak"] / 2}
    crops = Crops(load_pictures(), seed=int(state["step"]) * team.size + team.rank)
    torch.manual_seed(team.rank)
    _loop(team, vae, optimizer, crops, state, end, batch)


def _loop(
    team: Team,
    vae: AutoencoderKL,
    optimizer: torch.optim.Optimizer,
    crops: Crops,
    state: dict[str, Any],
    end: float,
    batch: int,
) -> None:
    parameters = list(vae.parameters())
    begin, first = team.agree(state["begin"]), state["step"]
    saved = mark = time.time()
    recent: list[float] = []
    while (now := team.agree(time.time())) < end:
        progress, step = (now - begin) / (end - begin), state["step"]
        rate = cosine(state["peak"], progress) * min(1.0, (step - first + 1) / 100)
        whole = progress > CROPS_SHARE
        pictures = crops.whole(batch // 2) if whole else crops.batch(batch)
        recent.append(
            descend(optimizer, loss_of(vae, pictures, step % 2 == 1), rate, partial(team.average, parameters))
        )
        state["step"] += 1
        state["samples"] += len(pictures) * team.size
        if len(recent) == 200 and team.leads:
            pace = 200 * len(pictures) * team.size / (time.time() - mark)
            log(f"step {step + 1} loss {np.mean(recent):.4f} {pace:.0f}/s {'whole' if whole else 'crops'}")
        if len(recent) == 200:
            recent, mark = [], time.time()
        if team.leads and time.time() - saved > 150:
            state["seconds"] += time.time() - saved
            checkpoint.save(PATH, {"vae": vae}, optimizer, state)
            log(f"saved; PSNR {psnr(vae, 16):.2f} dB")
            saved = time.time()
    if team.leads:
        checkpoint.save(PATH, {"vae": vae}, optimizer, state)
        log(f"done: PSNR {psnr(vae):.2f} dB")


def cosine(peak: float, progress: float) -> float:
    """A rate that falls from `peak` to a fiftieth of it as progress goes from 0 to 1 (Loshchilov & Hutter 2017)."""
    return peak * (0.02 + 0.49 * (1 + math.cos(math.pi * min(progress, 1.0))))


def descend(
    optimizer: torch.optim.Optimizer, loss: Tensor, rate: float, meet: Callable[[], None] = lambda: None
) -> float:
    """One step down the loss at a learning rate, the gradient's norm held at 1; `meet` is called with the gradients
    there. Gives back the loss."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    meet()
    for group in optimizer.param_groups:
        group["lr"] = rate
    torch.nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], 1.0)
    optimizer.step()
    return float(loss.detach())


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_clock(parser)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes, a core and a batch each")
    parser.add_argument("--warm-restart", action="store_true", help="begin a new cosine from the last weights")
    options = parser.parse_args()
    end = ending(options.until, options.hours)
    together(train, options.workers, end, options.batch, options.warm_restart)


if __name__ == "__main__":
    main()
