"""A CLIP or SigLIP model as transformers saves it: a folder with `config.json` and no `model_index.json`. No torch here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nodes.families.errors import UnusableModel
from nodes.families.headers import Header, read_header
from nodes.families.json_files import read_json
from nodes.prompts.vocabulary import FILE as VOCABULARY
from nodes.prompts.vocabulary import vocabulary_from

KINDS = ("clip", "siglip")
CONFIG = "config.json"
PROCESSORS = ("preprocessor_config.json", "processor_config.json")
FILTERS = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic"}
"""Pillow's resampling filters by number, as our own are named."""


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What is known of the model before it is loaded: `family` is clip or siglip, `width` and `height` are the pixels that
    its vision tower sees, `vocabulary` the words that it knows, where it says so."""

    family: str
    width: int
    height: int
    vocabulary: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is done to a picture before the vision tower sees it.

    It is brought to `size` (height, width), or with one side given to that length of its shorter side, by `filter`; then
    `crop` (height, width) is cut out of its middle; then `mean` is taken off and what is left divided by `deviation`,
    channel by channel.
    """

    size: tuple[int, int] | int | None
    filter: str
    crop: tuple[int, int] | None
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]


def is_clip(path: Path) -> bool:
    """Whether this is a folder that transformers saved one model in."""
    return (path / CONFIG).is_file() and not (path / "model_index.json").exists()


class ClipFolder:
    """A folder on disk, read as far as it is asked. Every fault is an UnusableModel with a sentence."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def facts(self) -> ClipFacts:
        """What the model is."""
        kind = self.config.get("model_type")
        if kind not in KINDS:
            raise UnusableModel(
                f"{self.path.name} is a model of the type {kind!r}; of transformers' own folders this version runs "
                "CLIP and SigLIP, as reward models"
            )
        height, width = self._seen
        try:
            words = vocabulary_from(self._json(VOCABULARY))
        except UnusableModel:
            words = None
        return ClipFacts(str(kind), width, height, None if words is None else words.to_json())

    @cached_property
    def config(self) -> dict[str, Any]:
        """The model's configuration."""
        return self._json(CONFIG)

    @cached_property
    def preparation(self) -> Preparation:
        """What its image processor does."""
        found = self._processor()
        try:
            return Preparation(
                _sides(found["size"]) if found.get("do_resize", True) else None,
                FILTERS[int(found.get("resample", 3))],
                _both(found["crop_size"]) if found.get("do_center_crop", "crop_size" in found) else None,
                _three(found["image_mean"]),
                _three(found["image_std"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise UnusableModel(f"{self.path.name}: its image processor's configuration is not understood") from error

    @property
    def headers(self) -> Sequence[Header]:
        """The tables of contents of its weight files."""
        if (self.path / "model.safetensors").is_file():
            return [read_header(self.path / "model.safetensors")]
        index = self._json("model.safetensors.index.json")
        names = sorted(set(dict(index.get("weight_map", {})).values()))
        if not names or any(Path(name).name != name for name in names):
            raise UnusableModel(f"{self.path.name}: model.safetensors.index.json does not name files in its folder")
        return [read_header(self.path / name) for name in names]

    @property
    def _seen(self) -> tuple[int, int]:
        try:
            return _both(self.config["vision_config"].get("image_size", 224))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnusableModel(f"{self.path.name}: {CONFIG} does not say what its vision tower sees") from error

    def _processor(self) -> dict[str, Any]:
        for name in PROCESSORS:
            if (self.path / name).is_file():
                found = self._json(name)
                inner = found.get("image_processor")
                return inner if isinstance(inner, dict) else found
        raise UnusableModel(f"{self.path.name} is not whole: it has no {PROCESSORS[0]}")

    def _json(self, name: str) -> dict[str, Any]:
        return read_json(self.path, name)


def _sides(size: Any) -> tuple[int, int] | int:
    """A size as processors write it: a number or `shortest_edge` for the shorter side, else both sides."""
    if isinstance(size, Mapping) and "shortest_edge" not in size:
        return _both(size)
    return int(size["shortest_edge"] if isinstance(size, Mapping) else size)


def _both(size: Any) -> tuple[int, int]:
    if isinstance(size, Mapping):
        return int(size["height"]), int(size["width"])
    if isinstance(size, list | tuple):
        height, width = size
        return int(height), int(width)
    return int(size), int(size)


def _three(values: Any) -> tuple[float, float, float]:
    red, green, blue = values
    return float(red), float(green), float(blue)
