"""What the cache has of one call."""

from __future__ import annotations

from engine.run.events import NodeNotice
from engine.run.given import Given, Steps
from engine.run.outcome import Outcome


def remembered(given: Given, key: str) -> Outcome | None:
    """What the call of this key gave, if it is all still there."""
    trace = given.machine.results.trace(key)
    return None if trace is None else given.machine.outcome(given.node, trace, mapped=False)


def told_again(given: Given, found: Outcome) -> Steps[None]:
    """What the node told when it was called."""
    for message, input_name in found.notices:
        yield NodeNotice(given.node.address, message, input_name)
