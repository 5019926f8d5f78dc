"""The shapes that an input's value takes in a file, told apart by shape alone.

    {"link": "decode.image"}                    Link    an object whose only key is `link`
    {"asset": "cat.png", "sha256": "…"}         Asset   an object of `asset` and perhaps `sha256`
    {"folder": "renders"}                       Directory
    an array with at least one of these         Many    items in order, each of them a shape or a literal
    anything else                               itself  a literal, JSON as it came

Names of nodes, inputs and outputs match `[A-Za-z0-9_-]{1,64}`; a link stays in its own level, so it holds no
`/`.
"""

import re
from typing import NamedTuple, TypeAlias

from engine.graph.records import JsonValue

NAME_PATTERN = r"[A-Za-z0-9_-]{1,64}"
PORT_PATTERN = rf"{NAME_PATTERN}\.{NAME_PATTERN}"
SHA256_PATTERN = r"[0-9a-f]{64}"
# What `path_fault` lets pass, for the JSON Schema.
PATH_PATTERN = r"^(?!/)(?![A-Za-z]:)(?!(.*/)?\.\.(/|$))[^\\\x00-\x1f\x7f]+$"

_port = re.compile(rf"({NAME_PATTERN})\.({NAME_PATTERN})").fullmatch
_sha256 = re.compile(SHA256_PATTERN).fullmatch
_drive = re.compile(r"[A-Za-z]:").match
_control = re.compile(r"[\x00-\x1f\x7f]").search


class Link(NamedTuple):
    """The output of another node of the same level."""

    node: str
    output: str

    def __str__(self) -> str:
        return f"{self.node}.{self.output}"


class Asset(NamedTuple):
    """A file by its relative name, and by the SHA-256 of its content where the file says it."""

    name: str
    sha256: str | None = None


class Directory(NamedTuple):
    """A folder by its relative name."""

    name: str


class Many(NamedTuple):
    """An array that holds at least one link, asset or folder."""

    items: "tuple[Value, ...]"


Value: TypeAlias = "Link | Asset | Directory | Many | JsonValue"


class BadShape(ValueError):
    """A link, asset or folder that is not well formed; the text is a sentence without its place."""


def read_value(value: JsonValue) -> Value:
    """Tell a link, an asset, a folder, an array of those, and a literal apart. Raises BadShape."""
    if type(value) is dict:
        return _read_object(value)
    if type(value) is list and any(type(item) is dict and _is_shaped(item) for item in value):
        return Many(tuple(_read_object(item) if type(item) is dict else item for item in value))
    return value


def read_link(text: object) -> Link:
    """`"decode.image"` as a Link. Raises BadShape."""
    match = _port(text) if isinstance(text, str) else None
    if match is None:
        raise BadShape(f"a link is written 'node.output', but here stands {shorten(text)}")
    return Link(match[1], match[2])


def is_link(value: JsonValue) -> bool:
    """Whether a value is a well-formed link; tells what most values are without taking them apart."""
    if type(value) is not dict or len(value) != 1:
        return False
    text = value.get("link")
    return type(text) is str and _port(text) is not None


def links_of(value: Value) -> tuple[Link, ...]:
    """All links in a value, in order."""
    if isinstance(value, Link):
        return (value,)
    if isinstance(value, Many):
        return tuple(item for item in value.items if isinstance(item, Link))
    return ()


def shorten(value: object, limit: int = 60) -> str:
    """A value as a message shows it: its repr, cut where long; None, True and False as JSON has them."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > 4 * limit:
        return f"an integer of {int(value.bit_length() * 0.30103) + 1} digits"
    if isinstance(value, str):
        text = repr(value[: limit + 1])
    elif isinstance(value, dict | list):
        return _kind(value)
    else:
        text = repr(value)
    return text if len(text) <= limit else text[:limit] + "…"


def _kind(value: dict[str, object] | list[object]) -> str:
    if isinstance(value, list):
        return "an empty list" if not value else f"a list of {len(value)}"
    keys = ", ".join(list(value)[:3])
    return "an empty object" if not value else f"an object with {shorten(keys)}"


def path_fault(name: object) -> str | None:
    """Why a name is not a relative path that stays where it belongs, on any platform; None where it is."""
    if not isinstance(name, str) or not name:
        return "is not the name of one"
    if _control(name):
        return "holds control characters"
    if "\\" in name:
        return "holds a backslash; folders are parted by / on every platform"
    if name.startswith("/") or _drive(name):
        return "is an absolute path; a workflow names files relative to itself"
    if ".." in name.split("/"):
        return "holds '..'; a workflow does not reach outside its folder"
    return None


def _is_shaped(value: dict[str, JsonValue]) -> bool:
    return len(value) <= 2 and (
        (len(value) == 1 and ("link" in value or "folder" in value or "asset" in value))
        or ("asset" in value and "sha256" in value)
    )


def _read_object(value: dict[str, JsonValue]) -> Value:
    if not _is_shaped(value):
        return value
    if "link" in value:
        return read_link(value["link"])
    if "folder" in value:
        return Directory(_relative("folder", value["folder"]))
    sha256 = value.get("sha256")
    if "sha256" in value and not (isinstance(sha256, str) and _sha256(sha256)):
        raise BadShape(f"a sha256 is 64 hexadecimal digits (0-9, a-f), but here stands {shorten(sha256)}")
    assert sha256 is None or isinstance(sha256, str)
    return Asset(_relative("asset", value["asset"]), sha256)


def _relative(kind: str, name: JsonValue) -> str:
    fault = path_fault(name)
    if fault is not None:
        raise BadShape(f"the {kind} {shorten(name)} {fault}")
    assert isinstance(name, str)
    return name
