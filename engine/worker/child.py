"""What both kinds of child have in common: streams, the packs, the reader thread, and how they end.

Frames come over standard input and go out over standard output; what nodes print goes to standard error, which the server
logs. When standard input ends the server is gone, and so is the child.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO, Protocol

from engine.packs import Registry, find_registry
from engine.worker.frames import BadFrame, Frame, encode, read
from engine.worker.messages import CLERK, Hello, hello_from
from engine.worker.outbox import Outbox

LAST_SECONDS = 2.0
log = logging.getLogger("latentloom.worker")


def main() -> int:
    """Live as what the first frame says; the exit status."""
    # A terminal's Ctrl-C and a service manager's stop reach all processes; they are for the server, which ends its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    incoming, outgoing = take_streams()
    first = read(incoming)
    if first is None or first.type != "hello":
        return 1
    hello = hello_from(first.message)
    registry = load_registry(hello, lambda pack: _say(outgoing, {"type": "importing", "pack": pack}))
    outbox = Outbox(outgoing)
    role = _role(hello, registry, outbox)
    start_reader(incoming, role.take, role.end)
    outbox.put({"type": "ready", "pid": os.getpid(), **role.introduction()})
    role.live()
    outbox.close()
    return 0


class Role(Protocol):
    """What a child is. `take` is called on the reader's thread, `live` on the first one."""

    def introduction(self) -> dict[str, Any]:
        """What the server wants to know of it at once."""

    def take(self, frame: Frame) -> None:
        """Hear one message."""

    def live(self) -> None:
        """Work until told to end."""

    def end(self) -> None:
        """Come to an end, from any thread."""


def _role(hello: Hello, registry: Registry, outbox: Outbox) -> Role:
    if hello.role == CLERK:
        from engine.worker.clerk import Clerk

        return Clerk(hello, registry, outbox)
    from engine.worker.worker import Worker

    return Worker(hello, registry, outbox)


def take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output as they are, for frames alone; whoever prints now prints to standard error."""
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdout.flush()
    os.dup2(2, 1)
    return incoming, outgoing


def _say(outgoing: BinaryIO, message: dict[str, Any]) -> None:
    """Send a message, and be sure that it is out: what comes next may be the end of the process."""
    outgoing.write(encode(message))
    outgoing.flush()


def load_registry(hello: Hello, importing: Callable[[str], None]) -> Registry:
    """The node types of this process. `importing` hears of each pack before it is imported."""
    if not hello.registry:
        return find_registry(hello.third_party, without=hello.without, importing=importing)
    module, _, name = hello.registry.partition(":")
    registry = getattr(import_module(module), name)
    assert isinstance(registry, Registry)
    return registry


def start_reader(incoming: BinaryIO, take: Callable[[Frame], None], end: Callable[[], None]) -> None:
    """Hand every frame to `take`, on a thread of its own; at the end of the stream, `end`, and soon the process."""

    def run() -> None:
        try:
            while (frame := read(incoming)) is not None:
                take(frame)
        except BadFrame:
            log.exception("the server is not understood")
        end()
        # What a node does now is nobody's any more, and may last: the caches survive an end at any moment.
        threading.Timer(LAST_SECONDS, os._exit, (0,)).start()

    threading.Thread(target=run, name="reader", daemon=True).start()
