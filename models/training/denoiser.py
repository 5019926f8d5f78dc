"""Train text encoder and UNet together on latents that are encoded once.

    python -m models.training.denoiser --until 14:05

v-prediction (Salimans & Ho 2022) on the scaled-linear schedule with zero terminal SNR (Lin et al. 2023); one caption
in ten is empty; most steps are drawn from where a caption's shapes and places are decided (as in Esser et al. 2024,
§3.1); Muon, constant, then falling linearly over the last part of the time; the leader's average of the
weights is what ships.
"""

import argparse
import copy
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from diffusers import DDIMScheduler, UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel

from models.training import checkpoint
from models.training.common import MODELS, WORK, add_clock, ending, log
from models.training.course import Course, new_numbers
from models.training.latents import latents
from models.training.muon import Muon
from models.training.prompts import held_out_pairs, pairs_of
from models.training.render import training_scene
from models.training.team import Team, together
from models.training.tokenizer import LENGTH, new_tokenizer, tokens_of
from models.training.vae import CHANNELS
from models.training.vae import PATH as VAE_PATH
from nodes.solids.prompts import caption
from nodes.solids.scene import Scene

PATH: Final = WORK / "denoiser.safetensors"
SHIPPED: Final = MODELS / "solids"
PEAK: Final = 1e-3
BATCH: Final = 16
"""Of each process: in so few samples, many steps learn more than large ones."""
SCENES: Final = 30_000
"""How many scenes are encoded before training begins; what is encoded beyond them is used too."""
EMPTY: Final = 0.1
DECAY_SHARE: Final = 0.3
DECISIVE: Final = (1.0, 0.8)
"""Mean and deviation of the logit of those steps that are drawn from where shapes are decided: mostly 550 to 860 of 1000.
There a caption of another shape costs most; below 400 it costs next to nothing."""
EVEN: Final = (0.3, 0.7)
"""How many steps are drawn from the whole schedule, at the full rate and at the end, when edges are learnt."""
WIDTH: Final = 192


def new_text_encoder() -> CLIPTextModel:
    """An untrained text encoder, 1.8 M parameters besides its embedding."""
    tokenizer = new_tokenizer()
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=4 * WIDTH,
        projection_dim=WIDTH,
        num_hidden_layers=4,
        num_attention_heads=4,
        max_position_embeddings=LENGTH,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return CLIPTextModel(config)


def new_unet() -> UNet2DConditionModel:
    """An untrained UNet on 16×16 latents, about 7.6 M parameters; it sees the text at 8×8 and 4×4."""
    unet: UNet2DConditionModel = UNet2DConditionModel(
        sample_size=16,
        in_channels=CHANNELS,
        out_channels=CHANNELS,
        layers_per_block=1,
        block_out_channels=(64, 96, 160),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=4,
    )
    return unet


def new_scheduler() -> DDIMScheduler:
    """The noise schedule that training and sampling share."""
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=True,
        steps_offset=1,  # of no effect with trailing steps; stock pipelines ask for it
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
    )


class Denoiser(nn.Module):
    """Text encoder and UNet as one module, so that they are compiled and averaged as one."""

    def __init__(self) -> None:
        super().__init__()
        self.text_encoder, self.unet = new_text_encoder(), new_unet()

    def forward(self, noisy: Tensor, step: Tensor, tokens: Tensor) -> Tensor:
        """Noisy latents (B, 8, 16, 16), steps (B,) and tokens (B, 32) => v, as large as the latents."""
        states = self.text_encoder(tokens).last_hidden_state
        return torch.as_tensor(self.unet(noisy, step, states, return_dict=False)[0])


