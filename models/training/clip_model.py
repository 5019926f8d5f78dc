"""The two CLIPs of the world: their shapes, how they begin, and the folder that stock `CLIPModel` reads.

Patches begin as cosines and positions as sines, not as noise: with tens of thousands of pictures instead of hundreds of
millions a network has no time to find them.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from transformers import CLIPConfig, CLIPModel, CLIPTextConfig, CLIPVisionConfig

from models.training.checkpoint import write_numbers
from models.training.common import MODELS
from models.training.tokenizer import LENGTH, new_tokenizer

MEAN: Final = (0.5, 0.5, 0.5)
DEVIATION: Final = (0.25, 0.25, 0.25)


@dataclass(frozen=True)
class Shape:
    """How large a CLIP is; `size` is the picture's width, `joint` the embeddings' length."""

    seed: int
    size: int
    patch: int
    width: int
    layers: int
    heads: int
    text_width: int
    text_layers: int
    joint: int


SHAPES: Final = {
    "solids-clip": Shape(11, 128, 16, 160, 5, 5, 160, 2, 192),
    "solids-clip-b": Shape(12, 96, 12, 128, 4, 4, 128, 2, 128),
}


def new_clip(shape: Shape) -> CLIPModel:
    """An untrained CLIP."""
    torch.manual_seed(shape.seed)
    tokenizer = new_tokenizer()
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.text_width,
        intermediate_size=4 * shape.text_width,
        projection_dim=shape.joint,
        num_hidden_layers=shape.text_layers,
        num_attention_heads=4,
        hidden_act="gelu",
        max_position_embeddings=LENGTH,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    vision = CLIPVisionConfig(
        hidden_size=shape.width,
        intermediate_size=4 * shape.width,
        projection_dim=shape.joint,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        hidden_act="gelu",
        image_size=shape.size,
        patch_size=shape.patch,
    )
    clip = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=shape.joint))
    embeddings = clip.vision_model.embeddings
    with torch.no_grad():
        embeddings.patch_embedding.weight.copy_(cosines(shape.width, shape.patch))
        embeddings.position_embedding.weight[1:].copy_(positions(shape.size // shape.patch, shape.width))
        embeddings.position_embedding.weight[0].zero_()
    return clip


def cosines(count: int, patch: int) -> Tensor:
    """The lowest two-dimensional cosines, each in light, red–green and blue–yellow: (count, 3, patch, patch).

    An orthonormal basis (DCT-II), weighted against the fall of a picture's spectrum.
    """
    steps = (torch.arange(patch) + 0.5) * math.pi / patch
    waves = torch.stack([torch.cos(steps * u) * math.sqrt((1 if u == 0 else 2) / patch) for u in range(patch)])
    hues = torch.tensor([[1, 1, 1], [1, -1, 0], [1, 1, -2]], dtype=torch.float32)
    hues = hues / hues.norm(dim=1, keepdim=True) * torch.tensor([[1.0], [1.5], [1.5]])
    order = sorted(((u, v) for u in range(patch) for v in range(patch)), key=lambda pair: (sum(pair), pair))
    made = []
    for u, v in order[: -(-count // 3)]:
        wave = waves[u][:, None] * waves[v][None, :] * (1 + u + v) / patch
        made.append(hues[:, :, None, None] * wave)
    return torch.cat(made)[:count]


def positions(side: int, width: int) -> Tensor:
    """Sines and cosines of a patch's row and column, (side², width), of deviation about 0.4."""
    quarter = width // 4
    rates = math.pi / side * 2 ** torch.linspace(0, math.log2(side), quarter)
    steps = torch.arange(side) + 0.5
    waves = torch.cat([torch.sin(steps[:, None] * rates), torch.cos(steps[:, None] * rates)], 1)
    rows, columns = waves.repeat_interleave(side, 0), waves.repeat(side, 1)
    out = torch.zeros(side * side, width)
    out[:, : 4 * quarter] = 0.5 * torch.cat([rows, columns], 1)
    return out


def to_clip(pictures: Tensor, size: int) -> Tensor:
    """Pictures (B, 3, H, W) in 0–1 => what the vision tower takes, (B, 3, size, size)."""
    if pictures.shape[-1] != size:
        pictures = nn.functional.interpolate(pictures, (size, size), mode="bicubic", antialias=True)
    mean, deviation = (torch.tensor(values)[:, None, None] for values in (MEAN, DEVIATION))
    return (pictures - mean) / deviation


def size_of(clip: CLIPModel) -> int:
    """The width of the pictures that the vision tower takes."""
    return int(clip.vision_model.embeddings.image_size)


def preprocessor(size: int) -> dict[str, Any]:
    """What `CLIPImageProcessor` does with a picture, as its configuration."""
    return {
        "image_processor_type": "CLIPImageProcessor",
        "do_convert_rgb": True,
        "do_resize": True,
        "size": {"shortest_edge": size},
        "resample": 3,
        "do_center_crop": True,
        "crop_size": {"height": size, "width": size},
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": list(MEAN),
        "image_std": list(DEVIATION),
    }


def write_folder(clip: CLIPModel, folder: Path, state: dict[str, Any]) -> None:
    """Write weights (half precision), tokenizer, preprocessor and the run's numbers."""
    clip.half().save_pretrained(folder, safe_serialization=True)
    new_tokenizer().save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor(size_of(clip)), indent=2) + "\n")
    write_numbers(folder, state)


def folder_of(name: str) -> Path:
    """Where a CLIP ships."""
    return MODELS / name
