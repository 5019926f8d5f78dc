"""How a server is set up: plain data, made by the command line or by a test."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from engine.store.home import Home, find_home

EDITOR = Path(__file__).parent / "editor"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may cost; bytes, pixels and seconds."""

    json_bytes: int = 8_500_000  # a workflow of 8 MB and what stands around it
    upload_bytes: int = 512 << 20
    pixels: int = 64_000_000  # what the built-in nodes read
    body_seconds: float = 60.0
    idle_seconds: float = 30.0
    free_bytes: int = 256 << 20  # what is left free on the disk whatever is asked


@dataclass(frozen=True, slots=True)
class Settings:
    """`token`, where there is one, is asked of every request; `names` are further names under which it may be called.

    `folder_seconds` pass between two looks at the library, the inputs and the model folders. `devices`, `third_party`,
    `registry` and `warm` are the engine's (`engine.serve.settings`).
    """

    home: Home = field(default_factory=find_home)
    host: str = "127.0.0.1"
    port: int = 8765
    devices: tuple[str, ...] = ("auto",)
    token: str | None = None
    names: frozenset[str] = frozenset()
    third_party: bool = True
    registry: str = ""
    warm: bool = True
    editor: Path = EDITOR
    limits: Limits = field(default_factory=Limits)
    folder_seconds: float = 2.0

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address or name to bind to is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
