"""What the cache has of one call."""

from __future__ import annotations

from engine.graph.records import MISSING
from engine.run.events import NodeData, NodeNotice
from engine.run.given import Given, Steps
from engine.run.outcome import Outcome


def remembered(given: Given, key: str) -> Outcome | None:
    """What the call of this key gave, if it is all still there."""
    trace = given.machine.results.trace(key)
    return None if trace is None else given.machine.outcome(given.node, trace, mapped=False)


def told_again(given: Given, found: Outcome, item: int | None = None) -> Steps[None]:
    """What the node told when it was called, and what it showed of itself last."""
    for message, input_name in found.notices:
        yield NodeNotice(given.node.address, message, input_name)
    data = given.machine.results.get(found.data) if found.data else MISSING
    if data is not MISSING:
        yield NodeData(given.node.address, data, item)
