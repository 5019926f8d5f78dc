"""Has a node called: its values loaded, what it asks for answered, what it returns digested and remembered."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from types import GeneratorType
from typing import Any, TypeAlias

from engine.graph.faults import LoomError, known
from engine.graph.keys import action_key
from engine.graph.node import Artifact, Expand, Need
from engine.graph.values import File, record_of
from engine.run.cache import Trace
from engine.run.call import Call, Failed
from engine.run.codec import CodecError, detach, digest, load
from engine.run.context import CallContext
from engine.run.events import Event, NodeStarted
from engine.run.expansion import expansion_graph
from engine.run.given import Given, Inputs, Wait, digests_of, is_gone, is_partial, used_model
from engine.run.outcome import Made, Port

Steps: TypeAlias = Generator[Event | Wait, Any, Any]
_PLAIN = frozenset({int, float, str, bool, type(None)})


@dataclass(slots=True)
class Done:
    """What one call, or the memory of one, gave; `trace` is what was noted of it."""

    ports: tuple[Port, ...]
    seconds: float
    cached: bool
    trace: Trace | None = None


class Make:
    """The making of a node's outputs by calling it."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.run = given.run
        self.node = given.node
        self.machine = given.run.machine

    def outputs(
        self, inputs: Inputs, item: int | None, key: str | None, partial: bool
    ) -> Generator[Event | Wait, Any, Done]:
        """Call the node. `inputs` grows by the lazy ones that it takes, `key` by what it asked for."""
        node = self.node
        inputs = dict(inputs)
        values = {name: self.given.held(port) for name, port in inputs.items()}
        if any(map(is_gone, values.values())):
            values = yield from self.given.load(inputs, item)
        call = self.call(item, partial)
        for name in values:
            values[name] = call.accept(name, values[name])
        values = {**node.values, **values}
        for name, value in values.items():
            if isinstance(value, File | list):
                values[name] = self._read(call, name, value)
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

    def _read(self, call: Call, name: str, value: Any) -> Any:
        """A literal that names a file, as the input takes it: one of a value type reads a value that a run stored."""
        wanted = self.node.type.inputs[name].type
        if wanted == "File" or wanted.startswith("*"):
            return value
        if isinstance(value, list):
            return [self._read(call, name, item) if isinstance(item, File) else item for item in value]
        try:
            stored = load(self.machine.path(value), self.machine.classes)
        except (CodecError, OSError, LoomError) as error:
            text = f"input '{name}': '{value.name}' holds no stored {wanted} ({error}); a picture is read by LoadImage"
            raise call.failure(text, name) from error
        record = record_of(type(stored))
        if record is None or record.name != wanted.rpartition(":")[2]:
            text = f"input '{name}' takes {wanted}, but '{value.name}' holds {type(stored).__name__}"
            raise call.failure(text, name)
        return stored

    def call(self, item: int | None, partial: bool) -> Call:
        """A call of this node, ready to start."""
        node = self.node
        context = CallContext(node.address, self.machine, node.binding.identities)
        code = self.machine.code[node.type.name]
        return Call(code, node.type.inputs, context, self.run.control, item, partial)

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
                        key = None if is_partial(inputs) else action_key(key, digests_of({asked.input: port}))
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
        port = yield from self.lazy(name, call.item)
        loaded = yield from self.given.load({name: port}, call.item)
        return call.accept(name, loaded[name]), port

    def _expand(self, call: Call, asked: Expand) -> Steps:
        try:
            graph, given = expansion_graph(self.run.graph.checker, asked, self.node.address)
        except LoomError as error:
            raise call.failure(str(error)) from error
        refusals = graph.refusals(graph.outputs.values())
        if refusals:
            raise Failed(refusals[0], call.item)
        wanted = tuple(dict.fromkeys(source.address for source in graph.outputs.values()))
        yield Wait(wanted, graph=graph, given=given)
        values = {}
        for name, source in graph.outputs.items():
            port = self.given.port(source)
            made = port if isinstance(port, list) else [port]
            call.partial |= any(one.partial for one in made)
            call.context.leased |= any(one.environment for one in made)
            values[name] = self.given.held(port)
        return values

    def _done(self, call: Call, result: Any, inputs: Inputs, key: str | None) -> Done:
        """What a call returned, digested, remembered and ready to be passed on."""
        partial = call.partial or call.builds_on_partial or is_partial(inputs)
        models = call.context.leased or used_model(inputs)
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
            trace = self.trace(ports, call.seconds, environment)
            self.machine.results.record(key, trace)
        return Done(tuple(ports), call.seconds, False, trace)

    def trace(self, ports: Sequence[Port], seconds: float, environment: str) -> Trace:
        """What is noted of outputs under a key."""
        names = tuple([self.machine.name_of(port, seconds) for port in ports])
        return Trace(names, seconds, None, environment)

    def _keep(self, value: Any, call: Call, environment: str, wanted: bool, partial: bool) -> Made:
        if type(value) not in _PLAIN:
            value = detach(value)
        if partial:
            return Made("" if isinstance(value, Artifact) else digest(value), value, True, environment)
        return self.machine.keep(value, call.seconds, environment, wanted)

    def lazy(self, name: str, item: int | None) -> Generator[Event | Wait, Any, Port]:
        """Have a lazy input made."""
        yield Wait(self.given.sources(name))
        return self.given.item_of(name, item)
