"""Versions of the file format, and the way from an old one to today's.

A migration is a pure function from the JSON of one version to the JSON of the next. Files of every released
version stay in the tests.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.records import JsonValue
from engine.graph.shapes import shorten

VERSION = 1

FormatMigration: TypeAlias = Callable[[dict[str, JsonValue]], dict[str, JsonValue]]

# From version n to n + 1, by n.
MIGRATIONS: Mapping[int, FormatMigration] = MappingProxyType({})


def migrate_format(
    raw: dict[str, JsonValue],
    source: str = "workflow",
    migrations: Mapping[int, FormatMigration] = MIGRATIONS,
    newest: int = VERSION,
) -> dict[str, JsonValue]:
    """The file's JSON in the format's newest version; `raw` itself is left as it is.

    Raises InvalidWorkflow where the version is missing, no version, or newer than `newest`.
    """
    version = raw.get("version")
    if fault := _version_fault(version, source, newest):
        raise InvalidWorkflow([Fault("version", fault)])
    assert isinstance(version, int)
    for step in range(version, newest):
        raw = {**migrations[step](raw), "version": step + 1}
    return raw


def _version_fault(version: JsonValue, source: str, newest: int) -> str | None:
    if version is None:
        return f'{source} has no version; the newest version of the format is {newest}: "version": {newest}'
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        return f"{source}: version is {shorten(version)}; it is a whole number from 1 to {newest}"
    if version > newest:
        return (
            f"{source} is written in version {version} of the format, and this Latent Loom reads up to "
            f"version {newest}; a newer Latent Loom opens it"
        )
    return None
