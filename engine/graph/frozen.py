"""Records that nothing changes once they are made, and that are made once a node or oftener."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def frozen(cls: type[T]) -> type[T]:
    """A dataclass with slots that type checkers hold to be frozen, and that compares and hashes by its fields.

    The interpreter does not: `@dataclass(frozen=True)` has to set each field past its own lock, and takes five times as long
    to make. Value types are frozen in earnest, for they travel; these records stay within the engine.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
