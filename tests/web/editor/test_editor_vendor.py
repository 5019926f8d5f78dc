"""The libraries that the editor brings are the files that their packages ship, each with its licence."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

VENDOR = Path(__file__).parents[3] / "web" / "editor" / "vendor"
LOCK: dict[str, Any] = json.loads((VENDOR / "lock.json").read_text(encoding="utf-8"))
OURS = {"README.md", "lock.json", "dagre/dagre.esm.d.ts"}


@pytest.mark.parametrize("folder", LOCK)
def test_vendored_files_are_those_of_the_lock(folder):
    files = {
        path.relative_to(VENDOR / folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (VENDOR / folder).rglob("*")
        if path.is_file() and path.relative_to(VENDOR).as_posix() not in OURS
    }
    assert files == LOCK[folder]["files"]


@pytest.mark.parametrize("folder", LOCK)
def test_a_vendored_library_has_its_licence_beside_it(folder):
    text = (VENDOR / folder / "LICENSE").read_text(encoding="utf-8")
    assert "Copyright" in text
    assert LOCK[folder]["license"] in {"MIT", "BSD-3-Clause"}


def test_no_file_stands_outside_the_lock():
    locked = {f"{folder}/{name}" for folder, entry in LOCK.items() for name in entry["files"]}
    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert found == locked | OURS


def test_no_package_lock_names_a_registry():
    text = (Path(__file__).parent / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in text
