"""Node types that need no image: what the engine's own tests run on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

from pydantic import Field

from engine.graph.checker import Checker
from engine.graph.document import Workflow, load_workflow
from engine.graph.graph import Graph
from engine.graph.node import (
    Artifact,
    Context,
    Expand,
    Lazy,
    Mismatch,
    Need,
    Node,
    Progress,
    Stop,
    Work,
)
from engine.graph.values import value_type
from engine.packs import registry_of
from engine.run.cache import NoCache, ResultCache, Results
from engine.run.control import Control
from engine.run.events import Event, NodeStarted
from engine.run.executor import Run
from engine.run.machine import Machine

T = TypeVar("T")
calls: list[str] = []
"""The addresses or names of what was called, for tests that count; cleared by `Bench`."""


@value_type("#ffffff")
@dataclass(frozen=True)
class Paint:
    """A colour in a space."""

    space: str
    amount: float = 1.0


class Add(Node):
    """Add two whole numbers."""

    a: Annotated[int, Field(ge=-1000000, le=1000000, description="The first")] = 0
    b: int = 1

    def run(self) -> int:
        calls.append("Add")
        return self.a + self.b


class Half(Node):
    """Halve a number, rounding down: different inputs may give one output."""

    a: int = 0

    def run(self) -> int:
        calls.append("Half")
        return self.a // 2


class Scale(Node):
    """Multiply a number."""

    x: float = 1
    by: Annotated[float, Field(ge=0, le=10)] = 2

    def run(self) -> float:
        calls.append("Scale")
        return self.x * self.by


class Say(Node):
    """A text."""

    text: str = ""

    def run(self) -> str:
        calls.append("Say")
        return self.text


class Count(Node):
    """The whole numbers below n, as a list."""

    n: Annotated[int, Field(ge=0, le=1000)] = 3

    def run(self) -> list[int]:
        calls.append("Count")
        return list(range(self.n))


class Sum(Node):
    """Add up a list."""

    items: list[int]

    def run(self) -> int:
        calls.append("Sum")
        return sum(self.items)


class Pair(NamedTuple):
    low: int
    high: int


class MinMax(Node):
    """The smaller and the larger of two numbers."""

    a: int = 0
    b: int = 0

    def run(self) -> Pair:
        calls.append("MinMax")
        return Pair(min(self.a, self.b), max(self.a, self.b))


class Switch(Node, Generic[T]):
    """One of two values; the other is never made."""

    on: bool = True
    yes: Lazy[T]
    no: Lazy[T]

    def run(self) -> Work[T]:
        calls.append("Switch")
        value: T = yield Need("yes" if self.on else "no")
        return value


class IsEven(Node):
    """Whether a number is even."""

    a: int = 0

    def run(self) -> bool:
        calls.append("IsEven")
        return self.a % 2 == 0


class Long(Node):
    """Count up to `steps`, a step at a time; on stop, how far it came."""

    a: int = 0
    steps: int = 4

    def run(self) -> Work[int]:
        calls.append("Long")
        done = 0
        try:
            while done < self.steps:
                done += 1
                yield Progress(done, self.steps)
        except Stop:
            pass
        return self.a + done


class Drawn(Node):
    """Shows what it has so far, a step at a time."""

    a: int = 0
    steps: int = 3

    def run(self) -> Work[int]:
        calls.append("Drawn")
        for done in range(1, self.steps + 1):
            yield Progress(done, self.steps, data={"rows": [self.a] * done})
        return self.a


class Stubborn(Node):
    """Has nothing to keep when it is stopped."""

    def run(self) -> Work[int]:
        yield Progress(1, 2)
        yield Progress(2, 2)
        return 1


class Fail(Node):
    """Always fails."""

    a: int = 0

    def run(self) -> int:
        calls.append("Fail")
        raise ValueError(f"cannot do {self.a}")


class Noise(Node):
    """Reaches outside: another number each time."""

    volatile = True

    def run(self) -> int:
        calls.append("Noise")
        return 7


class Mix(Node):
    """A colour in a space."""

    space: str = "rgb"

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
        return {"paint": {"space": inputs["space"].get("value")}}

    def run(self) -> Paint:
        calls.append("Mix")
        return Paint(self.space)


class Blend(Node):
    """Two colours of one space."""

    one: Paint
    other: Paint

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
        one, other = inputs["one"].get("space"), inputs["other"].get("space")
        if one and other and one != other:
            raise Mismatch("other", f"a colour in {other} cannot be blended with one in {one}")
        return {"paint": {"space": one}}

    def run(self) -> Paint:
        calls.append("Blend")
        return Paint(self.one.space, self.one.amount + self.other.amount)


class Show(Node):
    """Hand a value to the host, to be written."""

    output = True

    value: object
    name: str | None = None

    def run(self) -> Artifact:
        calls.append("Show")
        return Artifact(self.value, self.name)


class Times(Node):
    """Add `by` to `start`, `n` times, by running a workflow in its own place."""

    start: int = 0
    by: int = 1
    n: int = 3

    def run(self) -> Work[int]:
        calls.append("Times")
        body = workflow({"add": ("Add", {})}, outputs={"sum": "add.value"}, inputs={"a": "add.a", "b": "add.b"})
        value = self.start
        for _ in range(self.n):
            value = (yield Expand(body, {"a": value, "b": self.by}))["sum"]
        return value


class Tell(Node):
    """Tell the user something, and give back what came."""

    a: int = 1

    def run(self, context: Context) -> int:
        calls.append("Tell")
        context.notice("a word", "a")
        return self.a


NODES = (
    Paint,
    Add,
    Half,
    Scale,
    Say,
    Count,
    Sum,
    MinMax,
    Switch,
    IsEven,
    Long,
    Drawn,
    Stubborn,
    Fail,
    Noise,
    Mix,
    Blend,
    Show,
    Times,
    Tell,
)
REGISTRY = registry_of(*NODES)


def checker() -> Checker:
    """A checker over the trivial node types."""
    code = REGISTRY.code
    return Checker(REGISTRY.types, REGISTRY.values, infer=lambda name, inputs: code[name].cls.infer(inputs))


def link(target: str) -> dict[str, str]:
    """The JSON of a link."""
    return {"link": target}


def workflow(
    nodes: Mapping[str, Any],
    outputs: Mapping[str, str] | None = None,
    inputs: Mapping[str, str] | None = None,
    workflows: Mapping[str, Any] | None = None,
) -> Workflow:
    """A workflow from `{id: (type, inputs)}` or whole node objects, `{output: "node.port"}` and `{input: "node.input"}`."""
    return load_workflow(
        json.dumps(
            {
                "format": "latentloom",
                "version": 1,
                **level(nodes, outputs, inputs),
                "workflows": {name: level(*parts) for name, parts in (workflows or {}).items()},
            }
        )
    )


def level(
    nodes: Mapping[str, Any], outputs: Mapping[str, str] | None = None, inputs: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """One level of a workflow as JSON."""
    written = {
        name: node if isinstance(node, dict) else {"type": node[0], "inputs": node[1]} for name, node in nodes.items()
    }
    return {
        "nodes": written,
        "outputs": {name: link(target) for name, target in (outputs or {}).items()},
        "inputs": {name: {"to": [target]} for name, target in (inputs or {}).items()},
    }


class Bench:
    """Runs workflows on one cache and keeps what was told."""

    def __init__(self, results: Results | None = None) -> None:
        self.results: Results = results if results is not None else ResultCache(ram_bytes=10**8, disk=None)
        self.machine = Machine(REGISTRY.code, results=self.results)
        self.control = Control()
        self.events: list[Event] = []
        self.run_: Run | None = None

    def graph(self, flow: Workflow, previous: Graph | None = None) -> Graph:
        """The checked graph of a workflow."""
        return checker().graph(flow, previous)

    def run(self, flow: Workflow | Graph, *targets: str) -> dict[str, Any]:
        """Run it; the values of its outputs by name (a list where there are many)."""
        calls.clear()
        graph = flow if isinstance(flow, Graph) else self.graph(flow)
        self.control = Control()
        self.run_ = Run(graph, self.machine, graph.targets(targets or None), self.control)
        self.events = []
        for event in self.run_.events():
            self.events.append(event)
            self.on(event)
        return {name: list(o.values) if o.many else o.values[0] for name, o in self.run_.outputs.items()}

    def on(self, event: Event) -> None:
        """What to do at an event; tests replace it."""

    @property
    def status(self) -> str:
        """How the last run ended."""
        assert self.run_ is not None
        return self.run_.status

    @property
    def started(self) -> list[str]:
        """The nodes that were called, in order, once a call."""
        return [event.node for event in self.events if isinstance(event, NodeStarted)]


def no_cache() -> Bench:
    """A bench that remembers nothing."""
    return Bench(NoCache())
