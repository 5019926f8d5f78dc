"""A torch module as the model cache moves it about."""

from __future__ import annotations

from itertools import chain

import torch
from torch import nn

from engine.run.models.device import Device


class LoadedModule:
    """A module in memory. `nbytes` counts its parameters and buffers, each storage once."""

    def __init__(self, module: nn.Module) -> None:
        self._module: nn.Module | None = module
        tensors = chain(module.parameters(), module.buffers())
        self.nbytes = sum({t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in tensors}.values())

    @property
    def module(self) -> nn.Module:
        """The module; the same object through all moves. Raises RuntimeError once it is closed."""
        if self._module is None:
            raise RuntimeError("this model was closed")
        return self._module

    def to_device(self, device: Device) -> None:
        """Move the weights there."""
        self.module.to(torch.device(device.name))

    def to_host(self) -> None:
        """Move the weights to RAM."""
        self.module.to("cpu")

    def close(self) -> None:
        """Let go of the weights."""
        self._module = None
