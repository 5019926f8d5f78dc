"""What a node is given in a run: what its sources made, one value or many, loaded when a call needs it."""

from __future__ import annotations

from collections.abc import Container, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, TypeVar

from engine.graph.bind import Const
from engine.graph.graph import Graph, GraphNode
from engine.graph.links import Source
from engine.graph.records import MISSING
from engine.run.call import Skipped
from engine.run.codec import digest
from engine.run.control import Control
from engine.run.events import Event
from engine.run.machine import Machine
from engine.run.outcome import ABSENT, Made, Outcome, Port, each

T = TypeVar("T")
Inputs: TypeAlias = dict[str, Port]


@dataclass(frozen=True, slots=True)
class Wait:
    """Asks the executor to have these nodes done first. `again`: even though they were; `graph`: after taking it in."""

    wanted: tuple[str, ...]
    again: bool = False
    graph: Graph | None = None
    given: Mapping[str, Outcome] = field(default_factory=dict)


Steps: TypeAlias = Generator[Event | Wait, Any, T]
"""What may have to wait for other nodes before it returns T."""


class NoItem(Exception):
    """A node asked for an item of a list that has none: it is called for nothing."""


class UnderWay(Protocol):
    """What a node's turn sees of the run: what was made so far, what of it is `gone`, and what the run is for."""

    @property
    def graph(self) -> Graph:
        """The graph that is run."""

    @property
    def machine(self) -> Machine:
        """What the run uses of this machine."""

    @property
    def control(self) -> Control:
        """Whether it is to go on."""

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """What nodes have given, by address."""

    @property
    def gone(self) -> Container[str]:
        """The nodes of which what was remembered is there no more."""

    @property
    def wanted(self) -> Container[str]:
        """The nodes that the run is for."""


class Given:
    """A node in a run, and its inputs read from what the run has by now. Raises Skipped where a source did not run.

    `lists` are those that have arrived so far at inputs which take one value.
    """

    __slots__ = ("lists", "machine", "node", "run")

    def __init__(self, run: UnderWay, node: GraphNode) -> None:
        self.run = run
        self.node = node
        self.machine = run.machine
        self.lists: dict[str, list[Made]] = {}

    def eager(self) -> Inputs:
        """Every input that is not lazy: what its sources made."""
        binding, lazy = self.node.binding, self.node.lazy
        inputs: Inputs = {}
        outcomes = self.run.outcomes
        for name, source in binding.links.items():
            if name not in lazy:
                outcome = outcomes.get(source.address)
                inputs[name] = self.port(source) if outcome is None else outcome.ports[source.port]
        for name in binding.lists:
            if name not in lazy:
                inputs[name] = self.of(name)
        return inputs

    def of(self, name: str) -> Port:
        """What the sources of an input made: one value, or many."""
        source = self.node.links.get(name)
        if source is not None:
            return self.port(source)
        items: list[Made] = []
        for item in self.node.lists[name]:
            if isinstance(item, Const):
                known = f"#{item.identity.digest}" if item.identity is not None else f"={digest(item.value)}"
                items.append(Made(known, item.value))
                continue
            port = self.port(item)
            items.extend(port if isinstance(port, list) else [port])
        return items

    def port(self, source: Source) -> Port:
        """What one output of a node holds."""
        outcome = self.run.outcomes.get(source.address)
        if outcome is None:
            raise Skipped(f"'{source.address}' did not run")
        return outcome.ports[source.port]

    def item_of(self, name: str, item: int | None) -> Port:
        """What an input is given in one call: one item where the node is called once an item."""
        port = self.of(name)
        if not isinstance(port, list) or self.node.type.inputs[name].list:
            return port
        self.lists[name] = port
        if not port:
            raise NoItem
        return port[(item or 0) % len(port)]

    def lazily(self, name: str, item: int | None) -> Steps[Port]:
        """What a lazy input is given, once it is made. Raises NoItem."""
        sources = self.node.sources_of(name)
        if not all(source in self.run.outcomes for source in sources):
            yield Wait(sources)
        return self.item_of(name, item)

    def values(self, inputs: Inputs) -> dict[str, Any] | None:
        """The values behind the inputs, or None where one is not remembered any more."""
        values = {}
        for name, port in inputs.items():
            value = port.value if type(port) is Made else ABSENT
            value = values[name] = self.held(port) if value is ABSENT else value
            if value is MISSING or (type(value) is list and any(item is MISSING for item in value)):
                return None
        return values

    def held(self, port: Port) -> Any:
        """The values of a port, MISSING where they are gone."""
        if isinstance(port, list):
            return [self.machine.value(made) for made in port]
        return self.machine.value(port)

    def brought_back(self, inputs: Inputs, item: int | None) -> Steps[dict[str, Any]]:
        """The same, after what was remembered but is gone was made again."""
        for name in inputs:
            if self.values({name: inputs[name]}) is None:
                yield Wait(self.node.sources_of(name), again=True)
                inputs[name] = self.item_of(name, item)
        values = self.values(inputs)
        if values is None:
            raise Skipped(f"its inputs ({', '.join(inputs)}) could not be kept long enough to be used")
        return values


def digests_of(inputs: Inputs) -> dict[str, str | list[str]]:
    """The digests of what is given, as an action key takes them."""
    digests: dict[str, str | list[str]] = {}
    for name, port in inputs.items():
        digests[name] = port.digest if isinstance(port, Made) else [made.digest for made in port]
    return digests


def is_partial(inputs: Inputs) -> bool:
    """Whether anything given comes from a stopped node."""
    for port in inputs.values():  # noqa: SIM110  (asked once a call, and a generator would take twice as long)
        if port.partial if type(port) is Made else any(one.partial for one in each(port)):
            return True
    return False


def used_model(inputs: Inputs) -> bool:
    """Whether a model had a share in anything given."""
    for port in inputs.values():
        if port.environment if type(port) is Made else any(one.environment for one in each(port)):
            return True
    return False
