"""The description of the interface, and requests made from it: no answer is other than it says."""

import pytest
from fuzzing import can_be_wrong, fuzz, operations
from schemathesis import GenerationMode

from web.openapi import openapi
from web.routes import all_routes

DOCUMENT = openapi(all_routes())
OPERATIONS = {operation.label: operation for operation in operations(DOCUMENT)}


async def test_the_description_is_served_and_names_every_route_of_the_contract(client):
    served = await (await client.get("/api/openapi.json")).json()
    assert served == DOCUMENT
    assert served["openapi"].startswith("3.1")
    wanted = {
        *("GET /api/health", "GET /api/nodes", "GET /api/workflow-schema", "POST /api/open", "POST /api/check"),
        *("POST /api/runs", "POST /api/sweeps", "GET /api/runs", "GET /api/runs/{id}", "DELETE /api/runs/{id}"),
        *(f"POST /api/runs/{{id}}/{verb}" for verb in ("cancel", "stop", "retry", "move")),
        *(f"POST /api/queue/{verb}" for verb in ("pause", "resume", "clear")),
        *("POST /api/assets", "GET /api/assets", "GET /api/workflows", "GET /api/workflows/{name}/versions"),
        *(f"{verb} /api/workflows/{{name}}" for verb in ("GET", "PUT", "DELETE")),
        *("GET /api/models", "POST /api/models/{id}/unload", "GET /api/packs/{pack}/views/{file}"),
        *("GET /api/events", "GET /api/openapi.json"),
    }
    assert wanted <= OPERATIONS.keys()


def test_every_operation_is_described_in_words_and_named_once():
    described = [operation for path in DOCUMENT["paths"].values() for operation in path.values()]
    assert all(operation["summary"].endswith(".") for operation in described)
    assert len({operation["operationId"] for operation in described}) == len(described)


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_sound_requests_are_answered_as_the_description_says(label, port):
    assert fuzz(OPERATIONS[label], f"http://127.0.0.1:{port}", 3, GenerationMode.POSITIVE) > 0


@pytest.mark.parametrize("label", [label for label in sorted(OPERATIONS) if can_be_wrong(OPERATIONS[label])])
def test_broken_requests_are_answered_as_the_description_says(label, port):
    assert fuzz(OPERATIONS[label], f"http://127.0.0.1:{port}", 5, GenerationMode.NEGATIVE) > 0
