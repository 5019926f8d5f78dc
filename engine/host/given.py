"""What a person types for an input, read as the value that a file would hold.

A number is a number, a text is itself, `@file` is the content of a file (`@@` begins a text with `@`), what names a
file on this machine is taken among the assets, so that no path of this machine enters a workflow.
"""

from __future__ import annotations

import json
from pathlib import Path

from engine.graph.document import Workflow
from engine.graph.faults import Fault, InvalidWorkflow, LoomError
from engine.graph.jsontext import parse_json
from engine.graph.overrides import Types, find_settable, fit_value
from engine.graph.records import InputSpec, JsonValue
from engine.graph.shapes import path_fault
from engine.graph.values import LITERALS, File, is_variable
from engine.store.assets import Assets
from engine.store.regular import read_regular

_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
TEXT_BYTES = 8_000_000


class Given:
    """Reads values for the inputs of one workflow; relative paths count from the current folder."""

    def __init__(self, workflow: Workflow, types: Types, assets: Assets, inputs: Path, beside: Path | None) -> None:
        self.workflow = workflow
        self.types = types
        self._assets = assets
        self._folders = [inputs] if beside is None else [beside, inputs]

    def read(self, name: str, text: str) -> JsonValue:
        """The value for an input, by its name or address. Raises InvalidWorkflow."""
        spec = find_settable(self.workflow, self.types, name).spec
        try:
            value, wrong = fit_value(spec, self._read(spec, text))
            if wrong is not None:
                raise InvalidWorkflow([Fault("bad_value", f"'{name}' {wrong}", None, name)])
            return value
        except InvalidWorkflow:
            raise
        except (LoomError, OSError, ValueError) as error:
            told = f"{error.filename} can't be read: {error.strerror}" if isinstance(error, OSError) else str(error)
            raise InvalidWorkflow([Fault("bad_value", f"'{name}': {told}", None, name)]) from None

    def _read(self, spec: InputSpec, text: str) -> JsonValue:
        if spec.type == "Folder":
            return self._folder(text)
        if spec.type == "File" or not (spec.type in LITERALS or is_variable(spec.type)):
            return self._listed(spec, text) if spec.list and text.startswith("[") else self._file(text)
        if text.startswith("@"):
            text = text[1:] if text.startswith("@@") else _content(Path(text[1:]))
        if spec.list and text.lstrip().startswith("["):
            return parse_json(text, "the list")
        return read_literal(spec, text)

    def _listed(self, spec: InputSpec, text: str) -> JsonValue:
        paths = parse_json(text, "the list")
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise ValueError(f"a list of paths is wanted for input '{spec.name}'")
        return [self._file(str(path)) for path in paths]

    def _file(self, text: str) -> JsonValue:
        """A file on this machine, by content; what is among the assets or inputs already is found by its name too."""
        if not text:
            raise ValueError("the path of a file is wanted, and nothing came")
        path = Path(text)
        if not path.exists() and path_fault(text) is None:
            return {"asset": text, "sha256": self._assets.file(File(text)).sha256}
        stored = self._assets.put(read_regular(path), _suffix(path))
        return {"asset": _asset_name(path, stored.path), "sha256": stored.sha256}

    def _folder(self, text: str) -> JsonValue:
        """A folder beside the workflow or in the inputs, by its relative name: a workflow holds no other."""
        real = Path(text).resolve()
        for folder in self._folders:
            if real.is_relative_to(folder.resolve()) and real.is_dir():
                return {"folder": real.relative_to(folder.resolve()).as_posix()}
        for folder in self._folders:
            if (folder / text).is_dir() and ".." not in Path(text).parts:
                return {"folder": Path(text).as_posix()}
        places = " or in ".join(map(str, self._folders))
        raise ValueError(f"there is no folder {text} in {places}; a workflow names folders in one of these")


def read_literal(spec: InputSpec, text: str) -> JsonValue:
    """A text as the literal that an input takes; what does not fit comes back as a text, for the check to refuse."""
    if text == "null" and spec.optional and spec.type != "Text":
        return None
    match spec.type:
        case "Text":
            return text
        case "Int" | "Float":
            return _number(text)
        case "Bool":
            lowered = text.strip().lower()
            return True if lowered in _YES else False if lowered in _NO else text
        case "Data":
            return parse_json(text, "the value")
        case _:
            return _json_or_text(text)


def _number(text: str) -> JsonValue:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if type(value) in (int, float) else text


def _json_or_text(text: str) -> JsonValue:
    try:
        return parse_json(text, "the value")
    except InvalidWorkflow:
        return text


def _content(path: Path) -> str:
    """A text file's content, without the line break at its end. Raises ValueError, OSError."""
    data = read_regular(path, TEXT_BYTES)
    try:
        return data.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text") from None


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    return suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= 9 else ""


def _asset_name(path: Path, stored: Path) -> str:
    """The file's own name where a workflow can hold it, else the stored one's."""
    return stored.name if path_fault(path.name) else path.name
