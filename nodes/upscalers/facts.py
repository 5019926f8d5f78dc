"""Which files are networks that enlarge pictures, said without torch."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from nodes.families.errors import UnusableModel
from nodes.families.headers import read_header
from nodes.families.single_file import OPEN_CLIP, PREFIXES, SIGNS

FAMILY = "upscaler"
COMPACT = "compact"
BY_SPANDREL = "spandrel"
INSTALL = "pip install 'latentloom[upscalers]'"
LARGEST_SHUFFLE = 8
"""Networks take or give 3 · n² channels, n up to this, where they fold pixels into channels."""

Shapes = Mapping[str, tuple[int, ...]]


class Size(NamedTuple):
    """Of a compact network: the channels of its inner layers, their number, and how many times it enlarges."""

    width: int
    layers: int
    scale: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known before loading. `architecture` is "compact" or "spandrel", which then knows more, also the scale."""

    architecture: str
    scale: int | None = None
    family: str = FAMILY


def identify(path: Path) -> Facts | None:
    """Say what the file at `path` is; None where it is no network that makes pictures of pictures.

    Raises UnusableModel, with a sentence, where it is one that cannot be read here.
    """
    if path.suffix.lower() != ".safetensors" or not path.is_file():
        return None
    shapes = {name: tuple(place.shape) for name, place in read_header(path).tensors.items()}
    if (size := compact_size(shapes)) is not None:
        return Facts(COMPACT, size.scale)
    if not _from_picture_to_picture(shapes):
        return None
    if find_spec("spandrel") is None:
        raise UnusableModel(
            f"{path.name} looks like a network for enlarging pictures, which spandrel would read, and that is not "
            f"installed: {INSTALL}"
        )
    return Facts(BY_SPANDREL)


def compact_size(shapes: Shapes) -> Size | None:
    """The size of a compact network (`nodes.upscalers.compact`), read off its tensors; None where they are not its own."""
    convolutions = [
        name for name, shape in shapes.items() if re.fullmatch(r"body\.\d+\.weight", name) and len(shape) == 4
    ]
    last = 2 * len(convolutions) - 2
    if len(convolutions) < 2 or f"body.{last}.weight" not in shapes:
        return None
    width, channels = shapes.get("body.0.weight", (0, 0))[:2]
    scale = math.isqrt(shapes[f"body.{last}.weight"][0] // 3)
    size = Size(width, len(convolutions) - 2, scale)
    return size if channels == 3 and scale and shapes == _compact_shapes(size) else None


def _compact_shapes(size: Size) -> Shapes:
    width, layers, scale = size
    wanted: dict[str, tuple[int, ...]] = {}
    for i in range(layers + 1):
        wanted[f"body.{2 * i}.weight"] = (width, width if i else 3, 3, 3)
        wanted[f"body.{2 * i}.bias"] = wanted[f"body.{2 * i + 1}.weight"] = (width,)
    last = 2 * (layers + 1)
    return wanted | {f"body.{last}.weight": (3 * scale**2, width, 3, 3), f"body.{last}.bias": (3 * scale**2,)}


def _from_picture_to_picture(shapes: Shapes) -> bool:
    """Whether one convolution takes a picture and another gives one, and no sign says that it is something else."""
    others = [*(re.escape(prefix) for prefix in (*PREFIXES.values(), OPEN_CLIP)), *(sign for sign, _ in SIGNS)]
    if any(re.match(sign, name) for sign in others for name in shapes):
        return False
    pictures = {3 * n * n for n in range(1, LARGEST_SHUFFLE + 1)}
    kernels = {name: shape for name, shape in shapes.items() if len(shape) == 4}
    takes = {name for name, shape in kernels.items() if shape[1] in pictures}
    gives = {name for name, shape in kernels.items() if shape[0] in pictures}
    return any(taking != giving for taking in takes for giving in gives)
