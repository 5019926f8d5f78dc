"""Options and arguments that several commands share, and the host that they make."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from engine.host.host import Host

file_argument = click.argument("file", metavar="FILE")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
packs_option = click.option("--no-packs", is_flag=True, help="Use the built-in nodes only.")


def device_name(name: str) -> str:
    """A device's name, checked. Raises UsageError."""
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d{1,3})?", name):
        raise click.UsageError(f"device {name!r} is not known; there are: auto, cpu, cuda:N (N = 0, 1, …), mps")
    return name


def _device(_context: click.Context, _option: click.Parameter, name: str) -> str:
    return device_name(name)


device_option = click.option(
    "--device",
    default="auto",
    show_default=True,
    metavar="NAME",
    callback=_device,
    help="Where models run: auto, cpu, cuda:N or mps.",
)


def writable_folder(_context: click.Context, _option: click.Parameter, name: str) -> str:
    """Refuse, before anything runs, a folder into which nothing could be written. Nothing is created."""
    there = next(folder for folder in (Path(name).absolute(), *Path(name).absolute().parents) if folder.exists())
    if not there.is_dir():
        raise click.UsageError(f"--out {name}: {there} is a file, not a folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise click.UsageError(f"--out {name}: {there} may not be written to")
    return name


@contextmanager
def a_host(*, no_packs: bool = False, **options: Any) -> Iterator[Host]:
    """A host over the installed packs, closed afterwards."""
    from engine import packs
    from engine.cli.say import name_broken_packs
    from engine.host.host import Host

    registry = packs.find_registry(third_party=not no_packs)
    name_broken_packs(registry)
    host = Host(registry, **options)
    try:
        yield host
    finally:
        host.close()
