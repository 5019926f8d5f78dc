"""Workflows as a child process opens them: those that it opened lately are not read again."""

from __future__ import annotations

from collections import OrderedDict

from engine.host.host import Host
from engine.host.opening import Opened, open_bytes

KEPT = 32
KEPT_BYTES = 1 << 20


class Openings:
    """Opens for one host; names that a workflow holds are looked for in the library's folder first."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._migrations = {name: code.cls.migrate for name, code in host.registry.code.items()}
        self._kept: OrderedDict[tuple[bytes, str], Opened] = OrderedDict()

    def open(self, data: bytes, source: str) -> Opened:
        """The workflow in these bytes, JSON or a picture; `source` is what messages call it. Raises InvalidWorkflow."""
        opened = self._kept.pop((data, source), None)
        if opened is None:
            types = self._host.registry.types
            opened = open_bytes(data, source, self._host.home.workflows, types, self._migrations)
        if len(data) <= KEPT_BYTES:
            self._kept[data, source] = opened
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return opened
