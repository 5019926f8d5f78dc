"""What a saved workflow says of the packs and models that it needs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.graph.document import load_workflow
from engine.host.host import Host
from engine.host.needs import as_needy, with_needs
from engine.packs import find_registry
from engine.store.fingerprint import weight_bytes
from engine.store.home import Home

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(find_registry(third_party=False), Home(tmp_path, (MODELS,)), device="cpu", remember=False)
    yield made
    made.close()


def saved(host: Host, names: tuple[str, ...], said: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a workflow that loads these models says of models when it is saved, where it said this before."""
    nodes = {f"load{number}": {"type": "LoadModel", "inputs": {"model": name}} for number, name in enumerate(names)}
    file = {"format": "latentloom", "version": 1, "requires": {"models": said or {}}, "nodes": nodes}
    workflow = load_workflow(json.dumps(file))
    whole = with_needs(host, host.checker(workflow).graph(workflow), workflow)
    return {name: model.model_dump() for name, model in whole.requires.models.items()}


def test_a_model_that_is_here_is_said_with_its_fingerprint_family_and_size(host: Host) -> None:
    (model,) = saved(host, ("solids",)).items()
    assert model[0] == "solids"
    assert model[1]["fingerprint"] == host.catalog.find("solids").fingerprint
    assert (model[1]["family"], model[1]["bytes"]) == ("sd", weight_bytes(MODELS / "solids"))


def test_what_the_file_says_already_stays_whether_the_model_is_here_or_not(host: Host) -> None:
    said = {
        "solids": {"fingerprint": "another", "family": "sd", "bytes": 12},
        "portrait": {"fingerprint": "f", "family": "sd", "bytes": 2132625894},
    }
    assert saved(host, ("solids", "portrait"), said) == said


def test_a_model_that_is_not_here_and_of_which_nothing_is_known_is_left_out(host: Host) -> None:
    assert saved(host, ("portrait",)) == {}


def test_a_model_that_no_node_names_any_more_is_no_longer_said(host: Host) -> None:
    said = {"portrait": {"fingerprint": "f", "family": "sd", "bytes": 1}}
    assert set(saved(host, ("solids",), said)) == {"solids"}


def test_what_only_one_of_two_says_that_it_needs_is_no_difference() -> None:
    file = {"format": "latentloom", "version": 1, "nodes": {}}
    plain = load_workflow(json.dumps(file))
    needy = load_workflow(json.dumps(file | {"requires": {"models": {"solids": {"family": "sd"}}}}))
    assert as_needy(plain, needy) == as_needy(needy, plain) == needy
