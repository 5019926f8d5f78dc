"""What is asked of the service, made ready to travel."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import orjson

from engine.graph.faults import Fault, InvalidWorkflow
from engine.worker.messages import within_64_bits

Workflow: TypeAlias = "Mapping[str, Any] | bytes | str"


def bytes_of(workflow: Workflow) -> bytes:
    """A workflow as JSON text, sound or not."""
    if isinstance(workflow, bytes):
        return workflow
    if isinstance(workflow, str):
        return workflow.encode()
    try:
        return orjson.dumps(workflow)
    except TypeError:  # whole numbers beyond 64 bits, half characters, great depth: whoever reads it says what is wrong
        return json.dumps(workflow).encode()


def plain(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as they travel. Raises InvalidWorkflow for those that no file could hold."""
    try:
        travels = within_64_bits(dict(inputs))
        orjson.dumps(travels)
    except (TypeError, RecursionError) as error:
        raise InvalidWorkflow([Fault("bad_value", f"the inputs can't be written as JSON: {error}")]) from None
    return dict(travels)


def title_of(workflow: Workflow) -> str:
    """What a workflow is called; it need not be sound."""
    try:
        read = workflow if isinstance(workflow, Mapping) else orjson.loads(workflow)
    except orjson.JSONDecodeError:
        return ""
    title = read.get("title") if isinstance(read, Mapping) else None
    return title if isinstance(title, str) else ""


def given_of(
    given: dict[str, Any], targets: Sequence[str] | None, frozen: Mapping[str, str | None] | None
) -> dict[str, Any]:
    """What is asked beside a workflow; without `frozen` where nothing is, as it was before there was any."""
    asked = given | {"targets": None if targets is None else list(targets)}
    return asked | {"frozen": plain(frozen)} if frozen else asked
