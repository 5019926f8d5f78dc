"""Reads a `Node` class, once, into its record and its code."""

import inspect
import re
import types
import typing
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, TypeVar, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from engine.graph.node import ChoicesFrom, LazyMark, Named, Node, Step, Widget
from engine.graph.records import MISSING, InputSpec, NodeType, OutputSpec
from engine.graph.values import File, Folder, record_of

NameOf = Callable[[type], str]
PLAIN: dict[Any, str] = {
    int: "Int",
    float: "Float",
    str: "Text",
    bool: "Bool",
    File: "File",
    Folder: "Folder",
    dict: "Data",
    Any: "*",
    object: "*",
}


@dataclass(frozen=True, slots=True)
class NodeCode:
    """The code behind a record, where its pack is imported.

    `several` and `silent` say what `run` returns: a value for each of several outputs, or none. `plain` code takes single
    values and no context, and gives a single value that may be remembered.
    """

    cls: type[Node]
    takes_context: bool
    several: bool
    silent: bool
    plain: bool

    def call(self, inputs: dict[str, Any], context: Any) -> Any:
        """Call `run` on a fresh instance; returns its result, or its generator."""
        instance = object.__new__(self.cls)
        instance.__dict__ = inputs
        run: Callable[..., Any] = instance.run  # type: ignore[attr-defined]
        return run(context) if self.takes_context else run()

    def outputs(self, result: Any) -> tuple[Any, ...]:
        """The result as one value an output, in the order of the record."""
        if self.several:
            return tuple(result)
        return () if self.silent else (result,)


def read_node(
    cls: type[Node], pack: str = "core", code: str = "", name_of: NameOf | None = None
) -> tuple[NodeType, NodeCode]:
    """The record and the code of a node class.

    `name_of` gives the full name of a value type's class. Raises TypeError, naming class and field, for what cannot be an
    input or an output.
    """
    names = name_of or _bare_name
    inputs = {name: _read_input(cls, name, hint, names) for name, hint in _fields(cls).items()}
    outputs, several = _read_outputs(cls, names)
    record = NodeType(
        name=cls.__name__ if pack == "core" else f"{pack}:{cls.__name__}",
        inputs=inputs,
        outputs=outputs,
        title=cls.title or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cls.__name__),
        category=cls.category,
        help=inspect.cleandoc(cls.__doc__ or ""),
        version=cls.version,
        pack=pack,
        code=code,
        volatile=cls.volatile,
        output=cls.output,
        view=cls.view,
        peers=cls.peers,
        infers=cls.infer.__func__ is not Node.infer.__func__,  # type: ignore[attr-defined]
    )
    takes_context = "context" in inspect.signature(cls.run).parameters  # type: ignore[attr-defined]
    plain = not takes_context and not several and _is_plain(record)
    return record, NodeCode(cls, takes_context, several, not outputs, plain)


def _is_plain(record: NodeType) -> bool:
    lists_or_lazy = any(spec.list or spec.lazy for spec in record.inputs.values())
    return record.port_lists == (False,) and not lists_or_lazy and not record.volatile


def _bare_name(cls: type) -> str:
    return cls.__name__


def _fields(cls: type[Node]) -> dict[str, Any]:
    hints: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, Node) and base is not Node:
            own = typing.get_type_hints(base, include_extras=True)
            hints.update({name: own[name] for name in base.__dict__.get("__annotations__", {})})
    return {name: hint for name, hint in hints.items() if get_origin(hint) is not ClassVar}


def _read_input(cls: type[Node], name: str, hint: Any, names: NameOf) -> InputSpec:
    default = getattr(cls, name, MISSING)
    marks: list[Any] = []
    if isinstance(default, FieldInfo):
        marks.append(default)
        default = MISSING if default.is_required() else default.default
    hint, optional, many = _unwrap(hint, marks)
    facts = _facts(marks)
    choices = tuple(map(str, get_args(hint))) if get_origin(hint) is Literal else None
    type_name = "Text" if choices else _type_name(hint, names)
    if type_name is None:
        raise TypeError(f"{cls.__name__}.{name}: {hint!r} is no type that a node can take")
    if type_name == "Float" and isinstance(default, int) and not isinstance(default, bool):
        default = float(default)
    return InputSpec(name, type_name, list=many, optional=optional, default=default, choices=choices, **facts)


