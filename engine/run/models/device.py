"""What the model cache asks of the world: a device, a loaded model, and a reference that says which."""

from collections.abc import Callable, Hashable
from typing import Protocol, TypeAlias


class Device(Protocol):
    """Memory that models are moved into, and the arithmetic beside it. All sizes are in bytes."""

    @property
    def name(self) -> str:
        """`cpu`, `cuda:0`, `mps`: as PyTorch and the command line say it."""

    @property
    def kind(self) -> str:
        """The name without its number."""

    @property
    def unified(self) -> bool:
        """Whether its memory is the machine's RAM, so that moving a model off it would free nothing."""

    def total(self) -> int:
        """All of its memory."""

    def free(self) -> int:
        """What can be allocated now, beside this program's and all other programs' use."""

    def trim(self) -> None:
        """Give back what the allocator keeps for later."""

    def synchronize(self) -> None:
        """Wait until all work given to it is done."""

    def ran_out(self, error: BaseException) -> bool:
        """Whether this error says that its memory was not enough."""

    def reset_peak(self) -> None:
        """Count anew what this program holds at most."""

    def peak(self) -> int | None:
        """The most that this program's tensors held there since `reset_peak`; None where nobody counts it."""


class Loaded(Protocol):
    """A model in memory: what a reference's builder returns. It begins in RAM."""

    @property
    def nbytes(self) -> int:
        """Its weights' size; the same wherever it is."""

    @property
    def module(self) -> object:
        """What a lease hands out. It stays the same object through all moves."""

    def to_device(self, device: Device) -> None:
        """Move it there. When it raises, `to_host` must still bring all of it back."""

    def to_host(self) -> None:
        """Move it to RAM, from wherever its parts are."""

    def close(self) -> None:
        """Let go of its memory, wherever that is; called once, and last."""


class Reference(Hashable, Protocol):
    """Plain, hashable data that says which model: equal references share one loaded model."""


Build: TypeAlias = Callable[[Reference], Loaded]
