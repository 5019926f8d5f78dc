"""What the server knows of a run, as plain frozen records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

import orjson

from engine.graph.records import JsonValue

QUEUED, RUNNING = "queued", "running"
SUCCEEDED, FAILED, CANCELLED, INTERRUPTED = "succeeded", "failed", "cancelled", "interrupted"
STATUSES = (QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED, INTERRUPTED)
LOCAL = "local"

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run to be put into the queue.

    `workflow` is its canonical text with everything filled in that is known before it runs; `inputs` are set on top of
    it, once more at each start. `document` names what the user was editing. `models` are fingerprints. `frozen` has a token
    for each address at which what was given once stands in.
    """

    workflow: str
    inputs: Json = field(default_factory=dict)
    targets: Sequence[str] | None = None
    title: str = ""
    document: str = ""
    models: Sequence[str] = ()
    seeds: Json = field(default_factory=dict)
    owner: str = LOCAL
    frozen: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """A run in the queue or in history. Times are seconds since 1970; `seconds` is what running took.

    `place` orders the queue, the smallest first. `made_with` holds versions, kind of device and the fingerprints of models;
    `outputs` an entry a picture or value; `nodes` what became of each node, by address.
    """

    id: str
    number: int
    owner: str
    status: str
    partial: bool
    title: str
    document: str
    sweep: str | None
    retry_of: str | None
    inputs: dict[str, JsonValue]
    targets: list[str] | None
    models: list[str]
    seeds: dict[str, int]
    place: int
    attempts: int
    wish: str | None
    device: str | None
    created: float
    started: float | None
    ended: float | None
    seconds: float | None
    outputs: dict[str, list[dict[str, JsonValue]]]
    faults: list[dict[str, JsonValue]]
    notices: list[dict[str, JsonValue]]
    made_with: dict[str, JsonValue]
    frozen: dict[str, str]

    @property
    def over(self) -> bool:
        """Whether it will not change any more."""
        return self.status not in (QUEUED, RUNNING)

    @property
    def held(self) -> list[str]:
        """The nodes that gave what was frozen, and not what the workflow says."""
        found = self.made_with.get("frozen")
        return list(found) if isinstance(found, dict) else []

    def to_json(self) -> dict[str, JsonValue]:
        """As the outside has it: without what only the queue needs."""
        return {name: getattr(self, name) for name in COLUMNS if name not in ("number", "place", "models", "wish")}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: `status` is succeeded, failed or cancelled. `seeds` are those that it ran with, by address."""

    status: str
    seconds: float
    partial: bool = False
    outputs: Json = field(default_factory=dict)
    nodes: Json = field(default_factory=dict)
    faults: Sequence[Json] = ()
    notices: Sequence[Json] = ()
    made_with: Json = field(default_factory=dict)
    data: Json = field(default_factory=dict)
    seeds: Json = field(default_factory=dict)


COLUMNS = tuple(item.name for item in fields(Run))
_JSON = {"inputs", "targets", "models", "seeds", "outputs", "faults", "notices", "made_with", "frozen"}


def run_from(row: Sequence[Any]) -> Run:
    """The record of a row of COLUMNS."""
    values = dict(zip(COLUMNS, row, strict=True))
    for name in _JSON:
        if values[name] is not None:
            values[name] = orjson.loads(values[name])
    return Run(**(values | {"partial": bool(values["partial"])}))


def to_text(value: Any) -> str:
    """A value as the JSON that a column holds."""
    return orjson.dumps(value).decode()
