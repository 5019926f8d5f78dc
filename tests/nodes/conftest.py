"""Models to sample from: an exact one for a Gaussian, and a Stable Diffusion of a few thousand random
weights."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from generators import finished

from nodes.types import Conditioning, ConditioningEntry, Latent, LatentSpace

os.environ.setdefault("HF_HUB_OFFLINE", "1")

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from nodes.samplers.noise_schedule import DiscreteSchedule

SCALED_LINEAR = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
WINDOW = 24


def sd_schedule() -> "DiscreteSchedule":
    """The noise schedule of Stable Diffusion."""
    import numpy as np

    from nodes.samplers.noise_schedule import DiscreteSchedule

    betas = np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
    return DiscreteSchedule.from_alphas_cumprod(np.cumprod(1 - betas))


@dataclass
class GaussianDenoiser:
    """The exact denoiser of latents drawn from N(mean, variance), where `mean` is the conditioning; it
    counts its calls."""

    variance: float = 0.25
    family: str = "gaussian"
    space: LatentSpace = field(default_factory=lambda: LatentSpace("gaussian", 4, 8))
    preview: None = None
    schedule: "DiscreteSchedule" = field(default_factory=sd_schedule)
    batches: list[int] = field(default_factory=list)

    @property
    def device(self) -> "torch.device":
        import torch

        return torch.device("cpu")

    def __call__(self, x: "Tensor", sigma: float, tensors: "Any") -> "Tensor":
        self.batches.append(len(x))
        mean = tensors["mean"].reshape(len(x), 1, 1, 1)
        x0: Tensor = (self.variance * x + sigma**2 * mean) / (self.variance + sigma**2)
        return x0

    def check(self, tensors: "Any") -> None:
        if "mean" not in tensors:
            raise ValueError("wanted a mean")

    def align(self, several: "Sequence[Any]") -> "list[Any]":
        return list(several)

    def about(self, mean: float, **settings: "Any") -> Conditioning:
        """A conditioning of one entry."""
        import torch

        return Conditioning(self.family, (ConditioningEntry({"mean": torch.tensor([[mean]])}, **settings),))

    def empty(self, batch: int = 1, cells: int = 4) -> Latent:
        """An empty latent."""
        return Latent(self.space, cells * 8, cells * 8, batch)


@pytest.fixture
def gaussian() -> GaussianDenoiser:
    return GaussianDenoiser()


@pytest.fixture
def run() -> Callable[..., Any]:
    """Run a generator to its end: (what it yielded, what it returned), with no gradients."""
    import torch

    def finish(work: Any) -> tuple[list[Any], Any]:
        with torch.no_grad():
            return finished(work)

    return finish


def tiny_tokenizer() -> Any:
    """One token a character: lower-case letters, digits and a few signs, alone and at a word's end."""
    from transformers import CLIPTokenizer

    signs = list("abcdefghijklmnopqrstuvwxyz0123456789,.:()[]-'\\")
    words = [*signs, *(f"{sign}</w>" for sign in signs), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={word: i for i, word in enumerate(words)}, merges=[], model_max_length=WINDOW)


def tiny_pipeline(scheduler: dict[str, Any], in_channels: int = 4) -> Any:
    """A whole pipeline; the same weights each time."""
    import torch

    with torch.random.fork_rng(), torch.enable_grad():
        torch.manual_seed(7)
        pipeline = _random_pipeline(scheduler, in_channels)
        if scheduler["prediction_type"] == "epsilon":
            _learn_noise(pipeline)
    return pipeline


def _learn_noise(pipeline: Any) -> None:
    """Teach the UNet to see noise as noise.

    Else x0 = x − sigma · answer is as large as the noise that a run began with, and float32 leaves no
    room to compare two ways of computing it.
    """
    import torch

    optimizer = torch.optim.Adam(pipeline.unet.parameters(), lr=2e-3)
    for _ in range(25):
        clean, noise = torch.randn(4, 4, 1, 1).expand(4, 4, 8, 8), torch.randn(4, 4, 8, 8)
        timesteps = torch.randint(0, 1000, (4,))
        noisy = pipeline.scheduler.add_noise(clean, noise, timesteps)
        beside = torch.randn(4, pipeline.unet.config.in_channels - 4, 8, 8)
        answer = pipeline.unet(torch.cat([noisy, beside], 1), timesteps, torch.randn(4, WINDOW, 32)).sample
        optimizer.zero_grad()
        (answer - noise).square().mean().backward()
        optimizer.step()


def _random_pipeline(scheduler: dict[str, Any], in_channels: int) -> Any:
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    tokenizer = tiny_tokenizer()
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=4,
        max_position_embeddings=WINDOW,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        initializer_factor=10.0,
    )
    return StableDiffusionPipeline(
        vae=AutoencoderKL(
            block_out_channels=(32, 64),
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            latent_channels=4,
        ).eval(),
        text_encoder=CLIPTextModel(text).eval(),
        tokenizer=tokenizer,
        unet=UNet2DConditionModel(
            sample_size=8,
            in_channels=in_channels,
            block_out_channels=(32, 64),
            layers_per_block=1,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=32,
            attention_head_dim=8,
        ).eval(),
        scheduler=DDIMScheduler(**scheduler),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`tiny_model(prediction, zero_snr, inpaint)`: a folder in diffusers' layout, made once for each."""
    made: dict[tuple[str, bool, bool], Path] = {}

    def make(prediction: str = "v_prediction", zero_snr: bool = False, inpaint: bool = False) -> Path:
        key = (prediction, zero_snr, inpaint)
        if key not in made:
            trained = {"prediction_type": prediction, "rescale_betas_zero_snr": zero_snr}
            others = {"clip_sample": False, "set_alpha_to_one": True, "steps_offset": 1}
            name = "-".join(["tiny", prediction, *["zero"] * zero_snr, *["inpaint"] * inpaint])
            path = tmp_path_factory.mktemp("models") / name
            tiny_pipeline(SCALED_LINEAR | trained | others, 9 if inpaint else 4).save_pretrained(path)
            made[key] = path
        return made[key]

    return make


@pytest.fixture(scope="session")
def tiny_parts(tiny_model: Callable[..., Path]) -> Callable[..., dict[str, Any]]:
    """`tiny_parts(prediction, zero_snr, inpaint)`: denoiser, text_encoder and vae of the same, loaded once."""
    from nodes.families.load import PARTS, load_part

    loaded: dict[Path, dict[str, Any]] = {}

    def load(prediction: str = "v_prediction", zero_snr: bool = False, inpaint: bool = False) -> dict[str, Any]:
        path = tiny_model(prediction, zero_snr, inpaint)
        if path not in loaded:
            loaded[path] = {part: load_part(path, part) for part in PARTS}
        return loaded[path]

    return load


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`tiny_clip(kind)`: a reward model's folder, "clip" or "siglip", made once for each."""
    from tiny_clips import save_tiny_clip

    made: dict[str, Path] = {}

    def make(kind: str = "clip") -> Path:
        if kind not in made:
            made[kind] = tmp_path_factory.mktemp("rewards") / f"tiny-{kind}"
            save_tiny_clip(kind, made[kind])
        return made[kind]

    return make
