"""What a network that enlarges pictures is to the rest of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch
    from torch import Tensor


class Enlarger(Protocol):
    """A torch module that makes pictures a whole number of times larger."""

    @property
    def scale(self) -> int:
        """How many times wider and higher."""
        ...

    @property
    def reach(self) -> int | None:
        """How many pixels to each side of one it looks at; None where that is not known."""
        ...

    @property
    def whole(self) -> bool:
        """Whether it should see all of a picture, where memory suffices, since it judges by the whole or tiles by itself."""
        ...

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        ...

    def __call__(self, picture: Tensor, /) -> Tensor:
        """RGB pixels (B, 3, H, W) in 0…1 to (B, 3, scale · H, scale · W), about 0…1; float32 in and out."""
        ...
