"""The history told as edits: what each run has that the run before it had not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

import orjson

from engine.graph.difference import Change, difference
from engine.graph.document import Workflow, workflow_from
from engine.graph.faults import InvalidWorkflow
from engine.graph.records import JsonValue

Changes: TypeAlias = "tuple[Change, ...] | None"
LOOKED_AT = 8
"""How many earlier runs are looked at for one that differs: moving a node makes another file and the same picture."""

_BEFORE = "SELECT text, inputs FROM run JOIN workflow ON workflow = sha WHERE owner = ? AND document = ? AND number < ?"
_EARLIER = f"{_BEFORE} AND status NOT IN ('failed', 'cancelled', 'interrupted') ORDER BY number DESC LIMIT ?"
_EARLIER_OF_ALL = f"{_BEFORE} ORDER BY number DESC LIMIT ?"
_ONE = "SELECT owner, document, number, text, inputs FROM run JOIN workflow ON workflow = sha WHERE id = ?"


def changes(one: Callable[..., Any], all: Callable[..., Any], ids: Iterable[str]) -> dict[str, Changes]:
    """For each run what was changed since the run of the same document before it that differs.

    Runs that made nothing are compared with only where no other came before. `one` and `all` ask the database for rows.
    None stands for a run that is gone, and for one that no other workflow was run before; () for one of a long row of
    the same.
    """
    return {id: _changes(one, all, id) for id in dict.fromkeys(ids)}


def _changes(one: Callable[..., Any], all: Callable[..., Any], id: str) -> Changes:
    row = one(_ONE, id)
    if row is None:
        return None
    owner, document, number, text, inputs = row
    place = (owner, document, number, LOOKED_AT)
    earlier = all(_EARLIER, *place) or all(_EARLIER_OF_ALL, *place)
    for before in earlier:
        found = _between(*before, text, inputs)
        if found is None or found:
            return found
    return () if len(earlier) == LOOKED_AT else None


@lru_cache(1024)
def _between(text: str, inputs: str, later_text: str, later_inputs: str) -> Changes:
    """What differs in the nodes; the drawing, titles and records of how it was made do not make another picture."""
    if (text, inputs) == (later_text, later_inputs):
        return ()
    before, after = _read(text, inputs), _read(later_text, later_inputs)
    if before is None or after is None:
        return None
    return tuple(change for change in difference(before, after) if change.node is not None)


@lru_cache(128)
def _read(text: str, inputs: str) -> Workflow | None:
    """A workflow as it ran; None for what an earlier version of this program wrote and this one reads no more."""
    document = with_values(orjson.loads(text), orjson.loads(inputs))
    try:
        return workflow_from(document)
    except InvalidWorkflow:
        return None


def with_values(document: dict[str, Any], values: Mapping[str, JsonValue]) -> dict[str, Any]:
    """A workflow's JSON with values set, by the name of an input or by address; it is changed in place."""
    for name, value in values.items():
        exposed = document.get("inputs", {}).get(name)
        for port in [name] if exposed is None else exposed["to"]:
            address, _, input = port.rpartition(".")
            node, _, inner = address.partition("/")
            if node in document["nodes"]:
                given = document["nodes"][node].setdefault("inputs", {})
                given[f"{inner}.{input}" if inner else input] = value
    return document
