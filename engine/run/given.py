"""What a node is given in a run: what its sources made, one value or many, loaded when a call needs it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from engine.graph.bind import Const
from engine.graph.graph import Graph, GraphNode
from engine.graph.links import Source
from engine.graph.records import MISSING
from engine.run.call import Skipped
from engine.run.codec import digest
from engine.run.events import Event
from engine.run.outcome import Made, Outcome, Port

if TYPE_CHECKING:
    from engine.run.executor import Run

Inputs: TypeAlias = dict[str, Port]


@dataclass(frozen=True, slots=True)
class Wait:
    """Asks the executor to have these nodes done first. `again`: even though they were; `graph`: after taking it in."""

    wanted: tuple[str, ...]
    again: bool = False
    graph: Graph | None = None
    given: Mapping[str, Outcome] = field(default_factory=dict)


class Given:
    """The inputs of a node, read from what the run has by now. Raises Skipped where a source did not run."""

    def __init__(self, run: Run, node: GraphNode) -> None:
        self.run = run
        self.node = node

    def eager(self) -> Inputs:
        """Every input that is not lazy: what its sources made."""
        node = self.node
        return {name: self.of(name) for table in (node.links, node.lists) for name in table if name not in node.lazy}

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

    def sources(self, name: str) -> tuple[str, ...]:
        """The addresses that feed an input, each once."""
        source = self.node.links.get(name)
        if source is not None:
            return (source.address,)
        return tuple(dict.fromkeys(item.address for item in self.node.lists[name] if isinstance(item, Source)))

    def item_of(self, name: str, item: int | None) -> Port:
        """What an input is given in one call: one item where the node is called once an item."""
        port = self.of(name)
        if isinstance(port, list) and not self.node.type.inputs[name].list:
            return port[(item or 0) % len(port)]
        return port

    def load(self, inputs: Inputs, item: int | None) -> Generator[Event | Wait, Any, dict[str, Any]]:
        """The values behind the inputs; what was remembered but is gone is made again first."""
        values: dict[str, Any] = {}
        for name in inputs:
            values[name] = self.held(inputs[name])
            if is_gone(values[name]):
                yield Wait(self.sources(name), again=True)
                inputs[name] = self.item_of(name, item)
                values[name] = self.held(inputs[name])
                if is_gone(values[name]):
                    raise Skipped(f"input '{name}' could not be kept long enough to be used")
        return values

    def held(self, port: Port) -> Any:
        """The values of a port, MISSING where they are gone."""
        if isinstance(port, list):
            return [self.run.machine.value(made) for made in port]
        return self.run.machine.value(port)


def digests_of(inputs: Inputs) -> Sequence[tuple[str, str | list[str]]]:
    """Names and digests as an action key takes them, sorted by name."""
    found: list[tuple[str, str | list[str]]] = [
        (name, port.digest if isinstance(port, Made) else [made.digest for made in port])
        for name, port in inputs.items()
    ]
    return found if len(found) < 2 else sorted(found, key=lambda pair: pair[0])


def is_partial(inputs: Inputs) -> bool:
    """Whether anything given comes from a stopped node."""
    for port in inputs.values():
        for made in port if isinstance(port, list) else (port,):
            if made.partial:
                return True
    return False


def used_model(inputs: Inputs) -> bool:
    """Whether a model had a share in anything given."""
    for port in inputs.values():
        for made in port if isinstance(port, list) else (port,):
            if made.environment:
                return True
    return False


def is_gone(value: Any) -> bool:
    """Whether a value, or an item of a list of values, is not remembered any more."""
    return value is MISSING or (isinstance(value, list) and any(item is MISSING for item in value))
