"""What a node's report says of device memory, on a simulated device."""

import json

from engine.graph.checker import Checker
from engine.graph.document import load_workflow
from engine.graph.node import Context, Node
from engine.packs import registry_of
from engine.run.cache import ResultCache
from engine.run.executor import Run
from engine.run.machine import Machine
from engine.run.models.cache import ModelCache
from engine.run.models.device import Reference
from engine.run.models.simulated import FakeDevice, FakeModel
from engine.run.report import RunReport

MB = 1 << 20


class Borrow(Node):
    """Compute something with a model of `size` MB that takes `more` MB beside it."""

    size: int = 1
    more: int = 0
    after: int = 0

    def run(self, context: Context) -> int:
        with context.lease(f"model {self.size}") as (model,):
            model._device.allocate(self.more * MB)
            model._device.release(self.more * MB)
        with context.lease(f"model {self.size}"):
            return self.after + 1


class Plain(Node):
    """Ask for no model."""

    after: int = 0

    def run(self) -> int:
        return self.after


REGISTRY = registry_of(Borrow, Plain)


def report_of(device: FakeDevice, nodes: dict[str, object]) -> dict[str, int | None]:
    def build(reference: Reference) -> FakeModel:
        return FakeModel(reference, int(str(reference).split()[1]) * MB, device)

    models = ModelCache(device, build, margin=0, host_bytes=10**9)
    outputs = {"out": {"link": f"{list(nodes)[-1]}.value"}}
    text = json.dumps({"format": "latentloom", "version": 1, "nodes": nodes, "outputs": outputs})
    graph = Checker(REGISTRY.types, REGISTRY.values).graph(load_workflow(text))
    run = Run(graph, Machine(REGISTRY.code, ResultCache(10**6), models), graph.targets())
    report = RunReport()
    for event in run.events():
        report.see(event)
    assert run.status == "succeeded", report.faults
    return {address: node.peak_bytes for address, node in report.nodes(run).items()}


NODES: dict[str, object] = {
    "big": {"type": "Borrow", "inputs": {"size": 3, "more": 4}},
    "plain": {"type": "Plain", "inputs": {"after": {"link": "big.value"}}},
    "small": {"type": "Borrow", "inputs": {"size": 2, "after": {"link": "plain.value"}}},
}


def test_a_node_that_leases_tells_the_most_that_the_device_held_meanwhile() -> None:
    assert report_of(FakeDevice(100 * MB), NODES) == {"big": 7 * MB, "plain": None, "small": 5 * MB}


def test_where_nobody_counts_nothing_is_told() -> None:
    assert set(report_of(FakeDevice(10**9, unified=True), NODES).values()) == {None}
