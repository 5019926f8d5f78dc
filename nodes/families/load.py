"""Loading: one part of a model from disk, ready to run.

A module is built without memory for its weights, which are then mapped from the file and put in place:
what is not converted is never copied, and no random weights are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn

from nodes.families import stable_diffusion as sd
from nodes.families.clip_tokenizer import clip_tokenizer, saved_tokenizer
from nodes.families.facts import identify
from nodes.families.folder import DiffusersFolder
from nodes.families.headers import Header
from nodes.families.records import Facts
from nodes.families.single_file import SingleFile
from nodes.families.single_file_weights import diffusers_tensors
from nodes.families.weights import fill, read_tensors
from nodes.ops.previews import preview_from
from nodes.prompts.vocabulary import vocabulary_from

PARTS = ("denoiser", "text_encoder", "vae")
DTYPES = {"F16": torch.float16, "BF16": torch.bfloat16}
CHOICES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


class Source(Protocol):
    """A model on disk, in whatever layout, seen as diffusers' configurations and tensors."""

    path: Path

    @property
    def facts(self) -> Facts: ...  # noqa: D102

    @property
    def scheduler(self) -> Mapping[str, Any]: ...  # noqa: D102

    def config(self, part: str) -> Mapping[str, Any]: ...  # noqa: D102

    def headers(self, part: str) -> Sequence[Header]: ...  # noqa: D102


def load_part(path: Path | str, part: str, dtype: str = "auto", runs_on: str | torch.device = "cpu") -> nn.Module:
    """Load the "denoiser", "text_encoder" or "vae" of the model at `path` into RAM: in evaluation mode, needing no
    gradients.

    `dtype` is a torch name, or "auto": the file's own precision where it `runs_on` an accelerator, float32 on a CPU,
    which computes half precision slowly and less exactly. Raises UnusableModel, with a sentence, for what cannot be
    loaded.
    """
    if part not in PARTS:
        raise ValueError(f"a model has no part {part!r}; it has: {', '.join(PARTS)}")
    path = Path(path)
    source = DiffusersFolder(path) if path.is_dir() else SingleFile(path)
    facts = identify(path)
    precision = _precision(dtype, source, part, torch.device(runs_on))
    module = {"denoiser": _denoiser, "text_encoder": _text_encoder, "vae": _vae}[part](source, facts, precision)
    return module.requires_grad_(False).eval()


def _precision(dtype: str, source: Source, part: str, device: torch.device) -> torch.dtype:
    if dtype != "auto":
        if dtype not in CHOICES:
            raise ValueError(f"there is no dtype {dtype!r}; there are: auto, {', '.join(CHOICES)}")
        return CHOICES[dtype]
    if device.type == "cpu" or source.config(part).get("force_upcast"):
        return torch.float32
    stored = {record.dtype for header in source.headers(part) for record in header.tensors.values()}
    return next((DTYPES[name] for name in DTYPES if name in stored), torch.float32)


def _denoiser(source: Source, facts: Facts, dtype: torch.dtype) -> nn.Module:
    from diffusers import UNet2DConditionModel

    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(source.config("denoiser"))
    _fill(unet, source, "denoiser", dtype)
    saved = preview_from(source.preview, facts.space) if isinstance(source, DiffusersFolder) else None
    preview = saved or sd.known_preview(facts.space)
    return sd.Denoiser(unet, sd.noise_schedule(source.scheduler), facts.prediction, facts.space, preview)


def _vae(source: Source, facts: Facts, dtype: torch.dtype) -> nn.Module:
    from diffusers import AutoencoderKL

    with torch.device("meta"):
        model = AutoencoderKL.from_config(source.config("vae"))
    _fill(model, source, "vae", dtype)
    return sd.VAE(model, facts.space)


def _text_encoder(source: Source, facts: Facts, dtype: torch.dtype) -> nn.Module:
    from transformers import CLIPTextConfig, CLIPTextModel

    config = CLIPTextConfig.from_dict(dict(source.config("text_encoder")))
    with torch.device("meta"):
        model = CLIPTextModel(config)
    _fill(model, source, "text_encoder", dtype)
    tokenizer = saved_tokenizer(source.tokenizer) if isinstance(source, DiffusersFolder) else clip_tokenizer()
    pad = config.pad_token_id if isinstance(source, SingleFile) else tokenizer.pad_token_id
    return sd.TextEncoder(model, tokenizer, vocabulary_from(facts.vocabulary), pad)


def _fill(module: nn.Module, source: Source, part: str, dtype: torch.dtype) -> None:
    tensors = read_tensors(source.headers(part))
    if isinstance(source, SingleFile):
        tensors = diffusers_tensors(part, tensors, source.config(part))
    fill(module, tensors, dtype, f"the {part.replace('_', ' ')} of {source.path.name}")
