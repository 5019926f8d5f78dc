"""The first visit, as a user has it: the shipped nodes and model, and a server that is killed at the worst moment."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

PICTURE = "tab.nodeRun('decode').peek().outputs?.image?.[0]?.url"


@contextmanager
def serving(home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`loom serve` in a process of its own, which a test may kill."""
    command = [sys.executable, "-m", "engine.cli.main", "serve", "--port", str(port), "--no-open"]
    environment = {**os.environ, "LOOM_HOME": str(home), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Latent Loom is at")
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_the_example_of_a_first_visit_runs_as_it_is_and_survives_a_killed_server(window: Any, tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port) as process:
        editor = window(f"http://127.0.0.1:{port}/")
        assert editor.js("return [tab.title.peek(), app.asking.peek(), tab.dirty.peek()]") == [
            "Text to image",
            None,
            False,
        ]
        expect(editor.page.locator(".run-words")).to_have_text("6 of 6 nodes would run")
        editor.page.get_by_role("button", name="Run", exact=True).click()
        editor.until("(tab.nodeRun('sampler').peek().step ?? 0) >= 1")
        process.kill()
        process.wait()
        editor.until("app.online.peek() === 'off'")
        editor.set("prompt", "text", "a green cube")
    with serving(tmp_path, port):
        editor.until("app.online.peek() === 'on'")
        picture = editor.until(f"tab.run.peek()?.status === 'succeeded' && {PICTURE}")
        assert editor.page.request.get(f"http://127.0.0.1:{port}{picture}").headers["content-type"] == "image/png"
        editor.until("app.drafts.peek() === 'kept'")
        editor.visit()
        assert editor.document()["nodes"]["prompt"]["inputs"]["text"] == "a green cube"
        editor.until(f"{PICTURE} === {picture!r}")
        editor.until("tab.plan.peek().get('prompt')?.state === 'stale'")
