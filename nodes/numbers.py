"""Nodes for numbers, texts' plain cousins: values to link to several places, and sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Node

LIMIT = 2**53
"""The largest whole number up to which a float holds every one."""

Operation = Literal[
    "add",
    "subtract",
    "multiply",
    "divide",
    "remainder",
    "power",
    "minimum",
    "maximum",
    "round",
    "floor",
    "ceiling",
    "absolute",
]
OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "remainder": lambda a, b: a % b,
    "power": lambda a, b: math.pow(a, b),
    "minimum": min,
    "maximum": max,
    "round": lambda a, b: float(round(a)),
    "floor": lambda a, b: float(math.floor(a)),
    "ceiling": lambda a, b: float(math.ceil(a)),
    "absolute": lambda a, b: abs(a),
}


class Integer(Node):
    """A whole number, to be linked to several inputs at once."""

    category = "values"
    peers = ("PrimitiveInt", "INTConstant")

    value: Annotated[int, Field(description="The number")] = 0

    def run(self) -> int:
        """The number."""
        return self.value


class Number(Node):
    """A number with a fraction, to be linked to several inputs at once."""

    category = "values"
    peers = ("PrimitiveFloat", "FloatConstant")

    value: Annotated[float, Field(description="The number")] = 0.0

    def run(self) -> float:
        """The number."""
        return self.value


class Flag(Node):
    """Yes or no, to be linked to several inputs at once."""

    title = "Yes or no"
    category = "values"
    peers = ("PrimitiveBoolean",)

    value: Annotated[bool, Field(description="Yes (true) or no (false)")] = True

    def run(self) -> bool:
        """The flag."""
        return self.value


class Answer(NamedTuple):
    """What Math gives."""

    value: Annotated[float, Field(description="The result")]
    whole: Annotated[int, Field(description="The result rounded to the nearest whole number, halves to even")]


class Math(Node):
    """Calculate with two numbers.

    Remainder has the sign of b. Round, floor, ceiling and absolute look at a alone; round takes halves to the even
    neighbour.
    """

    category = "values"
    peers = ("SimpleMath", "MathExpression", "ComfyMathExpression")

    a: Annotated[float, Field(description="The first number")] = 0.0
    operation: Annotated[Operation, Field(description="What to do with them")] = "add"
    b: Annotated[float, Field(description="The second number")] = 0.0

    def run(self) -> Answer:
        """Calculate. Raises LoomError, in a sentence, where there is no result."""
        try:
            value = OPERATIONS[self.operation](self.a, self.b)
        except (ZeroDivisionError, ValueError, OverflowError):
            value = math.nan
        if not math.isfinite(value):
            raise LoomError(f"{self.operation} of {self.a:g} and {self.b:g} has no finite result")
        if abs(value) > LIMIT:
            raise LoomError(f"{self.operation} of {self.a:g} and {self.b:g} is {value:g}, beyond ±2⁵³")
        return Answer(value, round(value))
