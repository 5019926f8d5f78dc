"""Strategies and records that the tests of the file format share. Fixtures, because test modules do not import each other."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from engine.graph.records import InputSpec, NodeType, OutputSpec

Strategy = SearchStrategy[Any]

_names = st.sampled_from(["a", "b", "sampler", "A-1", "_", "0", "x" * 64])
_texts = st.text(st.characters(codec="utf-8"), max_size=8)
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _texts
)
_json = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=3,
)
_ports = st.builds("{}.{}".format, _names, _names)
_links = st.fixed_dictionaries({"link": _ports})
_paths = st.sampled_from(["cat.png", "a/b c.png", "…/é", "..a", "C"])
_assets = st.fixed_dictionaries({"asset": _paths}, optional={"sha256": st.just("0" * 64)})
_folders = st.fixed_dictionaries({"folder": _paths})
_shaped = _links | _assets | _folders
_values = _json | _shaped | st.lists(_shaped | _scalars, max_size=3)
_types = st.sampled_from(["Add", "pack:Thing", "my.pack:Thing", "workflow:a", "workflow:W", "Sampler"])
_given = st.dictionaries(_names | _ports | st.builds("{}/{}".format, _names, _ports), _values, max_size=3)
_nodes = st.fixed_dictionaries(
    {"type": _types},
    optional={
        "version": st.integers(1, 3),
        "mode": st.sampled_from(["bypass", "mute"]),
        "inputs": _given,
    },
)
_drawings = st.fixed_dictionaries(
    {},
    optional={
        "nodes": st.dictionaries(_names, _json, max_size=3),
        "frames": st.lists(_json, max_size=2),
        "mine": _json,
    },
)
_level: dict[str, Strategy] = {
    "inputs": st.dictionaries(
        _names,
        st.fixed_dictionaries(
            {"to": st.lists(_ports, min_size=1, max_size=2)}, optional={"title": _texts, "help": _texts}
        ),
        max_size=2,
    ),
    "outputs": st.dictionaries(_names, st.fixed_dictionaries({"link": _ports}, optional={"title": _texts}), max_size=2),
    "ui": _drawings,
}
_required = {"nodes": st.dictionaries(_names, _nodes, max_size=3)}
_models = st.fixed_dictionaries({}, optional={"fingerprint": _texts, "family": _texts})
_workflows = st.fixed_dictionaries(
    {"format": st.just("latentloom"), "version": st.just(1), **_required},
    optional={
        **_level,
        "title": _texts,
        "requires": st.fixed_dictionaries(
            {},
            optional={
                "packs": st.dictionaries(_texts, _texts, max_size=2),
                "models": st.dictionaries(_texts, _models, max_size=2),
            },
        ),
        "workflows": st.dictionaries(_names, st.fixed_dictionaries(_required, optional=_level), max_size=2),
        "meta": st.dictionaries(_texts, _json, max_size=2),
        "made_with": st.dictionaries(_texts, _json, max_size=2),
    },
)


@pytest.fixture(scope="session")
def any_json() -> Strategy:
    """Any JSON value."""
    return _json


@pytest.fixture(scope="session")
def any_workflow() -> Strategy:
    """The JSON of well-formed workflows: links may dangle, types may be unknown."""
    return _workflows


@pytest.fixture(scope="session")
def faulty_workflow() -> Strategy:
    """The JSON of workflows of which one place, anywhere, holds something else: mostly faulty ones."""
    return st.builds(_replaced, _workflows, st.randoms(use_true_random=False), _json | _shaped)


@pytest.fixture(scope="session")
def edited_workflow() -> Strategy:
    """The JSON of a well-formed workflow, and of the same with something else in one place."""

    def edit(raw: Any, random: Any, other: Any) -> tuple[Any, Any]:
        return raw, _replaced(raw, random, other)

    return st.builds(edit, _workflows, st.randoms(use_true_random=False), _scalars | _values)


def _replaced(value: Any, random: Any, other: Any) -> Any:
    """A copy of `value` in which one place, chosen at random, is `other`."""
    if not isinstance(value, dict | list) or not value or random.random() < 0.15:
        return other
    if isinstance(value, list):
        place = random.randrange(len(value))
        return [_replaced(item, random, other) if at == place else item for at, item in enumerate(value)]
    chosen = random.choice(list(value))
    if random.random() < 0.1:
        return {(f"{key}?" if key == chosen else key): item for key, item in value.items()}
    return {key: _replaced(item, random, other) if key == chosen else item for key, item in value.items()}


@pytest.fixture
def text() -> Callable[..., str]:
    """The text of a file: what is given beside the two required keys."""

    def write(**parts: object) -> str:
        return json.dumps({"format": "latentloom", "version": 1, "nodes": {}} | parts)

    return write


def _record(name: str, outputs: tuple[str, ...], *inputs: InputSpec, version: int = 1) -> NodeType:
    ports = {output: OutputSpec(output, output.title()) for output in outputs}
    return NodeType(name, {spec.name: spec for spec in inputs}, ports, version=version)


@pytest.fixture(scope="session")
def types() -> Mapping[str, NodeType]:
    """A few node types with every kind of literal."""
    sampler = _record(
        "Sampler",
        ("latent",),
        InputSpec("model", "Model"),
        InputSpec("steps", "Int", default=20, min=1, max=1000),
        InputSpec("seed", "Int", default=0, min=0, max=2**64 - 1),
        InputSpec("cfg", "Float", default=7.0, min=0.0),
        InputSpec("sampler", "Text", default="euler", choices=("euler", "ddim")),
        InputSpec("width", "Int", optional=True, default=None),
        InputSpec("tiled", "Bool", default=False),
        InputSpec("extra", "Data", default=None),
    )
    gather = _record(
        "Gather", ("images",), InputSpec("images", "Image", list=True), InputSpec("counts", "Int", list=True)
    )
    text = _record("Text", ("text",), InputSpec("text", "Text"), InputSpec("file", "File", optional=True, default=None))
    return {record.name: record for record in (sampler, gather, text)}
