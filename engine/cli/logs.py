"""Where log records go: all of them to a file in the data folder, our own warnings to standard error in one line."""

from __future__ import annotations

import logging
from pathlib import Path

import click

FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


def set_up_logs(folder: Path) -> None:
    """Send records of the root logger there. Nothing is created before there is something to write."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _LogFile | _Console)]:
        root.removeHandler(handler)
    file = _LogFile(folder / "loom.log")
    file.setFormatter(logging.Formatter(FORMAT))
    root.addHandler(file)
    root.addHandler(_Console(logging.WARNING))


class _LogFile(logging.Handler):
    """Appends each record at once; where the file cannot be written, records are dropped."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.WARNING)
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(self.format(record) + "\n")
        except OSError:
            return


class _Console(logging.Handler):
    """Our warnings; what comes with a traceback is told to the user elsewhere, in place."""

    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name.partition(".")[0] in ("latentloom", "engine", "nodes")
        if ours and record.exc_info is None:
            click.echo(f"loom: {' '.join(record.getMessage().splitlines())}", err=True)
