"""Servers for tests: a real `loom serve` in a process of its own, with a data folder of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

WORDS = "Latent Loom is at "


@contextmanager
def served(home: Path, *options: str, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """Start `loom serve` on a free port and yield its address, as `http://127.0.0.1:12345/`; it is stopped afterwards."""
    command = [sys.executable, "-m", "engine.cli.main", "serve", "--port", "0", "--no-open", *options]
    process = subprocess.Popen(
        command,
        env={**os.environ, "LOOM_HOME": str(home), "OMP_NUM_THREADS": "1", **(environ or {})},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith(WORDS), line
        yield line.removeprefix(WORDS).strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()
