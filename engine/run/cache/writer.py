"""One background thread that does a queue of jobs in order, in batches."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Job = TypeVar("Job")

BATCH = 512
log = logging.getLogger(__name__)


class _Stop:
    """Ends the thread."""


class Writer(Generic[Job]):
    """Calls `work` with lists of jobs, in the order in which they came; the thread starts with the first.

    A job waits up to `linger` seconds for others to go with it, unless somebody waits for it.
    """

    def __init__(self, work: Callable[[list[Job]], None], name: str, linger: float = 0.0) -> None:
        self._work = work
        self._name = name
        self._linger = linger
        self._jobs: SimpleQueue[Job | threading.Event | _Stop] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def add(self, job: Job) -> bool:
        """Queue a job; returns at once. False, and the job is dropped, after `close`."""
        if self._thread is None or self._closed:
            return self._start(job)
        self._jobs.put(job)
        return True

    def _start(self, job: Job) -> bool:
        with self._lock:
            if self._closed:
                return False
            self._jobs.put(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            return True

    def flush(self) -> None:
        """Wait until all jobs added so far are done."""
        with self._lock:
            if self._thread is None or self._closed:
                return
            done = threading.Event()
            self._jobs.put(done)
        done.wait()

    def close(self) -> None:
        """Do what was added, then end the thread."""
        with self._lock:
            self._closed = True
            self._jobs.put(_Stop())
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while True:
            batch: list[Job] = []
            mark: Job | threading.Event | _Stop | None = self._jobs.get()
            until = time.monotonic() + self._linger
            try:
                while not isinstance(mark, threading.Event | _Stop) and len(batch) < BATCH:
                    batch.append(mark)  # type: ignore[arg-type]
                    mark = None
                    left = until - time.monotonic()
                    mark = self._jobs.get(timeout=left) if left > 0 else self._jobs.get_nowait()
            except Empty:
                pass
            self._finish(batch, mark)
            if isinstance(mark, _Stop):
                return

    def _finish(self, batch: list[Job], mark: object) -> None:
        if mark is not None and not isinstance(mark, threading.Event | _Stop):
            batch.append(mark)  # type: ignore[arg-type]
        try:
            if batch:
                self._work(batch)
        except Exception:  # the thread must live on, or whoever waits for it would wait for ever
            log.exception("%s: a batch of %d jobs failed", self._name, len(batch))
        if isinstance(mark, threading.Event):
            mark.set()
