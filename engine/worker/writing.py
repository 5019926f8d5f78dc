"""Puts what a run makes among the assets while it goes on, and tells of each output as soon as it lies there."""

from __future__ import annotations

import logging
from concurrent.futures import Executor, Future, wait

from engine.graph.faults import LoomError
from engine.host.job import Finished, Writing
from engine.host.outputs import is_plain
from engine.run.events import RunEnded
from engine.run.executor import Run
from engine.run.outcome import Output
from engine.store.failpoints import failpoint
from engine.worker.messages import within_64_bits
from engine.worker.order import Order
from engine.worker.outbox import Outbox

log = logging.getLogger("latentloom.worker")


class Scribe:
    """Writes one run's outputs on the threads of `writers`. One that can't be written costs the run its success, no more."""

    def __init__(self, order: Order, writing: Writing, outbox: Outbox, writers: Executor) -> None:
        self._order = order
        self._writing = writing
        self._outbox = outbox
        self._writers = writers
        self._under_way: list[Future[None]] = []

    def take(self, output: Output) -> None:
        """Have an output written; does not wait. What is no file is told at once."""
        if all(is_plain(value) for value in output.values):
            self._write(output)
        else:
            self._under_way.append(self._writers.submit(self._write, output))

    @property
    def idle(self) -> bool:
        """Whether all that it took is written."""
        return all(future.done() for future in self._under_way)

    def finished(self, run: Run, ended: RunEnded) -> Finished:
        """Wait until all is written; what there is to say of the run then."""
        wait(self._under_way)
        return self._writing.finished(run, ended)

    def _write(self, output: Output) -> None:
        try:
            entries = self._writing.write(output)
        except Exception as error:
            log.exception("output '%s' of run %s could not be written", output.name, self._order.run)
            self._writing.fail(output, _unwritten(error))
            return
        if entries is not None:
            failpoint("worker.output")
            told = {"output": output.name, "entries": within_64_bits(entries)}
            self._outbox.tell(self._order.run, self._order.attempt, "run.output", told)


def _unwritten(error: Exception) -> str:
    if isinstance(error, LoomError):
        return str(error)
    if isinstance(error, OSError):
        return f"it could not be written: {error.strerror or error}"
    return f"the engine failed at writing it: {type(error).__name__}: {error}".rstrip(": ")
