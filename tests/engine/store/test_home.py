"""Where things are kept."""

import os
from pathlib import Path

import pytest

from engine.store.home import find_home, made


def test_loom_home_names_the_data_folder_and_looking_creates_nothing(tmp_path: Path) -> None:
    root = tmp_path / "somewhere" / "loom"
    home = find_home({"LOOM_HOME": str(root)})
    folders = [home.models, home.inputs, home.assets, home.workflows, home.cache, home.logs]
    assert [folder.name for folder in folders] == ["models", "inputs", "assets", "workflows", "cache", "logs"]
    assert all(folder.parent == root for folder in folders)
    assert list(tmp_path.iterdir()) == []


def test_without_loom_home_it_is_the_platforms_own_folder() -> None:
    home = find_home({})
    assert home.root.is_absolute()
    assert home.root.name == "latentloom"
    assert find_home({"LOOM_HOME": ""}) == home


def test_loom_models_adds_folders_behind_the_homes_own(tmp_path: Path) -> None:
    listed = os.pathsep.join(["/big/models", "~/sd", "", "/big/models"])
    home = find_home({"LOOM_HOME": str(tmp_path), "LOOM_MODELS": listed})
    assert home.model_folders == (tmp_path / "models", Path("/big/models"), Path("~/sd").expanduser())


def test_relative_folders_are_taken_from_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    home = find_home({"LOOM_HOME": "../here", "LOOM_MODELS": "more"})
    assert home.root == tmp_path.parent / "here"
    assert home.model_folders[1] == tmp_path / "more"


def test_a_folder_is_made_when_it_is_written_to(tmp_path: Path) -> None:
    home = find_home({"LOOM_HOME": str(tmp_path / "new")})
    assert made(home.cache).is_dir()
    assert made(home.cache) == home.cache
