"""Whatever stands in a file, `run` and `check` answer with exit status 2 and sentences, and nothing runs."""

import json
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import painting
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

_names = st.sampled_from(["p", "d", "t", "", "a/b", "..", "x" * 70, "é", "p.red"])
_scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["p.swatch", "d.swatch", "nowhere.at", "Paint", "Darken", "workflow:w", "no:Such"])
)
_json = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["link", "asset", "folder", "to", "type", "inputs", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
_nodes = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["Paint", "Darken", "Say", "Save", "Measure", "no:Such", "workflow:w", "!"]) | _json,
        "version": st.integers(-1, 3) | _json,
        "mode": st.sampled_from(["mute", "bypass", "loud"]) | _json,
        "inputs": st.dictionaries(
            st.sampled_from(["red", "swatch", "text", "file", "size"]) | _names, _json, max_size=3
        ),
        "further": _json,
    },
)
_level = {
    "nodes": st.dictionaries(_names, _nodes | _json, max_size=4),
    "inputs": st.dictionaries(_names, st.fixed_dictionaries({"to": st.lists(_json, max_size=2)}) | _json, max_size=2),
    "outputs": st.dictionaries(_names, st.fixed_dictionaries({"link": _json}) | _json, max_size=2),
}
_workflows = st.fixed_dictionaries(
    {"format": st.just("latentloom"), "version": st.just(1) | _json},
    optional={
        **_level,
        "workflows": st.dictionaries(st.just("w"), st.fixed_dictionaries({}, optional=_level), max_size=1),
        "requires": _json,
        "title": _json,
        "ui": _json,
    },
)


def refused_or_sound(loom: Any, file: str) -> None:
    """`check` says 0 or 2; what it refuses without regard to targets, `run` refuses too, and runs nothing."""
    painting.CALLS.clear()
    checked = loom("check", file)
    assert checked.status in (0, 2)
    if checked.status == 2:
        assert checked.err.startswith("loom: ")
    refused = loom("run", file, "--json", "--set", "no.such=1")
    assert refused.status == 2
    assert refused.document["faults"]
    assert not painting.CALLS


@SETTINGS
@given(document=_workflows)
def test_a_generated_workflow_gets_sentences(loom, here: Path, document: Any) -> None:
    (here / "w.json").write_text(json.dumps(document))

    refused_or_sound(loom, "w.json")


@SETTINGS
@given(document=_workflows, cut=st.integers(0, 400), noise=st.binary(max_size=3))
def test_a_truncated_or_damaged_file_gets_sentences(loom, here: Path, document: Any, cut: int, noise: bytes) -> None:
    data = json.dumps(document).encode()
    (here / "w.json").write_bytes(data[: cut % (len(data) + 1)] + noise)

    refused_or_sound(loom, "w.json")


@SETTINGS
@given(
    start=st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b""]),
    data=st.binary(max_size=60),
)
def test_a_damaged_picture_gets_sentences(loom, here: Path, start: bytes, data: bytes) -> None:
    (here / "p.png").write_bytes(start + data)

    assert loom("run", "p.png").status == 2
    assert loom("verify", "p.png").status == 2


@SETTINGS
@given(name=st.text(max_size=6) | _names, value=st.text(max_size=8))
def test_whatever_is_set_is_set_or_refused(loom, painting_file: str, name: str, value: str) -> None:
    result = loom("run", painting_file, "--set", f"{name}={value}")

    assert result.status in (0, 2)


def chain(length: int) -> dict[str, Any]:
    nodes: dict[str, Any] = {"n0": {"type": "Paint"}}
    for index in range(1, length):
        nodes[f"n{index}"] = {"type": "Darken", "inputs": {"swatch": {"link": f"n{index - 1}.swatch"}}}
    return nodes


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def dark(link: str) -> dict[str, Any]:
    return {"type": "Darken", "inputs": {"swatch": {"link": link}}}


def paint(**inputs: Any) -> dict[str, Any]:
    return {"p": {"type": "Paint", "inputs": inputs}}


def measure(name: str) -> dict[str, Any]:
    return {"m": {"type": "Measure", "inputs": {"file": {"asset": name}}}}


