"""How much memory gradients will take, found before anything is computed.

One picture is made and differentiated with tensors that have shapes and no content, and what is saved for the way back is
counted. It is the same code that will run, so nothing has to be known of networks or rewards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode

from engine.run.models.host import available_memory
from engine.run.models.tier import in_words
from nodes.ops.sampling import samples_of
from nodes.optimizing.objective import Objective
from nodes.optimizing.picture import CHECKPOINTINGS, Checkpointing, Painter
from nodes.rewarding.contract import Measure

WORKING = 3
"""Tensors as large as the largest that is saved, at work in one operation at a time."""


class SavedBytes(AbstractContextManager["SavedBytes"]):
    """Counts what autograd saves while it holds: `now`, at most (`peak`), and the `largest` at once.

    A storage counts once, however many saved tensors share it; those of `besides`, as weights are, do not count.
    """

    def __init__(self, besides: Iterable[Tensor] = ()) -> None:
        self.now = self.peak = self.largest = 0
        # They are held, so that no other storage can take the place of one.
        self._kept = tuple(besides)
        self._besides = {_storage(tensor) for tensor in self._kept}
        self._held: dict[int, int] = {}
        self._hooks = torch.autograd.graph.saved_tensors_hooks(self._pack, _unpacked)

    def __enter__(self) -> SavedBytes:
        self._hooks.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hooks.__exit__(kind, error, trace)

    def _pack(self, tensor: Tensor) -> _Held:
        key = _storage(tensor)
        counted = key not in self._besides
        if counted:
            nbytes = tensor.untyped_storage().nbytes()
            if key not in self._held:
                self.now += nbytes
                self.peak, self.largest = max(self.peak, self.now), max(self.largest, nbytes)
            self._held[key] = self._held.get(key, 0) + 1
        return _Held(tensor.detach(), self if counted else None, key)

    def let_go(self, key: int, nbytes: int) -> None:
        """One saved tensor less of a storage."""
        self._held[key] -= 1
        if not self._held[key]:
            del self._held[key]
            self.now -= nbytes


class _Held:
    """A saved tensor; its end is noticed."""

    __slots__ = ("_book", "_key", "tensor")

    def __init__(self, tensor: Tensor, book: SavedBytes | None, key: int) -> None:
        self.tensor, self._book, self._key = tensor, book, key

    def __del__(self) -> None:
        if self._book is not None:
            self._book.let_go(self._key, self.tensor.untyped_storage().nbytes())


def _unpacked(held: _Held) -> Tensor:
    return held.tensor


def _storage(tensor: Tensor) -> int:
    """What tells storages apart, also those without content."""
    return int(tensor.untyped_storage()._cdata)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What gradients will take: `nbytes` of memory with this `checkpointing`, of `free` (None: not known)."""

    checkpointing: Checkpointing
    nbytes: int
    free: int | None

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"checkpointing": self.checkpointing, "bytes": self.nbytes, "free": self.free}


def chosen(
    painter: Painter,
    measures: Sequence[Measure],
    checkpointing: Literal["auto"] | Checkpointing,
    before: dict[Checkpointing, Prediction] | None = None,
) -> Forecast:
    """The checkpointing that is asked for, or with auto the fastest that fits into what is free.

    What was predicted `before` is not predicted again, and what is predicted now goes there. Raises ValueError, in a
    sentence, where it does not fit.
    """
    free, before = free_bytes(painter.denoiser.device), {} if before is None else before
    for name in CHECKPOINTINGS if checkpointing == "auto" else (checkpointing,):
        if name not in before:
            before[name] = predicted(replace(painter, checkpointing=name), measures)
        found = Forecast(name, before[name].nbytes, free)
        if free is None or found.nbytes <= free:
            return found
    further = "" if found.checkpointing == "blocks" else "; checkpointing 'blocks' takes the least"
    raise ValueError(
        f"gradients through {painter.steps} step{'s' * (painter.steps > 1)} at {painter.latent.width} ×"
        f" {painter.latent.height} pixels take about {in_words(found.nbytes)} of memory, and {in_words(free or 0)} are"
        f" free{further}; take a smaller picture, fewer steps, or a mode without gradients (best_of, zero_order)"
    )


class Prediction(NamedTuple):
    """Bytes beside the weights at most: what is `saved` for the way back, and what is `working` on top of it."""

    saved: int
    working: int

    @property
    def nbytes(self) -> int:
        """Both together."""
        return self.saved + self.working


def predicted(painter: Painter, measures: Sequence[Measure]) -> Prediction:
    """About what one picture with its gradient takes.

    Of many steps two are looked at: each further one takes as much more as the second.
    """
    counts = [saved(painter.with_steps(steps), measures) for steps in range(1, min(painter.steps, 2) + 1)]
    last = counts[-1]
    more = (painter.steps - len(counts)) * max(last.peak - counts[0].peak, 0)
    return Prediction(last.peak + more, WORKING * last.largest)


def saved(painter: Painter, measures: Sequence[Measure]) -> SavedBytes:
    """What is saved for one picture's gradient, counted on tensors without content."""
    judges = [module for measure in measures for module in measure.modules]
    networks = [it for it in (painter.denoiser, painter.vae, *judges) if isinstance(it, nn.Module)]
    shape = samples_of(painter.latent).shape
    # What is drawn anew in a step is not saved, and a generator has nothing to draw for tensors without content.
    quiet = replace(painter, sampler="euler") if painter.sampler == "euler_ancestral" else painter
    with FakeTensorMode(allow_non_fake_inputs=True) as mode, painter.ready(judges):
        weights = [tensor for it in networks for tensor in (*it.parameters(), *it.buffers())]
        # An operation may save a weight as it is, or a view of what stands for it here.
        with SavedBytes([*weights, *map(mode.from_tensor, weights)]) as count:
            for _ in Objective(quiet, measures).tensors(torch.zeros(shape), 0, slope=True):
                pass
    return count


def free_bytes(device: torch.device) -> int | None:
    """How much memory can be had there now; None where it is not known."""
    if device.type == "cpu":
        return available_memory()
    if device.type == "cuda":
        unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(torch.cuda.mem_get_info(device)[0]) + unused
    return None
