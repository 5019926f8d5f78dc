"""The context of one call: all of the outside that a node touches."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.graph.records import Identity
from engine.graph.values import File, Folder
from engine.run.machine import Machine


@dataclass(slots=True)
class CallContext:
    """What a node is given.

    `leased` tells afterwards whether a model had a share in the result, `peak_bytes` how much device memory was held at most
    while models were on lease: None where none was, or where the device does not count.
    """

    address: str
    machine: Machine
    identities: Mapping[str, Identity]
    leased: bool = False
    peak_bytes: int | None = None
    notices: list[tuple[str, str | None]] = field(default_factory=list)
    _folder: Path | None = None

    @property
    def temporary(self) -> Path:
        """A folder of this call's own, made when first asked for."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="loom-"))
        return self._folder

    def identity(self, input: str) -> Identity:
        """What the literal of this input was resolved to."""
        return self.identities[input]

    @contextmanager
    def lease(self, *references: object) -> Iterator[tuple[Any, ...]]:
        """The modules behind model references, all at once."""
        self.leased = True
        models = self.machine.models
        models.reset_peak()
        try:
            with models.lease(*references) as modules:
                yield modules
        finally:
            peak = models.peak_bytes()
            if peak is not None:
                self.peak_bytes = max(peak, self.peak_bytes or 0)

    def path(self, file: File | Folder) -> Path:
        """Where a file or folder of the workflow lies."""
        return self.machine.path(file)

    def notice(self, message: str, input: str | None = None) -> None:
        """Tell the user something that is no error."""
        self.notices.append((message, input))

    def close(self) -> None:
        """Remove what the call left in its folder."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
