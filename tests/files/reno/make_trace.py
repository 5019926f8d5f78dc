"""Run the authors' own ReNO trainer on a toy generator, and keep its first iterates as numbers.

    git clone https://github.com/ExplainableML/ReNO && git -C ReNO checkout bd6f6acfe369ee9c90e2c97c536113bdc1b6dcdb
    python tests/files/reno/make_trace.py ReNO > tests/files/reno/trace.json

Of their code (MIT licence) `training/trainer.py`, `training/optim.py` and `rewards/base_reward.py` run, unchanged. Their
other rewards want packages and weights that have nothing to do with the loop, so the package `rewards` is stood in for;
their pictures' preprocessing, which belongs to these, is left out. They draw from a CUDA generator, whatever the device;
the toy draws nothing, so a CPU's takes its place.
"""

import json
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))
import toy_generator as toy

ITERATES = 20
DIGITS = 9
"""Decimals that tell any two float32 numbers apart."""


class Model:
    """The toy as their trainer calls a pipeline; it keeps what it is asked to draw."""

    def __init__(self) -> None:
        self.iterates: list[list[float]] = []

    def apply(self, latents: torch.Tensor, prompt: str, generator: Any, num_inference_steps: int) -> torch.Tensor:
        """Note the latents, and draw."""
        self.iterates.append([float(f"{value:.{DIGITS}g}") for value in latents.detach().flatten().tolist()])
        return toy.generate(latents)


def stand_in(checkout: Path) -> None:
    """Let their trainer be imported without their reward models."""
    rewards = types.ModuleType("rewards")
    rewards.__path__ = [str(checkout / "rewards")]
    rewards.clip_img_transform = lambda size: lambda image: image  # type: ignore[attr-defined]
    sys.modules["rewards"] = rewards
    sys.path.insert(0, str(checkout))
    import training  # type: ignore[import-not-found]  # noqa: F401  (before the generator is exchanged: libraries annotate with it)

    real = torch.Generator
    torch.Generator = lambda device="cpu": real("cpu")  # type: ignore[assignment, misc]


def losses() -> list[Any]:
    """The toy's rewards as losses, in their class."""
    from rewards.base_reward import BaseRewardLoss  # type: ignore[import-not-found]

    class Loss(BaseRewardLoss):  # type: ignore[misc]
        def get_image_features(self, image: torch.Tensor) -> torch.Tensor:
            return image

        def get_text_features(self, prompt: str) -> torch.Tensor:
            raise NotImplementedError(prompt)

        def compute_loss(self, image_features: torch.Tensor, text_features: torch.Tensor) -> torch.Tensor:
            raise NotImplementedError((image_features, text_features))

        def __call__(self, image: torch.Tensor, prompt: str) -> torch.Tensor:
            return 1 - toy.REWARDS[self.name][0](image)

    return [Loss(name, weight) for name, (_, weight) in toy.REWARDS.items()]


def trace(checkout: Path, **settings: Any) -> dict[str, Any]:
    """Their trainer's first iterates and its best losses, with these settings."""
    from training import LatentNoiseTrainer, get_optimizer

    model, latents = Model(), torch.nn.Parameter(toy.start())
    trainer = LatentNoiseTrainer(
        reward_losses=losses(),
        model=model,
        n_iters=ITERATES,
        n_inference_steps=1,
        seed=0,
        regularize=True,
        regularization_weight=settings["regularize"],
        grad_clip=settings["grad_clip"],
        log_metrics=False,
        device=torch.device("cpu"),
    )
    optimizer = get_optimizer("sgd", latents, settings["lr"], nesterov=True)
    _, _, _, best = trainer.train(latents, "a toy", optimizer)
    return {"settings": settings, "best_total": best["total"], "iterates": model.iterates}


def main() -> None:
    """Write the traces of a few settings to standard output."""
    checkout = Path(sys.argv[1]).resolve()
    commit = subprocess.check_output(["git", "-C", str(checkout), "rev-parse", "HEAD"], text=True).strip()
    stand_in(checkout)
    tried = [
        {"lr": 5.0, "momentum": 0.9, "grad_clip": 0.1, "regularize": 0.01},
        {"lr": 1.0, "momentum": 0.9, "grad_clip": 10.0, "regularize": 0.05},
    ]
    document = {
        "source": "https://github.com/ExplainableML/ReNO",
        "commit": commit,
        "torch": torch.__version__.split("+")[0],
        "traces": [trace(checkout, **settings) for settings in tried],
    }
    print(json.dumps(document))


if __name__ == "__main__":
    main()
