"""Kills server and worker over and over, at moments of chance and at failpoints, and then counts what there is.

`python tests/faults/kill_server.py [--rounds 200] [--seed 0] [--folder DIR]`. Each round starts a server on the same
folder, submits runs, and has it or its worker die by SIGKILL: after some line of what it says, or between a file and the
commit that names it. Afterwards a last server finishes what is left, and it must hold that

- every acknowledged run is there, and has ended once; what was asked twice under one key is one run;
- what is interrupted can be run again, and then succeeds;
- every result is a whole picture of the right colour, and every asset is what its name says;
- no event's number was ever given twice.

Prints a JSON object of counts; the exit status is 1 where something of that does not hold.
"""

import argparse
import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

SUPPORT = Path(__file__).parent.parent / "support"
sys.path.insert(0, str(SUPPORT))

from workshop import flow  # noqa: E402

from engine.store.pictures import open_picture  # noqa: E402

ENDS = ("run.succeeded", "run.failed", "run.cancelled", "run.interrupted")
FAILPOINTS = (
    *("database.commit", "database.committed", "runs.finishing"),
    *("assets.written", "worker.job", "worker.output", "worker.written"),
)
RUNS = 4
PATIENCE_SECONDS = 120.0
"""After so long a server is ended that says nothing more: what it left undone is then counted as wrong."""


def painting(seed: int) -> dict[str, Any]:
    """A workflow whose picture says which one it is."""
    nodes = {
        "paint": ("Paint", {"red": 1.0, "seed": seed}),
        "dark": ("Darken", {"swatch": {"link": "paint.swatch"}, "by": 0.5}),
        "save": ("Save", {"swatch": {"link": "paint.swatch"}}),
    }
    return flow(nodes, {"image": "dark.swatch"}, title=f"number {seed}")


