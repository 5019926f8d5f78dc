"""A device and models that are only numbers: leases, budgets and evictions are tested on them."""

from engine.run.models.device import Device, Reference


class SimulatedOutOfMemoryError(RuntimeError):
    """What a `FakeDevice` raises when an allocation does not fit, or was told to fail."""


class FakeDevice:
    """A device of `size` bytes that counts.

    `used` is what models hold; `slack` is what the allocator keeps after a release: it can be allocated again
    only after `trim`, as with an allocator whose cached blocks have the wrong size. `foreign` is what other
    programs hold. `fail_at` = n makes the n-th allocation from now fail, once. In a unified one models are
    also built.
    """

    def __init__(self, size: int, *, name: str = "fake:0", unified: bool = False) -> None:
        self.name = name
        self.kind = name.partition(":")[0]
        self.unified = unified
        self.size = size
        self.used = 0
        self.most = 0
        self.slack = 0
        self.foreign = 0
        self.fail_at: int | None = None

    def total(self) -> int:
        """All of its memory, in bytes."""
        return self.size

    def free(self) -> int:
        """Bytes that an allocation may have now; negative where a unified one has promised too much."""
        free = self.size - self.used - self.slack - self.foreign
        return free if self.unified else max(free, 0)

    def trim(self) -> None:
        """Return the slack."""
        self.slack = 0

    def synchronize(self) -> None:
        """Nothing runs here."""

    def ran_out(self, error: BaseException) -> bool:
        """Whether the error is this device's."""
        return isinstance(error, SimulatedOutOfMemoryError)

    def allocate(self, nbytes: int) -> None:
        """Take bytes. Raises SimulatedOutOfMemoryError where they aren't free, or where `fail_at` says so."""
        if self.fail_at is not None:
            self.fail_at -= 1
        if self.fail_at == 0 or (nbytes > self.free() and not self.unified):
            self.fail_at = None
            raise SimulatedOutOfMemoryError(f"{nbytes} bytes asked for, {self.free()} free")
        self.used += nbytes
        self.most = max(self.most, self.used)

    def reset_peak(self) -> None:
        """Count anew from what is held now."""
        self.most = self.used

    def peak(self) -> int | None:
        """The most that models held since; None in a unified one, as on the processor."""
        return None if self.unified else self.most

    def release(self, nbytes: int) -> None:
        """Give bytes back to the allocator, which keeps them as slack."""
        self.used -= nbytes
        self.slack += nbytes


class FakeModel:
    """A model of `nbytes` bytes, moved as two halves, so that a failed move leaves one behind.

    It is its own module, and counts its moves. `on_device` is how many of its bytes are on the device.
    """

    def __init__(self, reference: Reference, nbytes: int, device: FakeDevice) -> None:
        self.reference = reference
        self.nbytes = nbytes
        self.on_device = 0
        self.moves = 0
        self.closed = 0
        self._device = device
        if device.unified:
            self._take(nbytes)

    @property
    def module(self) -> "FakeModel":
        """Itself."""
        return self

    def to_device(self, device: Device) -> None:
        """Allocate both halves. Raises SimulatedOutOfMemoryError, with the first perhaps there."""
        if device is not self._device:
            raise ValueError(f"made for {self._device.name}, moved to {device.name}")
        self.moves += 1
        if not device.unified:
            self._take(self.nbytes // 2)
            self._take(self.nbytes - self.nbytes // 2)

    def to_host(self) -> None:
        """Release what is on the device."""
        if self.closed:
            raise ValueError(f"{self.reference} is closed")
        self.moves += 1
        self._device.release(self.on_device)
        self.on_device = 0

    def close(self) -> None:
        """Release all."""
        self.closed += 1
        self._device.release(self.on_device)
        self.on_device = 0

    def _take(self, nbytes: int) -> None:
        self._device.allocate(nbytes)
        self.on_device += nbytes
