"""Rows of a long measurement, a line of JSON each, so that a run that was stopped goes on where it was."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from engine.store.fingerprint import Fingerprints
from models.training.common import WORK

HEAD: Final = "settings"


def settings_of(options: Mapping[str, Any], *without: str) -> dict[str, str]:
    """A command line's options as a file's settings, with the content of the model in a folder `model` in place of its name.

    `without` are those that change no row: which are measured, and where they are kept.
    """
    told = {name: str(value) for name, value in options.items() if name not in without}
    return told | {"model": Fingerprints().model(Path(told["model"]))}


def place_of(name: str, settings: Mapping[str, str]) -> Path:
    """Where rows of these settings are kept, if nothing else is said."""
    digest = sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    return WORK / "rows" / f"{name}-{digest[:12]}.jsonl"


class Rows:
    """The rows in a file, by their key, beneath a first line with the settings that they were measured with.

    Raises ValueError, in a sentence, for a file of other settings. Half a line, of a run that was killed as it wrote, is
    cut off.
    """

    def __init__(self, path: Path, settings: dict[str, Any]) -> None:
        self.path = path
        self.rows: dict[str, dict[str, Any]] = {}
        lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
        if not lines:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({HEAD: settings}) + "\n", encoding="utf-8")
            return
        first, *others = (json.loads(line) for line in lines)
        if first.get(HEAD) != settings:
            raise ValueError(f"{path} holds rows of other settings: {first.get(HEAD)}; name another file, or remove it")
        self.rows = {row["key"]: row for row in others}
        path.write_bytes(b"".join(line + b"\n" for line in lines))

    def __contains__(self, key: str) -> bool:
        return key in self.rows

    def add(self, key: str, **values: Any) -> None:
        """Write a row at once."""
        self.rows[key] = {"key": key, **values}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self.rows[key]) + "\n")
