"""What goes over the wire of queue and results, as pydantic models: `web.wire` has what they are made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from web.wire import Answered, Asked, AssetDoc, Number, Query, Queue, RunDoc, Text

Sha256: TypeAlias = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ResultsQuery(Query):
    """Which pictures, newest first; `before` is the number of one, `workflow` the document that it was made from."""

    before: Number | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 60
    workflow: Text | None = None
    starred: bool = False


class MakeBundle(Asked):
    """A workflow to send with its files; `pictures` are the contents of some that it made, to go with it."""

    workflow: dict[str, Any]
    pictures: Annotated[list[Sha256], Field(max_length=100)] = Field(default_factory=list)


class ChangeDoc(Answered):
    """One thing that was changed, in words; `node` is the address of the node that it is about.

    `before` and `after` are the values as the message has them.
    """

    node: str | None
    message: str
    kind: Literal["added", "removed", "changed"]
    before: str | None
    after: str | None


class QueuedRun(RunDoc):
    """A run of the queue. `changes` tells what it has that the run of its document before it had not."""

    changes: list[ChangeDoc] | None


class QueuePage(Answered):
    """The queue in numbers, what runs, the first 200 that wait, in their order, and what ended last, that first."""

    queue: Queue
    running: list[QueuedRun]
    waiting: list[QueuedRun]
    done: list[QueuedRun]


class ResultDoc(AssetDoc):
    """A picture with what made it: the run's title, its sweep, and what was changed in the workflow since the run before.

    `changes` is null where no other version of the document was run before, and where the run was deleted. `frozen` are
    the nodes that gave what was frozen, and not what the workflow says. `of` is how many the output gave, among which
    `item` counts from 0; null where the run was deleted.
    """

    title: str
    sweep: str | None
    changes: list[ChangeDoc] | None
    frozen: list[str]
    of: int | None


class ResultsPage(Answered):
    """Pictures, newest first; `next` is what `before` is for the page after this one, null at the end."""

    results: list[ResultDoc]
    next: int | None
