"""The OpenAPI 3.1 document, made from the routes and the models: what is described is what is served."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Literal, TypeAlias, cast

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.routing import Answer, Model, Route
from web.version import VERSION
from web.wire import ErrorDoc

ALWAYS = (400, 401, 403, 408, 422, 503)
"""The refusals that any request may meet: odd headers, no token, another site, a body too slow, values that don't fit,
a process of the engine that is starting."""
Schema: TypeAlias = dict[str, Any]
Mode: TypeAlias = Literal["validation", "serialization"]
_PARAMETER = re.compile(r"\{(\w+)(?::((?:[^{}]|\{[^{}]*\})+))?\}")
_BODILESS = (HTTPStatus.SWITCHING_PROTOCOLS, HTTPStatus.NO_CONTENT)
_TEMPLATE = "#/components/schemas/{model}"


def openapi(routes: Iterable[Route]) -> Schema:
    """The document as a new JSON object."""
    shown = [route for route in routes if not route.hidden]
    found, definitions = models_json_schema(_models(shown), ref_template=_TEMPLATE)
    references = cast(Mapping[tuple[Model, Mode], Schema], found)
    paths: dict[str, Schema] = {}
    for route in shown:
        paths.setdefault(_PARAMETER.sub(r"{\1}", route.path), {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Latent Loom",
            "version": VERSION,
            "description": "Runs workflows of image diffusion. This interface only grows.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _models(routes: Iterable[Route]) -> list[tuple[Model, Mode]]:
    found: dict[tuple[Model, Mode], None] = {(ErrorDoc, "serialization"): None}
    for route in routes:
        if route.body is not None:
            found[route.body, "validation"] = None
        for answer in route.answers.values():
            if answer.model is not None:
                found[answer.model, "serialization"] = None
    return list(found)


def _operation(route: Route, references: Mapping[tuple[Model, Mode], Schema]) -> Schema:
    error = {"application/json": {"schema": references[ErrorDoc, "serialization"]}}
    refused = sorted({*ALWAYS, *route.refusals})
    operation: Schema = {
        "operationId": f"{route.handler.__module__.rpartition('.')[2]}_{route.handler.__name__}",
        "tags": [route.handler.__module__.rpartition(".")[2]],
        "summary": route.summary,
        "parameters": [*_path_parameters(route.path), *_query_parameters(route.query), *map(_header, route.headers)],
        "responses": {str(status): _response(status, answer, references) for status, answer in route.answers.items()}
        | {str(status): {"description": HTTPStatus(status).phrase, "content": error} for status in refused},
    }
    content = _body(route, references)
    if content:
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _body(route: Route, references: Mapping[tuple[Model, Mode], Schema]) -> Schema:
    if route.body is not None:
        return {"application/json": {"schema": references[route.body, "validation"]}}
    return {media: {"schema": {"type": "object"} if media == "application/json" else {}} for media in route.media}


def _response(status: int, answer: Answer, references: Mapping[tuple[Model, Mode], Schema]) -> Schema:
    response: Schema = {"description": answer.what}
    if status not in _BODILESS:
        schema = {} if answer.model is None else references[answer.model, "serialization"]
        response["content"] = {media: {"schema": schema} for media in answer.media}
    return response


def _path_parameters(path: str) -> list[Schema]:
    found = []
    for name, pattern in _PARAMETER.findall(path):
        schema: Schema = {"type": "string", "minLength": 1}
        if pattern:
            schema["pattern"] = f"^{pattern}$"
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found


def _query_parameters(model: type[BaseModel] | None) -> list[Schema]:
    if model is None:
        return []
    schema = model.model_json_schema()
    needed = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": _without_null(field)}
        for name, field in schema["properties"].items()
    ]


def _without_null(field: Schema) -> Schema:
    """What is left out is null; a query can't say null otherwise."""
    kinds = [kind for kind in field.get("anyOf", []) if kind != {"type": "null"}]
    if not kinds:
        return field
    rest = {key: value for key, value in field.items() if key not in ("anyOf", "default")}
    return rest | (kinds[0] if len(kinds) == 1 else {"anyOf": kinds})


def _header(name: str) -> Schema:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string"}}
