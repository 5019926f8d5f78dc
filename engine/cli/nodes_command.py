"""`loom nodes`: the node types that are installed, and the help of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import json_option, packs_option

if TYPE_CHECKING:
    from engine.graph.records import NodeType
    from engine.packs import Registry


@click.command("nodes", short_help="List the node types, or show the help of one.")
@click.argument("name", metavar="[TYPE]", required=False)
@packs_option
@json_option
def command(name: str | None, no_packs: bool, as_json: bool) -> int:
    """List the node types that workflows may use, or show the help of one TYPE.

    With --json, print the catalogue: packs, value types and node types, the same document that the server gives.
    """
    from engine import packs
    from engine.cli.say import name_broken_packs, print_json

    registry = packs.find_registry(third_party=not no_packs)
    record = _find(registry, name) if name is not None else None
    if as_json:
        print_json(_document(registry, record))
    elif record is not None:
        click.echo(_help_of(record))
    else:
        click.echo(_listing(registry))
    name_broken_packs(registry)
    return 0


def _find(registry: Registry, name: str) -> NodeType:
    """The type of this name or title, or the one that is called so elsewhere; then the same in letters of any case."""
    from engine.graph.faults import LoomError, known

    if name in registry.types:
        return registry.types[name]
    wanted = name.casefold()
    near = {}
    for record in registry.types.values():
        names = (record.name, record.title, *record.peers)
        if name in names or wanted in (each.casefold() for each in names):
            return record
        if any(wanted in text.casefold() for text in (*names, record.category, record.help)):
            near[record.name] = record
    if wanted.strip() and near:
        rows = ", ".join(sorted(near))
        raise LoomError(f"there is no node type '{name}'; those that speak of it: {rows}")
    raise LoomError(f"there is no node type '{name}'; there is: {known(registry.types, name)}")


def _document(registry: Registry, only: NodeType | None) -> dict[str, Any]:
    from engine.graph.catalogue import catalogue

    types = registry.types if only is None else {only.name: only}
    return catalogue(types, registry.values, [pack.to_json() for pack in registry.packs])


def _listing(registry: Registry) -> str:
    from engine.cli.say import columns

    blocks = []
    for category in sorted({record.category for record in registry.types.values()}):
        records = sorted((each for each in registry.types.values() if each.category == category), key=lambda r: r.name)
        rows = columns((record.name, record.help.partition("\n")[0]) for record in records)
        blocks.append(f"{category or 'other'}\n{rows}")
    return "\n\n".join(blocks) or "No node types are installed."


def _help_of(record: NodeType) -> str:
    from engine.cli.say import columns
    from engine.cli.wording import spec_row, type_words

    where = ", ".join(part for part in (record.category, f"pack {record.pack}", f"version {record.version}") if part)
    flags = f", {', '.join(record.flags)}" if record.flags else ""
    parts = [f"{record.name}: {record.title} ({where}{flags})", record.help]
    if record.peers:
        parts.append(f"Elsewhere: {', '.join(record.peers)}")
    inputs = columns(spec_row(spec) for spec in record.inputs.values())
    parts.append(f"Inputs:\n{inputs}" if inputs else "No inputs.")
    rows = [
        (spec.name, f"{'list of ' if spec.list else ''}{type_words(spec.type)}", spec.help)
        for spec in record.outputs.values()
    ]
    parts.append(f"Outputs:\n{columns(rows)}" if rows else "No outputs.")
    return "\n\n".join(part for part in parts if part)
