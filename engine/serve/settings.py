"""What a service is started with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.store.home import Home, find_home
from engine.store.runs.records import LOCAL
from engine.worker.messages import Hello


@dataclass(frozen=True)
class Settings:
    """`devices` as the command line has them, a worker each. `registry` names a `Registry` ("module:NAME") for tests and for
    programs that embed the engine; "" means the installed packs, `third_party` False the built-in one alone.

    `grace_seconds` is how long a worker may take to answer a cancel, `hang_seconds` how long a process may be silent,
    `finish_seconds` how long a stop waits for runs to end by themselves. `ram_bytes` is what results may hold of the memory
    in each worker; None is the engine's own measure.
    """

    home: Home = field(default_factory=find_home)
    devices: tuple[str, ...] = ("auto",)
    third_party: bool = True
    registry: str = ""
    warm: bool = True
    owner: str = LOCAL
    grace_seconds: float = 10.0
    hang_seconds: float = 30.0
    finish_seconds: float = 2.0
    ram_bytes: int | None = None

    def hello(self, role: str, device: str, without: Mapping[str, str]) -> Hello:
        """What a child is told first."""
        folders = tuple(map(str, self.home.model_folders))
        packs = (self.registry, self.third_party, dict(without))
        return Hello(role, str(self.home.root), folders, device, *packs, self.warm, self.ram_bytes)
