"""JSON Schema of an input's value: the shapes that `shapes.read_value` tells apart by their keys; other JSON passes."""

from typing import Any

from engine.graph.shapes import PATH_PATTERN, PORT_PATTERN, SHA256_PATTERN


def value_schema() -> dict[str, Any]:
    """A link, an asset, a folder, an array of these and of literals, or a literal."""
    return {**_shaped(), "if": {"type": "array"}, "then": {"items": _shaped()}}


def close_maps(schema: dict[str, Any]) -> None:
    """Let a model's maps have no keys but those of their pattern, as the models themselves have it."""
    for field in schema.get("properties", {}).values():
        if "patternProperties" in field:
            field["additionalProperties"] = False


def _shaped() -> dict[str, Any]:
    path = {"type": "string", "pattern": PATH_PATTERN}
    sha256 = {"type": "string", "pattern": f"^{SHA256_PATTERN}$"}
    return {
        "allOf": [
            _when("link", {"link": {"type": "string", "pattern": f"^{PORT_PATTERN}$"}}),
            _when("folder", {"folder": path}),
            _when("asset", {"asset": path, "sha256": sha256}),
        ]
    }


def _when(key: str, properties: dict[str, Any]) -> dict[str, Any]:
    """An object that has the key, and no key beside `properties`, must fit these."""
    told_by = {"type": "object", "required": [key], "propertyNames": {"enum": list(properties)}}
    return {"if": told_by, "then": {"properties": properties}}
