"""Files that literals name: their content counts, not their name; and values that another run stored."""

from dataclasses import replace
from pathlib import Path

import pytest
from trivial_nodes import NODES, Bench, Paint, calls, checker, workflow

from engine.graph.node import Node
from engine.graph.records import Identity
from engine.graph.values import File
from engine.packs import registry_of
from engine.run.codec import save
from engine.run.events import NodeFailed


class Lengths(Node):
    """How long files are, together."""

    files: list[File]

    def run(self, context) -> int:
        calls.append("Lengths")
        return sum(len(context.path(file).read_bytes()) for file in self.files)


class First(Node):
    """The first of several colours."""

    items: list[Paint]

    def run(self) -> Paint:
        return self.items[0]


REGISTRY = registry_of(*NODES, Lengths, First)


class FileBench(Bench):
    """A bench over a folder of files."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.machine = replace(
            self.machine, code=REGISTRY.code, path=lambda file: folder / file.name, classes=REGISTRY.classes
        )

    def graph(self, flow, previous=None):
        def identify(spec, value):
            return Identity((self.folder / value.name).read_bytes().hex())

        return replace(checker(), types=REGISTRY.types, identify=identify).graph(flow, previous)


@pytest.fixture
def bench(tmp_path):
    return FileBench(tmp_path)


def files(*names):
    return workflow({"l": ("Lengths", {"files": [{"asset": name} for name in names]})}, {"out": "l.value"})


@pytest.mark.parametrize("changed", ["a", "b"])
def test_a_changed_file_among_several_runs_the_node_again(bench, tmp_path, changed):
    for name in "ab":
        (tmp_path / name).write_bytes(b"12")
    before = bench.graph(files("a", "b"))
    assert bench.run(before) == {"out": 4}
    (tmp_path / changed).write_bytes(b"1")
    assert bench.run(bench.graph(files("a", "b"), before)) == {"out": 3}


def test_a_file_of_the_same_content_under_another_name_is_the_same_file(bench, tmp_path):
    for name in "ab":
        (tmp_path / name).write_bytes(b"12")
    bench.run(files("a"))
    assert bench.run(files("b")) == {"out": 2}
    assert calls == []


def blend(name):
    nodes = {"m": ("Mix", {}), "b": ("Blend", {"one": {"asset": name}, "other": {"link": "m.paint"}})}
    return workflow(nodes, {"out": "b.paint"})


def test_an_input_of_a_value_type_reads_a_value_that_was_stored(bench, tmp_path):
    save(Paint("rgb", 5.0), tmp_path / "stored")
    assert bench.run(blend("stored")) == {"out": Paint("rgb", 6.0)}


@pytest.mark.parametrize("stored", [3, "text"])
def test_a_stored_value_of_another_type_is_refused_by_name(bench, tmp_path, stored):
    save(stored, tmp_path / "stored")
    bench.run(blend("stored"))
    [failed] = [event for event in bench.events if isinstance(event, NodeFailed)]
    assert (failed.fault.node, failed.fault.input) == ("b", "one")
    assert "takes Paint, but 'stored' holds" in failed.fault.message


def test_a_file_that_holds_no_stored_value_is_refused_in_a_sentence(bench, tmp_path):
    (tmp_path / "junk").write_bytes(b"not a value at all")
    bench.run(blend("junk"))
    [failed] = [event for event in bench.events if isinstance(event, NodeFailed)]
    assert "'junk' holds no stored Paint" in failed.fault.message


def test_a_stored_value_may_stand_among_the_items_of_a_list(bench, tmp_path):
    flow = workflow({"a": ("First", {"items": [{"asset": "stored"}]})}, {"out": "a.paint"})
    save(7, tmp_path / "stored")
    bench.run(flow)
    [failed] = [event for event in bench.events if isinstance(event, NodeFailed)]
    assert "takes Paint, but 'stored' holds int" in failed.fault.message
    save(Paint("rgb", 3.0), tmp_path / "stored")
    assert bench.run(flow) == {"out": Paint("rgb", 3.0)}
