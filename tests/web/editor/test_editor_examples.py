"""The examples of node types: cut out of the workflows that ship, else put together, and nothing is wrong with any."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from engine.graph.checker import Checker
from engine.graph.document import load_workflow
from engine.graph.records import Identity, InputSpec
from engine.packs import find_registry

FILES = sorted((Path(__file__).parents[3] / "workflows").glob("*.json"))
BUILD = """async ([files, models]) => {
    const { readCatalogue } = await import("/web/editor/model/catalogue.js");
    const { parseDocument, toJson } = await import("/web/editor/model/document.js");
    const { cutOut, putTogether } = await import("/web/editor/help/example.js");
    const catalogue = readCatalogue(await (await fetch("/catalogue.json")).json());
    const found = files.map((text) => parseDocument(JSON.parse(text)));
    const made = [...catalogue.nodes.keys()].map((type) =>
        [type, cutOut(found, type) ?? putTogether(catalogue, new Map(Object.entries(models)), type)]);
    return Object.fromEntries(made.map(([type, document]) => [type, document && toJson(document)]));
}"""
SPACE = {"name": "s", "channels": 4, "factor": 8}
SD = {"family": "sd", "name": "solids", "space": SPACE, "width": 128, "height": 128}
FACTS: dict[str, dict[str, Any]] = {
    "solids-inpaint": SD | {"name": "solids-inpaint", "inpaint": True},
    "solids-clip": {"family": "clip"},
    "solids-clip-b": {"family": "clip"},
    "solids-upscale": {"family": "upscaler", "scale": 2, "name": "solids-upscale"},
}
REGISTRY = find_registry(third_party=False)


def identify(spec: InputSpec, value: object) -> Identity:
    """What a model is, where every name is known."""
    return Identity("f", FACTS.get(str(value), SD))


def infer(name: str, inputs: Any) -> Any:
    return REGISTRY.code[name].cls.infer(inputs)


def faults(document: dict[str, Any]) -> list[str]:
    """What is wrong with it; files that only a user has are left open."""
    checked = Checker(REGISTRY.types, REGISTRY.values, identify, infer).graph(load_workflow(json.dumps(document)))
    return [fault.message for fault in checked.faults if fault.input not in ("file", "folder")]


def models() -> dict[str, str]:
    """A model for each node type that loads one, as the editor asks the server for it."""
    found: dict[str, str] = {}
    for record in REGISTRY.types.values():
        for spec in record.inputs.values():
            if spec.choices_from != "models" or not spec.required:
                continue
            for name in ("solids", *FACTS):
                texts = {it.name: "a cube" for it in record.inputs.values() if it.required and it.type == "Text"}
                node = {"type": record.name, "version": record.version, "inputs": texts | {spec.name: name}}
                if not faults({"format": "latentloom", "version": 1, "nodes": {"it": node}}):
                    found.setdefault(record.name, name)
    return found


def test_every_node_type_has_an_example_without_a_fault(modules: Page) -> None:
    made = modules.evaluate(BUILD, [[path.read_text(encoding="utf-8") for path in FILES], models()])
    assert [name for name, document in made.items() if document is None] == []
    wrong = {name: found for name, document in made.items() if (found := faults(document))}
    assert wrong == {}
