"""The node that brings a model in, and what the engine asks of this pack about models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Context, Facts, Mismatch, ModelName, Node
from engine.graph.records import Identity
from engine.run.models.device import Loaded
from engine.store.errors import WeightsError
from nodes.checks import MODEL, of, picked, space_from
from nodes.types import VAE, Model, ModelRef, TextEncoder, Upscaler

REWARD_FAMILIES = ("clip", "siglip")
UPSCALERS = "upscaler"
Precision = Annotated[
    Literal["auto", "float32", "float16", "bfloat16"],
    Field(description="The precision of its weights; auto is float32 on a processor"),
]


class LoadedModel(NamedTuple):
    """What LoadModel gives."""

    model: Annotated[Model, Field(description="The denoiser, for KSampler, or for Inpaint")]
    text_encoder: Annotated[TextEncoder, Field(description="The text encoder with its tokenizer, for TextEncode")]
    vae: Annotated[VAE, Field(description="The autoencoder, for VAEEncode and VAEDecode")]


class LoadModel(Node):
    """Choose a model from the models folder: one in diffusers' layout, or a Stable Diffusion 1.x or 2.x .safetensors file.

    Nothing is loaded here. Each part is brought into memory when a node behind this one needs it, and stays there as long
    as there is room. A model that was made for inpainting paints over parts of pictures only: link it to Inpaint. Pickle
    files (.ckpt) can run code when they are opened and are never read.
    """

    title = "Load model"
    category = "model"
    peers = ("CheckpointLoaderSimple", "DiffusersLoader")

    model: Annotated[ModelName, Field(description="The model's name, as `loom models` lists it")]
    dtype: Precision = "auto"

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """What the model's files say of it. A reward model and an upscaler are refused."""
        facts = of(inputs, "model")
        if facts.get("family") in (*REWARD_FAMILIES, UPSCALERS):
            raise Mismatch("model", _no_maker(facts))
        known = picked(facts, *MODEL)
        if "digest" in facts:
            known["lease"] = facts["digest"]
        return {"model": known, "text_encoder": known | picked(facts, "vocabulary"), "vae": known}

    def run(self, context: Context) -> LoadedModel:
        """References to the model's parts: plain data."""
        identity = named_model(context)
        facts = identity.facts
        if facts["family"] in (*REWARD_FAMILIES, UPSCALERS):
            raise LoomError(_no_maker(facts))
        digest, family, space = identity.digest, str(facts["family"]), space_from(facts["space"])
        width, height, inpaint = int(facts["width"]), int(facts["height"]), bool(facts.get("inpaint"))
        return LoadedModel(
            Model(digest, "denoiser", family, space, self.dtype, width=width, height=height, inpaint=inpaint),
            TextEncoder(digest, "text_encoder", family, space, self.dtype),
            VAE(digest, "vae", family, space, self.dtype),
        )


def named_model(context: Context) -> Identity:
    """What the name at the input `model` stands for. Raises LoomError where it is linked: then nobody has looked it up."""
    try:
        return context.identity("model")
    except KeyError:
        raise LoomError("input 'model' is linked; a model's name has to be written in the node itself") from None


def _no_maker(facts: Mapping[str, Any]) -> str:
    name = f"'{facts['name']}' " if "name" in facts else ""
    if facts["family"] == UPSCALERS:
        return f"input 'model': {name}is a network that enlarges pictures and makes none; LoadUpscaler takes it"
    return (
        f"input 'model': {name}is a {facts['family']} model, which scores pictures and makes none; CLIPReward takes it"
    )


def identify(path: Path) -> Mapping[str, Any]:
    """The facts of a model folder or file, as plain data, without torch. Raises WeightsError, in a sentence."""
    from nodes.families.clip_folder import ClipFolder, is_clip
    from nodes.families.errors import UnusableModel
    from nodes.families.facts import identify as facts_of
    from nodes.upscalers.facts import identify as upscaler_at

    try:
        return asdict(ClipFolder(path).facts if is_clip(path) else upscaler_at(path) or facts_of(path))
    except UnusableModel as error:
        raise WeightsError(str(error)) from error


def build(reference: Any, path: Path, runs_on: str = "cpu") -> Loaded:
    """Load the part of a model that a reference names, into RAM, in a precision that suits the kind of device.

    Raises LoomError, in a sentence.
    """
    from nodes.families.clip import load_clip
    from nodes.families.errors import UnusableModel
    from nodes.families.load import load_part
    from nodes.ops.modules import LoadedModule
    from nodes.upscalers.load import load_upscaler

    if not isinstance(reference, ModelRef | Upscaler):
        raise LoomError(f"{reference!r} is no reference to a model of this pack")
    if isinstance(reference, ModelRef) and reference.patches:
        raise LoomError("this version cannot patch a model's weights")
    try:
        if isinstance(reference, Upscaler):
            return LoadedModule(load_upscaler(path, reference.dtype, runs_on))
        if reference.family in REWARD_FAMILIES:
            return LoadedModule(load_clip(path, reference.dtype, runs_on))
        return LoadedModule(load_part(path, reference.part, reference.dtype, runs_on=runs_on))
    except UnusableModel as error:
        raise LoomError(str(error)) from error
