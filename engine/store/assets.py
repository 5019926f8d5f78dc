"""Files and folders that a workflow names: found by content, else by a relative name in two places."""

import hashlib
import os
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from engine.graph.faults import known
from engine.graph.values import File, Folder
from engine.store.errors import AssetError
from engine.store.failpoints import failpoint
from engine.store.fingerprint import Fingerprints
from engine.store.folders import files_under, stay_inside
from engine.store.home import made

SHA256 = re.compile(r"[0-9a-f]{64}")
SUFFIX = re.compile(r"(\.[a-z0-9]{1,8})?")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that is there, and the SHA-256 of its content."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class FoundFolder:
    """A folder that is there, the digest of all in it, and its files as sorted (relative name, SHA-256)."""

    path: Path
    digest: str
    files: tuple[tuple[str, str], ...]

    @property
    def suffixes(self) -> Counter[str]:
        """How many of its files bear which extension, in small letters, as `.png`; `""` for none."""
        return Counter(PurePosixPath(name).suffix.lower() for name, _ in self.files)


class Assets:
    """Looks files and folders up: among the assets by hash, then by name beside the workflow, then in the inputs.

    `assets` holds files as `ab/abcd….png`, named by their content; `beside` is the workflow file's own
    folder, None where it has none. What a link leads out of its place for is refused, and so is all that
    isn't a plain file or folder.
    """

    def __init__(
        self, assets: Path, inputs: Path, beside: Path | None = None, fingerprints: Fingerprints | None = None
    ) -> None:
        self._assets = assets
        self._places: Sequence[Path] = (inputs,) if beside is None else (beside, inputs)
        self._fingerprints = fingerprints or Fingerprints()

    def path(self, named: File | Folder) -> Path:
        """Where it lies. Raises AssetError as `file` and `folder` do."""
        return self.file(named).path if isinstance(named, File) else self.folder(named).path

    def file(self, named: File) -> FoundFile:
        """The file of this content or name.

        Raises AssetError: it is nowhere, its name is not one, what bears its name has another content.
        """
        relative = checked_name(named.name)
        with _readable(named.name):
            if named.sha256 is not None and (stored := self._stored(named.sha256)):
                return stored
            others = []
            for place in self._places:
                if (place / relative).is_file():
                    path = stay_inside(place, place / relative)
                    found = FoundFile(path, self._fingerprints.file(path))
                    if named.sha256 in (None, found.sha256):
                        return found
                    others.append(found)
            raise _another(named, others) if others else self._nowhere(relative, "file")

    def folder(self, named: Folder) -> FoundFolder:
        """The folder of this name. Raises AssetError as `file` does, and for links that lead out of it."""
        relative = checked_name(named.name)
        with _readable(named.name):
            for place in self._places:
                if (place / relative).is_dir():
                    path = stay_inside(place, place / relative)
                    return FoundFolder(path, *self._fingerprints.folder(path))
            raise self._nowhere(relative, "folder")

    def put(self, content: bytes, suffix: str = "") -> FoundFile:
        """Store bytes by their content; the file is there whole or not at all. `suffix` as `.png`, or none."""
        if not SUFFIX.fullmatch(suffix):
            raise AssetError(f"{suffix!r} is no file extension")
        sha256 = hashlib.sha256(content).hexdigest()
        if stored := self._stored(sha256):
            return stored
        folder = made(self._assets / sha256[:2])
        path = folder / (sha256 + suffix)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as file:
            try:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                file.close()
                failpoint("assets.written")
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
        return FoundFile(path, sha256)

    def _stored(self, sha256: str) -> FoundFile | None:
        """The asset of this content; one whose content no longer is what it is named by doesn't count."""
        if not SHA256.fullmatch(sha256):
            raise AssetError(f"{sha256!r} is not a SHA-256: 64 digits of 0-9 and a-f are wanted")
        for path in sorted((self._assets / sha256[:2]).glob(f"{sha256}*")):
            if path.is_file() and self._fingerprints.file(path) == sha256:
                return FoundFile(path, sha256)
        return None

    def _nowhere(self, relative: PurePosixPath, what: str) -> AssetError:
        is_it = Path.is_dir if what == "folder" else Path.is_file
        here = {
            path.relative_to(place).as_posix()
            for place in self._places
            if (place / relative.parent).resolve().is_relative_to(place.resolve())
            for path in (place / relative.parent).glob("[!.]*")
            if is_it(path)
        }
        places = " nor in ".join(map(str, self._places))
        return AssetError(f"there is no {what} '{relative}' in {places}; there is: {known(here, str(relative))}")


def nameable(folder: Path) -> Iterator[str]:
    """The files of a folder, and of the folders in it, by the names that a workflow can give them, sorted."""
    for name, path in files_under(folder):
        with suppress(AssetError):
            checked_name(name)
            stay_inside(folder, path)
            yield name


def checked_name(name: str) -> PurePosixPath:
    """A relative name with `/`, checked. Raises AssetError for a root, a drive, `..`, a backslash, nothing."""
    path = PurePosixPath(name)
    escapes = path.is_absolute() or ".." in path.parts or PureWindowsPath(name).drive or "\\" in name
    # What no file system takes would come back as an OSError from wherever it is first used.
    unwritable = any(unicodedata.category(character) in ("Cc", "Cs") for character in name)
    unwritable = unwritable or any(len(part.encode()) > 255 for part in path.parts)
    if not path.parts or escapes or unwritable or len(name) > 1024:
        raise AssetError(
            f"{name[:200]!a} can't be a file's name in a workflow: names are relative, with / between"
            " folders, without '..'"
        )
    return path


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AssetError(f"'{name}' can't be read: {error.strerror or error}") from error


def _another(named: File, others: Sequence[FoundFile]) -> AssetError:
    found = ", ".join(f"{other.path} has {other.sha256[:12]}…" for other in others)
    return AssetError(
        f"'{named.name}' is not the file that the workflow was made with: it wants the SHA-256"
        f" {str(named.sha256)[:12]}…, but {found}"
    )
