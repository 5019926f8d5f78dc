"""What pydantic found wrong with a file, said again in sentences that name the node and the key."""

from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from engine.graph.faults import Fault
from engine.graph.places import MAX_FAULTS, Path, fault_at
from engine.graph.shapes import shorten

_NAME = "1 to 64 letters, digits, '_' or '-'"

_WANTED: dict[str, str] = {
    "string_type": "a text",
    "int_type": "a whole number",
    "dict_type": "an object",
    "mapping_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "tuple_type": "a list of texts",
}


def refusals(error: ValidationError, model: type[BaseModel]) -> list[tuple[Path, Fault]]:
    """The place and the fault of each of pydantic's errors over `model`."""
    errors = error.errors(include_url=False)[: MAX_FAULTS + 1]
    return [_refusal(each, model) for each in errors if not _follows(each)]


def _follows(error: ErrorDetails) -> bool:
    """A list is "too short" too when its items were refused, which has been said by then."""
    return error["type"] == "too_short" and bool(error["input"])


def _refusal(error: ErrorDetails, model: type[BaseModel]) -> tuple[Path, Fault]:
    path = tuple(error["loc"])
    if path and path[-1] == "[key]":
        what = f"is not a name here: {_name_wanted(path[:-1])}"
        return path[:-1], fault_at(path[:-2], "name", f"has {shorten(path[-2])}, which {what}")
    if error["type"] == "missing":
        return path[:-1], fault_at(path[:-1], "missing", f"has no '{path[-1]}'")
    if error["type"] == "extra_forbidden":
        return path, fault_at(path[:-1], "key", _unknown_key(str(path[-1]), keys_at(model, path[:-1])))
    return path, fault_at(path, "value", f"is {shorten(error['input'])}; {_wanted(error, path)}")


def keys_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The keys that the object at `path` may have, in their declared order."""
    here: Any = model
    for step in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = here.model_fields[str(step)].annotation
        else:
            here = get_args(here)[-1]
    return tuple(here.model_fields)


def _unknown_key(key: str, keys: tuple[str, ...]) -> str:
    close = get_close_matches(key, keys, n=1)
    hint = f"; did you mean '{close[0]}'?" if close else ";"
    return f"has an unknown key {shorten(key)}{hint} It may have: {', '.join(keys)}".replace("; It", "; it")


def _name_wanted(path: Path) -> str:
    if len(path) >= 4 and path[-2] == "inputs" and path[-4] == "nodes":
        return f"an input's name has {_NAME}, an inner input is written 'node.input' or 'outer/inner.input'"
    return f"a name has {_NAME}"


def _wanted(error: ErrorDetails, path: Path) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return _pattern_wanted(path)
    if kind == "literal_error":
        return f"it is one of: {context['expected']}".replace("'", "").replace(" or ", ", ")
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = "at least" if kind.startswith("greater") else "at most"
        return f"it is {bound} {next(iter(context.values()))}"
    if kind == "too_short":
        return 'it names at least one input, as in ["node.input"]'
    wanted = _WANTED.get(kind)
    return f"it is {wanted}" if wanted else error["msg"]


def _pattern_wanted(path: Path) -> str:
    if path[-1] == "type":
        return f"a type is 'Name' or 'pack:Name', each of {_NAME}"
    if path[-1] == "link":
        return "a link is written 'node.output' and stays in its own level"
    return "it is written 'node.input' and stays in its own level"
