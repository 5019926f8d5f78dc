"""`loom serve`: the editor and the HTTP interface on this machine."""

from __future__ import annotations

import click

from engine.cli.options import device_name, packs_option


def _devices(_context: click.Context, _option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(device_name, names)))


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Where to listen.")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--allow-host", multiple=True, metavar="NAME", help="A further name under which browsers may call it.")
@click.option("--open/--no-open", "opens", default=True, help="Open the editor in a browser.")
@click.option(
    "--device",
    "devices",
    multiple=True,
    default=("auto",),
    metavar="NAME",
    callback=_devices,
    help="Where models run: auto, cpu, cuda:N or mps; repeatable, each has a worker of its own.  [default: auto]",
)
@packs_option
def command(
    host: str, port: int, allow_host: tuple[str, ...], opens: bool, devices: tuple[str, ...], no_packs: bool
) -> int:
    """Serve the editor, and an interface for programs.

    It listens on this machine alone. On any other address it asks for a token, which it prints.
    """
    from web.serving import serve
    from web.settings import Settings

    names = frozenset(name.lower() for name in allow_host)
    settings = Settings(host=host, port=port, devices=devices, names=names, third_party=not no_packs)
    return serve(settings, opens=opens)
