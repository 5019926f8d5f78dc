"""What a worker is asked to carry out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.run.control import Control


@dataclass
class Order:
    """One attempt at a run, as the server asks for it. `data` is the last that each node told of itself."""

    run: str
    attempt: int
    workflow: str
    inputs: dict[str, Any]
    targets: list[str] | None
    title: str = ""
    frozen: dict[str, str] = field(default_factory=dict)
    control: Control = field(default_factory=Control)
    data: dict[str, Any] = field(default_factory=dict)
