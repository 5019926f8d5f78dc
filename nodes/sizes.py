"""Sizes of pictures as inputs say them. No torch here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from engine.graph.node import Facts, Step
from nodes.checks import of

SIDE = 16384
PixelSide = Annotated[int | None, Field(ge=1, le=SIDE), Step(8)]
Scale = Annotated[float, Field(ge=0.05, le=16), Step(0.25)]


def wanted_size(
    width: int, height: int, scale: float, to_width: int | None = None, to_height: int | None = None
) -> tuple[int, int]:
    """Width and height, in pixels: those that are given, the other from the proportions; else `scale` times each.

    Raises ValueError, in a sentence, where a side would be longer than all that is worked with.
    """
    if to_width is not None or to_height is not None:
        found = (
            to_width or max(1, round(width * (to_height or 0) / height)),
            to_height or max(1, round(height * (to_width or 0) / width)),
        )
    else:
        found = max(1, round(width * scale)), max(1, round(height * scale))
    if max(found) > SIDE:
        raise ValueError(f"the picture would be {found[0]} × {found[1]} pixels; a side has at most {SIDE}")
    return found


def size_fact(before: Facts, inputs: Mapping[str, Any], scale: float | None = None) -> dict[str, int]:
    """The size that `wanted_size` will find, by what is known before a run of a thing `before` and of the inputs `scale`,
    `width` and `height`; nothing where that does not suffice.

    `scale` stands for that input where it is empty.
    """
    asked, *sides = (of(inputs, name) for name in ("scale", "width", "height"))
    known = all("value" in given for given in (asked, *sides)) and not {"width", "height"} - before.keys()
    scale = asked.get("value") or scale
    if not known or scale is None:
        return {}
    try:
        size = wanted_size(before["width"], before["height"], scale, *(side["value"] for side in sides))
    except ValueError:
        return {}  # the node says so when it runs
    return {"width": size[0], "height": size[1]}
