"""CLIP and SigLIP as reward models: texts and pictures to embeddings whose cosine says how well they fit.

Radford et al. 2021, arXiv 2103.00020; Zhai et al. 2023, arXiv 2303.15343. The modules are transformers' own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from nodes.families.clip_folder import ClipFolder, Preparation
from nodes.families.errors import UnusableModel
from nodes.families.load import CHOICES, DTYPES
from nodes.families.weights import fill, read_tensors
from nodes.ops.resize import Filter, resample, resize

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

PART = "clip"


class Clip(nn.Module):
    """A CLIP or SigLIP model with its tokenizer and what its image processor does.

    Weights need no gradients, and pictures may have them: all that is done to a picture is differentiable.
    """

    def __init__(self, model: nn.Module, tokenizer: PreTrainedTokenizerBase, preparation: Preparation) -> None:
        super().__init__()
        self.model, self.tokenizer, self.preparation = model, tokenizer, preparation

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.model.parameters()).device

    @property
    def window(self) -> int:
        """How many tokens a text may have, those around it included; what is beyond is cut off."""
        config: Any = self.model.config
        return int(config.text_config.max_position_embeddings)

    def text_features(self, text: str) -> Tensor:
        """The embedding of a text, of length one: (1, D) float32."""
        padding = "max_length" if self.model.config.model_type == "siglip" else False  # type: ignore[union-attr]
        tokens = self.tokenizer(text, padding=padding, max_length=self.window, truncation=True, return_tensors="pt")
        ids = tokens["input_ids"].to(self.device)
        found = self.model.get_text_features(input_ids=ids).pooler_output  # type: ignore[operator]
        return F.normalize(found.float(), dim=-1)

    def image_features(self, pixels: Tensor, cover: Tensor | None = None, *, whole: bool = False) -> Tensor:
        """The embeddings of pictures (B, H, W, 3), each of length one: (B, D) float32.

        Where `cover` (B or 1, H, W) is below 1 the picture fades to the colour that the model takes for nothing. `whole`
        shows all of a picture that is not square, where the image processor would cut off its ends.
        """
        prepared = prepare(pixels.to(self.device), self.preparation, cover, whole=whole)
        dtype = next(self.model.parameters()).dtype
        found = self.model.get_image_features(pixel_values=prepared.to(dtype)).pooler_output  # type: ignore[operator]
        return F.normalize(found.float(), dim=-1)


def prepare(pixels: Tensor, how: Preparation, cover: Tensor | None = None, *, whole: bool = False) -> Tensor:
    """Pictures (B, H, W, 3) in 0…1 to what a vision tower takes, (B, 3, h, w), as the image processor does it.

    But for its rounding to 8 bits on the way: within 1/255 of it, and gradients run through.
    """
    mean, deviation = pixels.new_tensor(how.mean), pixels.new_tensor(how.deviation)
    if cover is not None:
        share = cover.to(pixels)[..., None]
        pixels = share * pixels + (1 - share) * mean
    crop = how.crop or (how.size if isinstance(how.size, tuple) else None)
    if whole and crop is not None:
        pixels = resize(pixels, crop[1], crop[0], "pad", _filter(how), how.mean)
    elif how.size is not None:
        height, width = _fitted(int(pixels.shape[1]), int(pixels.shape[2]), how.size)
        pixels = resample(pixels, width, height, _filter(how))
    if how.crop is not None:
        top, left = (int(pixels.shape[1]) - how.crop[0]) // 2, (int(pixels.shape[2]) - how.crop[1]) // 2
        if top < 0 or left < 0:
            raise ValueError("the reward model's image processor crops to more than it resizes to")
        pixels = pixels[:, top : top + how.crop[0], left : left + how.crop[1]]
    return ((pixels - mean) / deviation).movedim(-1, 1)


def load_clip(path: Path, dtype: str = "auto", runs_on: str = "cpu") -> Clip:
    """Load the model in the folder `path` into RAM. Raises UnusableModel, with a sentence, for what cannot be loaded."""
    from transformers import AutoTokenizer, CLIPConfig, CLIPModel, SiglipConfig, SiglipModel

    folder = ClipFolder(path)
    kind = folder.facts.family
    headers = folder.headers
    with torch.device("meta"):
        model = (
            CLIPModel(CLIPConfig.from_dict(folder.config))
            if kind == "clip"
            else SiglipModel(SiglipConfig.from_dict(folder.config))
        )
    stored = {record.dtype for header in headers for record in header.tensors.values()}
    halves = torch.device(runs_on).type != "cpu" and DTYPES.keys() & stored
    precision = CHOICES[dtype] if dtype != "auto" else DTYPES[min(halves)] if halves else torch.float32
    fill(model, read_tensors(headers), precision, path.name)
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(path), local_files_only=True)
    except (OSError, ValueError, TypeError, KeyError, ImportError) as error:
        raise UnusableModel(f"{path.name} has no tokenizer that can be read") from error
    return Clip(model, tokenizer, folder.preparation).requires_grad_(False).eval()


def _fitted(height: int, width: int, size: tuple[int, int] | int) -> tuple[int, int]:
    """The size to resize to: as given, or in proportion to the length of the shorter side, rounded down as Pillow's
    callers do."""
    if isinstance(size, tuple):
        return size
    short, long = sorted((height, width))
    other = int(size * long / short)
    return (size, other) if height <= width else (other, size)


def _filter(how: Preparation) -> Filter:
    return how.filter  # type: ignore[return-value]
