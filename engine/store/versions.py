"""What each version of a workflow changed. It is read when somebody looks: a list of names should open no files."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from engine.graph.difference import Change, as_needy, difference
from engine.graph.document import Workflow, load_workflow
from engine.graph.faults import InvalidWorkflow
from engine.store.documents import UnknownDocument
from engine.store.library import Library, Version


class Told(NamedTuple):
    """A version and its changes against the one before it.

    None where none came before, or where one of the two is no workflow (a file that was broken from outside, say).
    """

    version: Version
    changes: tuple[Change, ...] | None


def told_versions(library: Library, name: str, limit: int, before: int | None = None) -> tuple[list[Told], int | None]:
    """Up to `limit` versions, the newest first, only older ones than the number `before`; and `before` for those after them.

    Raises UnknownDocument, BadDocumentName.
    """
    found = [version for version in library.versions(name) if before is None or version.number < before]
    read = [(version, _read(library, name, version)) for version in found[: limit + 1]]
    told = [Told(later, _between(older, newer)) for (later, newer), (_, older) in pairwise([*read, *_NONE])]
    page = told[:limit]
    return page, page[-1].version.number if page and len(found) > limit else None


_NONE = ((Version(0, "", 0, 0.0), None),)


def _between(before: Workflow | None, after: Workflow | None) -> tuple[Change, ...] | None:
    if before is None or after is None:
        return None
    return difference(as_needy(before, after), as_needy(after, before))


def _read(library: Library, name: str, version: Version) -> Workflow | None:
    try:
        return load_workflow(library.version(name, version.number))
    except (InvalidWorkflow, UnknownDocument):  # broken, or taken away by now as the oldest of too many
        return None
