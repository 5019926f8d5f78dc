"""Run the example workflows and put a small picture of what each makes beside it, for the editor's page of examples.

    python packaging/example_pictures.py [NAME …]      # all without a name: workflows/NAME.json → workflows/NAME.webp

A workflow that makes several pictures shows four of them. Run it anew when a shipped model changes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

WORKFLOWS = Path(__file__).parent.parent / "workflows"
SIDE = 256
GAP = 4
QUALITY = 82


def made_by(workflow: Path, folder: Path) -> list[Path]:
    """The pictures of the first output that has any, after a run into `folder`."""
    command = [
        sys.executable,
        "-m",
        "engine.cli.main",
        "run",
        str(workflow),
        "--no-packs",
        "--json",
        "--out",
        str(folder),
    ]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return next(_pictures(json.loads(answer.stdout)["outputs"]), [])


def _pictures(outputs: dict[str, list[dict[str, Any]]]) -> Iterator[list[Path]]:
    for entries in outputs.values():
        paths = [Path(entry["path"]) for entry in entries if entry.get("path", "").endswith((".png", ".webp", ".jpg"))]
        if paths:
            yield paths


def together(pictures: Sequence[Image.Image]) -> Image.Image:
    """One picture of at most `SIDE` pixels a side: the first alone, or four in a square."""
    if len(pictures) < 4:
        return _fitted(pictures[0], SIDE)
    half = (SIDE - GAP) // 2
    sheet = Image.new("RGB", (SIDE, SIDE), "white")
    for place, picture in enumerate(pictures[:4]):
        small = _fitted(picture, half)
        left, top = (place % 2 * (half + GAP), place // 2 * (half + GAP))
        sheet.paste(small, (left + (half - small.width) // 2, top + (half - small.height) // 2))
    return sheet


def _fitted(picture: Image.Image, side: int) -> Image.Image:
    small = picture.convert("RGB")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return small


def main() -> None:
    """Make the pictures, and say which workflows make none."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    names = parser.parse_args().names or sorted(path.stem for path in WORKFLOWS.glob("*.json"))
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            paths = made_by(WORKFLOWS / f"{name}.json", Path(folder))
            if not paths:
                print(f"{name}: makes no picture")
                continue
            target = WORKFLOWS / f"{name}.webp"
            together([Image.open(path) for path in paths]).save(target, "WEBP", quality=QUALITY, method=6)
            print(f"{name}: {target.stat().st_size / 1000:.1f} kB")


if __name__ == "__main__":
    main()
