"""The user's hand on a run: cancel and stop, from any thread."""

from threading import Lock


class Cancelled(Exception):
    """The run was cancelled; raised between nodes and between steps."""


class Control:
    """Cancel ends a run and keeps nothing of the node that was running. Stop ends that node only, keeping its best so far.

    A second stop shortens the next long node that builds on what the first one kept. `stopped`: a stop was asked for at any
    time in this run. `watched`: somebody looks at previews.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.cancelled = False
        self._stops = 0
        self.stopped = False
        self.watched = False

    def cancel(self) -> None:
        """Ask the run to end at the next yield or between nodes."""
        self.cancelled = True

    def stop(self) -> None:
        """Ask the node that is running to return its best so far."""
        with self._lock:
            self._stops += 1
            self.stopped = True

    def check(self) -> None:
        """Raises Cancelled once the run was cancelled."""
        if self.cancelled:
            raise Cancelled

    def take_stop(self) -> bool:
        """Whether a stop is waiting; it is then spent."""
        if not self._stops:
            return False
        with self._lock:
            self._stops = 0
        return True
