"""`loom diff`: what changed between two workflows, in nodes and values."""

from __future__ import annotations

import click

from engine.cli.options import json_option, packs_option


@click.command("diff", short_help="Say what changed from one workflow to another.")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@packs_option
@json_option
def command(a: str, b: str, no_packs: bool, as_json: bool) -> int:
    """Say what changed from the workflow A to the workflow B: nodes, values and links, never lines.

    A and B are .json files or pictures that carry a workflow; a default that only one of them writes is no change. The
    exit status is 0 whether they differ or not.
    """
    from engine import packs
    from engine.cli.say import print_json
    from engine.graph.difference import difference
    from engine.graph.normalise import normalise
    from engine.host.host import Host

    host = Host(packs.find_registry(third_party=not no_packs))
    old, new = (normalise(host.open(file).workflow, host.registry.types) for file in (a, b))
    changes = difference(old, new)
    if as_json:
        print_json({"changes": [change.to_json() for change in changes]})
    else:
        click.echo("\n".join(str(change) for change in changes) or "no difference")
    return 0
