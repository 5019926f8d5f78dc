"""Health, catalogue and schema over HTTP."""

import json

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from workshop import REGISTRY

from engine.graph.catalogue import catalogue


async def test_health_says_version_and_device_and_names_packs_that_failed(client):
    answer = await client.get("/api/health")
    assert answer.status == 200
    document = await answer.json()
    assert document["status"] == "ok"
    assert document["packs"] == []


async def test_the_catalogue_is_the_document_of_the_engine(client):
    packs = [pack.to_json() for pack in REGISTRY.packs]
    answer = await client.get("/api/nodes")
    assert answer.status == 200
    assert await answer.json() == json.loads(json.dumps(catalogue(REGISTRY.types, REGISTRY.values, packs)))


async def test_a_catalogue_that_is_at_hand_is_not_sent_again(client):
    first = await client.get("/api/nodes")
    again = await client.get("/api/nodes", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    assert await again.read() == b""


async def test_the_schema_is_a_schema(client):
    document = json.loads(await (await client.get("/api/workflow-schema")).read())
    Draft202012Validator.check_schema(document)
    assert "nodes" in document["required"]


async def test_an_unknown_address_and_a_wrong_method_are_answered_in_the_one_form_of_errors(client):
    missing = await client.get("/api/nothing")
    assert (missing.status, (await missing.json())["error"]["code"]) == (404, "not_found")
    wrong = await client.put("/api/nodes")
    assert (wrong.status, (await wrong.json())["error"]["code"]) == (405, "method_not_allowed")
    assert "GET" in wrong.headers["Allow"]
