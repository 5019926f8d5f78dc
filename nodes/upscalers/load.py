"""Loading a network that enlarges pictures from a `.safetensors` file, into RAM."""

from __future__ import annotations

from pathlib import Path

import torch

from nodes.families.headers import Header, read_header
from nodes.families.load import CHOICES, DTYPES
from nodes.families.weights import fill, read_tensors
from nodes.upscalers.by_spandrel import Foreign, read
from nodes.upscalers.compact import Compact
from nodes.upscalers.facts import compact_size


def load_upscaler(path: Path, dtype: str = "auto", runs_on: str | torch.device = "cpu") -> Compact | Foreign:
    """The network in the file at `path`, an `Enlarger`: in evaluation mode, needing no gradients.

    `dtype` is as for `nodes.families.load.load_part`. What is no compact network is left to spandrel, which knows the
    architectures around ESRGAN. Raises UnusableModel, with a sentence, for what cannot be loaded.
    """
    header = read_header(path)
    tensors = read_tensors([header])
    precision = _precision(dtype, header, torch.device(runs_on))
    size = compact_size({name: tuple(tensor.shape) for name, tensor in tensors.items()})
    if size is None:
        foreign = read(tensors, path.name, precision, exact=dtype != "auto")
        return foreign.requires_grad_(False).eval()
    module = Compact.of(size)
    fill(module, tensors, precision, path.name)
    return module.requires_grad_(False).eval()


def _precision(dtype: str, header: Header, device: torch.device) -> torch.dtype:
    if dtype != "auto":
        return CHOICES[dtype]
    if device.type == "cpu":
        return torch.float32
    stored = {record.dtype for record in header.tensors.values()}
    return next((DTYPES[name] for name in DTYPES if name in stored), torch.float32)
