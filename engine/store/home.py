"""Where things are kept: `LOOM_HOME` and the model folders. Looking one up creates nothing."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

APPLICATION = "latentloom"


@dataclass(frozen=True, slots=True)
class Home:
    """The data folder. `model_folders` is where models are looked for, its own first."""

    root: Path
    model_folders: tuple[Path, ...]

    @property
    def models(self) -> Path:
        """Models that the user put here."""
        return self.root / "models"

    @property
    def inputs(self) -> Path:
        """Files and folders that workflows may name."""
        return self.root / "inputs"

    @property
    def assets(self) -> Path:
        """Files by their content."""
        return self.root / "assets"

    @property
    def workflows(self) -> Path:
        """The library of saved workflows."""
        return self.root / "workflows"

    @property
    def cache(self) -> Path:
        """What can be made again."""
        return self.root / "cache"

    @property
    def logs(self) -> Path:
        """What happened."""
        return self.root / "logs"


def find_home(environ: Mapping[str, str] = os.environ) -> Home:
    """The data folder that `LOOM_HOME` names, else the platform's own; `LOOM_MODELS` adds folders of models.

    Both may use `~`; the folders of `LOOM_MODELS` are separated as in `PATH`. Paths come back absolute.
    """
    named = environ.get("LOOM_HOME")
    root = _absolute(named) if named else user_data_path(APPLICATION, appauthor=False)
    further = [_absolute(part) for part in environ.get("LOOM_MODELS", "").split(os.pathsep) if part]
    return Home(root, tuple(dict.fromkeys((root / "models", *further))))


def made(folder: Path) -> Path:
    """The folder, made now if it was not there: called by who writes into it."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _absolute(text: str) -> Path:
    return Path(os.path.abspath(Path(text).expanduser()))
