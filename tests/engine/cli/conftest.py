"""`loom`, called as from a shell but in this process, over a small pack and in folders of its own."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import painting
import pytest

from engine import packs
from engine.cli.main import main
from engine.packs import Registry, registry_of


@dataclass(frozen=True)
class Result:
    """What a command gave back and wrote."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON that it printed."""
        return json.loads(self.out)

    @property
    def paths(self) -> list[Path]:
        """The files whose paths it printed."""
        return [Path(line) for line in self.out.splitlines() if line.startswith("/")]


Loom = Callable[..., Result]
Write = Callable[..., str]


@pytest.fixture
def registry() -> Registry:
    return registry_of(painting.Swatch, painting.Grain, *painting.NODES)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty; the data folder is `home` in it."""
    monkeypatch.setenv("LOOM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LOOM_MODELS", raising=False)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    painting.CALLS.clear()
    return work


@pytest.fixture
def loom(
    here: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Loom]:
    """Calls the command line with these arguments."""
    monkeypatch.setattr(packs, "find_registry", lambda third_party=True: registry)

    def call(*arguments: object) -> Result:
        capfd.readouterr()
        status = main([str(argument) for argument in arguments])
        sys.stdout.flush()
        captured = capfd.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Result(status, captured.out, captured.err)

    yield call
    assert all(path.name.startswith("loom.log") for path in (here.parent / "home" / "logs").glob("*"))


@pytest.fixture
def write(here: Path) -> Write:
    """Writes a workflow of these nodes, as {id: (type, inputs)}, to a file, and returns the file's name."""

    def workflow(nodes: Mapping[str, Any], name: str = "w.json", **further: Any) -> str:
        drawn = {
            key: {"type": node} if isinstance(node, str) else {"type": node[0], "inputs": node[1]}
            for key, node in nodes.items()
        }
        record = {"format": "latentloom", "version": 1, "nodes": drawn, **further}
        (here / name).write_text(json.dumps(record))
        return name

    return workflow


@pytest.fixture
def painting_file(write: Write) -> str:
    """A workflow with a picture that is darkened, three inputs and one output."""
    return write(
        {"paint": ("Paint", {"red": 0.25}), "dark": ("Darken", {"swatch": {"link": "paint.swatch"}})},
        title="Dark swatch",
        inputs={
            "red": {"to": ["paint.red"], "title": "Redness"},
            "seed": {"to": ["paint.seed"]},
            "by": {"to": ["dark.by"]},
        },
        outputs={"image": {"link": "dark.swatch"}},
    )
