"""Pictures between files and tensors."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageCms, ImageOps
from torch import Tensor

from engine.graph.faults import LoomError, known
from engine.run.writing import Encoded
from engine.store import pictures
from engine.store.picture_texts import Format
from nodes.picture_limits import MAX_PIXELS

FORMATS: dict[str, Format] = {"png": "png", "webp": "webp", "jpeg": "jpeg"}
EXTENSIONS = {"png": "png", "webp": "webp", "jpeg": "jpg"}


class Picture(NamedTuple):
    """A file's picture: `pixels` (1, H, W, C) and `mask` (1, H, W), both float32 in 0…1.

    C is 4 where the file has transparency (straight alpha), else 3. The mask is 1 − alpha: what is transparent is what
    is to be changed. `notices` are sentences about what was not taken over.
    """

    pixels: Tensor
    mask: Tensor
    notices: tuple[str, ...] = ()


def read_picture(path: Path, called: str | None = None) -> Picture:
    """Read a PNG, JPEG or WebP: turned as its EXIF says, in sRGB. Raises PictureError, in a sentence.

    `called` is its name for sentences, where its path is not what a person calls it.
    """
    called = called or path.name
    image = pictures.open_picture(path, MAX_PIXELS, called)
    notices = []
    if (frames := getattr(image, "n_frames", 1)) > 1:
        notices.append(f"{called} is animated; only the first of its {frames} frames is used")
    image = ImageOps.exif_transpose(image)
    profile = image.info.get("icc_profile")
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    if profile and not image.mode.startswith("I"):
        image, fault = _in_srgb(image, profile)
        notices += [f"{called}: {fault}"] if fault else []
    pixels = _rgb(image)
    height, width = pixels.shape[1:3]
    if alpha is None:
        return Picture(pixels, torch.zeros(1, height, width), tuple(notices))
    opacity = torch.from_numpy(np.asarray(alpha, np.float32) / 255)[None]
    return Picture(torch.cat([pixels, opacity[..., None]], dim=-1), 1 - opacity, tuple(notices))


def encode_pixels(pixels: Tensor, format: str | None, document: str | None) -> tuple[Encoded, ...]:
    """Pictures (B, H, W, C), C 1, 3 or 4, as files of one `format` (default png), `document` inside each.

    A value x becomes the byte nearest to 255 x, halves to even. JPEG has no alpha: there it is laid over white.
    Raises LoomError for a format that is none of png, webp and jpeg.
    """
    kind = FORMATS.get(format or "png")
    if kind is None:
        raise LoomError(f"there is no picture format '{format}'; there is: {known(FORMATS)}")
    return tuple(_encode(one, kind, document) for one in pixels)


def to_bytes(pixels: Tensor) -> Tensor:
    """Values in 0…1 to uint8: the nearest byte, halves to even; what is no number becomes 0."""
    return (torch.nan_to_num(pixels.detach().float(), nan=0.0).clamp(0, 1) * 255).round().to(torch.uint8).cpu()


def _encode(pixels: Tensor, kind: Format, document: str | None) -> Encoded:
    notices: list[str] = []
    if not bool(torch.isfinite(pixels).all()):
        notices.append("the picture has values that are no numbers (an overflow in the model); they are drawn black")
    if kind == "jpeg" and pixels.shape[-1] == 4:
        pixels = pixels[..., :3] * pixels[..., 3:] + (1 - pixels[..., 3:])
        notices.append("JPEG has no transparency; the picture was laid over white")
    height, width, channels = pixels.shape
    array = to_bytes(pixels).numpy()
    image = Image.fromarray(array[..., 0] if channels == 1 else array)
    encoded = pictures.encode(image, kind, document)
    return Encoded(encoded.data, EXTENSIONS[kind], width, height, (*notices, *encoded.notices))


def _in_srgb(image: Image.Image, profile: bytes) -> tuple[Image.Image, str | None]:
    """The picture's colours in sRGB; the picture as it is, and why, where its profile can't be used."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image, None
        fitting = image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")
        turned = ImageCms.profileToProfile(fitting, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return image, "its colour profile cannot be used; its colours are taken for sRGB"
    assert turned is not None
    return turned, None


def _rgb(image: Image.Image) -> Tensor:
    """(1, H, W, 3) float32 in 0…1."""
    if image.mode.startswith("I"):
        grey = np.asarray(image, np.float32) / 65535
        return torch.from_numpy(grey).clamp(0, 1)[None, ..., None].repeat(1, 1, 1, 3)
    flat = image.convert("RGBA").convert("RGB") if image.mode in ("P", "PA", "La", "RGBa") else image.convert("RGB")
    return torch.from_numpy(np.asarray(flat, np.float32) / 255)[None]


def sizes_in_words(images: Sequence[Tensor]) -> str:
    """The sizes of some pictures (B, H, W, C), each once, for a sentence: "64 × 48 and 32 × 32"."""
    sizes = dict.fromkeys(f"{image.shape[2]} × {image.shape[1]}" for image in images)
    *others, last = sizes
    return f"{', '.join(others)} and {last}" if others else last
