"""The clerk: opens workflows, checks them, says what would run. It has the packs, and no device.

What it is asked it answers one by one; what the workers report of their caches it takes in between.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from typing import Any

from engine.graph.faults import InvalidWorkflow, LoomError
from engine.packs import Registry
from engine.store.errors import StoreError
from engine.worker.desk import Desk
from engine.worker.frames import Frame
from engine.worker.messages import Hello
from engine.worker.mirror import ClerkHost
from engine.worker.outbox import Outbox

log = logging.getLogger("latentloom.clerk")


class Clerk:
    """`take` hears what the server says, on the reader's thread; `live` answers."""

    def __init__(self, hello: Hello, registry: Registry, outbox: Outbox) -> None:
        self._host = ClerkHost(registry, hello.home, hello.device)
        self._desk = Desk(self._host)
        self._outbox = outbox
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def introduction(self) -> dict[str, Any]:
        """What the server wants to know of it at once: the packs."""
        return {"packs": self._desk.packs()}

    def take(self, frame: Frame) -> None:
        """Hear one message."""
        match frame.type:
            case "ask":
                self._work.put(lambda: self._answer(frame))
            case "keys" | "forget" | "environment":
                self._work.put(lambda: self._host.mirror.take(frame.type, frame.message))
            case "end":
                self.end()

    def end(self) -> None:
        """Come to an end."""
        self._work.put(None)

    def live(self) -> None:
        """Answer until told to end."""
        while (work := self._work.get()) is not None:
            work()
        self._host.close()

    def _answer(self, frame: Frame) -> None:
        id, what = frame.message["id"], frame.message["what"]
        try:
            value = self._desk.answer(what, frame.message.get("given", {}), frame.buffers)
        except InvalidWorkflow as error:
            faults = [fault.to_json() for fault in error.faults]
            self._outbox.put({"type": "refused", "id": id, "faults": faults})
        except LoomError as error:
            code = error.code if isinstance(error, StoreError) else "refused"
            self._outbox.put({"type": "failed", "id": id, "code": code, "message": str(error)})
        except Exception as error:  # a pack's code, or ours: it costs this answer
            log.exception("asked for %s", what)
            self._outbox.put({"type": "failed", "id": id, "code": "internal", "message": f"{type(error).__name__}"})
        else:
            self._outbox.put({"type": "answer", "id": id, "value": value})
