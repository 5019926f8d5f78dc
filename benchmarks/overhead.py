"""What the engine itself costs a node, in CPU time: chains and grids of trivial nodes.

    python -m benchmarks.overhead [--most 100000]

Columns, microseconds of CPU a node: parse and check (bytes → checked graph), cold (graph → last event, empty cache),
cached (the same again, nothing changed, a new run), and one edit at the end (changed workflow, the graph before at hand →
last event; in milliseconds for the whole graph). The ratio is to a bare loop over the same calls in the same order, which
is what Python itself takes. Each figure is the best of several, and has what the cycle collector put off meanwhile.

A file has at most 10,000 nodes. Larger graphs are built in Python, so their check has no parsing in it.
"""

import argparse
import gc
import json
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from engine.graph.checker import Checker
from engine.graph.document import MAX_NODES, NodeDoc, OutputDoc, Workflow, load_workflow
from engine.graph.graph import Graph
from engine.graph.node import Node
from engine.packs import registry_of
from engine.run.cache import ResultCache, Results
from engine.run.executor import Run
from engine.run.machine import Machine

T = TypeVar("T")
Nodes = dict[str, dict[str, object]]
Make = Callable[[int, int], tuple[Nodes, str]]


class Plus(Node):
    """Add two numbers."""

    a: int = 0
    b: int = 1

    def run(self) -> int:
        """The sum."""
        return self.a + self.b


REGISTRY = registry_of(Plus)
CHECKER = Checker(REGISTRY.types, REGISTRY.values)


@dataclass
class Row:
    """One measured graph."""

    shape: str
    nodes: int
    check: float
    cold: float
    cached: float
    edit_ms: float
    bare: float


def chain(count: int, last: int = 1) -> tuple[Nodes, str]:
    """Each node feeds the next; the last one's second summand is `last`."""
    nodes = {f"n{i}": node(f"n{i - 1}.value" if i else 0, 1) for i in range(count)}
    nodes[f"n{count - 1}"]["inputs"]["b"] = last  # type: ignore[index]
    return nodes, f"n{count - 1}.value"


def grid(count: int, last: int = 1) -> tuple[Nodes, str]:
    """Rows of ten; each node takes the ones to its left and above it."""
    nodes = {}
    for i in range(count - 1):
        left = f"n{i - 1}.value" if i % 10 else 0
        above = f"n{i - 10}.value" if i >= 10 else 1
        nodes[f"n{i}"] = node(left, above)
    nodes["end"] = node(f"n{count - 2}.value", last)
    return nodes, "end.value"


def node(a: object, b: object) -> dict[str, object]:
    """One node as a file has it; a text is a link."""
    inputs = {name: {"link": value} if isinstance(value, str) else value for name, value in (("a", a), ("b", b))}
    return {"type": "Plus", "inputs": inputs}


def text(made: tuple[Nodes, str]) -> bytes:
    """The workflow file."""
    nodes, output = made
    return json.dumps(
        {"format": "latentloom", "version": 1, "nodes": nodes, "outputs": {"out": {"link": output}}}
    ).encode()


def run(graph: Graph, results: Results) -> None:
    """From a checked graph to the last event, on a machine as the command line has it but for the disk."""
    machine = Machine(REGISTRY.code, results=results, environment="as measured")
    for _ in Run(graph, machine, graph.targets()).events():
        pass


def edit(changed: Workflow, graph: Graph, results: Results) -> None:
    """From a changed workflow, with the graph before at hand, to the last event."""
    run(CHECKER.graph(changed, graph), results)


def seconds(work: Callable[..., T], *given: Iterable[Any]) -> tuple[list[T], float]:
    """What the work gives for each of the given, and the CPU seconds of this process that all of it took."""
    gc.collect()
    began = time.process_time()
    made = list(map(work, *given))
    gc.collect(0)
    return made, time.process_time() - began


def bare(graph: Graph) -> None:
    """The same calls without an engine."""
    values: dict[str, int] = {}
    for address in graph.order:
        node = graph.nodes[address]
        inputs = {**node.values, **{name: values[source.address] for name, source in node.links.items()}}
        values[address] = REGISTRY.code["Plus"].call(inputs, None)


def measure(shape: str, make: Make, count: int, repeats: int) -> Row:
    """The best of several repeats, in microseconds a node. Of a small graph so many copies are timed together that they
    have a thousand nodes in all."""
    best = {name: float("inf") for name in ("check", "cold", "cached", "edit", "bare")}
    first, second = readers(make, count)
    copies = range(max(1, 1_000 // count))
    for _ in range(repeats):
        results = [ResultCache(ram_bytes=2 * 10**9, disk=None, traces=2 * count) for _ in copies]
        changed = [second() for _ in copies]
        graphs, took_check = seconds(lambda _: CHECKER.graph(first()), copies)
        took = {
            "check": took_check,
            "cold": seconds(run, graphs, results)[1],
            "cached": seconds(run, graphs, results)[1],
            "edit": seconds(edit, changed, graphs, results)[1],
            "bare": seconds(bare, graphs)[1],
        }
        best = {name: min(best[name], took[name]) for name in best}
    each = 1e6 / (count * len(copies))
    return Row(
        shape,
        count,
        best["check"] * each,
        best["cold"] * each,
        best["cached"] * each,
        best["edit"] * 1e3 / len(copies),
        best["bare"] * each,
    )


def readers(make: Make, count: int) -> list[Callable[[], Workflow]]:
    """What gives the workflow, and what gives it after an edit at its end: parsed, or built where no file may be so large."""
    made = [make(count, last) for last in (1, 2)]
    if count > MAX_NODES:
        return [partial(built, *one) for one in made]
    return [partial(load_workflow, text(one)) for one in made]


def built(nodes: Nodes, output: str) -> Workflow:
    """A workflow made in Python."""
    docs = {name: NodeDoc.model_validate(record) for name, record in nodes.items()}
    return Workflow(nodes=docs, outputs={"out": OutputDoc(link=output)})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=100_000, help="the largest graph")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(
        f"{'graph':>8} {'nodes':>7} {'check':>7} {'cold':>7} {'cached':>7} {'edit ms':>8} {'bare':>6} {'cold/bare':>10}"
    )
    for count in (size for size in (20, 100, 1_000, 10_000, 100_000) if size <= options.most):
        for shape, make in (("chain", chain), ("grid", grid)):
            row = measure(shape, make, count, options.repeats)
            print(
                f"{row.shape:>8} {row.nodes:>7} {row.check:>7.1f} {row.cold:>7.1f} {row.cached:>7.2f}"
                f" {row.edit_ms:>8.2f} {row.bare:>6.2f} {row.cold / row.bare:>10.1f}"
            )


if __name__ == "__main__":
    main()
