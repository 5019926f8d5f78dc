"""Nodes for lists. A list that arrives where one value is taken calls the node once an item."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Facts, Lazy, Need, Node, Seed, Work

T = TypeVar("T")
SEEDS = 2**64
MANY = 10_000


class MakeList(Generic[T], Node):
    """Gather values of one type into a list. Lists among them are joined, not nested."""

    title = "Make list"
    category = "lists"
    peers = ("CreateList", "MakeList")

    items: Annotated[list[T], Field(description="The values, in order")]

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """What is known of every item is known of the list's."""
        return {"value": common(inputs.get("items", ()))}

    def run(self) -> list[T]:
        """The list."""
        return list(self.items)


class ListItem(Generic[T], Node):
    """Take one item out of a list."""

    title = "Item of list"
    category = "lists"
    peers = ("SelectNthItem", "ListItem")

    items: Annotated[list[T], Field(description="The list")]
    index: Annotated[
        int, Field(ge=-MANY, le=MANY, description="Which item: 0 is the first, −1 the last, −2 the one before it")
    ] = 0

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """What is known of every item is known of the one."""
        return {"value": common(inputs.get("items", ()))}

    def run(self) -> T:
        """The item. Raises LoomError, in a sentence, where the list is too short."""
        if not -len(self.items) <= self.index < len(self.items):
            raise LoomError(f"input 'index' is {self.index}, but the list has {len(self.items)} items")
        return self.items[self.index]


class ListLength(Generic[T], Node):
    """Count the items of a list."""

    title = "Length of list"
    category = "lists"
    peers = ("ListLength",)

    items: Annotated[list[T], Field(description="The list")]

    def run(self) -> int:
        """How many items there are."""
        return len(self.items)


class Repeat(Generic[T], Node):
    """The same value several times, as a list."""

    category = "lists"
    peers = ("RepeatImageBatch", "ReplicateList")

    value: Annotated[T, Field(description="The value to repeat")]
    count: Annotated[int, Field(ge=0, le=MANY, description="How many times")] = 2

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """What is known of the value is known of its copies."""
        return {"value": inputs.get("value", {})}

    def run(self) -> list[T]:
        """The list."""
        return [self.value] * self.count


class SeedList(Node):
    """Several seeds out of one, so that the nodes behind it are called once a seed.

    Increment counts up from the base; beyond 2⁶⁴ − 1 it begins again at 0. Random gives seeds that look unrelated, and are
    the same each time for the same base. The first seeds of a longer list are those of a shorter one.
    """

    title = "List of seeds"
    category = "lists"
    peers = ("SeedList", "SeedGenerator")

    base: Annotated[Seed, Field(description="The seed that the others come from")] = 0
    count: Annotated[int, Field(ge=0, le=MANY, description="How many seeds")] = 4
    mode: Annotated[Literal["increment", "random"], Field(description="How they follow from the base")] = "increment"

    def run(self) -> list[int]:
        """The seeds, each 0 … 2⁶⁴ − 1."""
        if self.mode == "increment":
            return [(self.base + i) % SEEDS for i in range(self.count)]
        return [_drawn(self.base, i) for i in range(self.count)]


class Switch(Generic[T], Node):
    """Pass on one of two values, or lists. Only what is passed on is made; what the other needs does not run."""

    category = "lists"
    peers = ("ComfySwitchNode", "LazySwitch")

    on: Annotated[bool, Field(description="Yes passes on the first value, no the second")] = True
    yes: Annotated[Lazy[T], Field(description="What is passed on if yes")]
    no: Annotated[Lazy[T], Field(description="What is passed on if no")]

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """What is known of the branch that is taken; of both, where that is not known yet."""
        on = inputs.get("on", {}).get("value")
        branches = ("yes", "no") if on is None else ("yes",) if on else ("no",)
        return {"value": common([inputs.get(branch, {}) for branch in branches])}

    def run(self) -> Work[T]:
        """Ask for the branch, and pass it on."""
        value: T = yield Need("yes" if self.on else "no")
        return value


def common(several: Sequence[Facts]) -> Facts:
    """The facts that hold for each."""
    if not several:
        return {}
    first, *others = several
    return {name: fact for name, fact in first.items() if all(name in o and o[name] == fact for o in others)}


def _drawn(base: int, index: int) -> int:
    digest = hashlib.blake2b(f"latentloom seeds {base} {index}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "big")