class Site:
    """One server process. `lines` is what it says; what it has told stays in `Storm`."""

    def __init__(self, folder: Path, failpoint: str = "") -> None:
        environ = {**os.environ, "PYTHONPATH": str(SUPPORT), "OMP_NUM_THREADS": "1", "LOOM_FAILPOINTS": failpoint}
        self.process = subprocess.Popen(
            [sys.executable, str(SUPPORT / "site.py"), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environ,
            text=True,
        )
        self._patience = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        self._patience.daemon = True
        self._patience.start()

    def say(self, **command: Any) -> None:
        """Give a command; nothing where nobody listens any more."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(command) + "\n")
            self.process.stdin.flush()

    def lines(self) -> Iterator[dict[str, Any]]:
        """What it says, until it is dead."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith("\n"):  # it may have died in the middle of one
                yield json.loads(line)

    def kill(self) -> None:
        """End it, and have its worker notice."""
        self._patience.cancel()
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            with suppress(BrokenPipeError):
                stream.close()


class Storm:
    """All that was asked and told, over the rounds."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.keys: dict[str, int] = {}
        self.acked: dict[str, str] = {}
        self.events: dict[int, str] = {}
        self.wrong: list[str] = []
        self.deaths: Counter[str] = Counter()

    def round(self, number: int) -> None:
        """One server, some runs, one death or more: in turn of the server, of its worker first, at a failpoint."""
        kind = ("server", "worker", "failpoint")[number % 3]
        point = FAILPOINTS[number // 3 % len(FAILPOINTS)] if kind == "failpoint" else ""
        site = Site(self.folder, f"{point}=kill@{self.chance.randint(3, 3 * RUNS)}" if point else "")
        self._submit(site)
        after, worker = self.chance.randint(1, 60), 0
        for count, line in enumerate(site.lines()):
            self._take(line)
            worker = line.get("worker") or worker
            if "acked" in line and self.chance.random() < 0.2:
                site.say(cancel=line["id"])
            if kind == "worker" and worker and count >= after:
                self._kill_worker(worker)
                kind, after = "server", count + self.chance.randint(1, 30)
            elif count >= after + (0 if kind == "server" else 60):
                break
            if self._nothing_left(line):
                break
        self.deaths[point or "server"] += 1
        site.kill()

    def _kill_worker(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.deaths["worker"] += 1

    def _submit(self, site: Site) -> None:
        """Ask for new runs, for those that were not acknowledged, and for some once more that were."""
        asked = [key for key in self.keys if key not in self.acked]
        asked += self.chance.sample(sorted(self.acked), min(2, len(self.acked)))
        for _ in range(RUNS):
            number = len(self.keys) + 1
            self.keys[f"key {number}"] = number
            asked.append(f"key {number}")
        for key in asked:
            site.say(submit=painting(self.keys[key]), key=key)

    def _take(self, line: dict[str, Any]) -> None:
        if "acked" in line:
            before = self.acked.setdefault(line["acked"], line["id"])
            if before != line["id"]:
                self.wrong.append(f"{line['acked']} led to {before}, and then to {line['id']}")
        if "event" in line:
            event = json.loads(line["event"])
            if self.events.setdefault(event["seq"], line["event"]) != line["event"]:
                self.wrong.append(f"number {event['seq']} was given twice")

    def _nothing_left(self, line: dict[str, Any]) -> bool:
        """Whether all that was asked for is acknowledged and over. What was told as a server died, nobody heard."""
        ended = "event" in line and json.loads(line["event"])["type"] in ENDS
        if not (ended or "acked" in line) or len(self.acked) < len(self.keys):
            return False
        return not self._status("queued", "running")

    def settle(self) -> None:
        """A last server ends what is left, and runs again what was interrupted."""
        site = Site(self.folder)
        waiting = set(self._status("queued", "running", "interrupted"))
        for id in self._status("interrupted"):
            site.say(retry=id)
        for line in site.lines():
            self._take(line)
            if "ready" in line:
                waiting &= set(self._status("queued", "running", "interrupted"))
            if "retried" in line:
                waiting.discard(line["retried"])
                waiting.add(line["id"])
            event = json.loads(line["event"]) if "event" in line else {"type": ""}
            if event["type"] in ENDS:
                waiting.discard(event["run"])
                if event["type"] == "run.interrupted":  # it was started for the second time, and is run again as well
                    site.say(retry=event["run"])
                    waiting.add(event["run"])
            if not waiting:
                break
        site.kill()

    def count(self) -> dict[str, Any]:
        """Look at everything there is; what is wrong goes into `wrong`."""
        database = sqlite3.connect(f"file:{self.folder / 'loom.db'}?mode=ro", uri=True)
        if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            self.wrong.append("the database is damaged")
        runs = {
            id: (status, outputs) for id, status, outputs in database.execute("SELECT id, status, outputs FROM run")
        }
        stored = {f'{{"seq":{seq},{body[1:]}' for seq, body in database.execute("SELECT seq, body FROM event")}
        ends = Counter(id for (id,) in database.execute(f"SELECT run FROM event WHERE type IN {ENDS}"))
        self.wrong += [f"{key} was acknowledged and is lost" for key, id in self.acked.items() if id not in runs]
        self.wrong += [f"{id} ended {ends[id]} times" for id in runs if ends[id] != 1]
        self.wrong += [
            f"{id} is {status}" for id, (status, _) in runs.items() if status in ("queued", "running", "failed")
        ]
        self.wrong += [f"told and not stored: {text[:80]}" for text in self.events.values() if text not in stored]
        titles = dict(database.execute("SELECT id, title FROM run"))
        pictures = sum(
            self._pictures(titles[id], outputs) for id, (status, outputs) in runs.items() if status == "succeeded"
        )
        statuses = Counter(status for status, _ in runs.values())
        return {"runs": dict(statuses), "pictures": pictures, "assets": self._assets(), "deaths": dict(self.deaths)}

    def _pictures(self, title: str, outputs: str) -> int:
        """How many right pictures a run made."""
        seed, entries = int(title.removeprefix("number ")), json.loads(outputs)
        for name, red in (("image", 128), ("save", 255)):
            (entry,) = entries.get(name, [None])
            path = self.folder / "assets" / entry["sha256"][:2] / f"{entry['sha256']}.png"
            color = open_picture(path).getpixel((0, 0)) if path.exists() else None
            if color != (red, seed % 256, 0):
                self.wrong.append(f"'{name}' of '{title}' is {color}")
        return len(entries)

    def _assets(self) -> int:
        """How many files the assets hold, each what its name says."""
        files = [path for path in (self.folder / "assets").rglob("*") if path.is_file() and path.name[0] != "."]
        for path in files:
            if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem:
                self.wrong.append(f"{path.name} is another file")
        return len(files)

    def _status(self, *wanted: str) -> list[str]:
        """The runs that have one of these statuses now."""
        database = sqlite3.connect(f"file:{self.folder / 'loom.db'}?mode=ro", uri=True)
        marks = ", ".join("?" * len(wanted))
        return [id for (id,) in database.execute(f"SELECT id FROM run WHERE status IN ({marks})", wanted)]


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        storm = Storm(options.folder or Path(temporary), options.seed)
        for number in range(options.rounds):
            storm.round(number)
            if (number + 1) % 20 == 0:
                print(f"{number + 1} rounds, {len(storm.acked)} runs", file=sys.stderr)
        storm.settle()
        print(json.dumps({"rounds": options.rounds, **storm.count(), "wrong": storm.wrong}))
    return 1 if storm.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