@dataclass
class Data:
    """Latents with their scenes; gives batches of latents and freshly worded captions."""

    latents: Tensor
    scenes: list[Scene]
    draw: random.Random

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Latents (size, 8, 16, 16) and tokens (size, 32)."""
        chosen = self.draw.choices(range(len(self.scenes)), k=size)
        words = ["" if self.draw.random() < EMPTY else caption(self.scenes[i], self.draw) for i in chosen]
        return self.latents[chosen], tokens_of(words)


def load_data(seed: int) -> Data:
    """The training latents, without scenes whose pair of solids a held-out prompt asks for."""
    encoded, barred = latents(SCENES), held_out_pairs()
    scenes = [training_scene(index) for index in range(len(encoded))]
    kept = [index for index, scene in enumerate(scenes) if pairs_of(scene) not in barred]
    log(f"{len(kept)} scenes of {len(scenes)}; the others show pairs that are held out")
    return Data(encoded[kept], [scenes[index] for index in kept], random.Random(seed))


def draw_steps(count: int, of: int, share: float) -> Tensor:
    """`count` steps from 0 to `of` − 1, (count,): a share of them even, the others logit-normal."""
    even = torch.rand(count)
    decisive = torch.sigmoid(DECISIVE[0] + DECISIVE[1] * torch.randn(count))
    return (torch.where(torch.rand(count) < share, even, decisive) * of).long().clamp_(max=of - 1)


def even_share(rate: float) -> float:
    """How many steps are drawn from the whole schedule at a learning rate: the more, the more it has fallen."""
    return EVEN[1] + (EVEN[0] - EVEN[1]) * min(rate / PEAK, 1.0)


def noised(clean: Tensor, noise: Tensor, steps: Tensor, alphas: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The states (B, C, H, W) at steps (B,), and how much of signal and of noise is in each, (B, 1, 1, 1)."""
    signal, sigma = alphas[steps].sqrt()[:, None, None, None], (1 - alphas[steps]).sqrt()[:, None, None, None]
    return signal * clean + sigma * noise, signal, sigma


def loss_of(model: Callable[..., Tensor], clean: Tensor, tokens: Tensor, alphas: Tensor, even: float) -> Tensor:
    """Mean squared error of v at drawn steps, a share of them `even`; alphas (1000,) are the cumulative products."""
    step = draw_steps(len(clean), len(alphas), even)
    noise = torch.randn_like(clean)
    state, signal, sigma = noised(clean, noise, step, alphas)
    made = model(state, step, tokens)
    return nn.functional.mse_loss(made.float(), signal * noise - sigma * clean)


def start(model: Denoiser, mean: Denoiser, optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """Fill the models from the last checkpoint, else from the weights that ship; gives back the run's
    numbers."""
    state = new_numbers(seed=1)
    if PATH.exists():
        return checkpoint.load(PATH, {"model": model, "mean": mean}, optimizer)
    # A VAE trained here has other latents than the one that ships, so its denoiser starts from nothing.
    if not VAE_PATH.exists() and ships_our_words():
        state |= checkpoint.read_numbers(SHIPPED / "state.json") | {"begin": time.time()}
        model.text_encoder.load_state_dict(CLIPTextModel.from_pretrained(SHIPPED / "text_encoder").state_dict())
        model.unet.load_state_dict(UNet2DConditionModel.from_pretrained(SHIPPED / "unet").state_dict())
    mean.load_state_dict(model.state_dict())
    return state


def ships_our_words() -> bool:
    """Whether the weights that ship read the tokens of today's tokenizer, so that training can go on from them."""
    if not (SHIPPED / "state.json").exists():
        return False
    config = CLIPTextConfig.from_pretrained(SHIPPED / "text_encoder")
    same = config.vocab_size == len(new_tokenizer()) and config.max_position_embeddings == LENGTH
    if not same:
        log("the weights that ship know other tokens; training starts anew")
    return same


def train(team: Team, end: float, precision: str, warm_restart: bool) -> None:
    """Train until `end` (seconds since the epoch); a warm restart begins at the full rate again."""
    torch.manual_seed(1)
    model = Denoiser()
    model.unet.to(memory_format=torch.channels_last)
    mean = copy.deepcopy(model).requires_grad_(False)
    optimizer = Muon(model.named_parameters(), PEAK, team)
    state = start(model, mean, optimizer)
    if warm_restart:
        state["begin"] = time.time()
    seed = int(state["step"]) * team.size + team.rank + 1
    torch.manual_seed(seed)
    data = load_data(seed)
    if team.leads:
        sizes = [sum(p.numel() for p in part.parameters()) / 1e6 for part in (model.text_encoder, model.unet)]
        log(f"from step {state['step']}; text encoder {sizes[0]:.2f} M, UNet {sizes[1]:.2f} M parameters")
    alphas, compiled = new_scheduler().alphas_cumprod, torch.compile(model)

    def loss(rate: float) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            return loss_of(compiled, *data.batch(BATCH), alphas, even_share(rate))

    Course(team, PATH, model, mean, optimizer, state, PEAK, BATCH, DECAY_SHARE).run(loss, end)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_clock(parser)
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="fp32")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes, a core and a batch each")
    parser.add_argument("--warm-restart", action="store_true", help="begin at the full rate again")
    options = parser.parse_args()
    latents(SCENES)
    end = ending(options.until, options.hours)
    together(train, options.workers, end, options.precision, options.warm_restart)


if __name__ == "__main__":
    main()