def _unwrap(hint: Any, marks: list[Any]) -> tuple[Any, bool, bool]:
    """Peels Annotated, `| None` and list[…] off a hint, in any order; collects what Annotated carried."""
    optional = many = False
    while True:
        origin = get_origin(hint)
        if origin is Annotated:
            marks.extend(reversed(get_args(hint)[1:]))  # outermost first
            hint = get_args(hint)[0]
        elif origin in (Union, types.UnionType) and type(None) in get_args(hint):
            optional = True
            rest = [arg for arg in get_args(hint) if arg is not type(None)]
            hint = rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007
        elif origin is list:
            many = True
            hint = get_args(hint)[0]
        else:
            return hint, optional, many


def _facts(marks: list[Any]) -> dict[str, Any]:
    """Bounds, help, widget and flags out of what an annotation carried; the outermost word wins."""
    facts: dict[str, Any] = {}
    for mark in reversed(marks):
        match mark:
            case FieldInfo():
                if mark.description:
                    facts["help"] = mark.description
                facts.update(_bounds(mark))
            case Widget(name):
                facts["widget"] = name
            case ChoicesFrom(name):
                facts["choices_from"] = name
            case Step(size):
                facts["step"] = size
            case LazyMark():
                facts["lazy"] = True
    return facts


def _bounds(info: FieldInfo) -> dict[str, float]:
    bounds: dict[str, float] = {}
    for mark in info.metadata:
        for attribute, key in (("ge", "min"), ("le", "max"), ("multiple_of", "step")):
            if (value := getattr(mark, attribute, None)) is not None:
                bounds[key] = value
    return bounds


def _type_name(hint: Any, names: NameOf) -> str | None:
    if isinstance(hint, TypeVar):
        return f"*{hint.__name__}"
    if get_origin(hint) is dict:
        return "Data"
    try:
        if hint in PLAIN:
            return PLAIN[hint]
    except TypeError:
        return None
    return names(hint) if isinstance(hint, type) and record_of(hint) is not None else None


def _read_outputs(cls: type[Node], names: NameOf) -> tuple[Mapping[str, OutputSpec], bool]:
    if not callable(getattr(cls, "run", None)):
        raise TypeError(f"{cls.__name__} has no method run")
    hint = typing.get_type_hints(cls.run, include_extras=True).get("return")  # type: ignore[attr-defined]
    if get_origin(hint) is Generator:
        hint = get_args(hint)[2]
    if hint is None or hint is type(None):
        return {}, False
    if cls.output:
        return {"artifact": OutputSpec("artifact", "Artifact")}, False
    if isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields"):
        own = typing.get_type_hints(hint, include_extras=True)
        specs = [_read_output(cls, field, own[field], names) for field in hint._fields]
        return {spec.name: spec for spec in specs}, True
    spec = _read_output(cls, None, hint, names)
    return {spec.name: spec}, False


def _read_output(cls: type[Node], name: str | None, hint: Any, names: NameOf) -> OutputSpec:
    marks: list[Any] = []
    hint, optional, many = _unwrap(hint, marks)
    named = next((mark for mark in marks if isinstance(mark, Named)), None)
    type_name = "Text" if get_origin(hint) is Literal else _type_name(hint, names)
    if type_name is None or optional:
        raise TypeError(f"{cls.__name__}.run returns {hint!r}, which is no type that a link can carry")
    if name is None:
        name = named.name if named else _default_name(hint)
    help_text = named.help if named else _facts(marks).get("help", "")
    return OutputSpec(name, type_name, list=many, help=help_text)


def _default_name(hint: Any) -> str:
    if not isinstance(hint, type) or record_of(hint) is None:
        return "value"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", hint.__name__).lower()
