"""The values that travel along the edges of an image workflow.

All are frozen: a node never changes what came in, it returns something new. Tensors are on the CPU or on the device
that made them; nothing may rely on which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.graph.records import JsonValue
from engine.graph.values import value_type

if TYPE_CHECKING:
    from torch import Tensor

    from engine.run.writing import Encoded


@value_type("#f7768e")
@dataclass(frozen=True, slots=True)
class Image:
    """Pictures: `pixels` is (B, H, W, C) float32 in 0…1, sRGB, C = 3 or 4 (the fourth is straight alpha)."""

    pixels: Tensor

    def encode(self, format: str | None = None, document: str | None = None) -> Sequence[Encoded]:
        """One file an image, as png (the default), webp or jpeg, with a workflow's JSON inside where it is given."""
        from nodes.ops.files import encode_pixels

        return encode_pixels(self.pixels, format, document)

    def split(self) -> Sequence[Image]:
        """Each image of the batch by itself."""
        return [Image(self.pixels[i : i + 1]) for i in range(len(self.pixels))]


@value_type("#bb9af7")
@dataclass(frozen=True, slots=True)
class Mask:
    """Masks: `values` is (B, H, W) float32 in 0…1; 1 = change, 0 = keep."""

    values: Tensor

    def encode(self, format: str | None = None, document: str | None = None) -> Sequence[Encoded]:
        """One grey picture a mask, white where 1; otherwise as `Image.encode`."""
        from nodes.ops.files import encode_pixels

        return encode_pixels(self.values[..., None], format, document)

    def split(self) -> Sequence[Mask]:
        """Each mask of the batch by itself."""
        return [Mask(self.values[i : i + 1]) for i in range(len(self.values))]


@value_type("#73daca")
@dataclass(frozen=True, slots=True)
class Crop:
    """Where a part lies in pictures of `of_width` × `of_height` pixels: its left upper corner and its size, in pixels."""

    left: int
    top: int
    width: int
    height: int
    of_width: int
    of_height: int


@dataclass(frozen=True, slots=True)
class LatentSpace:
    """Where a latent lives: two latents mix only within one space.

    `name` tells spaces apart (a well-known name, else the fingerprint of the VAE), `channels` is C of the samples and
    `factor` the pixels that one latent cell covers along each side.
    """

    name: str
    channels: int
    factor: int


@value_type("#ff9e64")
@dataclass(frozen=True, slots=True)
class Latent:
    """A batch of latents of pictures `width` × `height` pixels large.

    `samples` is (B, C, height/factor, width/factor) float32, in the scaled units that the denoiser sees, or None for an
    empty latent, which is only a size: the sampler makes its zeros. `mask` limits what a sampler may change.
    """

    space: LatentSpace
    width: int
    height: int
    batch: int = 1
    samples: Tensor | None = None
    mask: Mask | None = None


@dataclass(frozen=True, slots=True)
class ConditioningEntry:
    """One thing to be steered by: the tensors that a family's denoiser takes, and where and when they hold.

    `tensors` is what the family made, by its own names, batch size 1, or one for each picture. `weight` scales its share
    where entries overlap, `mask` limits it in space, `start` and `end` in time (0 = the first step's noise level, 1 = the
    last's).
    """

    tensors: Mapping[str, Tensor]
    weight: float = 1.0
    mask: Mask | None = None
    start: float = 0.0
    end: float = 1.0


