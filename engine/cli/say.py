"""Words on standard error, documents on standard output."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from engine.graph.faults import Fault


def complain(text: str) -> None:
    """One line about what is wrong, on standard error."""
    click.echo(f"loom: {_one_line(text)}", err=True)


def note(text: str) -> None:
    """One line that is no error, on standard error."""
    click.echo(_one_line(text), err=True)


def print_json(document: Mapping[str, Any]) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def faults_json(faults: Iterable[Fault]) -> list[dict[str, str | None]]:
    """Faults, or notices, as the outside has them."""
    return [fault.to_json() for fault in faults]


def columns(rows: Iterable[tuple[str, ...]], indent: str = "  ") -> str:
    """Rows as aligned columns; the last column is as long as it likes."""
    rows = list(rows)
    if not rows:
        return ""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]) - 1)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)]
        lines.append((indent + "  ".join(cells)).rstrip())
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())
