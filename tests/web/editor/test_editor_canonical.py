"""The text that the editor makes of a document is the bytes that the engine writes."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph.canonical import dump
from engine.graph.document import workflow_from
from engine.graph.normalise import normalise
from engine.packs import find_registry

ROOT = Path(__file__).parents[3]
TYPES = find_registry(third_party=False).types
CANONICAL = """async (documents) => {
    const { canonical } = await import("/web/editor/model/canonical.js");
    const { parseDocument } = await import("/web/editor/model/document.js");
    const { readCatalogue } = await import("/web/editor/model/catalogue.js");
    const catalogue = readCatalogue(await (await fetch("/catalogue.json")).json());
    return documents.map((text) => canonical(parseDocument(JSON.parse(text)), catalogue));
}"""


def of_engine(text):
    return dump(normalise(workflow_from(json.loads(text)), TYPES))


@pytest.mark.parametrize("path", sorted((ROOT / "workflows").glob("*.json")), ids=lambda path: path.stem)
def test_a_shipped_workflow_is_written_as_the_engine_writes_it(modules, path):
    text = path.read_text(encoding="utf-8")
    assert modules.evaluate(CANONICAL, [text]) == [of_engine(text)]


names = st.text("abcXYZ019_-", min_size=1, max_size=8)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = {
    "value": st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), st.integers(2**53, 2**63 - 1).map(str)),
    "a": st.floats(allow_nan=False, allow_infinity=False),
    "items": st.lists(st.one_of(texts, st.just({"link": "t.value"})), max_size=3),
}


@st.composite
def workflows(draw):
    node = st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("Integer"), "inputs": st.fixed_dictionaries({"value": numbers["value"]})}
        ),
        st.fixed_dictionaries({"type": st.just("Math"), "inputs": st.fixed_dictionaries({"a": numbers["a"]})}),
        st.fixed_dictionaries(
            {"type": st.just("MakeList"), "inputs": st.fixed_dictionaries({"items": numbers["items"]})}
        ),
        st.fixed_dictionaries(
            {"type": st.just("other:Thing"), "version": st.integers(1, 3), "inputs": st.dictionaries(names, texts)}
        ),
        st.fixed_dictionaries({"type": st.just("Text"), "mode": st.sampled_from(["mute", "bypass"])}),
    )
    nodes = draw(st.dictionaries(names, node, min_size=1, max_size=6))
    return json.dumps(
        {
            "format": "latentloom",
            "version": 1,
            "title": draw(texts),
            "nodes": nodes,
            "meta": draw(st.dictionaries(texts, texts, max_size=2)),
            "workflows": draw(st.dictionaries(names, st.just({"nodes": nodes}), max_size=1)),
            "ui": {
                "nodes": {name: {"x": draw(st.integers(-9, 9)), "title": draw(texts)} for name in nodes},
                "notes": [],
            },
        }
    )


def test_any_document_is_written_as_the_engine_writes_it(modules):
    seen = []

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(workflows())
    def collect(text):
        seen.append(text)

    collect()
    written = modules.evaluate(CANONICAL, seen)
    assert written == [of_engine(text) for text in seen]
