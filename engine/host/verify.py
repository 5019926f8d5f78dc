"""Runs a picture's workflow again and holds the result against the picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.graph.faults import Fault, InvalidWorkflow, LoomError
from engine.graph.records import JsonValue
from engine.host.host import Host
from engine.host.job import carry_out, prepare
from engine.host.opening import Opened
from engine.host.outputs import pictures_of
from engine.host.record import Recorder
from engine.run.control import Control
from engine.run.events import Event
from engine.run.report import RunReport

if TYPE_CHECKING:
    from PIL import Image

_OF_THE_PICTURE = ("output", "item")


@dataclass(frozen=True)
class Verdict:
    """`largest` is the largest difference a channel, of 255; empty where the pixels cannot be compared, as `why` says.

    `environment` holds what differs between then and now, by name: (then, now). `status` is how the run ended.
    """

    status: str
    identical: bool
    largest: Mapping[str, int] = field(default_factory=dict)
    why: str = ""
    environment: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def to_json(self) -> dict[str, JsonValue]:
        """The document that `loom verify --json` prints."""
        return {
            "status": self.status,
            "identical": self.identical,
            "largest": dict(self.largest),
            "why": self.why,
            "environment": {name: {"then": then, "now": now} for name, (then, now) in self.environment.items()},
            "faults": [dict(fault.to_json()) for fault in self.faults],
        }


def verify_picture(
    host: Host, opened: Opened, watch: Callable[[Event], None] = lambda event: None, control: Control | None = None
) -> Verdict:
    """Make the picture again. Raises InvalidWorkflow where it has no workflow, or one that cannot run here."""
    if opened.picture is None:
        raise InvalidWorkflow([Fault("format", f"{opened.source} is no picture; loom run runs a workflow")])
    then = opened.workflow.made_with
    name, item = then.get("output"), then.get("item")
    if not isinstance(name, str) or not isinstance(item, int):
        text = f"{opened.source} does not say which output it is (made_with.output, made_with.item)"
        raise InvalidWorkflow([Fault("made_with", text)])
    job = prepare(host, opened, targets=[name])
    report = RunReport()
    run, ended = carry_out(job, report, watch, control)
    recorder = Recorder(host, opened, job.graph)
    environment = differences(then, recorder.made_with)
    if ended.status != "succeeded" or name not in run.outputs:
        return Verdict(ended.status, False, environment=environment, faults=tuple(report.faults))
    try:
        again = next(
            (one for place, _, one in pictures_of(run.outputs[name], recorder.document) if place == item), None
        )
    except LoomError as error:
        fault = Fault("not_written", f"output '{name}': {error}", run.outputs[name].source.address)
        return Verdict("failed", False, environment=environment, faults=(fault,))
    if again is None:
        why = f"the run gives no picture {item} of output '{name}' now"
        return Verdict("succeeded", False, why=why, environment=environment)
    identical, largest, why = compare(opened.picture, again.data)
    return Verdict("succeeded", identical, largest, why, environment)


def compare(a: bytes, b: bytes) -> tuple[bool, dict[str, int], str]:
    """Whether the pixels of two pictures are equal, the largest difference a channel, else why they can't be compared."""
    from PIL import ImageChops

    from engine.store.pictures import open_picture

    one, other = open_picture(a), open_picture(b)
    if one.size != other.size:
        return False, {}, f"the picture is {_size(one)} pixels, and {_size(other)} come out now"
    if one.mode != other.mode:
        return False, {}, f"the picture's channels are {one.mode}, and {other.mode} come out now"
    bands = zip(one.getbands(), ImageChops.difference(one, other).split(), strict=True)
    largest = {name: max(value for value, count in enumerate(band.histogram()) if count) for name, band in bands}
    return not any(largest.values()), largest, ""


def differences(then: Mapping[str, JsonValue], now: Mapping[str, JsonValue]) -> dict[str, tuple[str, str]]:
    """What differs between two `made_with`: versions, device, models."""
    old, new = _flat(then), _flat(now)
    names = dict.fromkeys([*old, *new])
    return {
        name: (old.get(name, "absent"), new.get(name, "absent")) for name in names if old.get(name) != new.get(name)
    }


def _flat(made_with: Mapping[str, JsonValue]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in made_with.items():
        if isinstance(value, dict):
            found.update({f"{name}.{key}": str(inner) for key, inner in value.items()})
        elif name not in _OF_THE_PICTURE:
            found[name] = str(value)
    return found


def _size(picture: Image.Image) -> str:
    return f"{picture.width} × {picture.height}"
