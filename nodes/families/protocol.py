"""What a model family is to the rest of the library: three modules, and the facts about them.

Each is a torch module, so that whoever keeps models in memory can count and move them without knowing a
family. Nodes and samplers ask for no more than stands here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from nodes.prompts.vocabulary import Vocabulary
from nodes.types import LatentSpace

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from nodes.ops.previews import Preview
    from nodes.samplers.noise_schedule import NoiseSchedule

Tensors = Mapping[str, "Tensor"]
PAINTED = "painted"
"""Among a conditioning's tensors, what a denoiser for inpainting is shown beside the noisy latent: (B or 1, 1 + C, h, w),
first 1 in the cells to be painted and 0 in the others, then the latent of the picture with grey where it is to be painted."""


class Denoiser(Protocol):
    """The part that turns a noisy latent and a conditioning into a clean latent."""

    family: str
    space: LatentSpace
    preview: Preview | None
    """Its latents' colours, where they are known."""

    @property
    def schedule(self) -> NoiseSchedule:
        """The noise levels that it was trained on."""
        ...

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        ...

    def __call__(self, x: Tensor, sigma: float, tensors: Tensors) -> Tensor:
        """Return x0 for `x` (B, C, h, w) at `sigma`; float32 in and out, and `tensors` have the batch
        size of `x`."""
        ...

    def check(self, tensors: Tensors) -> None:
        """Raise ValueError where this model cannot take a conditioning's `tensors`."""
        ...

    def align(self, several: Sequence[Tensors]) -> list[Tensors]:
        """Bring conditionings to one shape without a change of meaning, as far as that can be done."""
        ...


class TextEncoder(Protocol):
    """The part that turns windows of tokens into what a denoiser is conditioned on."""

    family: str
    vocabulary: Vocabulary | None
    """The words that it knows; None where it takes any."""

    @property
    def window(self) -> int:
        """How many tokens are encoded at once, the two around the text included."""
        ...

    def tokens(self, text: str) -> list[int]:
        """The tokens of `text`, without those around it."""
        ...

    def encode(self, windows: Sequence[Sequence[int]], clip_skip: int = 0) -> Tensor:
        """Encode windows of at most `window` − 2 tokens each: (windows, window, width), float32."""
        ...

    def tensors(self, context: Tensor) -> Tensors:
        """A conditioning's tensors from encoded rows (1, rows, width)."""
        ...


class Autoencoder(Protocol):
    """The part between pictures and latents."""

    space: LatentSpace

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        ...

    def encode(self, pixels: Tensor) -> Tensor:
        """RGB pixels (B, 3, H, W) in 0…1, whole cells large, to the mean of their latents (B, C, h, w),
        as denoisers see it."""
        ...

    def decode(self, samples: Tensor) -> Tensor:
        """Latents (B, C, h, w) to RGB pixels (B, 3, H, W), about 0…1 and not clipped, so that gradients
        pass."""
        ...
