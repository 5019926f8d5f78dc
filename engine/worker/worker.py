"""The worker: one device, one run at a time, orders heard while it runs."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from engine.graph.faults import LoomError
from engine.packs import Registry
from engine.run.models.cache import ModelCache
from engine.run.models.device import Device
from engine.worker.frames import Frame
from engine.worker.freezing import keep
from engine.worker.holdings import Holdings
from engine.worker.looking import look_up
from engine.worker.messages import Hello
from engine.worker.order import Order
from engine.worker.outbox import Outbox
from engine.worker.reports import ReportingHost
from engine.worker.runner import Runner

IDLE_SECONDS = 0.2
log = logging.getLogger("latentloom.worker")


class Worker:
    """`take` hears what the server says, on the reader's thread; `live` works it off, on the thread that has the device."""

    def __init__(self, hello: Hello, registry: Registry, outbox: Outbox) -> None:
        self._host = ReportingHost(registry, hello.home, hello.device, outbox, hello.ram_bytes)
        self._outbox = outbox
        self._runner = Runner(self._host, outbox)
        self._orders: dict[str, Order] = {}
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._watched = False
        self._warm = hello.warm
        self._lock = threading.Lock()
        self._looker = ThreadPoolExecutor(1, "looker")
        self._holdings = Holdings(self._models, self._device)
        self._told_environment = ""
        outbox.beside = lambda: [*self._host.reports.take(), *self._holdings.in_passing()]

    def introduction(self) -> dict[str, Any]:
        """What the server wants to know of it at once."""
        return {}

    def take(self, frame: Frame) -> None:
        """Hear one message."""
        message = frame.message
        match frame.type:
            case "job":
                self._ordered(message, frame.buffers[0].decode())
            case "cancel" | "stop" | "watched":
                self._steered(frame.type, message)
            case "unload":
                self._work.put(lambda: self._unload(message["id"], message["fingerprint"]))
            case "look":
                self._look(message)
            case "keep":
                self._work.put(lambda: keep(self._host.results, message["recipes"]))
            case "end":
                self.end()

    def end(self) -> None:
        """Cancel what runs, and come to an end."""
        with self._lock:
            for order in self._orders.values():
                order.control.cancel()
        self._work.put(None)

    def live(self) -> None:
        """Work until told to end."""
        if self._warm:
            self._get_ready()
            self._tell_state()
        while (work := self._work.get()) is not None:
            work()
            self._tell_state()
        self._looker.shutdown(cancel_futures=True)
        self._runner.close()
        self._host.close()

    def _look(self, message: dict[str, Any]) -> None:
        """Look at values beside whatever runs; where no cache is open yet, on the thread that opens it."""

        def answer() -> None:
            looks = look_up(self._host.results, message["asked"])
            self._outbox.put({"type": "looked", "id": message["id"], "looks": looks})

        if "results" in self._host.__dict__:
            self._looker.submit(answer)
        else:
            self._work.put(answer)

    def _ordered(self, message: dict[str, Any], workflow: str) -> None:
        order = Order(
            *(message["run"], message["attempt"], workflow, message["inputs"], message["targets"], message["title"]),
            message["frozen"],
        )
        order.control.watched = self._watched
        with self._lock:
            self._orders[order.run] = order
        self._work.put(lambda: self._carry_out(order))

    def _carry_out(self, order: Order) -> None:
        try:
            self._runner.carry_out(order)
        finally:
            with self._lock:
                self._orders.pop(order.run, None)

    def _steered(self, how: str, message: dict[str, Any]) -> None:
        with self._lock:
            if how == "watched":
                self._watched = bool(message["on"])
                for order in self._orders.values():
                    order.control.watched = self._watched
                return
            ordered = self._orders.get(message["run"])
        if ordered is not None:
            ordered.control.cancel() if how == "cancel" else ordered.control.stop()

    def _get_ready(self) -> None:
        """What the first run would wait for, while nothing is asked: PyTorch, the device, the caches."""
        try:
            work = self._work.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            try:
                self._host.get_ready()
            except LoomError as error:
                log.warning("the device can't be used: %s", error)
            return
        self._work.put(work)

    def _unload(self, id: int, fingerprint: str) -> None:
        """Close what is loaded of a model; a message says how many parts, or why not."""
        models = self._models()
        closed, why = 0, ""
        try:
            for resident in models.stats() if models is not None else ():
                if models is not None and getattr(resident.reference, "fingerprint", None) == fingerprint:
                    closed += models.unload(resident.reference)
        except LoomError as error:
            why = str(error)
        self._outbox.put({"type": "unloaded", "id": id, "closed": closed, "why": why})

    def _tell_state(self) -> None:
        """Say what is loaded where, and what models' results depend on, if that is new."""
        environment = self._host.__dict__.get("environment", "")
        if environment != self._told_environment:
            self._told_environment = environment
            self._outbox.put({"type": "environment", "environment": environment})
        for news in self._holdings.news():
            self._outbox.put(news)

    def _models(self) -> ModelCache | None:
        """The model cache, where one was needed so far."""
        models = self._host.__dict__.get("models")
        return models if isinstance(models, ModelCache) else None

    def _device(self) -> Device | None:
        """The device, where one was asked for so far."""
        device: Device | None = self._host.__dict__.get("device")
        return device
