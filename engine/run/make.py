"""Has a node called: what it asks for is answered, what it returns digested and remembered."""

from __future__ import annotations

from collections.abc import Generator
from types import GeneratorType
from typing import Any

from engine.graph.faults import LoomError, known
from engine.graph.keys import further_key
from engine.graph.node import Artifact, Expand, Need
from engine.graph.values import File, record_of
from engine.run.cache import Trace
from engine.run.call import Call, Failed
from engine.run.codec import CodecError, detach, digest, load
from engine.run.context import CallContext
from engine.run.events import NodeStarted
from engine.run.expansion import expansion_graph
from engine.run.given import Given, Inputs, Steps, Wait, digests_of, is_partial, used_model
from engine.run.machine import Machine
from engine.run.outcome import Made, Outcome, Port, each


def made(
    given: Given, inputs: Inputs, values: dict[str, Any], item: int | None, key: str | None, partial: bool
) -> Steps[Outcome]:
    """Call the node. `inputs` grows by the lazy ones that it takes, `key` by what it asked for."""
    node = given.node
    call = call_of(given, item, partial)
    for name, value in values.items():
        values[name] = call.accept(name, value)
    values = {**node.binding.values, **values}
    if node.binding.identities or node.binding.lists:
        _read_files(given.machine, call, values)
    if node.lazy:
        values.update(dict.fromkeys(node.lazy))
    yield NodeStarted(node.address, item)
    try:
        result = call.timed(call.code.call, values, call.context)
        if isinstance(result, GeneratorType):
            result, key = yield from answering(given, call, result, values, inputs, key)
        if call.context is not None:
            yield from call.notices()
        return outcome_of(given, call, result, inputs, key)
    finally:
        if call.context is not None:
            call.context.close()


def call_of(given: Given, item: int | None, partial: bool) -> Call:
    """A call of this node, ready to start."""
    node, machine = given.node, given.machine
    code = machine.code[node.type.name]
    context = CallContext(node.address, machine, node.binding.identities) if code.takes_context else None
    return Call(node, code, context, given.run.control, item, partial)


def _read_files(machine: Machine, call: Call, values: dict[str, Any]) -> None:
    """Literals that name a file, as the inputs take them: one of a value type reads a value that a run stored."""
    for name, value in values.items():
        wanted = call.node.type.inputs[name].type
        if wanted == "File" or wanted.startswith("*"):
            continue
        if isinstance(value, File):
            values[name] = _stored(machine, call, name, wanted, value)
        elif isinstance(value, list) and any(isinstance(item, File) for item in value):
            values[name] = [
                _stored(machine, call, name, wanted, item) if isinstance(item, File) else item for item in value
            ]


def _stored(machine: Machine, call: Call, name: str, wanted: str, file: File) -> Any:
    try:
        stored = load(machine.path(file), machine.classes)
    except (CodecError, OSError, LoomError) as error:
        text = f"input '{name}': '{file.name}' holds no stored {wanted} ({error}); a picture is read by LoadImage"
        raise call.failure(text, name) from error
    record = record_of(type(stored))
    if record is None or record.name != wanted.rpartition(":")[2]:
        text = f"input '{name}' takes {wanted}, but '{file.name}' holds {type(stored).__name__}"
        raise call.failure(text, name)
    return stored


def answering(
    given: Given, call: Call, work: Generator[Any, Any, Any], values: dict[str, Any], inputs: Inputs, key: str | None
) -> Steps[tuple[Any, str | None]]:
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
                if asked.input not in call.node.lazy:
                    reply = _known(call, values, asked.input)
                    continue
                reply, port = yield from _answer(given, call, asked.input)
                inputs[asked.input] = port
                if key is not None:
                    given.machine.results.record(key, Trace((), 0.0, need=asked.input))
                    key = None if is_partial(inputs) else further_key(key, digests_of({asked.input: port}))
            elif isinstance(asked, Expand):
                reply = yield from _expand(given, call, asked)
            else:
                yield asked
    finally:
        steps.close()


def _known(call: Call, values: dict[str, Any], name: str) -> Any:
    """A lazy input that is a literal."""
    specs = call.node.type.inputs
    if name not in specs:
        raise call.failure(f"asked for input '{name}'; it has: {known(specs)}")
    return values[name]


def _answer(given: Given, call: Call, name: str) -> Steps[tuple[Any, Port]]:
    inputs = {name: (yield from given.lazily(name, call.item))}
    values = given.values(inputs)
    if values is None:
        values = yield from given.brought_back(inputs, call.item)
    return call.accept(name, values[name]), inputs[name]


def _expand(given: Given, call: Call, asked: Expand) -> Steps[dict[str, Any]]:
    try:
        graph, entering = expansion_graph(given.run.graph.checker, asked, call.node.address)
    except LoomError as error:
        raise call.failure(str(error)) from error
    refusals = graph.refusals(graph.outputs.values())
    if refusals:
        raise Failed(refusals[0], call.item)
    wanted = tuple(dict.fromkeys(source.address for source in graph.outputs.values()))
    yield Wait(wanted, graph=graph, given=entering)
    values = {}
    for name, source in graph.outputs.items():
        port = given.port(source)
        call.partial |= any(one.partial for one in each(port))
        call.used_model |= any(one.environment for one in each(port))
        values[name] = given.held(port)
    return values


def outcome_of(given: Given, call: Call, result: Any, inputs: Inputs, key: str | None) -> Outcome:
    """What a call returned, digested, remembered and ready to be passed on."""
    node, machine, context = call.node, given.machine, call.context
    partial = call.partial or (call.control.stopped and is_partial(inputs))
    models = (context is not None and context.leased) or call.used_model or used_model(inputs)
    environment = machine.environment if models else ""
    wanted = node.address in given.run.wanted
    ports: list[Port] = []
    try:
        for many, value in zip(node.type.port_lists, call.code.outputs(result), strict=True):
            if partial:
                ports.append([_partial(item, environment) for item in value] if many else _partial(value, environment))
            elif many:
                ports.append([machine.keep(item, call.seconds, environment, wanted) for item in value])
            else:
                ports.append(machine.keep(value, call.seconds, environment, wanted))
    except (TypeError, ValueError) as error:
        raise call.unfit(error) from error
    outcome = Outcome(tuple(ports), call.seconds)
    if context is not None:
        outcome.notices, outcome.peak_bytes = tuple(context.notices), context.peak_bytes
    if key is not None and not partial:
        outcome.data = machine.keep_data(call.data, call.seconds)
        outcome.trace = trace_of(machine, outcome, environment)
        machine.results.record(key, outcome.trace)
    return outcome


def trace_of(machine: Machine, outcome: Outcome, environment: str, noticed: tuple[str, ...] = ()) -> Trace:
    """What is noted of an outcome under a key."""
    names = tuple(
        [port.digest if type(port) is Made else machine.name_of(port, outcome.seconds) for port in outcome.ports]
    )
    return Trace(names, outcome.seconds, None, environment, outcome.notices, noticed, outcome.data)


def _partial(value: Any, environment: str) -> Made:
    value = detach(value)
    return Made("" if isinstance(value, Artifact) else digest(value), value, True, environment)
