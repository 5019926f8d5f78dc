"""Train the ×4 upscaler: scenes rendered at 512 pixels, and many ways in which they come down to 128.

    python -m models.training.upscaler --hours 0.25

The network is `nodes.upscalers.compact`, whose keys are the published ones (`body.N.weight`), so that any loader of such
networks knows it. Loss: squared error of values and ½ of their gradients: most of a picture is smooth, and
an L1 would ask as much of that as of the edges.
"""

import argparse
import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from models.training.checkpoint import read_numbers
from models.training.common import MODELS, WORK, add_clock, ending, log
from models.training.enlarged import DEVELOPMENT_SEED, Pairs, development_pairs, training_pairs
from models.training.loop import Training
from nodes.upscalers.compact import Compact

PATH: Final = WORK / "upscaler.safetensors"
SHIPPED: Final = MODELS / "solids-upscale"
SCALE: Final = 4
WIDTH: Final = 32
LAYERS: Final = 4
PEAK: Final = 1e-3
BATCH: Final = 20
CROP: Final = 24
"""Width and height of a training crop, in pixels of the small picture."""


def new_network(seed: int = 1, width: int = WIDTH, layers: int = LAYERS) -> Compact:
    """An untrained network that begins as the nearest enlargement.

    The layers keep a signal's size (He et al. 2015, with PReLU's slope of ¼), which torch's own beginning would lose on
    the way; the first three channels carry the picture itself to the end.
    """
    torch.manual_seed(seed)
    network = Compact(width, layers, SCALE)
    *inner, last = (part for part in network.body if isinstance(part, nn.Conv2d))
    for layer in inner:
        nn.init.kaiming_normal_(layer.weight, a=0.25)
        with torch.no_grad():
            layer.weight[:3] = 0
            layer.weight[range(3), range(3), 1, 1] = 1
    nn.init.zeros_(last.weight)
    for layer in (*inner, last):
        nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
    return network


@torch.no_grad()
def fit_last(network: Compact, small: Tensor, large: Tensor, ridge: float = 1e-6) -> None:
    """Let the last layer begin as least squares: small (N, 3, h, w) and large (N, 3, 4h, 4w), values 0–1.

    From random features to their best linear reading is one solve, which spares the first thousands of steps.
    """
    last = network.body[-1]
    assert isinstance(last, nn.Conv2d)
    inside = small
    for part in network.body[:-1]:
        inside = part(inside)
    wanted = nn.functional.pixel_unshuffle(large - nn.functional.interpolate(small, scale_factor=SCALE), SCALE)
    features = nn.functional.unfold(inside, 3, padding=1).transpose(1, 2).flatten(0, 1)
    features = torch.cat([features, torch.ones(len(features), 1)], 1).double()
    targets = wanted.flatten(2).transpose(1, 2).flatten(0, 1).double()
    gram = features.T @ features
    gram += ridge * gram.diagonal().mean() * torch.eye(len(gram))
    solved = torch.linalg.solve(gram, features.T @ targets).T.float()
    last.weight.copy_(solved[:, :-1].reshape(last.weight.shape))
    last.bias.copy_(solved[:, -1])  # type: ignore[union-attr]


def load(folder: Path = SHIPPED) -> Compact:
    """The network that ships, in single precision."""
    weights = load_file(folder / "model.safetensors")
    layers = sum(key.endswith("weight") for key in weights) // 2 - 1
    network = Compact(len(weights["body.0.bias"]), layers, SCALE)
    network.load_state_dict({key: value.float() for key, value in weights.items()})
    return network.eval()


def to_model(pictures: NDArray[np.uint8]) -> Tensor:
    """sRGB bytes (B, H, W, 3) => (B, 3, H, W) in 0–1."""
    return torch.from_numpy(np.ascontiguousarray(pictures)).permute(0, 3, 1, 2).float().div_(255)


def loss_of(made: Tensor, wanted: Tensor) -> Tensor:
    """Mean squared error + ½ that of the gradients, in hundredths: pictures (B, 3, H, W) in 0–1."""
    off = made - wanted
    gradients = off.diff(dim=3).square().mean() + off.diff(dim=2).square().mean()
    return 100 * (off.square().mean() + 0.5 * gradients)


def batch_loss(pairs: Pairs, draw: np.random.Generator) -> Callable[[nn.Module], Tensor]:
    """What a network loses on the next batch of crops."""

    def loss(network: nn.Module) -> Tensor:
        small, large = pairs.batch(draw, BATCH, CROP)
        return loss_of(network(to_model(small).contiguous(memory_format=torch.channels_last)), to_model(large))

    return loss


@torch.no_grad()
def psnrs(network: nn.Module, small: NDArray[np.uint8], large: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Peak signal-to-noise ratio in dB of each enlarged picture, rounded to bytes: small (N, H, W, 3), large
    (N, 4H, 4W, 3) => (N,)."""
    found = []
    for before, wanted in zip(small, large, strict=True):
        made = network(to_model(before[None])).clamp(0, 1).mul(255).round().div(255)
        found.append(-10 * float((made - to_model(wanted[None])).square().mean().log10()))
    return np.array(found)


def from_shipped(network: nn.Module) -> dict[str, Any]:
    """Fill the network with the weights that ship; gives back the numbers of their run."""
    network.load_state_dict(load().state_dict())
    return read_numbers(SHIPPED / "state.json")


def train(end: float) -> None:
    """Train until `end` (seconds since the epoch)."""
    network = new_network()
    pairs, development = training_pairs(), development_pairs()
    draw = np.random.default_rng()
    refit(network, pairs, draw)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def measure(candidate: nn.Module) -> float:
        return float(np.mean([psnrs(candidate, small, development.large).mean() for small in development.small]))

    def adam(learned: nn.Module) -> torch.optim.Optimizer:
        return torch.optim.Adam(learned.parameters(), lr=PEAK, betas=(0.9, 0.99))

    training = Training(PATH, network, batch_loss(pairs, draw), measure, PEAK, BATCH, 1, adam)
    training.resume(from_shipped if (SHIPPED / "state.json").exists() else None)
    log(f"{sum(p.numel() for p in network.parameters())} values; {len(pairs.large)} pictures; {DEVELOPMENT_SEED=}")
    for part in (training.model, training.mean):
        refit(part, pairs, draw)
    training.run(end)
    training.consider(refit(copy.deepcopy(training.mean), pairs, draw))


def refit(network: nn.Module, pairs: Pairs, draw: np.random.Generator) -> nn.Module:
    """The network with its last layer fitted to fresh crops, in place."""
    assert isinstance(network, Compact)
    small, large = (to_model(part) for part in pairs.batch(draw, 300, CROP))
    fit_last(network, small, large)
    return network


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_clock(parser)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    train(ending(options.until, options.hours))


if __name__ == "__main__":
    main()
