"""What the shipped model makes depends on nothing but the workflow."""

import json
import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

REPOSITORY = Path(__file__).parents[2]


def start(folder: Path) -> subprocess.Popen[str]:
    """`loom run` in a process, a data folder and a current folder of its own."""
    folder.mkdir()
    environment = {**os.environ, "LOOM_HOME": str(folder / "home"), "PYTHONHASHSEED": str(len(folder.name))}
    environment.pop("LOOM_MODELS", None)
    file = REPOSITORY / "workflows" / "text_to_image.json"
    command = [sys.executable, "-m", "engine.cli.main", "run", str(file), "--no-cache", "--device", "cpu", "--json"]
    return subprocess.Popen(
        [*command, "--set", "steps=2", "--set", "seed=77"],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_with_nothing_in_common_make_the_same_pixels(tmp_path: Path) -> None:
    both = [start(tmp_path / name) for name in ("one", "another")]
    pixels = []
    for process in both:
        out, err = process.communicate()
        assert process.returncode == 0, err
        told = json.loads(out)
        assert {node["state"] for node in told["nodes"].values()} == {"ran"}
        with Image.open(told["outputs"]["image"][0]["path"]) as picture:
            pixels.append((picture.mode, picture.size, picture.tobytes()))
    assert pixels[0] == pixels[1]
    assert len(set(pixels[0][2])) > 50, "a picture, not a plain colour"
