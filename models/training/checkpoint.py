"""Training states in safetensors: weights, moments of the optimiser and plain numbers, never a pickle."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from models.training.common import write_whole

MOMENTS = ("exp_avg", "exp_avg_sq")
KEPT = ("step", "samples", "seconds", "cpu_seconds", "seed", "rate", "best", "best_step", "curve", "measured")
"""The numbers of a run that ship beside its weights, where it has them."""


def save(path: Path, modules: dict[str, nn.Module], optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Write the modules' weights, the optimiser's moments and `state` (JSON values) to one file, whole
    or not at all."""
    tensors = {f"{name}.{key}": value for name, module in modules.items() for key, value in module.state_dict().items()}
    for index, parameter in enumerate(_parameters(optimizer)):
        for moment in MOMENTS:
            if moment in optimizer.state.get(parameter, {}):
                tensors[f"optimizer.{index}.{moment}"] = optimizer.state[parameter][moment]
    plain = {key: value.detach().clone().contiguous() for key, value in tensors.items()}
    write_whole(path, lambda partial: save_file(plain, partial, metadata={"state": json.dumps(state)}))


def load(path: Path, modules: dict[str, nn.Module], optimizer: torch.optim.Optimizer | None = None) -> dict[str, Any]:
    """Fill the modules, and the optimiser if given, from `path`; gives back the numbers that were
    saved with them."""
    with safe_open(path, "pt") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118  (not a mapping)
        state: dict[str, Any] = json.loads(file.metadata()["state"])
    for name, module in modules.items():
        prefix = f"{name}."
        module.load_state_dict({key.removeprefix(prefix): t for key, t in tensors.items() if key.startswith(prefix)})
    if optimizer is not None:
        _restore(optimizer, tensors, int(state["step"]))
    return state


def _restore(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor], step: int) -> None:
    for index, parameter in enumerate(_parameters(optimizer)):
        moments = {moment: tensors.get(f"optimizer.{index}.{moment}") for moment in MOMENTS}
        kept = {key: value.to(parameter).clone() for key, value in moments.items() if value is not None}
        if kept:
            optimizer.state[parameter] = {"step": torch.tensor(float(step)), **kept}


def _parameters(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def read_numbers(path: Path) -> dict[str, Any]:
    """The numbers of a `state.json`."""
    numbers: dict[str, Any] = json.loads(path.read_text())
    return numbers


def write_numbers(folder: Path, state: dict[str, Any]) -> None:
    """Put the numbers of a run beside its weights, as `state.json`."""
    numbers = {key: state[key] for key in KEPT if key in state}
    (folder / "state.json").write_text(json.dumps(numbers) + "\n")
