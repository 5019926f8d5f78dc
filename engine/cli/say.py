"""Words on standard error, documents on standard output."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from engine.graph.faults import Fault
    from engine.packs import Registry

LEAST_ROOM = 30
"""Characters that the last column of a table has at least, else it goes below the others."""


def complain(text: str) -> None:
    """One line about what is wrong, on standard error."""
    click.echo(f"loom: {_one_line(text)}", err=True)


def note(text: str) -> None:
    """One line that is no error, on standard error."""
    click.echo(_one_line(text), err=True)


def name_broken_packs(registry: Registry) -> None:
    """Say which packs could not be imported, and why: a workflow may seem to miss what is installed."""
    for pack in registry.packs:
        if pack.error is not None:
            complain(f"pack '{pack.name}' {pack.version} could not be loaded: {pack.error}")


def print_json(document: Mapping[str, Any]) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def faults_json(faults: Iterable[Fault]) -> list[dict[str, str | None]]:
    """Faults, or notices, as the outside has them."""
    return [fault.to_json() for fault in faults]


def columns(rows: Iterable[tuple[str, ...]], indent: str = "  ", width: int | None = None) -> str:
    """Rows as aligned columns. The last one is broken into lines that fit into `width` characters, or left as it is.

    By default that is the terminal's width where standard output is one. Where the others leave it little room, it
    stands below them.
    """
    rows = list(rows)
    if not rows:
        return ""
    if width is None and sys.stdout.isatty():
        width = shutil.get_terminal_size().columns
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]) - 1)]
    before = len(indent) + sum(widths) + 2 * len(widths)
    lines: list[str] = []
    for row in rows:
        cells = "".join(cell.ljust(cell_width + 2) for cell, cell_width in zip(row[:-1], widths, strict=True))
        if width is None:
            lines.append((indent + cells + row[-1]).rstrip())
        elif before <= width - LEAST_ROOM:
            lines += _wrapped(indent + cells, row[-1], width)
        else:
            first = indent + "  ".join(cell for cell in row[:-1] if cell)
            lines += [first, *(_wrapped(f"{indent}      ", row[-1], width) if row[-1] else ())]
    return "\n".join(lines)


def _wrapped(start: str, text: str, width: int) -> list[str]:
    room = max(width - len(start), 20)
    first, *others = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    return [(start + first).rstrip(), *(" " * len(start) + line for line in others)]


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())
