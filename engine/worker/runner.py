"""Carries runs out, one after the other, on the thread that owns the device.

Pictures are encoded and written beside it (`writing`), while the run goes on and when the next one has the device: `ended` is
told when all that it made lies in its place, and before that, where something is still being written, `free`: it needs the
device no more.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from engine.graph.faults import Fault, InvalidWorkflow
from engine.host.host import Host
from engine.host.job import Finished, Writing, carry_out
from engine.host.outputs import among_assets
from engine.run.events import Event, NodeData, NodeProgress, OutputMade, RunEnded
from engine.run.executor import Run
from engine.run.report import RunReport
from engine.store.failpoints import failpoint
from engine.worker.messages import within_64_bits
from engine.worker.openings import Openings
from engine.worker.order import Order
from engine.worker.outbox import Outbox
from engine.worker.previews import small_jpeg
from engine.worker.telling import fields_of, seeds_of
from engine.worker.writing import Scribe

WRITERS = 2
UNWRITTEN = 4
log = logging.getLogger("latentloom.worker")


class Runner:
    """Runs orders on one host and tells `outbox`."""

    def __init__(self, host: Host, outbox: Outbox) -> None:
        self._host = host
        self._outbox = outbox
        self._openings = Openings(host)
        self._writers = ThreadPoolExecutor(WRITERS, "writer")
        self._room = threading.Semaphore(UNWRITTEN)

    def carry_out(self, order: Order) -> None:
        """Run one order up to where it needs the device no more; the rest goes on beside."""
        failpoint("worker.job")
        report = RunReport()
        try:
            opened = self._openings.open(order.workflow.encode(), order.title or "the workflow")
            job = self._openings.prepare(opened, order.inputs, order.targets, order.frozen)
            writing = Writing(job, report, among_assets(self._host.assets()))
            scribe = Scribe(order, writing, self._outbox, self._writers)
            run, ended = carry_out(job, report, self._watcher(order, scribe), order.control)
        except InvalidWorkflow as error:
            self._told_end(order, _refused(order, error.faults))
            return
        except Exception as error:  # the engine's own fault: it costs this run, and is told
            log.exception("run %s", order.run)
            self._told_end(order, _refused(order, [_broken(error)]))
            return
        if scribe.idle:
            self._conclude(order, scribe, run, ended)
            return
        self._room.acquire()
        self._outbox.put({"type": "free", "run": order.run})
        self._writers.submit(self._conclude_late, order, scribe, run, ended)

    def close(self) -> None:
        """Wait for what is being written."""
        self._writers.shutdown()

    def _watcher(self, order: Order, scribe: Scribe) -> Callable[[Event], None]:
        def watch(event: Event) -> None:
            if isinstance(event, OutputMade):
                scribe.take(event.output)
            fields = fields_of(event)
            if fields is None:
                return
            if isinstance(event, NodeData):
                order.data[event.node] = fields["data"]
            self._outbox.tell(order.run, order.attempt, event.type, fields)
            if isinstance(event, NodeProgress) and event.preview is not None:
                self._preview(order, event)

        return watch

    def _preview(self, order: Order, event: NodeProgress) -> None:
        """Send a small picture; one that cannot be made costs nothing but itself."""
        assert event.preview is not None
        try:
            picture = small_jpeg(event.preview())
        except Exception:
            log.exception("the preview of node %s", event.node)
            return
        if picture is not None:
            fields = {"node": event.node, "step": event.step} | ({} if event.item is None else {"item": event.item})
            self._outbox.tell(order.run, order.attempt, "node.preview", fields, picture)

    def _conclude_late(self, order: Order, scribe: Scribe, run: Run, ended: RunEnded) -> None:
        """The same, behind all that is still written of the run: these threads begin what they are given in that order."""
        try:
            self._conclude(order, scribe, run, ended)
        finally:
            self._room.release()

    def _conclude(self, order: Order, scribe: Scribe, run: Run, ended: RunEnded) -> None:
        """Tell the end, and what the run made."""
        try:
            finished = scribe.finished(run, ended)
        except Exception as error:
            log.exception("run %s", order.run)
            finished = _refused(order, [_broken(error)])
        failpoint("worker.written")
        self._told_end(order, finished, run)

    def _told_end(self, order: Order, finished: Finished, run: Run | None = None) -> None:
        types = {} if run is None else {address: node.type.name for address, node in run.nodes.items()}
        nodes: dict[str, Any] = {}
        for address, node in finished.nodes.items():
            assert isinstance(node, dict)
            nodes[address] = {**node, "type": types.get(address, "")}
        end = {
            "status": finished.status,
            "seconds": finished.seconds,
            "partial": finished.partial,
            "outputs": within_64_bits(finished.outputs),
            "nodes": nodes,
            "faults": [fault.to_json() for fault in finished.faults],
            "notices": [notice.to_json() for notice in finished.notices],
            "made_with": finished.made_with,
            "data": order.data,
            "seeds": {} if run is None else seeds_of(run.graph),
        }
        self._outbox.put({"type": "ended", "run": order.run, "attempt": order.attempt, "end": end})


def _refused(order: Order, faults: Any) -> Finished:
    return Finished(order.run, "failed", 0.0, faults=list(faults))


def _broken(error: Exception) -> Fault:
    first = next(iter(str(error).strip().splitlines()), "")
    return Fault("internal", f"the engine failed at this run: {type(error).__name__}: {first}".rstrip(": "))
