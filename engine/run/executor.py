"""Runs a checked graph: yields events, knows no progress bar, socket or file.

The loop is a trampoline. Nodes run in plan order inside one generator; when one of them has to wait (a lazy input, a
remembered value that is gone, an expansion), the plan is asked again and its generator goes on top of the stack, so that
nothing recurses over the depth of the graph.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from engine.graph.faults import InvalidWorkflow
from engine.graph.graph import Graph, GraphNode
from engine.graph.links import Source
from engine.graph.plan import eager_sources, plan
from engine.graph.records import MISSING
from engine.run.call import Failed, Skipped
from engine.run.control import Cancelled, Control
from engine.run.events import Event, NodeFailed, NodeSkipped, NodeSucceeded, RunEnded, RunPlanned
from engine.run.given import Wait
from engine.run.machine import Machine
from engine.run.outcome import Made, Outcome, Port
from engine.run.visit import Visit

Steps: TypeAlias = Generator[Event | Wait, Any, None]


@dataclass(frozen=True, slots=True)
class Output:
    """One thing that a run made: a value, or a list of them where its port carries many."""

    name: str
    source: Source
    many: bool
    values: tuple[Any, ...]
    digests: tuple[str, ...]
    partial: bool


@dataclass
class Run:
    """One run of a graph. Iterate `events()`; afterwards `outputs` holds what was made, `status` how it ended.

    `targets` names what is wanted (see Graph.targets). Raises InvalidWorkflow at once where faults refuse the run.
    """

    graph: Graph
    machine: Machine
    targets: Mapping[str, Source]
    control: Control = field(default_factory=Control)
    status: str = "queued"
    outputs: dict[str, Output] = field(default_factory=dict)

    def __post_init__(self) -> None:
        refusals = self.graph.refusals(self.targets.values())
        if refusals:
            raise InvalidWorkflow(refusals)
        self.nodes: dict[str, GraphNode] = dict(self.graph.nodes)
        self.outcomes: dict[str, Outcome] = {}
        self.skipped: dict[str, str] = {}
        self.gone: set[str] = set()
        self.wanted = {source.address for source in self.targets.values()}
        self.failed = False
        self._recalled: dict[str, Outcome] = {}
        self._waiting: dict[str, int] = {}
        self._held = set(self.wanted)
        self._pins = ExitStack()

    def events(self) -> Iterator[Event]:
        """Run, telling what happens. The last event is RunEnded. Closing the iterator cancels."""
        began = time.monotonic()
        self.status = "running"
        live = dict.fromkeys(source.address for source in self.targets.values() if source.address in self.nodes)
        try:
            yield from self._loop(Wait(tuple(live)))
            while lost := self._lost():
                yield from self._loop(Wait(lost, again=True))
            self._collect()
            self.status = "failed" if self.failed else "succeeded"
        except (Cancelled, GeneratorExit) as error:
            self.status = "cancelled"
            if isinstance(error, GeneratorExit):
                raise
        finally:
            self._pins.close()
        partial = any(output.partial for output in self.outputs.values()) or bool(self.control.stopped and self.skipped)
        yield RunEnded(self.status, time.monotonic() - began, partial)

    def _loop(self, first: Wait) -> Iterator[Event]:
        """The trampoline: generators wait on a stack while what they asked for is made."""
        stack: list[Steps] = [self._steps(first)]
        try:
            while stack:
                try:
                    item = next(stack[-1])
                except StopIteration:
                    stack.pop()
                    continue
                if isinstance(item, Wait):
                    stack.append(self._steps(item))
                else:
                    yield item
        finally:
            for steps in reversed(stack):
                steps.close()

    def _steps(self, asked: Wait) -> Steps:
        """Plan for what is wanted with what is at hand, and run that plan."""
        if asked.graph is not None:
            self._adopt(asked.graph, asked.given)
        if asked.again:
            self._forget(asked.wanted)
        if asked.again or asked.graph is not None:
            self._held.update(asked.wanted)
        found = plan(self.nodes, asked.wanted, self._at_hand)
        for address in found.cached:
            self._take(address)
        self._expect(found.order)
        yield RunPlanned(found.order, tuple(filter(self._remembered, found.cached)))
        for address in found.order:
            if self.failed:
                self.skipped.setdefault(address, "an earlier node failed")
                yield NodeSkipped(address, "an earlier node failed")
                continue
            yield from self._node(address)

    def _node(self, address: str) -> Steps:
        self.control.check()
        if address in self.outcomes:
            return
        node = self.nodes[address]
        reason = self._blocked(node)
        if reason is None:
            try:
                outcome = yield from Visit(self, node).steps()
            except Skipped as skipped:
                reason = str(skipped)
            except Failed as failed:
                self.failed = True
                self.skipped[address] = "it failed"
                yield NodeFailed(address, failed.fault, failed.item)
                return
        if reason is not None:
            self.skipped[address] = reason
            yield NodeSkipped(address, reason)
            return
        outcome.waiting = self._waiting.pop(address, 0)
        if node.type.volatile:
            self._held.add(address)  # it would give something else a second time
        self.outcomes[address] = outcome
        self._release_sources(node)
        digests = {name: _digest(port) for name, port in zip(node.type.outputs, outcome.ports, strict=True)}
        partial = self.control.stopped and outcome.partial
        yield NodeSucceeded(address, outcome.seconds, digests, outcome.cached, partial)
        if not outcome.waiting and address not in self._held:
            outcome.release()

    def _remembered(self, address: str) -> bool:
        return address in self.outcomes and self.outcomes[address].cached

    def _blocked(self, node: GraphNode) -> str | None:
        for source in eager_sources(node):
            if source in self.skipped:
                return f"'{source}' did not run"
        return None

    # What is at hand

    def _at_hand(self, node: GraphNode) -> bool:
        address = node.address
        if address in self.outcomes or address in self.skipped:
            return True
        if node.recipe is None or address in self.gone:
            return False
        found = self.machine.recall(node)
        if found is not None:
            self._recalled[address] = found
        return found is not None

    def _take(self, address: str) -> None:
        """Make an outcome of what the cache remembers, and pin it until the run ends."""
        if address in self.outcomes or address in self.skipped:
            return
        outcome = self.outcomes[address] = self._recalled.pop(address)
        self._pins.enter_context(self.machine.results.pin([made.digest for made in outcome.each()]))

    def _forget(self, wanted: Iterable[str]) -> None:
        """What was remembered of these is gone: make them anew."""
        for address in wanted:
            self.gone.add(address)
            self.outcomes.pop(address, None)

    def _adopt(self, graph: Graph, given: Mapping[str, Outcome]) -> None:
        """Take in the nodes of an expansion; what an earlier round made under the same addresses is let go."""
        for address, node in graph.nodes.items():
            self.nodes[address] = node
            self.outcomes.pop(address, None)
            self.skipped.pop(address, None)
        self.outcomes.update(given)

    # How long values live

    def _expect(self, order: Iterable[str]) -> None:
        """Count who is going to take a value from whom, lazily or not."""
        for address in order:
            for source in self.nodes[address].sources:
                outcome = self.outcomes.get(source)
                if outcome is not None:
                    outcome.waiting += 1
                else:
                    self._waiting[source] = self._waiting.get(source, 0) + 1

    def _release_sources(self, node: GraphNode) -> None:
        for source in node.sources:
            outcome = self.outcomes.get(source)
            if outcome is not None:
                outcome.waiting -= 1
                if outcome.waiting <= 0 and source not in self._held:
                    outcome.release()

    def _lost(self) -> tuple[str, ...]:
        """Wanted nodes whose remembered values were pushed out of the cache before they could be handed over."""
        lost = {}
        for source in self.targets.values():
            outcome = self.outcomes.get(source.address)
            for made in _each(outcome.ports[source.port]) if outcome is not None else ():
                value = self.machine.value(made)
                if value is MISSING:
                    lost[source.address] = True
                else:
                    made.value = value
        return tuple(lost)

    def _collect(self) -> None:
        for name, source in self.targets.items():
            outcome = self.outcomes.get(source.address)
            if outcome is None:
                continue
            port = outcome.ports[source.port]
            items = _each(port)
            values = tuple(made.value for made in items)
            digests = tuple(made.digest for made in items)
            self.outputs[name] = Output(
                name, source, isinstance(port, list), values, digests, any(made.partial for made in items)
            )


def _each(port: Port) -> list[Made]:
    return port if isinstance(port, list) else [port]


def _digest(port: Port) -> str:
    return port.digest if isinstance(port, Made) else "[" + ",".join(made.digest for made in port) + "]"
