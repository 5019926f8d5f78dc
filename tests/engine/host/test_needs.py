"""What a saved workflow says of the packs and models that it needs."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.graph.document import ModelRequirement, Requires, Workflow, load_workflow
from engine.host.host import Host
from engine.host.needs import with_needs
from engine.packs import PackRecord, find_registry
from engine.store.fingerprint import weight_bytes
from engine.store.home import Home

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(find_registry(third_party=False), Home(tmp_path, (MODELS,)), device="cpu", remember=False)
    yield made
    made.close()


def needing(host: Host, workflow: Workflow, before: Requires | None = None) -> Requires:
    """What a workflow says that it needs when it is saved over a file that said `before`."""
    return with_needs(host, host.checker(workflow).graph(workflow), workflow, before).requires


def saved(
    host: Host, names: tuple[str, ...], said: dict[str, Any] | None = None, before: Requires | None = None
) -> dict[str, Any]:
    """What a workflow that loads these models says of models when it is saved, where it said this itself."""
    nodes = {f"load{number}": {"type": "LoadModel", "inputs": {"model": name}} for number, name in enumerate(names)}
    file = {"format": "latentloom", "version": 1, "requires": {"models": said or {}}, "nodes": nodes}
    workflow = load_workflow(json.dumps(file))
    return {name: model.model_dump() for name, model in needing(host, workflow, before).models.items()}


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


def test_a_model_that_is_not_here_is_said_as_the_file_before_said_it_and_one_that_is_here_anew(host: Host) -> None:
    away, other = ModelRequirement(fingerprint="f", family="sd", bytes=1), ModelRequirement(fingerprint="g")
    before = Requires(models={"portrait": away, "solids": other, "gone": away})
    found = saved(host, ("solids", "portrait"), before=before)
    assert found["portrait"] == away.model_dump()
    assert found["solids"]["fingerprint"] == host.catalog.find("solids").fingerprint
    assert "gone" not in found


@pytest.mark.parametrize(("types", "version"), [(("toys:Old",), "2.0"), (("toys:Old", "toys:New"), "3.1"), ((), "3.1")])
def test_a_packs_version_is_the_one_that_is_here_unless_a_node_of_it_is_not(
    host: Host, types: tuple[str, ...], version: str
) -> None:
    registry = host.registry
    old = replace(registry.types["LoadModel"], name="toys:Old", pack="toys")
    packs = (*registry.packs, PackRecord("toys", "2.0"))
    here = replace(registry, types={**registry.types, old.name: old}, packs=packs)
    nodes = {f"toy{number}": {"type": type} for number, type in enumerate(types)}
    file = {"format": "latentloom", "version": 1, "requires": {"packs": {"toys": "3.1"}}, "nodes": nodes}
    workflow = load_workflow(json.dumps(file))
    beside = Host(here, host.home, device="cpu", remember=False)
    assert needing(beside, workflow).packs == {"toys": version}


def test_of_a_model_that_no_node_names_nothing_is_told(host: Host) -> None:
    other = {"fingerprint": "another"}
    file = {"format": "latentloom", "version": 1, "requires": {"models": {"solids": other, "solids-turbo": other}}}
    workflow = load_workflow(
        json.dumps({**file, "nodes": {"load": {"type": "LoadModel", "inputs": {"model": "solids"}}}})
    )
    (notice,) = host.names(workflow).notices()
    assert "model 'solids' is not the one" in notice.message
