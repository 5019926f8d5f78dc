"""What a model on disk is, said without torch: for catalogues, checks and keys.

A diffusers folder or one `.safetensors` file; anything else gets a sentence that says what it is.
"""

from __future__ import annotations

from pathlib import Path

from nodes.families.errors import UnusableModel
from nodes.families.folder import DiffusersFolder
from nodes.families.records import Facts
from nodes.families.single_file import SingleFile


def identify(path: Path | str) -> Facts:
    """Say what the model at `path` is. Raises UnusableModel, with a sentence, where this version cannot
    run it."""
    path = Path(path)
    if path.is_dir():
        return DiffusersFolder(path).facts
    if not path.exists():
        raise UnusableModel(f"there is no model at {path.name}")
    if path.suffix.lower() in (".ckpt", ".pt", ".pth", ".bin", ".pickle", ".pkl"):
        raise UnusableModel(
            f"{path.name} is a pickle, which can run code when it is opened, so it is not read; "
            "get the model as .safetensors"
        )
    if path.suffix.lower() != ".safetensors":
        raise UnusableModel(f"{path.name} is not a model: wanted a diffusers folder or a .safetensors file")
    return SingleFile(path).facts
