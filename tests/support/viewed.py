"""A pack whose node types bring views of their own, one sound and several that are not."""

import time
from dataclasses import replace
from pathlib import Path

from engine.graph.node import Node, Progress, Stop, Work
from engine.packs import Pack, registry_of


class Steps(Node):
    """Count to `count`, telling of each step; on a stop, how far it came."""

    view = "steps.js"

    count: int = 3
    opens: str = ""

    def run(self) -> Work[int]:
        done: list[int] = []
        try:
            while len(done) < self.count or not (self.opens == "" or Path(self.opens).exists()):
                done.append(len(done) + 1)
                yield Progress(min(len(done), self.count), self.count, data={"done": done[-5:]})
                time.sleep(0.01)
        except Stop:
            pass
        return len(done)


class Missing(Node):
    """Its module is not there."""

    view = "none.js"
    a: int = 1

    def run(self) -> int:
        return self.a


class Broken(Missing):
    """Its module throws as it is loaded."""

    view = "broken.js"
    a: int = 1


class Empty(Missing):
    """Its module has no view in it."""

    view = "empty.js"
    a: int = 1


class Late(Missing):
    """Its view throws when the value is 13."""

    view = "late.js"
    a: int = 1


_registry = registry_of(Steps, Missing, Broken, Empty, Late)
_offer = Pack(views=Path(__file__).parent / "viewed_views")
REGISTRY = replace(_registry, packs=tuple(replace(pack, offer=_offer) for pack in _registry.packs))
