"""The colours of pictures (B, H, W, C) in 0…1 adjusted; alpha stays as it is."""

from __future__ import annotations

from torch import Tensor

from nodes.ops.alpha import colours_changed
from nodes.ops.colours import hue_turned, luma

MIDDLE = 0.5
"""The grey that contrast turns about."""


def adjusted(
    pixels: Tensor,
    *,
    hue: float = 0.0,
    saturation: float = 1.0,
    brightness: float = 1.0,
    contrast: float = 1.0,
    gamma: float = 1.0,
) -> Tensor:
    """All that is asked for, in this order, on sRGB values; what is neutral is left out, so that it changes no bit.

    `hue` is in degrees; `saturation` 0 leaves grey of the same luma; `brightness` multiplies; `contrast` multiplies the
    distance from middle grey (W3C, Filter Effects Module Level 1, has these three); then values are clipped, and a
    `gamma` above 1 lifts the dark: x^(1/gamma).
    """

    def change(colours: Tensor) -> Tensor:
        if hue % 360:
            colours = hue_turned(colours, hue)
        if saturation != 1:
            grey = luma(colours)
            colours = grey + saturation * (colours - grey)
        if brightness != 1:
            colours = colours * brightness
        if contrast != 1:
            colours = MIDDLE + contrast * (colours - MIDDLE)
        colours = colours.clamp(0, 1)
        return colours if gamma == 1 else colours ** (1 / gamma)

    return colours_changed(pixels, change)
