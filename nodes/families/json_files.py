"""The JSON files of a model's folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nodes.families.errors import UnusableModel


def read_json(folder: Path, name: str, kind: str = "model") -> dict[str, Any]:
    """The object that a file of a model's folder holds. Raises UnusableModel, which calls the model a `kind`."""
    try:
        found = json.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UnusableModel(f"{folder.name} is not a whole {kind}: it has no {name}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise UnusableModel(f"{folder.name}: {name} cannot be read as JSON") from error
    if not isinstance(found, dict):
        raise UnusableModel(f"{folder.name}: {name} is not a JSON object")
    return found
