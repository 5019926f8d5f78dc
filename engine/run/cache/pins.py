"""Which digests may not be evicted now."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Pins:
    """Counts who holds on to a digest; safe from any thread. Calling it asks whether somebody does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def __call__(self, digest: str) -> bool:
        """Whether somebody holds on to a digest."""
        return digest in self._counts

    @contextmanager
    def hold(self, digests: Iterable[str]) -> Iterator[None]:
        """Hold on to these while the context is open."""
        held = tuple(digests)
        with self._lock:
            self._counts.update(held)
        try:
            yield
        finally:
            with self._lock:
                for digest in held:
                    self._counts[digest] -= 1
                    if not self._counts[digest]:
                        del self._counts[digest]
