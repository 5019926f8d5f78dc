"""Which value fits which input."""

from collections.abc import Mapping

from engine.graph.records import InputSpec
from engine.graph.values import ValueType, is_variable


def fits(source: str, target: str, values: Mapping[str, ValueType]) -> bool:
    """Whether an output of type `source` may be linked to an input of type `target`.

    Types must be equal, or the target's record must accept the source (only Int widens, to Float). Variables and `*` fit
    everything; what a variable was bound to is checked by the caller.
    """
    if source == target or is_variable(target) or is_variable(source):
        return True
    record = values.get(target)
    return record is not None and source in record.accepts


def type_of_literal(value: object) -> str:
    """The type that a literal gives to a type variable."""
    match value:
        case bool():
            return "Bool"
        case int():
            return "Int"
        case float():
            return "Float"
        case str():
            return "Text"
        case _:
            return "Data"


def says(spec: InputSpec) -> str:
    """The type of an input as a sentence names it."""
    return f"list of {spec.type}" if spec.list else ("anything" if is_variable(spec.type) else spec.type)
