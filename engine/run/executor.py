"""Runs a checked graph: yields events, knows no progress bar, socket or file.

The loop is a trampoline. Nodes run in plan order inside one generator; when one of them has to wait (a lazy input, a
remembered value that is gone, an expansion), the plan is asked again and its generator goes on top of the stack, so that
nothing recurses over the depth of the graph.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from engine.graph.faults import InvalidWorkflow
from engine.graph.freezing import gone
from engine.graph.graph import Graph, GraphNode
from engine.graph.links import Source
from engine.graph.plan import eager_sources, plan
from engine.graph.records import MISSING
from engine.run.cache import Trace
from engine.run.call import Failed, Skipped
from engine.run.control import Cancelled, Control
from engine.run.events import Event, NodeFailed, NodeSkipped, NodeSucceeded, OutputMade, RunEnded, RunPlanned
from engine.run.given import Given, Steps, Wait
from engine.run.lifetimes import Lifetimes
from engine.run.machine import Machine
from engine.run.make import trace_of
from engine.run.notices import noticed_inputs, told_again
from engine.run.outcome import Made, Outcome, Output, each
from engine.run.visit import visit

__all__ = ["Output", "Run"]


@dataclass
class Run:
    """One run of a graph. Iterate `events()`; `outputs` holds what was made so far, `status` how it ended.

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
        self.failed = False
        self.wanted: dict[str, list[str]] = {}
        for name, source in self.targets.items():
            self.wanted.setdefault(source.address, []).append(name)
        self._recalled: dict[str, Outcome] = {}
        self._lifetimes = Lifetimes(self.nodes, self.outcomes, self.wanted)
        self._noticed: set[str] = set()
        self._told: set[str] = set()
        self._pins = ExitStack()

    def events(self) -> Generator[Event, None, None]:
        """Run, telling what happens. The last event is RunEnded. Closing the iterator cancels."""
        began = time.monotonic()
        self.status = "running"
        try:
            yield from self._loop(Wait(tuple(address for address in self.wanted if address in self.nodes)))
            while lost := self._lost():
                yield from self._loop(Wait(lost, again=True))
            self.status = "failed" if self.failed else "succeeded"
        except (Cancelled, GeneratorExit) as error:
            self.status = "cancelled"
            if isinstance(error, GeneratorExit):
                raise
        finally:
            self._pins.close()
        self.outputs = {name: self.outputs[name] for name in self.targets if name in self.outputs}
        partial = any(output.partial for output in self.outputs.values()) or bool(self.control.stopped and self.skipped)
        yield RunEnded(self.status, time.monotonic() - began, partial)

    def _loop(self, first: Wait) -> Iterator[Event]:
        """The trampoline: generators wait on a stack while what they asked for is made."""
        stack: list[Steps[None]] = [self._steps(first)]
        try:
            while stack:
                for item in stack[-1]:
                    if isinstance(item, Wait):
                        stack.append(self._steps(item))
                        break
                    yield item
                else:
                    stack.pop()
        finally:
            for steps in reversed(stack):
                steps.close()

    def _steps(self, asked: Wait) -> Steps[None]:
        """Plan for what is wanted with what is at hand, and run that plan."""
        if asked.graph is not None:
            self._adopt(asked.graph, asked.given)
        if asked.again:
            self._forget(asked.wanted)
        if asked.again or asked.graph is not None:
            self._lifetimes.kept.update(asked.wanted)
        found = plan(self.nodes, asked.wanted, self._at_hand)
        taken = [address for address in found.cached if self._take(address)]
        self._lifetimes.expect(found.order)
        yield RunPlanned(found.order, tuple(filter(self._remembered, found.cached)))
        for address in taken:
            yield from self._remembered_now(address)
        for address in found.order:
            yield from self._turn(address)

    # A node's turn

    def _turn(self, address: str) -> Steps[None]:
        node = self.nodes[address]
        if address in self.outcomes:  # another round has been faster
            self._lifetimes.had_turn(node)
            return
        ending: Event
        try:
            if self.skipped or self.control.cancelled:
                self._check(node)
            if node.held:
                raise Failed(gone(address))
            outcome = yield from visit(Given(self, node))
        except Skipped as skipped:
            self.skipped.setdefault(address, str(skipped))
            ending = NodeSkipped(address, str(skipped))
        except Failed as failed:
            self.failed = True
            self.skipped[address] = "it failed"
            ending = NodeFailed(address, failed.fault, failed.item)
        else:
            ending = self._succeeded(node, outcome)
        self._lifetimes.had_turn(node)
        yield ending
        if address in self.wanted:
            yield from self._hand_over(address)

    def _check(self, node: GraphNode) -> None:
        """Raises Skipped where this node is not to run after all, and Cancelled."""
        if self.failed:
            raise Skipped("an earlier node failed")
        self.control.check()
        if self.skipped:
            for source in eager_sources(node):
                if source in self.skipped:
                    raise Skipped(f"'{source}' did not run")

    def _succeeded(self, node: GraphNode, outcome: Outcome) -> NodeSucceeded:
        """Note what a node gave, under its recipe too: so that next time nothing upstream is even looked at."""
        self.outcomes[node.address] = outcome
        if node.type.volatile:
            self._lifetimes.kept.add(node.address)  # it would give something else a second time
        noticed = noticed_inputs(node, self._noticed) if self._noticed else ()
        if noticed or outcome.notices or outcome.data:
            self._noticed.add(node.address)
            self._told.add(node.address)
        if node.recipe is not None:
            trace = outcome.trace
            if trace is None or noticed:
                trace = self._noted(outcome, noticed)
            if trace is not None:
                self.machine.results.record(node.recipe, trace)
        digests: dict[str, str] = {}
        for name in node.type.outputs:
            port = outcome.ports[len(digests)]
            digests[name] = port.digest if type(port) is Made else f"[{','.join([made.digest for made in each(port)])}]"
        partial = self.control.stopped and outcome.partial
        return NodeSucceeded(node.address, outcome.seconds, digests, outcome.cached, partial, outcome.peak_bytes)

    def _noted(self, outcome: Outcome, noticed: tuple[str, ...]) -> Trace | None:
        """What a recipe is to lead to; None for what is partial."""
        if outcome.trace is not None:
            return replace(outcome.trace, noticed=noticed)
        if outcome.partial:
            return None
        environment = next((made.environment for made in outcome.each() if made.environment), "")
        return trace_of(self.machine, outcome, environment, noticed)

    # What is at hand

    def _at_hand(self, node: GraphNode) -> bool:
        address = node.address
        if address in self.outcomes or address in self.skipped:
            return True
        found = None if address in self.gone else self.machine.recall(node)
        if found is None:
            return False
        self._recalled[address] = found
        return True

    def _remembered(self, address: str) -> bool:
        return address in self.outcomes and self.outcomes[address].cached

    def _take(self, address: str) -> bool:
        """Make an outcome of what the cache remembers, and pin it until the run ends; False where there is one already."""
        if address in self.outcomes or address in self.skipped:
            return False
        outcome = self.outcomes[address] = self._recalled.pop(address)
        self._pins.enter_context(self.machine.results.pin([made.digest for made in outcome.each()]))
        return True

    def _remembered_now(self, address: str) -> Iterator[Event]:
        """Tell of a node that the cache remembered what else is to be told."""
        trace = self.outcomes[address].trace
        if trace is not None and (trace.notices or trace.noticed or trace.data):
            self._noticed.add(address)
            yield from told_again(self.nodes, address, self.machine.results, self._told)
        if address in self.wanted:
            yield from self._hand_over(address)

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

    # What the run is for

    def _hand_over(self, address: str) -> Iterator[Event]:
        """Tell of each output that this node makes; one whose remembered value is gone waits for `_lost`."""
        outcome = self.outcomes.get(address)
        if outcome is None:
            return
        for name in self.wanted[address]:
            source = self.targets[name]
            port = outcome.ports[source.port]
            made = each(port)
            values = tuple([self.machine.value(one) for one in made])
            if name in self.outputs or any(value is MISSING for value in values):
                continue
            partial = any(one.partial for one in made)
            digests = tuple([one.digest for one in made])
            output = self.outputs[name] = Output(name, source, isinstance(port, list), values, digests, partial)
            yield OutputMade(output)

    def _lost(self) -> tuple[str, ...]:
        """Wanted nodes whose remembered values were pushed out of the cache before they could be handed over."""
        missing = [source.address for name, source in self.targets.items() if name not in self.outputs]
        return tuple(dict.fromkeys(address for address in missing if address in self.outcomes))
