"""The turn of a plain node: single values in, a single value out, no context, nothing to wait for.

Nearly every node of a large graph is one, and its turn is most of what the engine costs. What happens is what `visit` does
to any node, in one pass over the inputs.
"""

from __future__ import annotations

from types import GeneratorType
from typing import Any, TypeAlias

from engine.graph.keys import action_key
from engine.run.cache import Claim, Trace
from engine.run.call import Call
from engine.run.events import NodeStarted
from engine.run.given import Given, Inputs, Steps
from engine.run.make import answering, outcome_of
from engine.run.outcome import ABSENT, Made, Outcome
from engine.run.remembered import remembered, told_again

Taken: TypeAlias = tuple[Inputs, dict[str, str | list[str]], dict[str, Any], bool]
"""What a plain node is given, its digests and values by input, and whether a model had a share in any."""


def taken_plainly(given: Given) -> Taken | None:
    """What the node is given; None where it is not plain after all, or a value is not held."""
    node, run = given.node, given.run
    binding = node.binding
    if node.outputs.mapped or binding.identities or not given.machine.code[node.type.name].plain:
        return None
    if run.control.stopped or node.address in run.gone:
        return None
    outcomes = run.outcomes
    inputs: Inputs = {}
    digests: dict[str, str | list[str]] = {}
    values: dict[str, Any] = {}
    models = False
    for name, source in binding.links.items():
        outcome = outcomes.get(source.address)
        made = None if outcome is None else outcome.ports[source.port]
        if type(made) is not Made or made.value is ABSENT:
            return None
        inputs[name] = made
        digests[name] = made.digest
        values[name] = made.value
        models = models or made.environment != ""
    return inputs, digests, values, models


def plainly(given: Given, taken: Taken) -> Steps[Outcome]:
    """Have the node's output. Raises Failed."""
    node, machine, control = given.node, given.machine, given.run.control
    inputs, digests, linked, models = taken
    key = action_key(node.binding, digests)
    found = remembered(given, key)
    if found is None:
        with Claim(machine.claims, key, control.check) as claim:
            found = remembered(given, key) if claim.result is True else None
            if found is None:
                call = Call(node, machine.code[node.type.name], None, control)
                values = _at_the_door(call, linked)
                yield NodeStarted(node.address)
                result = call.timed(call.code.call, values, None)
                if isinstance(result, GeneratorType):
                    result, further = yield from answering(given, call, result, values, inputs, key)
                    outcome = outcome_of(given, call, result, inputs, further)
                else:
                    outcome = _outcome(given, call, result, models, key)
                claim.result = True
                return outcome
    yield from told_again(given, found)
    return found


def _at_the_door(call: Call, linked: dict[str, Any]) -> dict[str, Any]:
    """What the node is called with: its literals, and what arrives over links once it is checked."""
    values = call.node.binding.values.copy()
    for name, value in linked.items():
        values[name] = call.accept(name, value)
    return values


def _outcome(given: Given, call: Call, result: Any, models: bool, key: str) -> Outcome:
    """What the call returned, digested, remembered and ready to be passed on."""
    machine, seconds = given.machine, call.seconds
    environment = machine.environment if models else ""
    try:
        made = machine.keep(result, seconds, environment, call.node.address in given.run.wanted)
    except (TypeError, ValueError) as error:
        raise call.unfit(error) from error
    trace = Trace((made.digest,), seconds, None, environment)
    machine.results.record(key, trace)
    return Outcome((made,), seconds, False, trace)
