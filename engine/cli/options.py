"""Options and arguments that several commands share, and the host that they make."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from engine.host.host import Host
    from engine.host.opening import Opened

file_argument = click.argument("file", metavar="FILE")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
packs_option = click.option("--no-packs", is_flag=True, help="Use the built-in nodes only.")
device_option = click.option(
    "--device", default="auto", show_default=True, metavar="NAME", help="Where models run: auto, cpu, cuda:N or mps."
)


@contextmanager
def a_host(*, no_packs: bool = False, **options: Any) -> Iterator[Host]:
    """A host over the installed packs, closed afterwards."""
    from engine import packs
    from engine.host.host import Host

    host = Host(packs.find_registry(third_party=not no_packs), **options)
    try:
        yield host
    finally:
        host.close()


def tell_opened(opened: Opened) -> None:
    """Say on standard error what opening the file has changed."""
    from engine.cli.say import note

    for upgraded in opened.upgraded:
        note(f"upgraded: {upgraded}")
    for notice in opened.notices:
        note(f"notice: {notice.message}")
