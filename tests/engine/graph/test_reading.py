from typing import Annotated, Generic, Literal, NamedTuple, TypeVar

import pytest
from pydantic import Field
from trivial_nodes import Paint

from engine.graph.node import ChoicesFrom, Lazy, Named, Need, Node, Progress, Seed, Step, Widget, Work
from engine.graph.reading import read_node
from engine.graph.records import MISSING

T = TypeVar("T")
Small = Annotated[int, Field(ge=0, le=10, description="small")]


class Two(NamedTuple):
    first: int
    second: Annotated[Paint, Field(description="the second")]


class Everything(Node):
    """Help.

    More help.
    """

    category = "test"
    required: Paint
    number: Annotated[Small | None, Field(description="outer", le=5), Step(2)] = None
    seed: Annotated[Seed, Field(description="the seed")] = 0
    half: float = 1
    choice: Literal["a", "b"] = "a"
    many: list[Paint]
    model: Annotated[str, ChoicesFrom("models")]
    inline: int = Field(3, ge=1, description="inline")

    def run(self) -> Work[Two]:
        yield Progress(1, 1)
        return Two(1, self.required)


RECORD, CODE = read_node(Everything)


def test_fields_are_inputs_in_their_order_and_the_docstring_is_the_help():
    assert list(RECORD.inputs) == ["required", "number", "seed", "half", "choice", "many", "model", "inline"]
    assert RECORD.help == "Help.\n\nMore help."
    assert RECORD.category == "test"


def test_the_outermost_annotation_has_the_last_word():
    spec = RECORD.inputs["number"]
    assert (spec.min, spec.max, spec.help, spec.step, spec.optional) == (0, 5, "outer", 2, True)


def test_an_alias_keeps_what_is_not_said_again():
    spec = RECORD.inputs["seed"]
    assert (spec.widget, spec.max, spec.help) == ("seed", 2**64 - 1, "the seed")


def test_defaults_and_kinds_are_read():
    inputs = RECORD.inputs
    assert (inputs["half"].default, type(inputs["half"].default)) == (1.0, float)
    assert inputs["choice"].choices == ("a", "b")
    assert inputs["many"].list
    assert inputs["model"].choices_from == "models"
    assert (inputs["inline"].default, inputs["inline"].min, inputs["inline"].help) == (3, 1, "inline")
    assert inputs["required"].default is MISSING
    assert [name for name in inputs if inputs[name].required] == ["required", "model"]


def test_a_named_tuple_gives_several_outputs_also_from_long_work():
    assert [(spec.name, spec.type, spec.help) for spec in RECORD.outputs.values()] == [
        ("first", "Int", ""),
        ("second", "Paint", "the second"),
    ]
    assert CODE.outputs(Two(1, Paint("rgb"))) == (1, Paint("rgb"))


def test_a_generic_node_has_variables_and_infers_nothing_of_itself():
    class Pick(Node, Generic[T]):
        """Pick."""

        a: Lazy[T]

        def run(self) -> Work[T]:
            value: T = yield Need("a")
            return value

    record, _ = read_node(Pick)
    assert (record.inputs["a"].type, record.inputs["a"].lazy, record.outputs["value"].type) == ("*T", True, "*T")
    assert not record.infers


def test_a_single_output_is_named_by_its_type_or_by_hand():
    class Wide(Node):
        """Wide."""

        def run(self) -> Annotated[int, Named("width")]:
            return 1

    class One(Node):
        """One."""

        def run(self) -> list[Paint]:
            return []

    assert list(read_node(Wide)[0].outputs) == ["width"]
    assert [(spec.name, spec.list) for spec in read_node(One)[0].outputs.values()] == [("paint", True)]


def test_what_cannot_be_an_input_is_refused_by_class_and_field():
    class Bad(Node):
        """Bad."""

        thing: set

        def run(self) -> int:
            return 1

    with pytest.raises(TypeError, match=r"Bad\.thing: <class 'set'> is no type that a node can take"):
        read_node(Bad)


def test_widgets_may_be_named():
    class Big(Node):
        """Big."""

        text: Annotated[str, Widget("textarea")] = ""

        def run(self) -> str:
            return self.text

    assert read_node(Big)[0].inputs["text"].widget == "textarea"


def test_code_is_plain_where_it_takes_single_values_and_gives_one_that_may_be_remembered():
    class Twice(Node):
        """Plain."""

        a: int = 0

        def run(self) -> int:
            """One."""
            return self.a

    class Items(Twice):
        """Takes a list."""

        items: list[int]

    class Later(Twice):
        """Takes a lazy input."""

        later: Lazy[int] = 0

    class Many(Twice):
        """Gives a list."""

        def run(self) -> list[int]:  # type: ignore[override]
            """Several."""
            return [self.a]

    class Nothing(Twice):
        """Gives nothing."""

        def run(self) -> None:  # type: ignore[override]
            """None."""

    class Told(Twice):
        """Takes the context."""

        def run(self, context: object) -> int:  # type: ignore[override]
            """One, with the context."""
            return self.a

    class Clock(Twice):
        """Runs every time."""

        volatile = True

    kinds = (Twice, Items, Later, Many, Nothing, Told, Clock)
    assert [cls.__name__ for cls in kinds if read_node(cls)[1].plain] == ["Twice"]
