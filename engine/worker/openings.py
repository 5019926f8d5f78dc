"""Workflows as a child process opens and prepares them: what it did lately is not done again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping

from engine.graph.records import JsonValue
from engine.host.host import Host
from engine.host.job import Job, prepare
from engine.host.opening import Opened, open_bytes

KEPT = 32
KEPT_BYTES = 1 << 20


class Openings:
    """Opens for one host; names that a workflow holds are looked for in the library's folder first."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._migrations = {name: code.cls.migrate for name, code in host.registry.code.items()}
        self._kept: OrderedDict[tuple[bytes, str], Opened] = OrderedDict()
        self._job: Job | None = None

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

    def prepare(
        self,
        opened: Opened,
        values: Mapping[str, JsonValue] | None = None,
        targets: Iterable[str] | None = None,
        frozen: Mapping[str, str] | None = None,
    ) -> Job:
        """Prepare a run of a workflow that was opened here (see `engine.host.job.prepare`).

        Where the one before was of the same workflow, as in a sweep, only what differs is checked.
        """
        before = self._job
        alike = before is not None and before.opened is opened and before.graph.checker.frozen == (frozen or {})
        previous = before.graph if before is not None and alike else None
        job = self._job = prepare(self._host, opened, values, targets, previous, frozen)
        return job
