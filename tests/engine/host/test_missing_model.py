"""A model that a workflow names and this machine has not: what it is, and what to put where."""

from pathlib import Path

import pytest

from engine.graph.canonical import dump
from engine.graph.document import load_workflow
from engine.host.identities import Names
from engine.store.assets import Assets
from engine.store.errors import UnknownModelError
from engine.store.models import ModelCatalog

FILE = """{"format": "latentloom", "version": 1, "nodes": {}, "requires": {"models": {"portrait": %s}}}"""


def told(folder: Path, required: str) -> str:
    """What is said of a model that is not there."""
    catalog = ModelCatalog((folder,), lambda path: {})
    names = Names(catalog, Assets(folder, folder), load_workflow(FILE % required))
    with pytest.raises(UnknownModelError) as error:
        names.model("portrait")
    return str(error.value)


def test_a_missing_model_says_its_size_and_what_to_put_where(tmp_path: Path) -> None:
    words = told(tmp_path, '{"fingerprint": "f", "family": "sd", "bytes": 2132625894}')
    assert words.startswith("there is no model 'portrait' in ")
    assert f"put a folder 'portrait' in diffusers' layout, or 'portrait.safetensors', into {tmp_path}" in words
    assert words.endswith("(the workflow was made with one of 2.13 GB, sd)")


def test_what_the_file_does_not_say_is_left_out(tmp_path: Path) -> None:
    assert told(tmp_path, "{}").endswith(f"into {tmp_path}")


def test_the_size_stays_in_the_file() -> None:
    source = FILE % '{"fingerprint": "f", "family": "sd", "bytes": 12}'
    assert '"portrait": {"fingerprint": "f", "family": "sd", "bytes": 12}' in dump(load_workflow(source))
