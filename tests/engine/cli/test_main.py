import os
import subprocess
import sys
from pathlib import Path

import click
import killing
import pytest

from engine import packs
from engine.cli.main import BUILT_IN
from engine.cli.main import loom as group
from engine.graph.faults import LoomError


def commands() -> dict[str, click.Command]:
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_command_has_help_and_every_option_a_line(loom, name):
    command = commands()[name]

    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts}"
    result = loom(name, "--help")
    assert result.status == 0
    assert f"Usage: loom {name}" in result.out


def test_help_lists_every_command(loom):
    result = loom("--help")

    assert result.status == 0
    assert all(f"  {name} " in result.out for name in commands())
    assert loom("--version").out.startswith("Latent Loom, version ")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["rnu"],
        ["run"],
        ["run", "a", "b"],
        ["run", "--sets", "x"],
        ["run", "w.json", "--set", "red"],
        ["check", "--jsn", "w.json"],
    ],
)
def test_wrong_usage_ends_with_2(loom, painting_file, arguments):
    result = loom(*arguments)

    assert result.status == 2
    assert result.out == ""
    assert not arguments or result.err.count("\n") == 1


def test_what_nobody_expected_is_one_line_and_a_log(here: Path, monkeypatch, capfd):
    from engine.cli.main import main

    def explode(third_party: bool = True) -> None:
        raise ZeroDivisionError("three\nlines\nof words")

    monkeypatch.setattr(packs, "find_registry", explode)

    assert main(["nodes"]) == 1

    err = capfd.readouterr().err
    assert err.count("\n") == 1
    assert "ZeroDivisionError: three; details: " in err
    log = Path(err.rpartition("details: ")[2].strip())
    assert log.parent == here.parent / "home" / "logs"
    assert "in explode" in log.read_text()


def test_a_command_of_an_installed_package_is_found(loom, here, monkeypatch):
    install(here / "site", "[latentloom.commands]\ngreet = greeting_cli:command\nlost = no_such_module:command\n")
    (here / "site" / "greeting_cli.py").write_text(
        "import click\n\n@click.command()\ndef command():\n    'Greet.'\n    click.echo('good day')\n"
    )
    monkeypatch.syspath_prepend(here / "site")

    assert loom("greet").out == "good day\n"
    assert "greet" in loom("--help").out
    lost = loom("lost")
    assert lost.status == 2
    assert "command 'lost' could not be loaded: ModuleNotFoundError" in lost.err


def test_a_pack_that_fails_to_import_costs_only_its_own_nodes(here, monkeypatch):
    install(here / "site", "[latentloom.packs]\nsound = sound_pack\nbroken = broken_pack\n")
    (here / "site" / "sound_pack.py").write_text(RING)
    (here / "site" / "broken_pack.py").write_text("raise LookupError('no\\nbell')\n")
    monkeypatch.syspath_prepend(here / "site")

    registry = packs.find_registry()
    alone = packs.find_registry(third_party=False)

    assert "sound:Ring" in registry.types
    assert {pack.name: pack.error for pack in registry.packs} == {
        "core": None,
        "broken": "LookupError: no",
        "sound": None,
    }
    assert [pack.name for pack in alone.packs] == ["core"]


def test_a_broken_pack_is_named_with_its_cause(loom, registry, painting_file, monkeypatch):
    from dataclasses import replace

    broken = packs.PackRecord("bells", "2.1", "LookupError: no bell")
    with_broken = replace(registry, packs=(*registry.packs, broken))
    monkeypatch.setattr(packs, "find_registry", lambda third_party=True: with_broken)

    result = loom("nodes", "--json")

    assert result.status == 0
    assert result.document["packs"][1] == {"name": "bells", "version": "2.1", "error": "LookupError: no bell"}
    for told in (result, loom("check", painting_file), loom("run", painting_file), loom("models")):
        assert told.status == 0
        assert told.err.count("pack 'bells' 2.1 could not be loaded: LookupError: no bell") == 1


def test_an_error_with_a_sentence_ends_with_that_sentence(loom, monkeypatch):
    def refuse(third_party: bool = True) -> None:
        raise LoomError("the bells are\nsilent")

    monkeypatch.setattr(packs, "find_registry", refuse)

    result = loom("models")

    assert (result.status, result.err) == (2, "loom: the bells are silent\n")


RING = """
from engine.graph.node import Node


class Ring(Node):
    'Ring.'

    def run(self) -> int:
        return 1
"""


def install(site: Path, points: str) -> None:
    folder = site / "further-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: further\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(points)


def test_listing_the_nodes_imports_no_torch(here):
    program = (
        "import sys; from engine.cli.main import main; assert main(['nodes', '--json']) == 0; "
        "heavy = {'torch', 'diffusers', 'transformers', 'numpy'} & set(sys.modules); assert not heavy, heavy"
    )

    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_a_run_that_needs_no_model_imports_no_torch(painting_file, here):
    program = (
        "import sys, painting; from engine import packs; from engine.cli.main import main; "
        "found = packs.registry_of(painting.Swatch, painting.Grain, *painting.NODES); "
        "packs.find_registry = lambda third_party=True: found; "
        "assert main(['run', 'w.json', '--sweep', 'seed=1,2']) == 0; assert 'torch' not in sys.modules"
    )

    support = Path(killing.__file__).parent
    subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(support)}
    )
