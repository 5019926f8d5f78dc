"""What can go wrong with models in memory; each is a sentence for the user.

LoomError
└── ModelError
    ├── ModelMemoryError    it does not fit, even with all else sent away
    ├── ModelInUseError     it is leased, so it can't be unloaded
    ├── WrongThreadError    someone else's thread asked for movement
    └── DeviceError         there is no such device on this machine
"""

from engine.graph.faults import LoomError


class ModelError(LoomError):
    """The root of these errors; the message is a sentence for the user."""


class ModelMemoryError(ModelError):
    """A model does not fit on the device, even with all that is not leased sent away.

    `needed` and `free` are bytes; `message` also says who holds what.
    """

    def __init__(self, message: str, needed: int, free: int) -> None:
        super().__init__(message)
        self.needed = needed
        self.free = free


class ModelInUseError(ModelError):
    """A leased model was asked to go."""


class WrongThreadError(ModelError):
    """A thread that does not own the cache asked it to move models: the program's mistake, not the user's."""


class DeviceError(ModelError):
    """A device was asked for that is not there."""
