"""Requests made from the description of the interface, sound ones and broken ones; answers held against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Restarts processes each time, and takes no input that could be varied; it has tests of its own.
LEFT_OUT = ("POST /api/nodes/reload",)


def operations(document: dict[str, Any]) -> Iterator[Any]:
    """The operations of an OpenAPI document."""
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = cast(Any, found).ok()
        if operation.label not in LEFT_OUT:
            yield operation


def can_be_wrong(operation: Any) -> bool:
    """Whether the description leaves room for requests that it does not allow: a query, or a body of a kind."""
    described = operation.definition.raw
    bodies = described.get("requestBody", {}).get("content", {}).values()
    return any(each["in"] == "query" for each in described["parameters"]) or any(body["schema"] for body in bodies)


def fuzz(operation: Any, address: str, count: int, mode: GenerationMode, seed: int = 0) -> int:
    """Send up to `count` requests to one operation; how many were sent. Raises what a check found, in the smallest case."""
    sent = 0
    session = requests.Session()

    @seeded(seed)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        nonlocal sent
        sent += 1
        case.call_and_validate(base_url=address, session=session, checks=CHECKS, timeout=60)

    with session:
        send()
    return sent
