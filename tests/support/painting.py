"""A small pack that paints swatches: what the tests of the command line run."""

import signal
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple

from PIL import Image
from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Artifact, Context, Multiline, Named, Node, Progress, Seed, Work
from engine.graph.values import File, Folder, value_type
from engine.packs import Pack
from engine.run.writing import Encoded
from engine.store.pictures import encode

STEP = "painting.step"
"""The audit event of each step of `Paint`."""

CALLS: Counter[str] = Counter()
"""How often each node type was called in this process."""

pack = Pack()


@value_type("#d08770")
@dataclass(frozen=True, slots=True)
class Swatch:
    """Squares of one colour each, `size` pixels wide."""

    colors: tuple[tuple[int, int, int], ...]
    size: int

    def encode(self, format: str | None = None, document: str | None = None) -> Sequence[Encoded]:
        """One picture a colour."""
        return [self._encoded(color, format or "png", document) for color in self.colors]

    def split(self) -> Sequence["Swatch"]:
        """One swatch a colour."""
        return [Swatch((color,), self.size) for color in self.colors]

    def _encoded(self, color: tuple[int, int, int], format: str, document: str | None) -> Encoded:
        if format not in ("png", "webp", "jpeg"):
            raise LoomError(f"a swatch is written as png, webp or jpeg, not as {format!r}")
        made = encode(Image.new("RGB", (self.size, self.size), color), format, document)  # type: ignore[arg-type]
        return Encoded(made.data, format, self.size, self.size, made.notices)


@value_type("#88c0d0")
@dataclass(frozen=True, slots=True)
class Grain:
    """Something that is no picture and no JSON."""

    dots: tuple[int, ...]


class Paint(Node):
    """Paint swatches of one red.

    The second paragraph of its help.
    """

    category = "paint"
    title = "Paint a swatch"

    red: Annotated[float, Field(ge=0, le=1, description="How red")] = 0.5
    seed: Seed = 0
    size: Annotated[int, Field(ge=1, le=64)] = 8
    count: Annotated[int, Field(ge=1, le=4)] = 1

    def run(self) -> Work[Swatch]:
        CALLS["Paint"] += 1
        for step in range(3):
            sys.audit(STEP)
            yield Progress(step + 1, 3)
        return Swatch(tuple((round(255 * self.red), self.seed % 256, i) for i in range(self.count)), self.size)


class Darken(Node):
    """Take light out of swatches."""

    category = "paint"

    swatch: Swatch
    by: Annotated[float, Field(ge=0, le=1)] = 0.5

    def run(self) -> Swatch:
        CALLS["Darken"] += 1
        dark = tuple((round(r * (1 - self.by)), g, b) for r, g, b in self.swatch.colors)
        return Swatch(dark, self.swatch.size)


class Save(Node):
    """Write swatches."""

    output = True
    swatch: Swatch
    name: str | None = None
    format: str | None = None

    def run(self) -> Artifact:
        return Artifact(self.swatch, self.name, self.format)


class Say(Node):
    """Give back a text."""

    text: Multiline = "hello"

    def run(self) -> str:
        CALLS["Say"] += 1
        return self.text


class Count(Node):
    """The numbers below `upto`."""

    upto: Annotated[int, Field(ge=0, le=1000)] = 3

    def run(self) -> list[int]:
        return list(range(self.upto))


class Grind(Node):
    """Make a grain."""

    dots: int = 2

    def run(self) -> Grain:
        return Grain(tuple(range(self.dots)))


class Measure(Node):
    """How many bytes a file has, and how many files a folder."""

    file: File
    folder: Folder | None = None

    def run(self, context: Context) -> "Sizes":
        files = list(context.path(self.folder).iterdir()) if self.folder else []
        return Sizes(context.path(self.file).stat().st_size, len(files))


class Sizes(NamedTuple):
    size: int
    files: int


class Fail(Node):
    """Fail."""

    after: int = 0

    def run(self) -> Annotated[int, Named("number")]:
        raise RuntimeError("out of\npaint")


class Interrupt(Node):
    """Have the user press Ctrl-C, `times` times, while it works."""

    times: int = 1

    def run(self) -> Work[int]:
        for step in range(self.times):
            signal.raise_signal(signal.SIGINT)
            if self.times == 1:
                yield Progress(step + 1, self.times + 1)
        return self.times


NODES = (Paint, Darken, Save, Say, Count, Grind, Measure, Fail, Interrupt)
