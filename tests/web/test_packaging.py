"""The container and the unit start what there is to be started."""

import configparser
import dataclasses
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from serving import served_here

from engine.cli.main import loom
from web.command import command
from web.healthy import main

ROOT = Path(__file__).parent.parent.parent
PACKAGING = ROOT / "packaging"


def unit() -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read(PACKAGING / "latentloom.service")
    return parsed


def started() -> dict[str, list[str]]:
    dockerfile = (PACKAGING / "Dockerfile").read_text()
    cmd = re.search(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    assert cmd
    return {"Dockerfile": json.loads(cmd[1]), "unit": shlex.split(unit()["Service"]["ExecStart"])}


@pytest.mark.parametrize("where", ["Dockerfile", "unit"])
def test_what_is_started_is_a_command_with_options_that_it_has(where):
    program, name, *options = started()[where]
    assert Path(program).name == "loom"
    assert loom.get_command(None, name) is command
    context = command.make_context(name, options)
    assert context.params["opens"] is False


def test_a_container_listens_to_others_and_a_unit_does_not():
    assert "0.0.0.0" in started()["Dockerfile"]
    assert "--host" not in started()["unit"]
    assert unit()["Service"]["NoNewPrivileges"] == "yes"


def test_the_server_and_the_editor_are_in_the_wheel():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "/web" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["include"]
    assert project["project"]["entry-points"]["latentloom.commands"]["serve"] == "web.command:command"


def test_a_container_knows_whether_its_server_answers(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("LOOM_HOME", str(tmp_path))
    (tmp_path / "token").write_text("t" * 43 + "\n")
    home = dataclasses.replace(settings.home, root=tmp_path)
    with served_here(dataclasses.replace(settings, home=home, token="t" * 43)) as port:
        assert main([f"http://127.0.0.1:{port}/"]) == 0
        (tmp_path / "token").write_text("wrong")
        assert main([f"http://127.0.0.1:{port}"]) == 1
    assert main([f"http://127.0.0.1:{port}"]) == 1
    assert main(["file:///etc/passwd"]) == 1
