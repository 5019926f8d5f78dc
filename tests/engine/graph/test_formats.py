"""Versions of the file format."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from engine.graph.faults import InvalidWorkflow
from engine.graph.formats import MIGRATIONS, VERSION, FormatMigration, migrate_format

# Two made-up steps: "title" was once "name", and nodes once stood in an array.
STEPS: Mapping[int, FormatMigration] = {
    1: lambda raw: {("title" if key == "name" else key): value for key, value in raw.items()},
    2: lambda raw: raw | {"nodes": {node.pop("id"): node for node in json.loads(json.dumps(raw["nodes"]))}},
}


def test_there_is_a_way_from_every_version_to_the_newest() -> None:
    assert set(MIGRATIONS) == set(range(1, VERSION))


@pytest.mark.parametrize(
    "raw",
    [
        {"version": 1, "name": "T", "nodes": [{"id": "a", "type": "A"}]},
        {"version": 2, "title": "T", "nodes": [{"id": "a", "type": "A"}]},
        {"version": 3, "title": "T", "nodes": {"a": {"type": "A"}}},
    ],
)
def test_an_old_file_takes_every_step_and_is_itself_left_alone(raw: dict[str, Any]) -> None:
    before = json.dumps(raw)
    migrated = migrate_format(raw, migrations=STEPS, newest=3)
    assert migrated == {"version": 3, "title": "T", "nodes": {"a": {"type": "A"}}}
    assert json.dumps(raw) == before


@pytest.mark.parametrize(
    ("version", "words"),
    [
        (4, "written in version 4 of the format, and this Latent Loom reads up to version 3"),
        (2**63, "reads up to version 3"),
        (0, "version is 0; it is a whole number from 1 to 3"),
        (-1, "version is -1"),
        (1.0, "version is 1.0"),
        (True, "version is true"),
        ("1", "version is '1'"),
        ([], "version is an empty list"),
        (None, "has no version"),
    ],
)
def test_a_newer_version_and_what_is_no_version_are_refused(version: Any, words: str) -> None:
    with pytest.raises(InvalidWorkflow) as caught:
        migrate_format({"version": version}, "file", STEPS, newest=3)
    (fault,) = caught.value.faults
    assert words in fault.message
    assert fault.code == "version"
