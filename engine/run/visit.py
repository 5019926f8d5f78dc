"""One node's turn: look it up by what it is given, else have it called, once or once an item of a list."""

from __future__ import annotations

from engine.graph.keys import action_key, further_key
from engine.run.cache import Claim
from engine.run.call import Skipped
from engine.run.given import Given, Inputs, NoItem, Steps, digests_of, is_partial
from engine.run.make import call_of, made
from engine.run.outcome import Outcome, each
from engine.run.plain import plainly, taken_plainly
from engine.run.remembered import remembered, told_again


def visit(given: Given) -> Steps[Outcome]:
    """Have a node's outputs. Raises Skipped or Failed."""
    taken = taken_plainly(given)
    if taken is not None:
        return plainly(given, taken)
    inputs = given.eager()
    return _mapped(given, inputs) if given.node.outputs.mapped else _one(given, inputs, None)


def _one(given: Given, inputs: Inputs, item: int | None) -> Steps[Outcome]:
    """One call, or what is remembered of the same call."""
    node, run = given.node, given.run
    partial = run.control.stopped and is_partial(inputs)
    key = None if partial or node.type.volatile else action_key(node.binding, digests_of(inputs))
    if key is not None and node.address not in run.gone:
        found = (yield from _asked_before(given, inputs, item, key)) if node.lazy else remembered(given, key)
        if found is not None:
            yield from told_again(given, found, item)
            return found
    values = given.values(inputs)
    if values is None:  # and it is done before the claim, for what has to be made again may ask for the very same key
        values = yield from given.brought_back(inputs, item)
    if key is None or node.lazy:
        return (yield from made(given, inputs, values, item, key, partial))
    with Claim(given.machine.claims, key, run.control.check) as claim:
        if claim.result is True and (found := remembered(given, key)) is not None:
            yield from told_again(given, found, item)
            return found
        outcome = yield from made(given, inputs, values, item, key, partial)
        claim.result = True
    return outcome


def _asked_before(given: Given, inputs: Inputs, item: int | None, key: str | None) -> Steps[Outcome | None]:
    """What is remembered of a node that takes lazy inputs: those that it asked for then are made first."""
    results, taken = given.machine.results, dict(inputs)
    while key is not None and (trace := results.trace(key)) is not None:
        if trace.need is None:
            return given.machine.outcome(given.node, trace, mapped=False)
        taken[trace.need] = yield from given.lazily(trace.need, item)
        key = None if is_partial(taken) else further_key(key, digests_of({trace.need: taken[trace.need]}))
    return None


def _mapped(given: Given, inputs: Inputs) -> Steps[Outcome]:
    """Call the node once an item. Several lists are walked in step; a list of one repeats.

    How many items there are is known when the lists are: one at a lazy input counts once the node has asked for it, so that
    a list which is not chosen is not made.
    """
    specs = given.node.type.inputs
    lists = {name: port for name, port in inputs.items() if isinstance(port, list) and not specs[name].list}
    given.lists = dict(lists)
    found: list[Outcome] = []
    while len(found) < _count(given):
        index = len(found)
        item = {name: lists[name][index % len(lists[name])] if name in lists else port for name, port in inputs.items()}
        try:
            found.append((yield from _one(given, item, index)))
        except NoItem:
            found.clear()
            break
        except Skipped:
            if not given.run.control.stopped or not any(one.ports for one in found):
                raise
            break
    return _joined(given, found)


def _joined(given: Given, items: list[Outcome]) -> Outcome:
    """The outcomes of the items as one, each of its ports a list."""
    ports = tuple(
        [made for outcome in items for made in each(outcome.ports[place])]
        for place in range(len(given.node.type.outputs))
    )
    joined = Outcome(ports, sum((outcome.seconds for outcome in items), 0.0))
    joined.cached = bool(items) and all(outcome.cached for outcome in items) and not joined.partial
    joined.data = items[-1].data if items else ""
    joined.notices = tuple(dict.fromkeys(notice for outcome in items for notice in outcome.notices))
    joined.peak_bytes = max((one.peak_bytes for one in items if one.peak_bytes is not None), default=None)
    return joined


def _count(given: Given) -> int:
    """How often the node is called, as far as is known by now. Raises Failed where lists do not fit each other."""
    lists = given.lists
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
    raise call_of(given, None, False).failure(
        f"the lists given to it have different lengths: {told}; give lists of one length, or of one item"
    )
