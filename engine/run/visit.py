"""One node's turn: look it up by what it is given, else call it, once or once an item of a list."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from types import GeneratorType
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.graph.bind import Const
from engine.graph.faults import known
from engine.graph.graph import Graph, GraphNode
from engine.graph.keys import action_key
from engine.graph.links import Source
from engine.graph.node import Artifact, Expand, Need
from engine.graph.records import MISSING
from engine.run.cache import Claims, Trace
from engine.run.call import Call, Failed, Skipped
from engine.run.codec import detach, digest
from engine.run.context import CallContext
from engine.run.events import Event, NodeStarted
from engine.run.expansion import expansion_graph
from engine.run.outcome import Made, Outcome, Port

if TYPE_CHECKING:
    from engine.run.executor import Run

__all__ = ["Failed", "Skipped", "Visit", "Wait"]


@dataclass(frozen=True, slots=True)
class Wait:
    """Asks the executor to have these nodes done first. `again`: even though they were; `graph`: after taking it in."""

    wanted: tuple[str, ...]
    again: bool = False
    graph: Graph | None = None
    given: Mapping[str, Outcome] = field(default_factory=dict)


Steps: TypeAlias = Generator[Event | Wait, Any, Any]
Inputs: TypeAlias = dict[str, Port]
_PLAIN = frozenset({int, float, str, bool, type(None)})


@dataclass(slots=True)
class Done:
    """What one call, or the memory of one, gave; `trace` is what was noted of it."""

    ports: tuple[Port, ...]
    seconds: float
    cached: bool
    trace: Trace | None = None


class Visit:
    """A node's turn in a run."""

    def __init__(self, run: Run, node: GraphNode) -> None:
        self.run = run
        self.node = node
        self.machine = run.machine

    def steps(self) -> Generator[Event | Wait, Any, Outcome]:
        """Have the node's outputs. Raises Skipped or Failed."""
        inputs = self._eager_inputs()
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
            trace = self._trace(done.ports, done.seconds, environment)
        self.machine.results.record(self.node.recipe, trace)

    # Inputs

    def _eager_inputs(self) -> Inputs:
        node = self.node
        return {
            name: self._input(name) for table in (node.links, node.lists) for name in table if name not in node.lazy
        }

    def _input(self, name: str) -> Port:
        """What the sources of an input made: one value, or many."""
        source = self.node.links.get(name)
        if source is not None:
            return self._port(source)
        items: list[Made] = []
        for item in self.node.lists[name]:
            if isinstance(item, Const):
                items.append(Made(f"={digest(item.value)}", item.value))
                continue
            port = self._port(item)
            items.extend(port if isinstance(port, list) else [port])
        return items

    def _port(self, source: Source) -> Port:
        outcome = self.run.outcomes.get(source.address)
        if outcome is None:
            raise Skipped(f"'{source.address}' did not run")
        return outcome.ports[source.port]

    def _sources(self, name: str) -> tuple[str, ...]:
        source = self.node.links.get(name)
        if source is not None:
            return (source.address,)
        return tuple(dict.fromkeys(item.address for item in self.node.lists[name] if isinstance(item, Source)))

    # Lists

    def _mapped(self, inputs: Inputs) -> Generator[Event | Wait, Any, Done]:
        """Call the node once an item. Several lists are walked in step; a list of one repeats."""
        specs = self.node.type.inputs
        lists = {name: port for name, port in inputs.items() if isinstance(port, list) and not specs[name].list}
        count = self._count(lists)
        collected: list[list[Made]] = [[] for _ in self.node.type.outputs]
        seconds, cached = 0.0, True
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
        call = self._call(None, False)
        raise call.failure(
            f"the lists given to it have different lengths: {told}; give lists of one length, or of one item"
        )

    # One call

    def _one(self, inputs: Inputs, item: int | None) -> Generator[Event | Wait, Any, Done]:
        partial = _partial(inputs)
        first = None if partial or self.node.type.volatile else action_key(self.node.base, _digests(inputs))
        taken, key = inputs, first if self.node.address not in self.run.gone else None
        while key is not None and (trace := self.machine.results.trace(key)) is not None:
            if trace.need is None:
                found = self.machine.outcome(self.node, trace, mapped=False)
                if found is None:
                    break
                return Done(found.ports, found.seconds, True, trace)
            port = yield from self._lazy(trace.need, item)
            taken = {**taken, trace.need: port}
            key = action_key(key, _digests({trace.need: port})) if not _partial(taken) else None
        if first is None or self.node.lazy or self.machine.claims is None:
            return (yield from self._make(inputs, item, first, partial))
        return (yield from self._shared(self.machine.claims, inputs, item, first))

    def _shared(
        self, claims: Claims[bool], inputs: Inputs, item: int | None, key: str
    ) -> Generator[Event | Wait, Any, Done]:
        """Make it, unless another run is at it: then take what that one made."""
        with claims.claim(key, self.run.control.check) as claim:
            if claim.result is True and (trace := self.machine.results.trace(key)) is not None:
                found = self.machine.outcome(self.node, trace, mapped=False)
                if found is not None:
                    return Done(found.ports, found.seconds, True, trace)
            done = yield from self._make(inputs, item, key, False)
            claim.fulfil(True)
        return done

    def _lazy(self, name: str, item: int | None) -> Generator[Event | Wait, Any, Port]:
        yield Wait(self._sources(name))
        return self._item_of(name, item)

    def _item_of(self, name: str, item: int | None) -> Port:
        """What an input is given in one call: one item where the node is called once an item."""
        port = self._input(name)
        if isinstance(port, list) and not self.node.type.inputs[name].list:
            return port[(item or 0) % len(port)]
        return port

    def _call(self, item: int | None, partial: bool) -> Call:
        node = self.node
        context = CallContext(node.address, self.machine, node.binding.identities)
        code = self.machine.code[node.type.name]
        return Call(code, node.type.inputs, context, self.run.control, item, partial)

    def _make(
        self, inputs: Inputs, item: int | None, key: str | None, partial: bool
    ) -> Generator[Event | Wait, Any, Done]:
        """Call the node. `inputs` grows by the lazy ones that it takes, `key` by what it asked for."""
        node = self.node
        inputs = dict(inputs)
        values = {name: self._loaded(port) for name, port in inputs.items()}
        if any(map(_gone, values.values())):
            values = yield from self._values(inputs, item)
        call = self._call(item, partial)
        for name in values:
            values[name] = call.accept(name, values[name])
        values = {**node.values, **values}
        if node.lazy:
            values.update(dict.fromkeys(node.lazy))
        yield NodeStarted(node.address, item)
        try:
            result = call.start(values)
            if isinstance(result, GeneratorType):
                result, key = yield from self._answering(call, result, values, inputs, key)
            if call.context.notices:
                yield from call.notices()
            return self._done(call, result, inputs, key)
        finally:
            call.context.close()

    def _answering(
        self, call: Call, work: Generator[Any, Any, Any], values: dict[str, Any], inputs: Inputs, key: str | None
    ) -> Generator[Event | Wait, Any, tuple[Any, str | None]]:
        """Drive the call, answering what it asks for; returns its result, and the key under which it is remembered."""
        steps = call.steps(work)
        reply: Any = None
        try:
            while True:
                try:
                    asked = steps.send(reply)
                except StopIteration as end:
                    return end.value, key
                reply = None
                if isinstance(asked, Need):
                    if asked.input not in self.node.lazy:
                        reply = self._known(call, values, asked.input)
                        continue
                    reply, port = yield from self._answer(call, asked.input)
                    inputs[asked.input] = port
                    if key is not None:
                        self.machine.results.record(key, Trace((), 0.0, need=asked.input))
                        key = None if _partial(inputs) else action_key(key, _digests({asked.input: port}))
                elif isinstance(asked, Expand):
                    reply = yield from self._expand(call, asked)
                else:
                    yield asked
        finally:
            steps.close()

    def _known(self, call: Call, values: dict[str, Any], name: str) -> Any:
        """A lazy input that is a literal, or that had to be made before the call."""
        if name not in self.node.type.inputs:
            raise call.failure(f"asked for input '{name}'; it has: {known(self.node.type.inputs)}")
        return values[name]

    def _answer(self, call: Call, name: str) -> Generator[Event | Wait, Any, tuple[Any, Port]]:
        port = yield from self._lazy(name, call.item)
        loaded = yield from self._values({name: port}, call.item)
        return call.accept(name, loaded[name]), port

    def _expand(self, call: Call, asked: Expand) -> Steps:
        graph, given = expansion_graph(self.run.graph.checker, asked, self.node.address)
        refusals = graph.refusals(graph.outputs.values())
        if refusals:
            raise Failed(refusals[0], call.item)
        wanted = tuple(dict.fromkeys(source.address for source in graph.outputs.values()))
        yield Wait(wanted, graph=graph, given=given)
        values = {}
        for name, source in graph.outputs.items():
            port = self._port(source)
            made = port if isinstance(port, list) else [port]
            call.partial |= any(one.partial for one in made)
            call.context.leased |= any(one.environment for one in made)
            values[name] = self._loaded(port)
        return values

    def _values(self, inputs: Inputs, item: int | None) -> Generator[Event | Wait, Any, dict[str, Any]]:
        """The values behind the inputs; what was remembered but is gone is made again first."""
        values: dict[str, Any] = {}
        for name in inputs:
            values[name] = self._loaded(inputs[name])
            if _gone(values[name]):
                yield Wait(self._sources(name), again=True)
                inputs[name] = self._item_of(name, item)
                values[name] = self._loaded(inputs[name])
                if _gone(values[name]):
                    raise Skipped(f"input '{name}' could not be kept long enough to be used")
        return values

    def _loaded(self, port: Port) -> Any:
        if isinstance(port, list):
            return [self.machine.value(made) for made in port]
        return self.machine.value(port)

    def _done(self, call: Call, result: Any, inputs: Inputs, key: str | None) -> Done:
        """What a call returned, digested, remembered and ready to be passed on."""
        partial = call.partial or call.builds_on_partial or _partial(inputs)
        models = call.context.leased or _touched(inputs)
        environment = self.machine.environment if models else ""
        wanted = self.node.address in self.run.wanted
        ports: list[Port] = []
        try:
            returned = call.code.outputs(result)
            for many, value in zip(self.node.type.port_lists, returned, strict=True):
                if many:
                    ports.append([self._keep(item, call, environment, wanted, partial) for item in value])
                else:
                    ports.append(self._keep(value, call, environment, wanted, partial))
        except (TypeError, ValueError) as error:
            raise call.failure(f"returned what cannot travel: {error}") from error
        trace = None
        if key is not None and not partial:
            trace = self._trace(ports, call.seconds, environment)
            self.machine.results.record(key, trace)
        return Done(tuple(ports), call.seconds, False, trace)

    def _trace(self, ports: Sequence[Port], seconds: float, environment: str) -> Trace:
        names = tuple([self.machine.name_of(port, seconds) for port in ports])
        return Trace(names, seconds, None, environment)

    def _keep(self, value: Any, call: Call, environment: str, wanted: bool, partial: bool) -> Made:
        if type(value) not in _PLAIN:
            value = detach(value)
        if partial:
            return Made("" if isinstance(value, Artifact) else digest(value), value, True, environment)
        return self.machine.keep(value, call.seconds, environment, wanted)


def _digests(inputs: Inputs) -> Sequence[tuple[str, str | list[str]]]:
    found: list[tuple[str, str | list[str]]] = [
        (name, port.digest if isinstance(port, Made) else [made.digest for made in port])
        for name, port in inputs.items()
    ]
    return found if len(found) < 2 else sorted(found, key=lambda pair: pair[0])


def _partial(inputs: Inputs) -> bool:
    """Whether anything given comes from a stopped node."""
    for port in inputs.values():
        for made in port if isinstance(port, list) else (port,):
            if made.partial:
                return True
    return False


def _touched(inputs: Inputs) -> bool:
    """Whether a model had a share in anything given."""
    for port in inputs.values():
        for made in port if isinstance(port, list) else (port,):
            if made.environment:
                return True
    return False


def _gone(value: Any) -> bool:
    return value is MISSING or (isinstance(value, list) and any(item is MISSING for item in value))
