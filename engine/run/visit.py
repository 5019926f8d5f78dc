"""One node's turn: look it up by what it is given, else have it called, once or once an item of a list."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from engine.graph.graph import GraphNode
from engine.graph.keys import action_key
from engine.run.cache import Claims
from engine.run.call import Skipped
from engine.run.events import Event
from engine.run.given import Given, Inputs, Wait, digests_of, is_partial
from engine.run.make import Done, Make
from engine.run.outcome import Made, Outcome

if TYPE_CHECKING:
    from engine.run.executor import Run


class Visit:
    """A node's turn in a run."""

    def __init__(self, run: Run, node: GraphNode) -> None:
        self.run = run
        self.node = node
        self.machine = run.machine
        self.given = Given(run, node)
        self.make = Make(self.given)

    def steps(self) -> Generator[Event | Wait, Any, Outcome]:
        """Have the node's outputs. Raises Skipped or Failed."""
        inputs = self.given.eager()
        if self.node.mapped:
            done = yield from self._mapped(inputs)
        else:
            done = yield from self._one(inputs, None)
        self._remember(done)
        return Outcome(done.ports, done.seconds, done.cached)

    def _remember(self, done: Done) -> None:
        """Note the result under the recipe, so that next time nothing upstream is even looked at."""
        if self.node.recipe is None:
            return
        trace = done.trace
        if trace is None:
            environment = ""
            for port in done.ports:
                for made in port if isinstance(port, list) else (port,):
                    if made.partial:
                        return
                    environment = made.environment or environment
            trace = self.make.trace(done.ports, done.seconds, environment)
        self.machine.results.record(self.node.recipe, trace)

    def _mapped(self, inputs: Inputs) -> Generator[Event | Wait, Any, Done]:
        """Call the node once an item. Several lists are walked in step; a list of one repeats."""
        specs = self.node.type.inputs
        lists = {name: port for name, port in inputs.items() if isinstance(port, list) and not specs[name].list}
        count = self._count(lists)
        collected: list[list[Made]] = [[] for _ in self.node.type.outputs]
        seconds, cached = 0.0, count > 0
        for index in range(count):
            item = {
                name: port[index % len(port)] if name in lists and isinstance(port, list) else port
                for name, port in inputs.items()
            }
            try:
                done = yield from self._one(item, index)
            except Skipped:
                if not self.run.control.stopped or not any(collected):
                    raise
                break
            for many, port in zip(collected, done.ports, strict=True):
                many.extend(port if isinstance(port, list) else [port])
            seconds += done.seconds
            cached = cached and done.cached
        if len(collected) and count and any(made.partial for many in collected for made in many):
            cached = False
        return Done(tuple(collected), seconds, cached)

    def _count(self, lists: dict[str, list[Made]]) -> int:
        lengths = {name: len(port) for name, port in lists.items()}
        if not lengths:
            return 1
        if 0 in lengths.values():
            return 0
        longest = max(lengths.values())
        several = {length for length in lengths.values() if length > 1}
        if len(several) < 2:
            return longest
        if any(made.partial for port in lists.values() for made in port):
            return min(several)  # a stop cut one of them short
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        call = self.make.call(None, False)
        raise call.failure(
            f"the lists given to it have different lengths: {told}; give lists of one length, or of one item"
        )

    def _one(self, inputs: Inputs, item: int | None) -> Generator[Event | Wait, Any, Done]:
        partial = is_partial(inputs)
        first = None if partial or self.node.type.volatile else action_key(self.node.base, digests_of(inputs))
        taken, key = inputs, first if self.node.address not in self.run.gone else None
        while key is not None and (trace := self.machine.results.trace(key)) is not None:
            if trace.need is None:
                found = self.machine.outcome(self.node, trace, mapped=False)
                if found is None:
                    break
                return Done(found.ports, found.seconds, True, trace)
            port = yield from self.make.lazy(trace.need, item)
            taken = {**taken, trace.need: port}
            key = action_key(key, digests_of({trace.need: port})) if not is_partial(taken) else None
        if first is None or self.node.lazy or self.machine.claims is None:
            return (yield from self.make.outputs(inputs, item, first, partial))
        return (yield from self._shared(self.machine.claims, inputs, item, first))

    def _shared(
        self, claims: Claims[bool], inputs: Inputs, item: int | None, key: str
    ) -> Generator[Event | Wait, Any, Done]:
        """Make it, unless another run is at it: then take what that one made."""
        # What has to be made again for this call is made before the claim: it may ask for the very same key.
        yield from self.given.load(inputs, item)
        with claims.claim(key, self.run.control.check) as claim:
            if claim.result is True and (trace := self.machine.results.trace(key)) is not None:
                found = self.machine.outcome(self.node, trace, mapped=False)
                if found is not None:
                    return Done(found.ports, found.seconds, True, trace)
            done = yield from self.make.outputs(inputs, item, key, False)
            claim.fulfil(True)
        return done
