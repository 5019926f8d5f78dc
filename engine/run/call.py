"""One call of one node: values checked at the door, long work driven step by step, errors told in place."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from typing import Any, TypeAlias

from engine.graph.faults import Fault, LoomError, at
from engine.graph.graph import GraphNode
from engine.graph.literals import SCALARS
from engine.graph.node import Expand, Need, Progress, Stop
from engine.graph.reading import NodeCode
from engine.run.context import CallContext
from engine.run.control import Cancelled, Control
from engine.run.events import Event, NodeData, NodeNotice, NodeProgress

log = logging.getLogger("latentloom.run")
PREVIEW_SECONDS = 0.2


class Failed(Exception):
    """A call failed; the fault says where and why."""

    def __init__(self, fault: Fault, item: int | None = None) -> None:
        self.fault = fault
        self.item = item
        super().__init__(fault.message)


class Skipped(Exception):
    """The node did not run after all; the text says why."""


Asks: TypeAlias = Generator[Event | Need | Expand, Any, Any]


class Call:
    """One call. `seconds` counts the node's own time, not what it waited for others.

    `partial`: it was stopped, or built on what was; `used_model`: a model had a share in what it built on. `data` is what the
    node showed of itself last. `context` is None for code that takes none.
    """

    __slots__ = (
        "_previewed",
        "_told",
        "code",
        "context",
        "control",
        "data",
        "item",
        "node",
        "partial",
        "seconds",
        "used_model",
    )

    def __init__(
        self,
        node: GraphNode,
        code: NodeCode,
        context: CallContext | None,
        control: Control,
        item: int | None = None,
        partial: bool = False,
    ) -> None:
        self.node = node
        self.code = code
        self.context = context
        self.control = control
        self.item = item
        self.seconds = 0.0
        self.partial = partial
        self.used_model = False
        self.data: Any = None
        self._previewed = -1.0
        self._told = 0

    def notices(self) -> Generator[Event, None, None]:
        """What the node told the user since the last time."""
        if self.context is not None:
            for message, input_name in self.context.notices[self._told :]:
                self._told += 1
                yield NodeNotice(self.node.address, message, input_name)

    def steps(self, work: Generator[Any, Any, Any]) -> Asks:
        """Drive the generator that `run` returned; yields events, `Need` and `Expand`, and returns what `run` returned."""
        reply: Any = None
        throw = False
        late = self.control.stopped and not self.partial
        try:
            while True:
                self.control.check()
                try:
                    asked = self.timed(work.throw, Stop()) if throw else self.timed(work.send, reply)
                except StopIteration as end:
                    return end.value
                except Stop:
                    raise Skipped("it was stopped before it had anything to keep") from None
                reply, throw = None, False
                yield from self.notices()
                if isinstance(asked, Progress):
                    if late:
                        raise Skipped("the run was stopped before it began")
                    yield from self._progress(asked)
                    throw = self.control.take_stop()
                    self.partial |= throw
                elif isinstance(asked, Need | Expand):
                    reply = yield asked
                else:
                    raise self.failure(f"yielded {asked!r}; a node yields Progress, Need or Expand")
        finally:
            work.close()

    def _progress(self, told: Progress) -> Generator[Event, None, None]:
        address, now = self.node.address, time.monotonic()
        left = self.seconds / told.step * (told.of - told.step) if told.step > 0 else None
        preview = None
        if told.preview is not None and self.control.watched and now - self._previewed >= PREVIEW_SECONDS:
            preview, self._previewed = told.preview, now
        yield NodeProgress(address, told.step, told.of, left, self.item, preview)
        if told.data is not None:
            self.data = told.data
            yield NodeData(address, told.data, self.item)

    def timed(self, step: Callable[..., Any], *given: Any) -> Any:
        """One step of the node, timed; whatever it raises becomes a fault in its place."""
        began = time.perf_counter()
        try:
            return step(*given)
        except (StopIteration, Stop, Cancelled, Failed, Skipped):
            raise
        except LoomError as error:
            raise self.failure(str(error)) from error
        except Exception as error:
            log.exception("node %s failed", self.node.address)
            first = next(iter(str(error).strip().splitlines()), "")
            raise self.failure(f"{type(error).__name__}: {first}".rstrip(": ")) from error
        finally:
            self.seconds += time.perf_counter() - began

    def failure(self, text: str, input_name: str | None = None) -> Failed:
        """A fault of this node, about one of its inputs where that is known."""
        address = self.node.address
        where = f" (item {self.item})" if self.item is not None else ""
        return Failed(Fault("node_failed", at(address, text + where), address, input_name), self.item)

    def unfit(self, error: Exception) -> Failed:
        """A fault of this node: what it returned cannot be digested."""
        return self.failure(f"returned what cannot travel: {error}")

    def accept(self, name: str, value: Any) -> Any:
        """A linked value at the door: literals are held to the input's bounds, as they would be in a file."""
        spec = self.node.type.inputs[name]
        check = SCALARS.get(spec.type)
        if check is None or (value is None and spec.optional):
            return value
        if type(value) is list:
            return [self.accept(name, item) for item in value]
        canonical, wrong = check(spec, value)
        if wrong is not None:
            raise self.failure(f"input '{name}' {wrong}", name)
        return canonical
