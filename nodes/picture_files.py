"""What is known of picture files before they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.graph.node import Facts, Mismatch
from engine.graph.values import File
from nodes.checks import of


def check_picture(inputs: Mapping[str, Any], name: str) -> Facts:
    """What is known of the picture that an input names. Raise Mismatch, in a sentence, where it can't be read as one."""
    facts = of(inputs, name)
    file = facts.get("value")
    if "fault" in facts and isinstance(file, File):
        raise Mismatch(name, f"input '{name}': '{file.name}' can't be read as a picture: {facts['fault']}")
    return facts
