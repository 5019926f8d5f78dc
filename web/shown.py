"""Records of the engine as HTTP shows them: the same, with the addresses at which files are fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from engine.store.gallery import AssetRow
from engine.store.runs.history import Changes
from engine.store.runs.records import Run


def asset_url(sha256: str, suffix: str) -> str:
    """Where a file is fetched."""
    return f"/api/assets/{sha256}{quote(suffix)}"


def asset_json(row: AssetRow) -> dict[str, Any]:
    """An entry of the gallery."""
    document = asdict(row)
    for name in ("owner", "suffix", "name"):
        document.pop(name)
    return document | {"asset": row.name, "url": asset_url(row.sha256, row.suffix)}


def run_json(run: Run | Mapping[str, Any]) -> dict[str, Any]:
    """A run, with an address beside each file that it made."""
    document: dict[str, Any] = dict(run) if isinstance(run, Mapping) else dict(run.to_json())
    outputs: Mapping[str, list[dict[str, Any]]] = document["outputs"]
    return document | {"outputs": {name: [_entry(entry) for entry in entries] for name, entries in outputs.items()}}


def changes_json(changes: Changes) -> list[dict[str, Any]] | None:
    """What was changed between two runs."""
    return None if changes is None else [change.to_json() for change in changes]


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    if "sha256" not in entry:
        return entry
    return entry | {"url": asset_url(entry["sha256"], PurePosixPath(entry["asset"]).suffix)}
