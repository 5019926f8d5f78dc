"""Colours (…, 3) of sRGB in other spaces: linear light, CIELAB, and hue, saturation and value."""

from __future__ import annotations

import torch
from torch import Tensor

LUMA = (0.2126, 0.7152, 0.0722)
"""How bright red, green and blue are: ITU-R BT.709."""
TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
"""Linear sRGB to CIE XYZ under D65, from the primaries of IEC 61966-2-1."""
CUT = 6 / 29


def to_linear(colours: Tensor) -> Tensor:
    """sRGB values in 0…1 to amounts of light in 0…1: IEC 61966-2-1."""
    high = ((colours.clamp(min=0.04045) + 0.055) / 1.055) ** 2.4
    return torch.where(colours <= 0.04045, colours / 12.92, high)


def from_linear(light: Tensor) -> Tensor:
    """Amounts of light in 0…1 to sRGB values in 0…1: IEC 61966-2-1, the inverse of `to_linear`."""
    high = 1.055 * light.clamp(min=0.0031308) ** (1 / 2.4) - 0.055
    return torch.where(light <= 0.0031308, light * 12.92, high)


def luma(colours: Tensor) -> Tensor:
    """How bright sRGB colours (…, 3) are, (…, 1), by their values as they are."""
    return (colours * colours.new_tensor(LUMA)).sum(-1, keepdim=True)


def to_lab(colours: Tensor) -> Tensor:
    """sRGB colours to CIELAB under D65: L in 0…100, a and b about −100…100 (CIE 15:2004, section 8.2.1)."""
    matrix = colours.new_tensor(TO_XYZ)
    x, y, z = _squeezed(to_linear(colours) @ matrix.T / matrix.sum(1)).unbind(-1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=-1)


def from_lab(lab: Tensor) -> Tensor:
    """CIELAB to sRGB colours, clipped to 0…1: the inverse of `to_lab`."""
    lightness, a, b = lab.unbind(-1)
    y = (lightness + 16) / 116
    matrix = lab.new_tensor(TO_XYZ)
    xyz = _stretched(torch.stack([y + a / 500, y, y - b / 200], dim=-1)) * matrix.sum(1)
    return from_linear((xyz @ torch.linalg.inv(matrix).T).clamp(0, 1)).clamp(0, 1)


def _squeezed(share: Tensor) -> Tensor:
    return torch.where(share > CUT**3, share.clamp(min=CUT**3) ** (1 / 3), share / (3 * CUT**2) + 4 / 29)


def _stretched(value: Tensor) -> Tensor:
    return torch.where(value > CUT, value**3, 3 * CUT**2 * (value - 4 / 29))


def hue_turned(colours: Tensor, degrees: float) -> Tensor:
    """sRGB colours (…, 3) with their hue turned, saturation and value kept: Smith 1978, "Color gamut transform pairs".

    120 degrees make red green, green blue and blue red. Greys have no hue and stay as they are.
    """
    red, green, blue = colours.unbind(-1)
    value, chroma = colours.amax(-1), colours.amax(-1) - colours.amin(-1)
    scale = torch.where(chroma > 0, chroma, torch.ones_like(chroma))
    sixths = torch.where(
        value == red,
        (green - blue) / scale,
        torch.where(value == green, (blue - red) / scale + 2, (red - green) / scale + 4),
    )
    sixths = sixths + degrees / 60

    def channel(place: int) -> Tensor:
        away = (place + sixths).remainder(6)
        return value - chroma * torch.minimum(away, 4 - away).clamp(0, 1)

    return torch.stack([channel(5), channel(3), channel(1)], dim=-1)
