"""A sweep as it is asked for over HTTP: values for some inputs, checked, and every combination of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.overrides import find_settable, fit_value
from engine.graph.records import JsonValue
from engine.host.axes import Axis, check_axes, points_of
from engine.host.given import Given
from engine.host.host import Host
from engine.host.job import MOST_WRONG, Job, prepare_all
from engine.host.opening import Opened

CHECKED = 401
Point = dict[str, JsonValue]


def sweep_points(
    host: Host,
    opened: Opened,
    values: Mapping[str, Sequence[JsonValue]],
    targets: Iterable[str] | None,
    frozen: Mapping[str, str] | None = None,
) -> tuple[list[Point], Job]:
    """The inputs of each run, the last input moving fastest, and the first run prepared.

    Every value is held to its input's type and bounds. The workflow is checked as a whole at the first point, and with each
    further value in turn, up to 400 of them: what only some combination gets wrong, its run tells. Raises InvalidWorkflow.
    """
    axes = [Axis(tuple({name: value} for value in _fitted(host, opened, name, many))) for name, many in values.items()]
    given = Given(opened.workflow, host.registry.types, host.assets(opened.beside), host.home.inputs, opened.beside)
    check_axes(given, axes, ())
    points = list(points_of(axes))
    return points, prepare_all(host, opened, islice(_variations(points[0], axes), CHECKED), targets, frozen)


def _fitted(host: Host, opened: Opened, name: str, values: Sequence[JsonValue]) -> list[JsonValue]:
    spec = find_settable(opened.workflow, host.registry.types, name).spec
    fitted, faults = [], []
    for value in values:
        fit, wrong = fit_value(spec, value)
        if wrong is not None:
            faults.append(Fault("bad_value", f"'{name}' {wrong}", None, name))
        fitted.append(fit)
    if faults:
        raise InvalidWorkflow(faults[:MOST_WRONG])
    return fitted


def _variations(first: Point, axes: Sequence[Axis]) -> Iterator[Point]:
    """The first point, then it with one input at another of its values."""
    yield first
    for axis in axes:
        for point in axis.points[1:]:
            yield {**first, **point}
