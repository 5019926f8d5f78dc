"""`loom fmt`: writes a workflow file in its canonical form."""

from __future__ import annotations

from pathlib import Path

import click

from engine.cli.options import packs_option


@click.command("fmt", short_help="Write a workflow file in its canonical form.")
@click.argument("file", metavar="FILE")
@packs_option
def command(file: str, no_packs: bool) -> int:
    """Write the workflow in FILE in canonical form, in place: the same graph is the same bytes.

    Keys and names are sorted, and every literal is written out, defaults too. Nodes of an older version stay at theirs:
    they are upgraded when the file is opened, never by formatting. FILE may be - to format standard input.
    """
    from engine import packs
    from engine.graph.canonical import dump
    from engine.graph.document import load_workflow
    from engine.graph.normalise import normalise
    from engine.host.opening import STDIN, read_file
    from engine.store.placing import replace_file

    data, source, _ = read_file(file)
    workflow = load_workflow(data, source)
    text = dump(normalise(workflow, packs.find_registry(third_party=not no_packs).types))
    if file == STDIN:
        click.echo(text, nl=False)
    elif text.encode() == data:
        click.echo(f"{file}: unchanged")
    else:
        replace_file(Path(file), text.encode())
        click.echo(f"{file}: formatted")
    return 0