SIZES = "is 65; it takes a whole number from 1 to 64"
CASES: dict[str, tuple[Any, str]] = {
    "cycle": ({"a": dark("b.swatch"), "b": dark("a.swatch")}, "wait for each other"),
    "itself": ({"a": dark("a.swatch")}, "wait for each other"),
    "dangling": ({"a": dark("b.swatch")}, "there is no node 'b'"),
    "wrong output": ({**paint(), "a": dark("p.image")}, "has no output 'image'"),
    "wrong type": ({"t": {"type": "Say"}, "a": dark("t.value")}, "takes Swatch, but 't.value' gives Text"),
    "unknown node": ({"a": {"type": "Pain"}}, "there is no node type 'Pain'"),
    "unknown pack": ({"a": {"type": "lace:Pain"}}, "comes with pack 'lace', which is not installed"),
    "missing": ({"a": {"type": "Darken"}}, "needs a value or a link"),
    "huge integer": (paint(seed=10**30), "2^64"),
    "largest seed": (paint(seed=2**64 - 1, size=65), SIZES),
    "nan": (paint(red=float("nan")), "is NaN, which is not JSON"),
    "infinity": (paint(red=float("inf")), "is Infinity, which is not JSON"),
    "deep": (paint(red=nested(70)), "nested deeper than 64"),
    "path up": (measure("../../etc/passwd"), "holds '..'"),
    "path root": (measure("/etc/passwd"), "is an absolute path"),
    "path drive": (measure("C:/x"), "is an absolute path"),
    "path back": (measure("a\\b"), "holds a backslash"),
    "no file": (measure("cat.png"), "there is no file 'cat.png'"),
    "many nodes": (chain(10_001), "at most 10,000"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_kind_of_fault_is_named(loom, here: Path, case: str) -> None:
    nodes, words = CASES[case]
    outputs = {"o": {"link": f"{list(nodes)[-1]}.swatch"}}
    (here / "w.json").write_text(json.dumps({"format": "latentloom", "version": 1, "nodes": nodes, "outputs": outputs}))

    result = loom("run", "w.json")

    assert result.status == 2
    assert words in result.err
    assert not painting.CALLS


def test_json_that_nests_without_end_is_refused(loom, here: Path) -> None:
    (here / "w.json").write_text("[" * 100_000)

    assert loom("run", "w.json").status == 2


def test_sub_workflows_that_contain_themselves_are_refused(loom, here: Path) -> None:
    level = {"nodes": {"n": {"type": "workflow:w", "inputs": {"x": 1}}}, "inputs": {"x": {"to": ["n.x"]}}}
    document = {"format": "latentloom", "version": 1, "workflows": {"w": level}, **level}
    (here / "w.json").write_text(json.dumps(document))

    result = loom("run", "w.json", "--set", "x=2")

    assert result.status == 2


def test_sub_workflows_that_multiply_are_refused_in_time(loom, here: Path) -> None:
    def level(inner: int) -> dict[str, Any]:
        node = {"type": f"workflow:w{inner}"} if inner < 30 else {"type": "Paint"}
        return {"nodes": {"a": node, "b": node}}

    levels = {f"w{index}": level(index + 1) for index in range(30)}
    document = {"format": "latentloom", "version": 1, "workflows": levels, "nodes": {"a": {"type": "workflow:w0"}}}
    (here / "w.json").write_text(json.dumps(document))

    result = loom("check", "w.json")

    assert result.status == 2
    assert "more than 10000 nodes" in result.err


def test_a_picture_that_would_fill_the_memory_is_refused(loom, painting_file: str, here: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    text = (here / painting_file).read_text().replace('"nodes"', '"made_with": {"output": "image", "item": 0}, "nodes"')
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = chunk(b"iTXt", b"latentloom\0\0\0\0\0" + text.encode()) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    (here / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b""))

    result = loom("verify", "bomb.png")

    assert result.status == 2
    assert "pixels" in result.err


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "folder"])
def test_only_plain_files_are_read(loom, write, here: Path, name: str) -> None:
    os.mkfifo(here / "pipe")
    (here / "folder").mkdir()
    file = write({"t": "Say", "m": "Measure"}, outputs={"words": {"link": "t.value"}, "size": {"link": "m.size"}})

    calls: list[tuple[str, ...]] = [(command, name) for command in ("run", "check", "verify", "fmt")]
    calls += [("diff", name, file), ("diff", file, name), ("run", file, "--each", name)]
    calls += [("run", file, "--set", f"t.text=@{name}"), ("run", file, "--set", f"m.file={name}")]
    for arguments in calls:
        result = loom(*arguments)
        assert result.status == 2
        assert "can't be read: it is a " in result.err or "can't be read as a CSV table: it is a " in result.err
