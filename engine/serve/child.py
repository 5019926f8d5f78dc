"""A child process as the event loop has it: started, spoken to, listened to, ended."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

from engine.worker.frames import LENGTH, BadFrame, Frame, encode, parse, size_of
from engine.worker.messages import Hello

STREAM_BYTES = 1 << 20
START_FACTOR = 4
KILLED_SECONDS = 1.0
log = logging.getLogger("latentloom.serve")


class Child:
    """One process, which lives once. `heard` gets every frame, `ended` why it is no more; both on the event loop.

    `silent` counts the ticks since it was last heard; `importing` is the pack that it imports now.
    """

    def __init__(self, hello: Hello, heard: Callable[[Frame], None], ended: Callable[[str], None]) -> None:
        self.hello = hello
        self.ready = False
        self.silent = 0
        self.importing: str | None = None
        self._heard = heard
        self._ended = ended
        self._why = ""
        self._early: list[bytes] = []
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start the process. It is spoken to at once; it hears when it has its packs."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "engine.worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=STREAM_BYTES,
        )
        assert self._process.stdin is not None
        self._process.stdin.writelines([encode(self.hello.to_message()), *self._early])
        self._early.clear()
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._log())]

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return None if self._process is None else self._process.pid

    def send(self, message: dict[str, object], buffers: Sequence[bytes] = ()) -> None:
        """Say something; it is heard once the process is there, and not where it is gone."""
        if self._process is None:
            self._early.append(encode(message, buffers))
        elif self._process.stdin is not None:
            with suppress(ConnectionError, RuntimeError):
                self._process.stdin.write(encode(message, buffers))

    def tick(self, seconds: float) -> None:
        """A second is over: a process that was silent for so many is ended; one that still starts has longer."""
        self.silent += 1
        if self.silent >= (seconds if self.ready else seconds * START_FACTOR):
            self.kill(f"it gave no sign of life for {self.silent} seconds")

    def kill(self, why: str) -> None:
        """End the process now; `ended` is told why."""
        self._why = self._why or why
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def end(self, seconds: float) -> None:
        """Ask it to end, and see that it has within this time. `ended` is not told."""
        self._ended = lambda why: None
        self.send({"type": "end"})
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), seconds)
        except TimeoutError:
            self.kill("it did not end")
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), KILLED_SECONDS)
        # What a node started may hold the streams open for longer than the process lives.
        _, open_still = await asyncio.wait(self._tasks, timeout=0.5)
        for task in open_still:
            task.cancel()
        process._transport.close()  # type: ignore[attr-defined]  # there is no other way to let go of its pipes

    async def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        try:
            while (frame := await receive(self._process.stdout)) is not None:
                self.silent = 0
                self._take(frame)
        except BadFrame as error:
            self.kill(f"it is not understood: {error}")
        status = await self._process.wait()
        self._ended(self._why or _in_words(status))

    def _take(self, frame: Frame) -> None:
        if frame.type == "importing":
            self.importing = str(frame.message["pack"])
        elif frame.type == "ready":
            self.ready, self.importing = True, None
        try:
            self._heard(frame)
        except Exception:
            log.exception("what the %s said could not be taken in: %s", self.hello.role, frame.type)

    async def _log(self) -> None:
        """Pass on what the process prints."""
        assert self._process is not None
        assert self._process.stderr is not None
        child = logging.getLogger(f"latentloom.{self.hello.role}")
        while chunk := await self._process.stderr.read(STREAM_BYTES):
            for line in chunk.decode(errors="replace").splitlines():
                child.info("%s", line)


async def receive(reader: asyncio.StreamReader) -> Frame | None:
    """The next frame, None at the end of the stream. Raises BadFrame."""
    try:
        head = await reader.readexactly(size_of(await reader.readexactly(LENGTH)))
        message, sizes = parse(head)
        return Frame(message, tuple([await reader.readexactly(size) for size in sizes]))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def _in_words(status: int) -> str:
    if status >= 0:
        return f"it ended with exit status {status}"
    with suppress(ValueError):
        return f"it was ended by {signal.Signals(-status).name}"
    return f"it was ended by signal {-status}"
