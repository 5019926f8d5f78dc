"""What the server says to its children, and what a run tells, as the outside has it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine.store.home import Home

WORKER, CLERK = "worker", "clerk"


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message: what the child is to be.

    `registry` names a `Registry` as "module:NAME" ("" for the installed packs, `third_party` False for the built-in one
    alone); `without` are packs that are not to be imported, each with the reason. `warm`: get ready while nothing is asked.
    `ram_bytes` is what results may hold of the memory, None for the host's own measure.
    """

    role: str
    root: str
    model_folders: tuple[str, ...]
    device: str = "auto"
    registry: str = ""
    third_party: bool = True
    without: dict[str, str] = field(default_factory=dict)
    warm: bool = True
    ram_bytes: int | None = None

    def to_message(self) -> dict[str, Any]:
        """As a frame's message."""
        return {"type": "hello", **asdict(self)}

    @property
    def home(self) -> Home:
        """The data folders."""
        return Home(Path(self.root), tuple(map(Path, self.model_folders)))


def hello_from(message: dict[str, Any]) -> Hello:
    """The first message as it came."""
    given = {name: value for name, value in message.items() if name != "type"}
    return Hello(**(given | {"model_folders": tuple(given["model_folders"])}))


def within_64_bits(value: Any) -> Any:
    """Plain JSON with whole numbers beyond 64 bits as decimal strings, as files write them."""
    if isinstance(value, dict):
        return {key: within_64_bits(item) for key, item in value.items()}
    if isinstance(value, list):
        return [within_64_bits(item) for item in value]
    return str(value) if type(value) is int and not -(2**63) <= value < 2**64 else value
