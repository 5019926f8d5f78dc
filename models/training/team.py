"""Several processes train one network, a core each: every step they average their gradients.

One thread a process and one meeting a step wait less for each other than threads that meet in every operation do,
the more so where other work shares the cores (Li et al. 2020, PyTorch Distributed).
"""

import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import torch
import torch.distributed as dist
from torch import nn
from torch.multiprocessing.spawn import spawn

PATIENCE: Final = timedelta(hours=1)
"""How long a member waits for another, which may be measuring and saving."""


@dataclass(frozen=True)
class Team:
    """This process's place in its team; a team of one never communicates."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process speaks and saves for the team."""
        return self.rank == 0

    def agree(self, value: float) -> float:
        """The leader's value, in every member."""
        if self.size == 1:
            return value
        told = torch.tensor([value], dtype=torch.float64)
        dist.broadcast(told, 0)
        return float(told)

    def average(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace every gradient by its mean over the team."""
        if self.size == 1:
            return
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        dist.all_reduce(flat)
        parts = flat.div_(self.size).split([gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))


def together(work: Callable[..., None], size: int, *arguments: Any) -> None:
    """Call `work(team, *arguments)` in `size` processes, a core each; in this one if size is 1. `work` must be
    importable."""
    if size == 1:
        work(Team(), *arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        spawn(_member, (size, str(Path(folder) / "meeting"), work, arguments), nprocs=size)


def _member(rank: int, size: int, meeting: str, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[rank % len(cores)]})
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=size, timeout=PATIENCE)
    work(Team(rank, size), *arguments)
    dist.barrier()  # gloo aborts a member that leaves while another still listens to it
    dist.destroy_process_group()