@value_type("#e0af68")
@dataclass(frozen=True, slots=True)
class Conditioning:
    """What a text encoder made of a prompt; only a denoiser of the same family and encoder width takes it."""

    family: str
    entries: tuple[ConditioningEntry, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """A change to a model's weights, as a recipe (a LoRA's fingerprint and strength); applied when it is leased."""

    kind: str
    fingerprint: str
    strength: float


@dataclass(frozen=True, slots=True)
class ModelRef:
    """A part of a model, as plain data: it keeps nothing loaded. `Context.lease` turns it into a module.

    `fingerprint` names the model's content, `part` the component in it, `family` the adapter that runs it and `space`
    its latent space. `dtype` is "auto" or a torch name ("float32", "float16", "bfloat16").
    """

    fingerprint: str
    part: str
    family: str
    space: LatentSpace
    dtype: str = "auto"
    patches: tuple[Patch, ...] = ()


@value_type("#7aa2f7")
@dataclass(frozen=True, slots=True)
class Model(ModelRef):
    """A denoiser. `width` and `height` are the size in pixels that it was trained at; one for `inpaint` paints over parts
    of pictures and nothing else."""

    width: int = 512
    height: int = 512
    inpaint: bool = False


@value_type("#9ece6a", title="Text encoder")
@dataclass(frozen=True, slots=True)
class TextEncoder(ModelRef):
    """A model's text encoder with its tokenizer."""


@value_type("#2ac3de")
@dataclass(frozen=True, slots=True)
class VAE(ModelRef):
    """A variational autoencoder: pictures to latents and back."""


@value_type("#41a6b5")
@dataclass(frozen=True, slots=True)
class Upscaler:
    """A network that makes pictures larger, as plain data: `Context.lease` turns it into a module.

    `fingerprint` names the file's content; `dtype` is "auto" or a torch name, as a model's. How many times it enlarges is
    known once it is loaded.
    """

    fingerprint: str
    dtype: str = "auto"


@value_type("#c0caf5", shape="diamond")
@dataclass(frozen=True, slots=True)
class Noise:
    """The noise that a sampler starts from, instead of what a seed gives.

    `samples` is (B, C, h, w) float32, about unit variance. `seed` is what further noise is drawn from, by samplers that
    add some in each step: so the same noise gives the same picture wherever it is used.
    """

    space: LatentSpace
    samples: Tensor
    seed: int


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture, in fractions of its width and height: 0 is its left or upper edge, 1 the other."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class RewardTerm:
    """One thing that pictures are scored by, as a recipe: `nodes.rewarding.build` makes what scores.

    `kind` is a key of `nodes.rewarding.build.KINDS`, `settings` what that kind takes; `name` is what charts and tables
    call it. `model` is the reward model, where one is needed. `within` are parts of the picture, each a part of the one
    before. `weight` is its share in the total; a term that is `held_out` has none, and is only measured.
    """

    kind: str
    name: str
    settings: Mapping[str, JsonValue]
    model: ModelRef | None = None
    within: tuple[Box | Mask, ...] = ()
    weight: float = 1.0
    held_out: bool = False


@value_type("#f9e2af", shape="diamond")
@dataclass(frozen=True, slots=True)
class Reward:
    """How good pictures are, as a recipe: the total is the weighted sum of the terms that are not held out."""

    terms: tuple[RewardTerm, ...]


@dataclass(frozen=True, slots=True)
class OptimizeRow:
    """What one picture of an optimisation was: the terms' scores in order, their total, and how its noise was.

    `norm` is the noise's length, about √d for d numbers of white noise; `kurtosis` is about 3 there and
    `autocorrelation`, between neighbouring cells, about 0.
    """

    scores: tuple[float, ...]
    total: float
    norm: float
    kurtosis: float
    autocorrelation: float


@dataclass(frozen=True, slots=True)
class OptimizeBest:
    """The best picture so far: the row that it has, its noise, the seed of further noise, and its pixels (1, H, W, 3)."""

    row: int
    total: float
    noise: Tensor
    seed: int
    pixels: Tensor


@value_type("#b4befe", shape="square", title="Optimisation state")
@dataclass(frozen=True, slots=True)
class OptimizeState:
    """Where an optimisation of noise stands, so that another can go on from there.

    `noise` (1, C, h, w) is the last that was made into a picture, with `seed` for further noise; `memory` is what the
    method keeps beside it (a momentum). `rows` are all pictures so far. `method` and `terms` say what it was done by, and
    what for, and `drawn` tells prompts, models and ways of sampling apart: only the same goes on.
    """

    space: LatentSpace
    width: int
    height: int
    method: str
    terms: tuple[str, ...]
    noise: Tensor
    seed: int
    memory: Mapping[str, Tensor]
    rows: tuple[OptimizeRow, ...] = ()
    best: OptimizeBest | None = None
    drawn: str = ""
