"""The Stable Diffusion family: a UNet, a KL VAE and a CLIP text encoder, as diffusers and transformers
have them.

Rombach et al. 2022, arXiv 2112.10752. The weights' own precision is the modules'; all that comes in and
goes out is float32.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from nodes.families.protocol import PAINTED, Tensors
from nodes.families.records import in_channels
from nodes.ops.previews import Preview
from nodes.ops.room import check_room
from nodes.prompts.vocabulary import Vocabulary
from nodes.samplers.noise_schedule import DiscreteSchedule
from nodes.types import LatentSpace

if TYPE_CHECKING:
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextModel, PreTrainedTokenizerBase

FAMILY = "sd"
HELD_AT_ONCE = 4
"""Feature maps that a block of a VAE needs at a time, at the least: what comes in, what goes out, two between."""
MOST_REPEATED = 4
"""How many times longer than the longest an aligned conditioning may become."""


def noise_schedule(config: Mapping[str, Any]) -> DiscreteSchedule:
    """The schedule that a model was trained on, from its diffusers scheduler configuration, whatever its
    class.

    Betas are made in float32 by diffusers' own code, as in training: a zero-SNR rescaling is sensitive to
    rounding.
    """
    from diffusers import DDIMScheduler

    names = (
        "num_train_timesteps",
        "beta_start",
        "beta_end",
        "beta_schedule",
        "trained_betas",
        "rescale_betas_zero_snr",
    )
    training = {name: config[name] for name in names if config.get(name) is not None}
    return DiscreteSchedule.from_alphas_cumprod(DDIMScheduler(**training).alphas_cumprod.numpy())


def known_preview(space: LatentSpace) -> Preview | None:
    """The colours of Stable Diffusion 1's latents, as keturn measured them ("Decoding latents to RGB without upscaling",
    Hugging Face forum, 2022, for pixels in −1…1); None for another space."""
    if space.name != "sd1":
        return None
    factors = [[0.298, 0.207, 0.208], [0.187, 0.286, 0.173], [-0.158, 0.189, 0.264], [-0.184, -0.271, -0.473]]
    return Preview(torch.tensor(factors) / 2, torch.full((3,), 0.5))


class Denoiser(nn.Module):
    """A UNet as a denoiser of unscaled latents: x (B, C, h, w) at sigma to x0.

    The UNet sees x / sqrt(1 + sigma²) and answers, as `prediction` says, with the noise, with v = alpha ·
    noise − sigma · x0 (Salimans & Ho 2022, arXiv 2202.00512) or with x0 itself. Its conditioning is
    `context` (B, rows, width), and for a UNet that is made for inpainting `PAINTED`, which it sees beside x.
    """

    family = FAMILY

    def __init__(
        self,
        unet: UNet2DConditionModel,
        schedule: DiscreteSchedule,
        prediction: str,
        space: LatentSpace,
        preview: Preview | None = None,
    ) -> None:
        super().__init__()
        self.unet, self.schedule, self.prediction, self.space = unet, schedule, prediction, space
        self.preview = preview

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return torch.device(next(self.unet.parameters()).device)

    @property
    def inpaint(self) -> bool:
        """Whether the UNet paints over parts of pictures, and is to be shown them."""
        return int(self.unet.config.in_channels) == in_channels(self.space.channels, True)

    def forward(self, x: Tensor, sigma: float, tensors: Tensors) -> Tensor:
        """Return x0 for `x` at `sigma`, both float32."""
        dtype = next(self.unet.parameters()).dtype  # diffusers' own property walks all weights, a millisecond a call
        unit = math.hypot(1.0, sigma)
        timestep = torch.tensor(self.schedule.timestep(sigma), dtype=torch.float32, device=x.device)
        context = tensors["context"].to(x.device, dtype)
        seen = torch.cat([x / unit, tensors[PAINTED].to(x)], dim=1) if self.inpaint else x / unit
        answer: Tensor = self.unet(seen.to(dtype), timestep, encoder_hidden_states=context, return_dict=False)[0]
        answer = answer.to(x.dtype)
        if self.prediction == "epsilon":
            return x - sigma * answer
        if self.prediction == "v_prediction":
            return x / unit**2 - (sigma / unit) * answer
        return answer

    def check(self, tensors: Tensors) -> None:
        """Raise ValueError where the rows of `tensors` are not as wide as the UNet takes them, and where it lacks what to
        paint over."""
        if "context" not in tensors:
            raise ValueError(f"the conditioning has {', '.join(tensors) or 'nothing'}; this model wants context")
        came, wanted = tensors["context"].shape[-1], self.unet.config.cross_attention_dim
        if came != wanted:
            raise ValueError(
                f"the conditioning is {came} wide, this model takes {wanted}; "
                "encode the prompt with its own text encoder"
            )
        if self.inpaint and PAINTED not in tensors:
            raise ValueError(
                "input 'model' was made for inpainting, and paints over parts of pictures only; the conditioning has no "
                f"mask and picture for it ({PAINTED}): use the node Inpaint, or another model"
            )

    def align(self, several: Sequence[Tensors]) -> list[Tensors]:
        """Repeat each context to the same number of rows.

        Attention over keys that are all repeated as often equals attention over the keys themselves, so a
        shorter prompt means what it did. Where that would make the longest too long they stay as they
        are, for separate calls.
        """
        rows = [tensors["context"].shape[1] for tensors in several]
        common = math.lcm(*rows)
        if common > MOST_REPEATED * max(rows):
            return list(several)
        return [
            {**tensors, "context": tensors["context"].repeat(1, common // n, 1)} if n != common else tensors
            for tensors, n in zip(several, rows, strict=True)
        ]


class TextEncoder(nn.Module):
    """A CLIP text model with its tokenizer, and the words that it knows, where these are only so many.

    `pad` is the token that fills up a window, by default the tokenizer's own.
    """

    family = FAMILY

    def __init__(
        self,
        model: CLIPTextModel,
        tokenizer: PreTrainedTokenizerBase,
        vocabulary: Vocabulary | None = None,
        pad: int | None = None,
    ) -> None:
        super().__init__()
        self.model, self.tokenizer, self.vocabulary = model, tokenizer, vocabulary
        self.pad = tokenizer.pad_token_id if pad is None else pad

    @property
    def window(self) -> int:
        """How many tokens are encoded at once, the two around the text included (77 for CLIP)."""
        return int(self.model.config.max_position_embeddings)

    def tokens(self, text: str) -> list[int]:
        """The tokens of `text`, without those around it."""
        return list(self.tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids)

    def encode(self, windows: Sequence[Sequence[int]], clip_skip: int = 0) -> Tensor:
        """Encode windows of at most `window` − 2 tokens: (windows, window, width) float32.

        `clip_skip` leaves out that many of the last layers, and the final norm follows all the same.
        Raises ValueError where the model has no more layers than that.
        """
        layers = int(self.model.config.num_hidden_layers)
        if not 0 <= clip_skip < layers:
            raise ValueError(f"clip_skip {clip_skip} leaves nothing of a text encoder of {layers} layers")
        begin, end = self.tokenizer.bos_token_id, self.tokenizer.eos_token_id
        filled = [[begin, *tokens, end] for tokens in windows]
        rows = [row + [self.pad] * (self.window - len(row)) for row in filled]
        ids = torch.tensor(rows, device=self.model.device)
        if clip_skip == 0:
            last: Tensor = self.model(input_ids=ids).last_hidden_state
            return last.float()
        hidden = self.model(input_ids=ids, output_hidden_states=True).hidden_states[-(clip_skip + 1)]
        normed: Tensor = self.model.final_layer_norm(hidden)
        return normed.float()

    def tensors(self, context: Tensor) -> Tensors:
        """A conditioning's tensors from encoded rows (1, rows, width)."""
        return {"context": context}


