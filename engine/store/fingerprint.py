"""Names for contents: files and folders by SHA-256, models by a fingerprint that reads little of them.

A model's fingerprint is blake3 over its size, its safetensors header and 64 bytes at the start, middle and
end of every tensor: training, merging or quantising changes nearly all weights of the tensors it touches, so
some of these bytes change too. It tells versions of a model apart and is no proof against forgery: for that
there is the SHA-256. A folder's is blake3 over the sorted names and fingerprints of its weights and the
contents of its small text files.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from blake3 import blake3

from engine.store.folders import files_under, stay_inside
from engine.store.safetensors_header import Header, read_open_header

SAMPLE = 64
WEIGHTS = ".safetensors"
TEXTS = (".json", ".txt", ".model")
# A change within a file system's tick of the last one leaves its times as they were: so young a file is not
# remembered.
YOUNG = 2_000_000_000


class Fingerprints:
    """Digests of files, remembered while path, size, times and inode stay as they were."""

    def __init__(self, now: Callable[[], int] = time.time_ns) -> None:
        self._now = now
        self._known: dict[tuple[str, Path], tuple[tuple[int, ...], str]] = {}

    def file(self, path: Path) -> str:
        """The SHA-256 of a file's content, in hexadecimal. Raises OSError where it can't be read."""
        return self._remembered("file", path, sha256_of)

    def weights(self, path: Path) -> str:
        """The fingerprint of a `.safetensors` file. Raises WeightsError where it is cut short or malformed."""
        return self._remembered("weights", path, fingerprint_of_weights)

    def folder(self, path: Path) -> tuple[str, tuple[tuple[str, str], ...]]:
        """A folder's digest, and the sorted (relative name, SHA-256) of all files in it that it is made of.

        Hidden files don't count. Raises AssetError for a link that leads out of the folder.
        """
        files = list(files_under(path))
        for _, file in files:
            stay_inside(path, file)
        entries = tuple((name, self.file(file)) for name, file in files)
        return hashlib.sha256(_listed(entries)).hexdigest(), entries

    def model(self, path: Path) -> str:
        """The fingerprint of a model: of a `.safetensors` file, or of a folder with such files in it."""
        if path.is_file():
            return self.weights(path)
        entries = []
        for name, file in files_under(path):
            if file.suffix == WEIGHTS:
                entries.append((name, self.weights(file)))
            elif file.suffix in TEXTS:
                entries.append((name, self._remembered("text", file, _text_digest)))
        return blake3(_listed(entries)).hexdigest()

    def _remembered(self, kind: str, path: Path, compute: Callable[[Path], str]) -> str:
        key = (kind, path)
        before = _stamp(path)
        known = self._known.get(key)
        if known and known[0] == before:
            return known[1]
        digest = compute(path)
        if _stamp(path) == before and self._now() - max(before[1:3]) > YOUNG:
            self._known[key] = (before, digest)
        return digest


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint_of_weights(path: Path) -> str:
    """The fingerprint of a `.safetensors` file; see this module's beginning. Raises WeightsError."""
    with path.open("rb", buffering=0) as file:
        header = read_open_header(file, path)
        digest = blake3(header.size.to_bytes(8, "little"))
        digest.update(header.raw)
        for begin, end in _samples(header):
            file.seek(begin)
            digest.update(file.read(end - begin))
    return digest.hexdigest()


def _samples(header: Header) -> Iterator[tuple[int, int]]:
    """The bytes of each tensor that count, as (begin, end) in the file, in the file's order."""
    for place in sorted(header.tensors.values(), key=lambda place: place.begin):
        length = place.end - place.begin
        if length <= 3 * SAMPLE:
            yield place.begin, place.end
        else:
            middle = place.begin + length // 2
            yield place.begin, place.begin + SAMPLE
            yield middle, middle + SAMPLE
            yield place.end - SAMPLE, place.end


def _text_digest(path: Path) -> str:
    return blake3(path.read_bytes()).hexdigest()


def _listed(entries: Iterable[tuple[str, str]]) -> bytes:
    # A name can hold a line break but no NUL, so no two lists are written alike.
    return b"".join(os.fsencode(name) + b"\0" + digest.encode() + b"\0" for name, digest in entries)


def _stamp(path: Path) -> tuple[int, ...]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def weight_bytes(path: Path) -> int:
    """How large the weights of a model are: of its file, or of all in its folder."""
    files = [path] if path.is_file() else path.rglob(f"*{WEIGHTS}")
    return sum(file.stat().st_size for file in files if file.is_file())
