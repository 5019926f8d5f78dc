"""Runs `loom` over and over in children that kill themselves at the n-th thing they do to a file, for n = 1, 2, …

Called as a program of its own, so that the forked children come from a process without threads:
`python killing.py FOLDER WORKFLOW STRIDE`. After each kill the same run is done again undisturbed. Prints one JSON object a
round: which moment it was, how the killed child ended, how the next one did, and the pictures there were after each.
"""

import json
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import painting

from engine import packs
from engine.cli.main import main
from engine.packs import registry_of

MOMENTS = frozenset(
    {painting.STEP, "open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect"}
)


def kill_at(moment: int, folder: str) -> None:
    """From now on, have this process killed as it begins its `moment`-th act on something in the folder."""
    left = moment

    def act(place: object) -> None:
        nonlocal left
        if folder in str(place):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in MOMENTS:
            act(folder if event == painting.STEP else arguments[:2])

    fsync = os.fsync

    def counted(fd: Any) -> None:
        act(folder)
        fsync(fd)

    os.fsync = counted
    sys.addaudithook(hook)


def child(arguments: list[str], moment: int | None, folder: str) -> tuple[bool, int]:
    """Run `loom` in a fork; whether it was killed, and its exit status."""
    pid = os.fork()
    if pid == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        if moment is not None:
            kill_at(moment, folder)
        os._exit(main(arguments))
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status), os.waitstatus_to_exitcode(status)


def rounds(folder: Path, workflow: str, stride: int) -> None:
    """Kill at every `stride`-th moment, until a run ends before its moment has come."""
    main(["run", "--help"])  # what is imported here need not be in every child
    for module in ("engine.host.job", "engine.cli.values", "engine.cli.progress", "PIL.PngImagePlugin", "sqlite3"):
        import_module(module)
    registry = registry_of(painting.Swatch, painting.Grain, *painting.NODES)

    def ours(third_party: bool = True, **_others: Any) -> packs.Registry:
        return registry

    packs.find_registry = ours
    os.environ["LOOM_HOME"] = str(folder / "home")
    moment, killed = 1, True
    while killed:
        arguments = ["run", workflow, "--out", str(folder / "out"), "--set", f"seed={moment % 256}"]
        killed, _ = child(arguments, moment, str(folder))
        after_kill = visible(folder / "out")
        _, status = child(arguments, None, str(folder))
        new = sorted(set(visible(folder / "out")) - set(after_kill))
        told = {"moment": moment, "killed": killed, "status": status, "after_kill": after_kill, "new": new}
        print(json.dumps(told), flush=True)
        moment += stride


def visible(folder: Path) -> list[str]:
    """The paths of all but hidden files."""
    return sorted(str(path) for path in folder.glob("*") if not path.name.startswith(".")) if folder.is_dir() else []


if __name__ == "__main__":
    rounds(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
