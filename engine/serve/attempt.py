"""One attempt at a run, while a worker has it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from engine.store.runs.queueing import Claimed

_STATES = {"node.started": "running", "node.failed": "failed", "node.skipped": "skipped"}


@dataclass(eq=False)
class Attempt:
    """`on_device`: it still needs the device. `nodes` and `data` are what is known of it before it ends."""

    claimed: Claimed
    on_device: bool = True
    noted: asyncio.Future[Any] | None = None
    patience: asyncio.TimerHandle | None = None
    nodes: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The run."""
        return self.claimed.run.id

    @property
    def number(self) -> int:
        """Which start of the run this is, from 1."""
        return self.claimed.run.attempts

    def job(self) -> dict[str, Any]:
        """What the worker is told; the workflow goes beside it."""
        run = self.claimed.run
        asked = {"inputs": run.inputs, "targets": run.targets, "title": run.title, "frozen": run.frozen}
        return {"type": "job", "run": run.id, "attempt": run.attempts, **asked}

    def see(self, type: str, fields: dict[str, Any]) -> None:
        """Take in what the run tells."""
        if type == "run.planned":
            self.nodes.update(dict.fromkeys(fields["cached"], "cached"))
        elif type == "node.succeeded":
            self.nodes[fields["node"]] = "cached" if fields.get("cached") else "ran"
        elif type in _STATES:
            self.nodes[fields["node"]] = _STATES[type]
        elif type == "node.data":
            self.data[fields["node"]] = fields["data"]

    def over(self) -> None:
        """Nobody waits for it any more."""
        if self.patience is not None:
            self.patience.cancel()
