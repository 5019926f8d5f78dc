"""From a path into the file's JSON to the node and input that a fault names.

A node of a sub-workflow's definition has no address of its own (its uses have); it is named
`workflow:NAME/id`.
"""

from collections.abc import Iterable
from itertools import islice
from typing import TypeAlias

from engine.graph.faults import Fault, at
from engine.graph.records import JsonValue

Path: TypeAlias = tuple[str | int, ...]

MAX_FAULTS = 1000


def fault_at(path: Path, code: str, what: str) -> Fault:
    """A fault about the place `path`; `what` begins with a verb ("is NaN, …")."""
    node, rest = node_at(path)
    if node is None:
        return Fault(code, f"{dotted(path) or 'the file'} {what}")
    if len(rest) >= 2 and rest[0] == "inputs":
        return Fault(code, at(node, f"{dotted(rest[1:])} {what}"), node, _short(rest[1]))
    return Fault(code, at(node, f"{dotted(rest)} {what}") if rest else f"node '{node}' {what}", node)


def node_at(path: Path) -> tuple[str | None, Path]:
    """The address of the node that a path leads into, and what of the path is left inside it."""
    if len(path) >= 2 and path[0] == "nodes":
        return address_in(None, _short(path[1])), path[2:]
    if len(path) >= 4 and path[0] == "workflows" and path[2] == "nodes":
        return address_in(_short(path[1]), _short(path[3])), path[4:]
    return None, path


def _short(key: str | int) -> str:
    return str(key)[:80]


def dotted(path: Path) -> str:
    """`("inputs", "prompt", "to", 0)` as `inputs.prompt.to[0]`; a long key is cut."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step[:80]}" for step in path]
    return "".join(steps).removeprefix(".")


def in_file_order(found: Iterable[tuple[Path, Fault]], raw: JsonValue) -> list[Fault]:
    """Faults in the order of their places in `raw`; what misses a key stands at its object's start."""
    places: dict[int, dict[str, int]] = {}

    def rank(path: Path) -> list[int]:
        ranks, here = [], raw
        for step in path:
            if isinstance(here, dict) and isinstance(step, str) and step in here:
                if id(here) not in places:
                    places[id(here)] = {key: place for place, key in enumerate(here)}
                ranks.append(places[id(here)][step])
                here = here[step]
            elif isinstance(here, list) and isinstance(step, int) and step < len(here):
                ranks.append(step)
                here = here[step]
            else:
                break
        return ranks

    return [fault for _, fault in sorted(found, key=lambda each: rank(each[0]))]


def first(faults: Iterable[Fault]) -> list[Fault]:
    """The first thousand, so that a file made of nothing but faults is refused as fast as any other."""
    some = list(islice(faults, MAX_FAULTS + 1))
    if len(some) > MAX_FAULTS:
        some[MAX_FAULTS] = Fault("more", f"there is more; these are the first {MAX_FAULTS:,} faults")
    return some


def address_in(workflow: str | None, node: str) -> str:
    """The name in faults of a node of the file's own level (None) or of a sub-workflow's definition."""
    return node if workflow is None else f"workflow:{workflow}/{node}"
