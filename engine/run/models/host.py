"""How much RAM this machine has, and how much of it can be had now, without a further dependency."""

import os
from pathlib import Path

MEMINFO = Path("/proc/meminfo")
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
UNKNOWN = 8 << 30


def total_memory() -> int:
    """Bytes of RAM that this process may use: the machine's, or less where a container (cgroup v2) limits it.

    Where the system does not say, 8 GiB: a size that most machines have.
    """
    physical = _pages("SC_PHYS_PAGES") or _windows_memory()[0] or UNKNOWN
    return min(physical, _container_limit() or physical)


def available_memory() -> int:
    """Bytes that can be allocated without swapping; half of the total where the system does not say."""
    known = _meminfo("MemAvailable") or _pages("SC_AVPHYS_PAGES") or _windows_memory()[1]
    total = total_memory()
    return min(known or total // 2, total)


def _pages(name: str) -> int | None:
    try:
        count = os.sysconf(name)
        size = os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    return count * size if count > 0 and size > 0 else None


def _meminfo(field: str) -> int | None:
    try:
        lines = MEMINFO.read_text().splitlines()
    except OSError:
        return None
    found = [line.split() for line in lines if line.startswith(f"{field}:")]
    return int(found[0][1]) * 1024 if found else None


def _container_limit() -> int | None:
    try:
        text = CGROUP_LIMIT.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _windows_memory() -> tuple[int, int] | tuple[None, None]:
    """Total and available, from GlobalMemoryStatusEx; (None, None) elsewhere."""
    import ctypes

    kernel = getattr(getattr(ctypes, "windll", None), "kernel32", None)
    if kernel is None:
        return None, None
    # MEMORYSTATUSEX: two 32-bit fields (length, load), then total, available, and five more 64-bit sizes.
    buffer = (ctypes.c_uint64 * 8)()
    ctypes.cast(buffer, ctypes.POINTER(ctypes.c_uint32))[0] = ctypes.sizeof(buffer)
    if not kernel.GlobalMemoryStatusEx(ctypes.byref(buffer)):
        return None, None
    return int(buffer[1]), int(buffer[2])
