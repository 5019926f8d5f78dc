"""A model in diffusers' layout: a folder with `model_index.json` and one folder a component. No torch
here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from nodes.families.errors import UnusableModel
from nodes.families.headers import Header, read_header
from nodes.families.json_files import read_json
from nodes.families.records import Facts, is_for_inpainting, latent_space
from nodes.prompts.vocabulary import FILE as VOCABULARY
from nodes.prompts.vocabulary import vocabulary_from

COMPONENTS = {"denoiser": "unet", "text_encoder": "text_encoder", "vae": "vae"}
WEIGHTS = ("diffusion_pytorch_model", "model", "pytorch_model")
VARIANTS = ("", ".fp16", ".bf16", ".non_ema")
CLASSES = {"unet": "UNet2DConditionModel", "vae": "AutoencoderKL", "text_encoder": "CLIPTextModel"}
RUNS = "this version runs Stable-Diffusion-shaped models (one UNet, one KL VAE, one CLIP text encoder)"
DEFAULTS: dict[str, dict[str, Any]] = {
    "unet": {"cross_attention_dim": 1280, "in_channels": 4, "out_channels": 4, "sample_size": None},
    "vae": {"latent_channels": 4, "block_out_channels": [64], "scaling_factor": 0.18215},
}
"""What diffusers takes where a configuration leaves it out; only the entries that are asked for here."""


class DiffusersFolder:
    """A folder on disk, read as far as it is asked. Every fault is an UnusableModel with a sentence."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def facts(self) -> Facts:
        """What the model is."""
        self._check_classes()
        unet, vae = self.config("denoiser"), self.config("vae")
        space = latent_space(vae, self.headers("vae")[0])
        self._check_unet(unet)
        inpaint = is_for_inpainting(unet, space.channels, self.path.name, RUNS)
        side = (unet.get("sample_size") or 64) if not isinstance(unet.get("sample_size"), list) else 0
        height, width = (side, side) if side else unet["sample_size"]
        prediction = str(self.scheduler.get("prediction_type", "epsilon"))
        if prediction not in ("epsilon", "v_prediction", "sample"):
            raise UnusableModel(f"{self.path.name} predicts {prediction!r}; wanted epsilon, v_prediction or sample")
        text_width = int(unet["cross_attention_dim"])
        size = int(width) * space.factor, int(height) * space.factor
        return Facts("sd", space, *size, prediction, text_width, self._vocabulary(), inpaint)

    @cached_property
    def scheduler(self) -> dict[str, Any]:
        """The scheduler's configuration, whatever its class: it says how the model was trained."""
        return self._json("scheduler/scheduler_config.json")

    def config(self, part: str) -> dict[str, Any]:
        """A component's configuration."""
        component = COMPONENTS[part]
        return DEFAULTS.get(component, {}) | self._json(f"{component}/config.json")

    def headers(self, part: str) -> Sequence[Header]:
        """The tables of contents of a component's weight files, one for each shard."""
        folder = self.path / COMPONENTS[part]
        for stem in WEIGHTS:
            for variant in VARIANTS:
                for name in (f"{stem}{variant}.safetensors", f"{stem}.safetensors{variant}"):
                    if (folder / name).is_file():
                        return [read_header(folder / name)]
                index = folder / f"{stem}.safetensors.index{variant}.json"
                if index.is_file():
                    return [read_header(folder / name) for name in self._shards(index)]
        raise UnusableModel(self._no_weights(folder))

    @property
    def tokenizer(self) -> Path:
        """The tokenizer's folder."""
        return self.path / "tokenizer"

    @property
    def preview(self) -> dict[str, Any] | None:
        """What the folder says of its latents' colours (`nodes.ops.previews`), unchecked."""
        try:
            return self._json(f"{COMPONENTS['vae']}/preview.json")
        except UnusableModel:
            return None

    def _vocabulary(self) -> dict[str, Any] | None:
        """What the folder says of the model's words; a file of that name that is another thing says nothing."""
        try:
            found = vocabulary_from(self._json(VOCABULARY))
        except UnusableModel:
            return None
        return None if found is None else found.to_json()

    def _shards(self, index: Path) -> list[str]:
        names = sorted(set(self._json(str(index.relative_to(self.path)))["weight_map"].values()))
        if any(Path(name).name != name for name in names):
            raise UnusableModel(f"{self.path.name}: {index.name} names files outside its folder")
        return names

    def _no_weights(self, folder: Path) -> str:
        has_pickle = any(folder.glob("*.bin")) or any(folder.glob("*.ckpt"))
        why = "its weights are pickles, which are not read; get the .safetensors" if has_pickle else "it has no weights"
        return f"{self.path.name}/{folder.name} cannot be loaded: {why}"

    def _json(self, name: str) -> dict[str, Any]:
        return read_json(self.path, name, "diffusers model")

    def _check_classes(self) -> None:
        index = self._json("model_index.json")
        pipeline = index.get("_class_name", "model without a class")
        classes = {name: value[1] for name, value in index.items() if isinstance(value, list) and value[-1]}
        others = [name for name in ("text_encoder_2", "transformer", "prior", "image_encoder") if name in classes]
        fitting = all(classes.get(name) == wanted for name, wanted in CLASSES.items())
        if not fitting or {"text_encoder_2", "transformer", "prior"} & set(others):
            raise UnusableModel(f"{self.path.name} is a {pipeline}; {RUNS}")

    def _check_unet(self, unet: dict[str, Any]) -> None:
        if unet.get("addition_embed_type") or unet.get("class_embed_type"):
            raise UnusableModel(f"{self.path.name} has a UNet that is conditioned on more than text; {RUNS}")
