"""What a worker says of its device: which models lie where, since when nobody uses them, and what memory is free."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from engine.run.models.cache import ModelCache, Resident
from engine.run.models.device import Device

ASK_SECONDS = 1.0
FREE_STEP = 16 << 20


class Holdings:
    """Says it where it differs from what was said last; `models` and `device` are None as long as nothing needed them.

    Free memory is told in steps of 16 MiB, for the last bytes of it never stand still. Any thread may ask.
    """

    def __init__(
        self,
        models: Callable[[], ModelCache | None],
        device: Callable[[], Device | None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._models = models
        self._device = device
        self._clock = clock
        self._asked = 0.0
        self._told: dict[str, Any] = {"resident": [], "memory": None}

    def news(self) -> list[dict[str, Any]]:
        """The message that there is to send, if any."""
        self._asked = self._clock()
        models = self._models()
        found = {
            "resident": [] if models is None else [self._resident(one) for one in models.stats()],
            "memory": self._memory(),
        }
        if found == self._told:
            return []
        self._told = found
        return [{"type": "models", **found}]

    def in_passing(self) -> list[dict[str, Any]]:
        """The same for one who asks all the time: looked at once a second, and only where a model is loaded."""
        if self._models() is None or self._clock() - self._asked < ASK_SECONDS:
            return []
        return self.news()

    def _memory(self) -> dict[str, int] | None:
        device = self._device()
        if device is None:
            return None
        return {"free": max(device.free(), 0) // FREE_STEP * FREE_STEP, "total": device.total()}

    def _resident(self, resident: Resident) -> dict[str, Any]:
        """`used` is when it was last leased, in whole seconds since 1970: it stands still while nobody uses it."""
        return {
            "fingerprint": getattr(resident.reference, "fingerprint", ""),
            "part": type(resident.reference).__name__,
            "place": resident.place,
            "bytes": resident.nbytes,
            "leases": resident.leases,
            "used": round(self._clock() - resident.idle_seconds),
        }
