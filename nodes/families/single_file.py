"""One Stable Diffusion 1.x or 2.x file: the keys that CompVis' and Stability's code wrote, read as diffusers' components.
No torch here.

The file has no configuration; it is read off the tensors' shapes, and what shapes do not say (heads, groups, betas, the
activation) is what Stable Diffusion has. 2.x is told by its text encoder, which is OpenCLIP's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from nodes.families.errors import UnusableModel
from nodes.families.headers import Header, read_header, read_tensor
from nodes.families.records import SD1_SCALING, Facts, is_for_inpainting, latent_space

PREFIXES = {
    "denoiser": "model.diffusion_model.",
    "text_encoder": "cond_stage_model.transformer.",
    "vae": "first_stage_model.",
}
OPEN_CLIP = "cond_stage_model.model."
SIGNS = (
    (r"conditioner\.embedders\.", "is an SDXL model"),
    (r"(model\.diffusion_model\.)?double_blocks\.", "is a Flux model"),
    (r"(model\.diffusion_model\.)?joint_blocks\.", "is a Stable Diffusion 3 model"),
    (r"lora_|.*\.lora_(up|down|A|B)\.", "is a LoRA, a change to a model and not one"),
    (r"(control_model|controlnet_cond_embedding|input_hint_block)\.", "is a ControlNet"),
    (r"(first_stage_model\.)?(encoder|decoder)\.(conv_in|down|up)", "is a VAE alone"),
    (r"(down_blocks|up_blocks|mid_block)\.", "is one component of a diffusers model; take the whole folder"),
)
RUNS = "this version runs Stable Diffusion 1.x and 2.x files, and models of that shape in diffusers' layout"
CLIP_VOCABULARY = 49408
CLIP_TOKENS = {
    "bos_token_id": CLIP_VOCABULARY - 2,
    "eos_token_id": CLIP_VOCABULARY - 1,
    "pad_token_id": CLIP_VOCABULARY - 1,
}
HEAD = 64
"""Channels of an attention head, in every text encoder of theirs and in the UNets of 2.x; those of 1.x have 8 heads."""
V_SIGN = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias"
V_DEVIATION = 0.09
"""Above it, that bias belongs to one of the 2.x models that predict v: the only sign of it in files that don't say."""


Shapes = Mapping[str, tuple[int, ...]]


