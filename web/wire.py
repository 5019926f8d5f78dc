"""What goes over the wire, as pydantic models: they check bodies and queries, and make the OpenAPI document.

Each is built when it is first used: a server starts without most of them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Status: TypeAlias = Literal["queued", "running", "succeeded", "failed", "cancelled", "interrupted"]
Text: TypeAlias = Annotated[str, Field(max_length=1024)]
Addresses: TypeAlias = Annotated[dict[Text, Text], Field(max_length=1000)]
Number: TypeAlias = Annotated[int, Field(ge=0, le=2**53 - 1)]


class Answered(BaseModel):
    """What the server says: more fields may come."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)


class Asked(BaseModel):
    """What a client says: nothing unknown, nothing converted, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)


class Query(BaseModel):
    """What stands after the `?`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


# What clients say


class SubmitRun(Asked):
    """A workflow to run. `inputs` are set by name or address; `targets` are names of outputs or addresses, by default all.

    The same `key` gives the same run. `document` says which document of the editor it is. `frozen` has a token, as a check
    gives it, for each node that is frozen: what it gave then stands in for what its inputs would give.
    """

    workflow: dict[str, Any]
    inputs: dict[str, Any] | None = None
    targets: Annotated[list[Text], Field(max_length=1000)] | None = None
    key: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    document: Annotated[str, Field(max_length=200)] = ""
    frozen: Addresses | None = None


class SubmitSweep(Asked):
    """A workflow to run once for every combination of the values of `inputs`."""

    workflow: dict[str, Any]
    inputs: Annotated[dict[str, list[Any]], Field(min_length=1)]
    targets: Annotated[list[Text], Field(max_length=1000)] | None = None
    key: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    document: Annotated[str, Field(max_length=200)] = ""
    frozen: Addresses | None = None


class CheckWorkflow(Asked):
    """A workflow to check; the plan says what would run, compared with the run `since`, by default this document's last.

    `frozen` is as in a run; null for a node that is to be frozen now: the answer has its token.
    """

    workflow: dict[str, Any]
    inputs: dict[str, Any] | None = None
    targets: Annotated[list[Text], Field(max_length=1000)] | None = None
    since: Text | None = None
    document: Annotated[str, Field(max_length=200)] = ""
    frozen: Annotated[dict[Text, Text | None], Field(max_length=1000)] | None = None


class LookAtValues(Asked):
    """Outputs to look at, as `address.output`."""

    ports: Annotated[list[Text], Field(min_length=1, max_length=32)]


class MoveRun(Asked):
    """A place in the queue: 0 is next."""

    place: Annotated[int, Field(ge=0, le=1_000_000)]


class SignIn(Asked):
    """The token of a server that others can reach."""

    token: Annotated[str, Field(max_length=200)]


class RunsQuery(Query):
    """Which runs, newest first; `before` is the id of a run."""

    status: Status | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    before: Text | None = None
    sweep: Text | None = None
    document: Text | None = None


class AssetsQuery(Query):
    """Which assets, newest first; `before` is the number of an asset, `workflow` the document that it was made from."""

    before: Number | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    workflow: Text | None = None
    kind: Literal["result", "upload"] | None = None


class UploadQuery(Query):
    """What the file was called where it came from."""

    name: Annotated[str, Field(max_length=300)] = ""


class AssetQuery(Query):
    """The longer side of a thumbnail, in pixels; without it, the file itself."""

    size: Literal["64", "128", "256", "512", "1024"] | None = None


class EventsQuery(Query):
    """The number of the last state that the client has seen."""

    since: Number | None = None


class TokenQuery(Query):
    """The token with which the page is opened the first time."""

    token: Annotated[str, Field(max_length=200)] | None = None


# What the server says


class FaultDoc(Answered):
    """One thing that is wrong, and where."""

    code: str
    node: str | None
    input: str | None
    message: str


class Error(Answered):
    """What is wrong with a request."""

    code: str
    message: str
    faults: list[FaultDoc] | None = None


class ErrorDoc(Answered):
    """The one form of an error."""

    error: Error


class PackFault(Answered):
    """A pack that could not be loaded, in one line of cause."""

    name: str
    version: str | None = None
    error: str | None


class Queue(Answered):
    """The queue in numbers."""

    paused: bool
    queued: int
    running: int


class Device(Answered):
    """A device, and what its worker does."""

    device: str
    state: str


class Health(Answered):
    """How the server does."""

    status: Literal["ok"]
    version: str
    devices: list[Device]
    queue: Queue
    packs: list[PackFault]


class Made(Answered):
    """A run that was put into the queue."""

    id: str
    status: Status


class SweepMade(Answered):
    """A sweep, and its runs in the order of the points."""

    id: str
    runs: list[str]


class RunDoc(Answered):
    """A run, in the queue or in history. Times are in seconds since 1970."""

    id: str
    status: Status
    partial: bool
    title: str
    document: str
    created: float
    started: float | None
    ended: float | None
    seconds: float | None
    inputs: dict[str, Any]
    targets: list[str] | None
    outputs: dict[str, Any]
    faults: list[FaultDoc]
    frozen: dict[str, str]


class RunWhole(RunDoc):
    """A run with its workflow as run and what became of each node."""

    workflow: dict[str, Any]
    nodes: dict[str, Any]


class ValueDoc(Answered):
    """What an output holds: `rows` tell its parts, each with `name` and `kind` (tensor, text, list, value).

    Else `why` there is nothing to tell.
    """

    type: str | None = None
    rows: list[dict[str, Any]] | None = None
    why: str | None = None


class ValuesDoc(Answered):
    """A look at each output that was asked for."""

    values: dict[str, ValueDoc]


class RunsPage(Answered):
    """Runs, newest first; `next` is what `before` is for the page after this one, null at the end."""

    runs: list[RunDoc]
    next: str | None


class QueueChanged(Answered):
    """The queue afterwards; `cleared` counts the runs that were taken out."""

    queue: Queue
    cleared: int | None = None


class OpenedDoc(Answered):
    """A workflow at the versions that are installed here, and what is to be said of it."""

    workflow: dict[str, Any]
    upgraded: list[Any]
    faults: list[FaultDoc]


class Checked(Answered):
    """What is wrong, and what would run; `frozen` are the tokens of nodes that were to be frozen."""

    faults: list[FaultDoc]
    notices: list[FaultDoc]
    plan: dict[str, Any]
    frozen: dict[str, str] | None = None


class AssetDoc(Answered):
    """A file by its content. `asset` and `sha256` are what an input of a workflow says of it."""

    number: int
    asset: str
    sha256: str
    kind: Literal["result", "upload"]
    type: str
    bytes: int
    width: int | None
    height: int | None
    created: float
    run: str | None
    output: str | None
    item: int | None
    document: str
    starred: bool
    url: str


class AssetsPage(Answered):
    """Assets, newest first; `next` is what `before` is for the page after this one, null at the end."""

    assets: list[AssetDoc]
    next: int | None


class PackDoc(Answered):
    """A pack; `views` is the address below which its front-end modules are, null where it brings none."""

    name: str
    views: str | None


class PacksPage(Answered):
    """All packs, also those that could not be loaded."""

    packs: list[PackDoc]


class InputsPage(Answered):
    """Files that a workflow may name, as `pets/cat.png`, sorted."""

    files: list[str]


class ModelsPage(Answered):
    """What can be loaded, and what is loaded where."""

    models: list[dict[str, Any]]


class Unloaded(Answered):
    """Whether anything was unloaded."""

    unloaded: bool
