"""The node that only gives a wire a bend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field

from engine.graph.node import Facts, Node

T = TypeVar("T")


class Reroute(Generic[T], Node):
    """Pass a value on as it is, so that a wire can be led around."""

    category = "values"
    peers = ("Reroute",)

    value: Annotated[T, Field(description="What is passed on")]

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """All that is known of what comes is known of what goes."""
        return {"value": inputs.get("value", {})}

    def run(self) -> T:
        """The value."""
        return self.value
