"""The devices of this machine, as PyTorch has them; it is imported only when it is asked."""

import re
from importlib.metadata import version

from engine.run.models.device import Device
from engine.run.models.errors import DeviceError
from engine.run.models.host import available_memory, total_memory


class CpuDevice:
    """The processor, whose memory is the machine's RAM."""

    name = kind = "cpu"
    unified = True

    def total(self) -> int:
        """Bytes of RAM that this process may use."""
        return total_memory()

    def free(self) -> int:
        """Bytes that can be allocated without swapping."""
        return available_memory()

    def trim(self) -> None:
        """The C allocator decides by itself."""

    def synchronize(self) -> None:
        """Work on the processor is done when its call returns."""

    def ran_out(self, error: BaseException) -> bool:
        """MemoryError, and PyTorch's RuntimeError of the CPU allocator, which has no type of its own."""
        return isinstance(error, MemoryError) or "DefaultCPUAllocator" in str(error)

    def reset_peak(self) -> None:
        """PyTorch counts nothing here."""

    def peak(self) -> None:
        """Unknown: the kernel's high-water mark is the whole process's, for all of its life, and not this work's."""


class CudaDevice:
    """An NVIDIA GPU (or an AMD one under ROCm), by its index."""

    kind = "cuda"
    unified = False

    def __init__(self, index: int) -> None:
        self.name = f"cuda:{index}"
        self._index = index

    def total(self) -> int:
        """Bytes of its memory."""
        import torch

        return int(torch.cuda.mem_get_info(self._index)[1])

    def free(self) -> int:
        """What the driver has free, and what PyTorch's allocator holds without using it."""
        import torch

        unused = torch.cuda.memory_reserved(self._index) - torch.cuda.memory_allocated(self._index)
        return int(torch.cuda.mem_get_info(self._index)[0]) + unused

    def trim(self) -> None:
        """Wait for the work under way, then give unused blocks back to the driver."""
        import torch

        self.synchronize()
        with torch.cuda.device(self._index):
            torch.cuda.empty_cache()

    def synchronize(self) -> None:
        """Wait for all streams."""
        import torch

        torch.cuda.synchronize(self._index)

    def ran_out(self, error: BaseException) -> bool:
        """PyTorch's OutOfMemoryError."""
        import torch

        return isinstance(error, torch.OutOfMemoryError)

    def reset_peak(self) -> None:
        """Have PyTorch's allocator count anew."""
        import torch

        torch.cuda.init()  # the counters know no device before
        torch.cuda.reset_peak_memory_stats(self._index)

    def peak(self) -> int | None:
        """The most bytes in tensors since, by PyTorch's allocator."""
        import torch

        return int(torch.cuda.max_memory_allocated(self._index))


class MpsDevice:
    """The GPU of an Apple computer, whose memory is the machine's RAM."""

    name = kind = "mps"
    unified = True

    def total(self) -> int:
        """Bytes that Metal recommends to stay within."""
        import torch

        return int(torch.mps.recommended_max_memory())

    def free(self) -> int:
        """What tensors leave of that, as far as the machine has it."""
        import torch

        return min(self.total() - int(torch.mps.current_allocated_memory()), available_memory())

    def trim(self) -> None:
        """Give unused blocks back."""
        import torch

        self.synchronize()
        torch.mps.empty_cache()

    def synchronize(self) -> None:
        """Wait for the work under way."""
        import torch

        torch.mps.synchronize()

    def ran_out(self, error: BaseException) -> bool:
        """A RuntimeError that says so: it has no type of its own."""
        return isinstance(error, RuntimeError) and "MPS backend out of memory" in str(error)

    def reset_peak(self) -> None:
        """PyTorch counts no peak here."""

    def peak(self) -> None:
        """Unknown: PyTorch tells only what is held now."""


def pick_device(name: str = "auto") -> Device:
    """The device of this name: `cpu`, `cuda:N` (`cuda` is `cuda:0`), `mps`, or `auto`, the fastest there is.

    Asking for `cpu` does not import PyTorch. Raises DeviceError, which says what there is, for any other.
    """
    if name == "cpu":
        return CpuDevice()
    if not re.fullmatch(r"auto|mps|cuda(:\d{1,3})?", name):
        raise DeviceError(f"device {name!r} is not known; there are: auto, cpu, cuda:N (N = 0, 1, …), mps")
    here = {device.name: device for device in (*_accelerators(), CpuDevice())}
    wanted = {"auto": next(iter(here)), "cuda": "cuda:0"}.get(name, name)
    if wanted not in here:
        raise DeviceError(f"there is no {wanted} here{_reason(wanted)}; there is: {', '.join(here)}")
    return here[wanted]


def _accelerators() -> list[Device]:
    import torch

    found: list[Device] = [CudaDevice(index) for index in range(torch.cuda.device_count())]
    return [*found, MpsDevice()] if torch.backends.mps.is_available() else found


def _reason(name: str) -> str:
    import torch

    built = {"cuda": torch.version.cuda or torch.version.hip, "mps": torch.backends.mps.is_built()}
    return "" if built[name.partition(":")[0]] else f" (this PyTorch, {version('torch')}, is built without it)"
