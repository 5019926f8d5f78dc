"""What is known of picture files before they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.graph.node import Facts, Mismatch
from engine.graph.values import File, Folder
from nodes.checks import of
from nodes.picture_limits import MAX_PIXELS

PICTURES = (".png", ".jpg", ".jpeg", ".webp")


def check_picture(inputs: Mapping[str, Any], name: str) -> Facts:
    """What is known of the picture that an input names. Raise Mismatch, in a sentence, where it can't be read as one."""
    facts = of(inputs, name)
    file = facts.get("value")
    if "fault" in facts and isinstance(file, File):
        raise Mismatch(name, f"input '{name}': '{file.name}' can't be read as a picture: {facts['fault']}")
    width, height = facts.get("width", 0), facts.get("height", 0)
    if width * height > MAX_PIXELS and isinstance(file, File):
        what = f"'{file.name}' has {width} × {height} pixels; at most {MAX_PIXELS:,} are read"
        raise Mismatch(name, f"input '{name}': {what}")
    return facts


def check_pictures(inputs: Mapping[str, Any], name: str) -> None:
    """Raise Mismatch, in a sentence, where the folder that an input names is known to hold no picture."""
    facts = of(inputs, name)
    folder, suffixes = facts.get("value"), facts.get("suffixes")
    if not isinstance(folder, Folder) or suffixes is None or any(suffix in PICTURES for suffix in suffixes):
        return
    there = ", ".join(f"{count} {suffix or 'without extension'}" for suffix, count in sorted(suffixes.items())[:5])
    is_there = f"there is: {there}" if there else "it is empty"
    raise Mismatch(name, f"input '{name}': there is no PNG, JPEG or WebP picture in '{folder.name}'; {is_there}")
