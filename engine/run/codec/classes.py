"""Which classes the codec knows, and under which names: `Image` for the core, `pack:Name` for another pack.

A name says nothing about the module that a class lives in: moving a class to another file disturbs no cache.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any


class CodecError(ValueError):
    """What was read is not a packed value: damaged, cut short, foreign, or of a class that is not here."""


@dataclasses.dataclass(frozen=True, slots=True)
class ClassRecord:
    """A class that can be packed: its stable name and the fields that its constructor takes."""

    name: str
    fields: tuple[str, ...]


_RECORDS: dict[type, ClassRecord] = {}


def class_record(cls: type) -> ClassRecord | None:
    """The record of a class once some `Classes` has taken it in, else None."""
    return _RECORDS.get(cls)


class Classes:
    """The classes that `unpack` may build, by name. A class has one name for the life of the process."""

    def __init__(self, classes: Iterable[type] = (), *, pack: str = "core") -> None:
        self._by_name: dict[str, type] = {}
        for cls in classes:
            self.add(cls, pack=pack)

    def add(self, cls: type, *, pack: str = "core") -> None:
        """Take in a frozen dataclass as `Name` (pack "core") or `pack:Name`.

        Raises TypeError if it is not a frozen dataclass, ValueError if the name is taken.
        """
        if not is_frozen_dataclass(cls):
            raise TypeError(f"{cls.__qualname__} cannot be packed: it is not a frozen dataclass")
        name = cls.__name__ if pack == "core" else f"{pack}:{cls.__name__}"
        if self._by_name.get(name, cls) is not cls:
            raise ValueError(f"two classes are named {name}: {self._by_name[name].__module__} and {cls.__module__}")
        known = _RECORDS.get(cls)
        if known is not None and known.name != name:
            raise ValueError(f"{cls.__qualname__} is already known as {known.name}; it cannot be {name} too")
        self._by_name[name] = cls
        _RECORDS[cls] = known or _record(cls, name)

    def add_module(self, module: ModuleType, *, pack: str = "core") -> None:
        """Take in each frozen dataclass that `module` itself defines."""
        for item in list(vars(module).values()):
            if isinstance(item, type) and item.__module__ == module.__name__ and is_frozen_dataclass(item):
                self.add(item, pack=pack)

    def build(self, name: str, fields: dict[str, Any]) -> object:
        """An instance of the class of that name. Raises CodecError if that cannot be."""
        cls = self._by_name.get(name)
        if cls is None:
            known = ", ".join(sorted(self._by_name)) or "none"
            raise CodecError(f"there is no class {name!r} here; there are: {known}")
        record = _RECORDS[cls]
        missing = [field for field in record.fields if field not in fields]
        extra = [field for field in fields if field not in record.fields]
        if missing or extra:
            faults = [f"{word} {', '.join(names)}" for word, names in (("lacks", missing), ("has no", extra)) if names]
            raise CodecError(f"{name} {' and '.join(faults)}; its fields are: {', '.join(record.fields) or 'none'}")
        try:
            return cls(**fields)
        except Exception as fault:  # whatever a constructor raises about stored data is one thing to the reader
            raise CodecError(f"{name} does not take what was stored: {fault}") from fault

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)


def is_frozen_dataclass(cls: type) -> bool:
    """Whether a class is itself a frozen dataclass (a plain subclass of one is not)."""
    return "__dataclass_fields__" in cls.__dict__ and cls.__dict__["__dataclass_params__"].frozen


def _record(cls: type, name: str) -> ClassRecord:
    return ClassRecord(name, tuple(field.name for field in dataclasses.fields(cls) if field.init))
