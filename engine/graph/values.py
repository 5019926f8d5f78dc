"""Value types: what may travel along an edge.

A value type is a small frozen dataclass marked with `value_type`. Its record, `ValueType`, is plain data for the
catalogue and the checks; the class itself matters only where values are made and packed.

Literals (what a file writes down as JSON) have built-in types: `Int`, `Float`, `Text`, `Bool`, `Data` (any other JSON),
`File` and `Folder`. `*` takes anything, and a name that begins with `*` is a type variable: all ports of a node that
share it have one type.
"""

from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from typing import TypeVar

C = TypeVar("C", bound=type)


@dataclass(frozen=True, slots=True)
class ValueType:
    """The record of a value type: how it is named and drawn, and which other types an input of it also takes."""

    name: str
    title: str
    color: str
    shape: str = "circle"
    accepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file named by a workflow: a relative name, and the SHA-256 of its content where it is known."""

    name: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder named by a workflow, relative to the workflow file or to the inputs folder."""

    name: str


LITERALS: dict[str, ValueType] = {
    record.name: record
    for record in (
        ValueType("Int", "Integer", "#7aa2f7"),
        ValueType("Float", "Number", "#7dcfff", accepts=("Int",)),
        ValueType("Text", "Text", "#9ece6a"),
        ValueType("Bool", "Yes or no", "#e0af68"),
        ValueType("Data", "Data", "#a9b1d6"),
        ValueType("File", "File", "#c0a36e"),
        ValueType("Folder", "Folder", "#c0a36e"),
    )
}


def value_type(
    color: str, *, title: str | None = None, shape: str = "circle", accepts: tuple[str, ...] = ()
) -> Callable[[C], C]:
    """Mark a frozen dataclass as a value type; its record is then found by `record_of`.

    `color` is CSS (#rrggbb), `shape` one of circle, square, diamond; `accepts` names other value types that an input of
    this one takes as they are. Raises TypeError for a class that is not a frozen dataclass.
    """

    def mark(cls: C) -> C:
        if not is_dataclass(cls) or not cls.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            raise TypeError(f"value type {cls.__name__} must be a frozen dataclass")
        record = ValueType(cls.__name__, title or cls.__name__, color, shape, accepts)
        cls.__value_type__ = record  # type: ignore[attr-defined]
        return cls

    return mark


def record_of(cls: type) -> ValueType | None:
    """The record of a class marked with `value_type`, else None. A subclass is not marked by its parent."""
    record = cls.__dict__.get("__value_type__")
    return record if isinstance(record, ValueType) else None


def is_variable(name: str) -> bool:
    """Whether a type name is a variable (`*T`) or takes anything (`*`)."""
    return name.startswith("*")