class VAE(nn.Module):
    """A KL VAE; its latents are shifted and scaled to about unit variance, as the denoiser was trained on
    them."""

    def __init__(self, model: AutoencoderKL, space: LatentSpace) -> None:
        super().__init__()
        self.model, self.space = model, space

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return torch.device(self.model.device)

    def encode(self, pixels: Tensor) -> Tensor:
        """RGB pixels (B, 3, H, W) in 0…1 to the mean of their latents (B, C, h, w)."""
        self._check_room("encoding", pixels.shape[-1], pixels.shape[-2])
        mean: Tensor = self.model.encode((2 * pixels - 1).to(self.device, self.model.dtype)).latent_dist.mean
        return (mean.float() - self._shift) * self._scale

    def decode(self, samples: Tensor) -> Tensor:
        """Latents (B, C, h, w) to RGB pixels (B, 3, H, W), about 0…1, not clipped."""
        self._check_room("decoding", samples.shape[-1] * self.space.factor, samples.shape[-2] * self.space.factor)
        latents = (samples.to(self.device) / self._scale + self._shift).to(self.model.dtype)
        pixels: Tensor = self.model.decode(latents).sample
        return pixels.float() / 2 + 0.5

    def _check_room(self, doing: str, width: int, height: int) -> None:
        channels = max(
            self.model.config.block_out_channels[:2]
        )  # what stands at full size in the last and first blocks
        nbytes = width * height * channels * self.model.dtype.itemsize * HELD_AT_ONCE
        check_room(nbytes, self.device, f"{doing} {width} × {height} pixels at once")

    @property
    def _scale(self) -> float:
        return float(self.model.config.scaling_factor)

    @property
    def _shift(self) -> float:
        return float(self.model.config.shift_factor or 0.0)
