"""Networks of many architectures, read by spandrel, which finds out from the weights what they belong to.

It is an optional package: it brings torchvision, which is large and of no other use here.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from nodes.families.errors import UnusableModel
from nodes.upscalers.facts import INSTALL


class Foreign(nn.Module):
    """A network of spandrel's as an `Enlarger`; how far it looks is not known."""

    reach: int | None = None

    def __init__(self, descriptor: Any) -> None:
        super().__init__()
        self.scale = int(descriptor.scale)
        self.network: nn.Module = descriptor.model
        self.whole = descriptor.tiling.name != "SUPPORTED"
        self._descriptor = descriptor  # it calls the network, with the sides that it needs

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.network.parameters()).device

    def forward(self, picture: Tensor) -> Tensor:
        """Enlarge, in the precision of the weights; the result has the picture's own."""
        made = self._descriptor(picture.to(next(self.network.parameters()).dtype))
        # spandrel answers under inference_mode; a copy is a tensor like any other.
        return torch.cat([made]).to(picture.dtype)


def read(tensors: Mapping[str, Tensor], name: str, dtype: torch.dtype, *, exact: bool) -> Foreign:
    """The network that these weights belong to, in `dtype`, or in float32 where it cannot be had so and need not `exact`ly.

    Raises UnusableModel, with a sentence that begins with `name`.
    """
    spandrel = _spandrel(name)
    try:
        found = spandrel.ModelLoader().load_from_state_dict(dict(tensors))
    except spandrel.UnsupportedModelError:
        raise UnusableModel(f"{name} is of no architecture that spandrel {spandrel.__version__} knows") from None
    if not isinstance(found, spandrel.ImageModelDescriptor):
        raise UnusableModel(f"{name} ({found.architecture.name}) needs a mask; wanted a network that enlarges pictures")
    if (found.input_channels, found.output_channels) != (3, 3):
        raise UnusableModel(
            f"{name} ({found.architecture.name}) takes {found.input_channels} channels and gives "
            f"{found.output_channels}; wanted 3, in colour"
        )
    unfit = (dtype == torch.float16 and not found.supports_half) or (
        dtype == torch.bfloat16 and not found.supports_bfloat16
    )
    if unfit and exact:
        raise UnusableModel(f"{name} ({found.architecture.name}) does not work in {str(dtype).removeprefix('torch.')}")
    found.model.to(torch.float32 if unfit else dtype)
    return Foreign(found)


def _spandrel(name: str) -> Any:
    try:
        return import_module("spandrel")
    except ImportError as error:
        reason = "which is not installed" if error.name == "spandrel" else f"which cannot be imported: {error}"
    except Exception as error:  # a torchvision built for another PyTorch fails as it likes
        reason = f"which cannot be imported: {type(error).__name__}: {error}"
    raise UnusableModel(f"{name} is read with spandrel, {' '.join(reason.split())}; to install it: {INSTALL}")
