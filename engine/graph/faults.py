"""What is wrong with a workflow, in words and in place.

A fault names the node and the input where they are known; all faults of a workflow are reported at once. A notice has
the same shape and never refuses anything.

    LoomError                 everything that ends in a sentence and never in a traceback
    ├── InvalidWorkflow       the file, its graph or a value given to it is wrong: nothing ran (exit status 2)
    └── NodeFailed            a node failed while running (exit status 1)
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `node` is an address (`outer/inner`), `input` the name of its input; either may be None."""

    code: str
    message: str
    node: str | None = None
    input: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """The fault as `{"code", "node", "input", "message"}`."""
        plain = asdict(self)
        return {key: plain[key] for key in ("code", "node", "input", "message")}

    def __str__(self) -> str:
        return self.message


class LoomError(Exception):
    """An error whose text is a sentence for the user."""


class InvalidWorkflow(LoomError):
    """Raised with every fault found."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(fault.message for fault in self.faults))


class NodeFailed(LoomError):
    """A node raised while it ran; `fault` says which and why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message)


def at(node: str, message: str) -> str:
    """The message, led by the node that it is about: `node 'twice': …`."""
    return f"node '{node}': {message}"


def known(names: Iterable[str], wanted: str | None = None, limit: int = 40) -> str:
    """A list of what there is, for the end of a message: the closest name first when one is close, else sorted."""
    ordered = sorted(names)
    if wanted is not None and len(ordered) > limit:
        close = get_close_matches(wanted, ordered, n=3, cutoff=0.5)
        ordered = close + [name for name in ordered if name not in close]
    shown = ", ".join(ordered[:limit]) or "nothing"
    return shown if len(ordered) <= limit else f"{shown}, … ({len(ordered)} in all)"