class SingleFile:
    """A `.safetensors` file on disk. Every fault is an UnusableModel with a sentence."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def header(self) -> Header:
        """The file's table of contents, of which all three parts are known to be there."""
        header = read_header(self.path)
        missing = [part for part in PREFIXES if not _has(header, _prefix(header, part))]
        if _has(header, PREFIXES["denoiser"] + "input_blocks."):
            sdxl = _has(header, "conditioner.")
            if missing and not sdxl:
                raise UnusableModel(f"{self.path.name} has no {' and no '.join(missing).replace('_', ' ')}")
        if missing:
            raise UnusableModel(f"{self.path.name} {_what(header)}; {RUNS}")
        return header

    @cached_property
    def facts(self) -> Facts:
        """What the model is."""
        unet = self.config("denoiser")
        space = latent_space(self.config("vae"), self.header, PREFIXES["vae"])
        inpaint = is_for_inpainting(unet, space.channels, self.path.name, RUNS)
        vocabulary = self.config("text_encoder")["vocab_size"]
        if vocabulary != CLIP_VOCABULARY:
            raise UnusableModel(
                f"{self.path.name} has a text encoder of {vocabulary} tokens; CLIP has {CLIP_VOCABULARY}"
            )
        side = unet["sample_size"] * space.factor
        prediction, text_width = self.scheduler["prediction_type"], unet["cross_attention_dim"]
        return Facts("sd", space, side, side, prediction, text_width, inpaint=inpaint)

    @cached_property
    def scheduler(self) -> dict[str, Any]:
        """How the model was trained; `v_pred` and `ztsnr` are empty tensors by which trainers mark the
        exceptions."""
        return {
            "num_train_timesteps": 1000,
            "beta_schedule": "scaled_linear",
            "beta_start": 0.00085,
            "beta_end": 0.012,
            "prediction_type": "v_prediction" if self._predicts_v() else "epsilon",
            "rescale_betas_zero_snr": "ztsnr" in self.header.tensors,
        }

    def config(self, part: str) -> dict[str, Any]:
        """A component's configuration, read off the shapes."""
        shapes = _shapes(self.header, _prefix(self.header, part))
        try:
            if part == "vae":
                return _vae(shapes)
            if not self.is_second:
                return _unet(shapes) if part == "denoiser" else _clip(shapes)
            return self._second_unet(shapes) if part == "denoiser" else _open_clip(shapes)
        except (KeyError, IndexError) as error:
            raise UnusableModel(
                f"{self.path.name} lacks tensors that a {part.replace('_', ' ')} has: {error}"
            ) from error

    def headers(self, part: str) -> Sequence[Header]:
        """The part's own share of the file's table of contents."""
        prefix = _prefix(self.header, part)
        own = {name: record for name, record in self.header.tensors.items() if name.startswith(prefix)}
        return [Header(self.path, own, {})]

    @property
    def is_second(self) -> bool:
        """Whether it is a 2.x."""
        return _has(self.header, OPEN_CLIP)

    def _predicts_v(self) -> bool:
        named = self.header.metadata.get("modelspec.prediction_type")
        if "v_pred" in self.header.tensors or named is not None:
            return "v_pred" in self.header.tensors or named in ("v", "v_prediction")
        return self.is_second and V_SIGN in self.header.tensors and _deviation(self.header, V_SIGN) > V_DEVIATION

    def _second_unet(self, shapes: Shapes) -> dict[str, Any]:
        config = _unet(shapes)
        heads = [max(1, channels // HEAD) for channels in config["block_out_channels"]]
        return config | {"attention_head_dim": heads, "sample_size": 96 if self._predicts_v() else 64}


def _prefix(header: Header, part: str) -> str:
    return OPEN_CLIP if part == "text_encoder" and _has(header, OPEN_CLIP) else PREFIXES[part]


def _deviation(header: Header, name: str) -> float:
    return float(read_tensor(header, name).std())


def _has(header: Header, prefix: str) -> bool:
    return any(name.startswith(prefix) for name in header.tensors)


def _what(header: Header) -> str:
    for sign, what in SIGNS:
        if any(re.match(sign, name) for name in header.tensors):
            return what
    return "is not a model that is known here"


def _shapes(header: Header, prefix: str) -> Shapes:
    return {name.removeprefix(prefix): r.shape for name, r in header.tensors.items() if name.startswith(prefix)}


def _unet(shapes: Shapes) -> dict[str, Any]:
    levels: list[list[int]] = [[]]
    attends: list[bool] = [False]
    block = 1
    while any(name.startswith(f"input_blocks.{block}.0.") for name in shapes):
        if f"input_blocks.{block}.0.op.weight" in shapes:
            levels.append([])
            attends.append(False)
        else:
            levels[-1].append(shapes[f"input_blocks.{block}.0.out_layers.3.weight"][0])
            attends[-1] |= f"input_blocks.{block}.1.norm.weight" in shapes
        block += 1
    down = ["CrossAttnDownBlock2D" if attend else "DownBlock2D" for attend in attends]
    return {
        "sample_size": 64,
        "in_channels": shapes["input_blocks.0.0.weight"][1],
        "out_channels": shapes["out.2.weight"][0],
        "block_out_channels": [level[0] for level in levels],
        "layers_per_block": len(levels[0]),
        "down_block_types": down,
        "up_block_types": [name.replace("Down", "Up") for name in reversed(down)],
        "cross_attention_dim": shapes["middle_block.1.transformer_blocks.0.attn2.to_k.weight"][1],
        "use_linear_projection": len(shapes["middle_block.1.proj_in.weight"]) == 2,
        "attention_head_dim": 8,
        "norm_num_groups": 32,
    }


def _vae(shapes: Shapes) -> dict[str, Any]:
    channels: list[int] = []
    while (name := f"encoder.down.{len(channels)}.block.0.conv1.weight") in shapes:
        channels.append(shapes[name][0])
    layers = sum(re.fullmatch(r"encoder\.down\.0\.block\.\d+\.conv1\.weight", name) is not None for name in shapes)
    return {
        "in_channels": 3,
        "out_channels": 3,
        "latent_channels": shapes["decoder.conv_in.weight"][1],
        "block_out_channels": channels,
        "layers_per_block": layers,
        "down_block_types": ["DownEncoderBlock2D"] * len(channels),
        "up_block_types": ["UpDecoderBlock2D"] * len(channels),
        "norm_num_groups": 32,
        "scaling_factor": SD1_SCALING,
    }


def _clip(shapes: Shapes) -> dict[str, Any]:
    shapes = {name.removeprefix("text_model."): shape for name, shape in shapes.items()}
    vocabulary, width = shapes["embeddings.token_embedding.weight"]
    layers = {name.split(".")[2] for name in shapes if name.startswith("encoder.layers.")}
    return {
        "vocab_size": vocabulary,
        "hidden_size": width,
        "intermediate_size": shapes["encoder.layers.0.mlp.fc1.weight"][0],
        "num_hidden_layers": len(layers),
        "num_attention_heads": max(1, width // HEAD),
        "max_position_embeddings": shapes["embeddings.position_embedding.weight"][0],
        "hidden_act": "quick_gelu",
        **CLIP_TOKENS,
    }


def _open_clip(shapes: Shapes) -> dict[str, Any]:
    """OpenCLIP's text tower without its last layer, as 2.x conditions on the one before; short prompts are padded with 0."""
    vocabulary, width = shapes["token_embedding.weight"]
    layers = {int(name.split(".")[2]) for name in shapes if name.startswith("transformer.resblocks.")}
    return {
        "vocab_size": vocabulary,
        "hidden_size": width,
        "intermediate_size": shapes["transformer.resblocks.0.mlp.c_fc.weight"][0],
        "num_hidden_layers": len(layers) - 1,
        "num_attention_heads": max(1, width // HEAD),
        "max_position_embeddings": shapes["positional_embedding"][0],
        "hidden_act": "gelu",
        **CLIP_TOKENS,
        "pad_token_id": 0,
    }
