"""What a node is written with: the base class, the markers of its inputs, and the words it exchanges with the engine.

    class UpscaleLatent(Node):
        '''Enlarge a latent by a whole factor.'''

        category = "latent"

        latent: Latent
        factor: Annotated[int, Field(ge=1, le=8, description="How many times larger")] = 2

        def run(self) -> Latent: ...

Fields are inputs, the return annotation of `run` is the output, the docstring is the help. Several outputs are the
fields of a NamedTuple. `engine.graph.reading` turns the class into a `NodeType` record.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol, TypeAlias, TypeVar, dataclass_transform

from pydantic import Field

from engine.graph.records import Identity
from engine.graph.values import File, Folder

if TYPE_CHECKING:
    from engine.graph.document import Workflow

T = TypeVar("T")
Facts: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Widget:
    """How the editor shows an input: "seed", "textarea", "color", …"""

    name: str


@dataclass(frozen=True, slots=True)
class ChoicesFrom:
    """The choices depend on the machine and are listed under this name ("models")."""

    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """By how much one notch of a number's widget changes it."""

    size: float


@dataclass(frozen=True, slots=True)
class Named:
    """Names a single output otherwise than by its type: `-> Annotated[int, Named("width")]`."""

    name: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class LazyMark:
    """Marks an input as lazy; write `Lazy[T]`."""


Lazy: TypeAlias = Annotated[T, LazyMark()]
"""An input that is made only when `run`, a generator, yields `Need("its name")`; it then receives the value."""

Seed: TypeAlias = Annotated[int, Field(ge=0, le=2**64 - 1), Widget("seed")]
"""A seed, 0 … 2⁶⁴−1."""

Multiline: TypeAlias = Annotated[str, Widget("textarea")]
"""A text of several lines."""

ModelName: TypeAlias = Annotated[str, ChoicesFrom("models")]
"""The name of a model on this machine."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Yielded by long work: `step` of `of` is done.

    `preview` makes a small picture (or any value that can be encoded) and is called only when someone watches, at most
    five times a second. `data` is the whole state of the node's own view, as JSON; the last is remembered with the result.
    """

    step: int
    of: int
    preview: Callable[[], object] | None = None
    data: Any = None


@dataclass(frozen=True, slots=True)
class Need:
    """Yielded by a node to have one of its lazy inputs made; the generator receives the value."""

    input: str


@dataclass(frozen=True, slots=True)
class Expand:
    """Yielded by a node to have a workflow run in its place, under its address; it receives the outputs by name.

    `given` binds the fragment's exposed inputs to values. Yielding it several times makes a loop.
    """

    fragment: Workflow
    given: Mapping[str, object] = field(default_factory=dict)


class Stop(Exception):
    """Thrown in at a yield when the user stops a run: catch it and return the best so far."""


Work: TypeAlias = Generator[Progress | Need | Expand, Any, T]
"""What `run` returns when it takes long, needs a lazy input or expands: a generator that returns T."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """What an output node returns: a value to be written by the host, under a name and in a format (None: the default)."""

    value: object
    name: str | None = None
    format: str | None = None


class Mismatch(Exception):
    """Raised by `infer` where inputs cannot go together: which input, and a sentence that names both sides."""

    def __init__(self, input: str, message: str) -> None:
        self.input = input
        super().__init__(message)


class Context(Protocol):
    """All of the outside that a node may touch while it runs."""

    @property
    def address(self) -> str:
        """The node's address in the workflow."""

    @property
    def temporary(self) -> Path:
        """A folder of this call's own, removed after it."""

    def identity(self, input: str) -> Identity:
        """What the literal of this input (a model's name, a file, a folder) was resolved to."""

    def lease(self, *references: object) -> AbstractContextManager[tuple[Any, ...]]:
        """The modules behind model references, all at once, on the device until the `with` ends."""

    def path(self, file: File | Folder) -> Path:
        """Where a file or folder of the workflow lies on this machine."""

    def notice(self, message: str, input: str | None = None) -> None:
        """Tell the user something that is no error."""


@dataclass_transform(kw_only_default=True, field_specifiers=(Field,))
class Node:
    """The base class of nodes. Class attributes are the flags; see the module's docstring for the rest.

    `version` rises with any change of an input, an output, a default or a bound, and `migrate` brings older files up.
    `volatile` nodes run every time; `output` nodes return an `Artifact`, which the host writes. `peers` are names under
    which other programs know this node; search finds it by them. `view` names a front-end module among the pack's views,
    by which the editor shows what a node says of itself (docs/editor/node-views.md).
    """

    title: ClassVar[str] = ""
    category: ClassVar[str] = ""
    version: ClassVar[int] = 1
    volatile: ClassVar[bool] = False
    output: ClassVar[bool] = False
    peers: ClassVar[tuple[str, ...]] = ()
    view: ClassVar[str | None] = None

    def __init__(self, **inputs: object) -> None:
        self.__dict__.update(inputs)

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """What is known of the outputs before anything runs, from what is known of the inputs.

        Each input is a mapping of facts (`{"value": …}` for a literal, {} where nothing is known), a list of them for a list
        input, absent where nothing is given. Raises Mismatch where they cannot go together. Imports no torch.
        """
        return {}

    @classmethod
    def notices(cls, inputs: Mapping[str, Any]) -> Mapping[str, str]:
        """What the user may want to know of sound inputs before anything runs: for an input's name, a sentence.

        Inputs are given as to `infer`. A check tells these; where only `run` can know, it says the same through its context.
        Imports no torch.
        """
        return {}

    @classmethod
    def migrate(cls, version: int, inputs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Inputs written for an older `version`, one version up, and the outputs that it renamed (old name → new name)."""
        return inputs, {}
