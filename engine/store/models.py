"""Which models there are, by name and by content."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from engine.graph.faults import known
from engine.store.errors import StoreError, UnknownModelError, UnsafeModelError, WeightsError
from engine.store.fingerprint import WEIGHTS, Fingerprints
from engine.store.folders import files_under, walk

FOLDER_MARKS = ("model_index.json", "config.json")
PICKLES = (".ckpt", ".pt", ".pth", ".bin", ".pkl")
ONLY = f"/model{WEIGHTS}"
"""The weights of a folder that says by its own name what they are."""

Identify: TypeAlias = Callable[[Path], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model that can be loaded: what a workflow calls it, where it lies, what it is.

    `path` is a folder in diffusers' layout or a `.safetensors` file; `facts` are what the pack says of it
    (family, latent space, size). Where it can't be used, `fault` says why, and there is no fingerprint.
    """

    name: str
    path: Path
    fingerprint: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    fault: StoreError | None = None


class ModelCatalog:
    """The models in some folders, of which an earlier one's hide a later one's of the same name.

    A folder with a `model_index.json` (diffusers' layout) or a `config.json` (transformers') is one model, and so is a
    `.safetensors` file outside such a folder.
    Its name is its path below the model folder, without the file's extension (where a folder has that name, with it);
    a file called `model.safetensors` has its folder's name. `identify` says what a model is (it may raise a StoreError):
    the engine knows no family.
    """

    def __init__(self, folders: Sequence[Path], identify: Identify, fingerprints: Fingerprints | None = None) -> None:
        self.folders = tuple(folders)
        self.fingerprints = fingerprints or Fingerprints()
        self._identify = identify
        self._facts: dict[str, Mapping[str, object]] = {}
        self._places: dict[str, Path] = {}

    def paths(self) -> dict[str, Path]:
        """What there is now, by name, in order of names; no file is opened."""
        found: dict[str, Path] = {}
        for root in self.folders:
            for path in _models_under(root):
                name = path.relative_to(root).as_posix()
                bare = name.removesuffix(ONLY).removesuffix(WEIGHTS)
                hidden = bare in found and found[bare].is_relative_to(root)
                found.setdefault(name if hidden else bare, path)
        return dict(sorted(found.items()))

    def find(self, name: str) -> FoundModel:
        """The model of this name.

        Raises UnknownModelError, with the names that there are; UnsafeModelError where it is there as a
        pickle; WeightsError, or what `identify` raises, where it can't be used.
        """
        paths = self.paths()
        path = paths.get(name) or paths.get(name.removesuffix(WEIGHTS)) or _in_a_folder(name, paths)
        if path is None:
            raise self._unsafe(name) or self._unknown(name, paths)
        return self._found(name, path)

    def by_fingerprint(self, fingerprint: str) -> Path:
        """Where the model with this content lies, whatever its name is now. Raises UnknownModelError."""
        place = self._places.get(fingerprint)
        if place is not None and self._still(place, fingerprint):
            return place
        for model in self.models():
            if model.fingerprint == fingerprint:
                return model.path
        raise UnknownModelError(f"no model with the fingerprint {fingerprint[:12]}… is in {_listed(self.folders)}")

    def models(self) -> tuple[FoundModel, ...]:
        """All of them, in order of names; those that can't be used, pickles among them, with their fault."""
        paths = self.paths()
        found = [self._found_or_fault(name, path) for name, path in paths.items()]
        for root in self.folders:
            for path in _models_under(root, PICKLES):
                name = path.relative_to(root).as_posix()
                if not {name, name.removesuffix(path.suffix)} & paths.keys():
                    found.append(FoundModel(name, path, fault=_pickled(name, path)))
        return tuple(sorted(found, key=lambda model: model.name))

    def _found_or_fault(self, name: str, path: Path) -> FoundModel:
        try:
            return self._found(name, path)
        except StoreError as error:
            return FoundModel(name, path, fault=error)

    def _found(self, name: str, path: Path) -> FoundModel:
        try:
            _check_weights(name, path)
            fingerprint = self.fingerprints.model(path)
            if fingerprint not in self._facts:
                self._facts[fingerprint] = dict(self._identify(path))
        except OSError as error:
            raise StoreError(f"model '{name}' ({path}) can't be read: {error.strerror or error}") from error
        self._places[fingerprint] = path
        return FoundModel(name, path, fingerprint, self._facts[fingerprint])

    def _still(self, place: Path, fingerprint: str) -> bool:
        try:
            return self.fingerprints.model(place) == fingerprint
        except (StoreError, OSError):
            return False

    def _unsafe(self, name: str) -> UnsafeModelError | None:
        for root in self.folders:
            for path, _, files in walk(root):
                for file in map(path.joinpath, files):
                    if file.suffix in PICKLES and file.relative_to(root).as_posix() in _spellings(name):
                        return _pickled(name, file)
        return None

    def _unknown(self, name: str, paths: Mapping[str, Path]) -> UnknownModelError:
        return UnknownModelError(
            f"there is no model '{name}' in {_listed(self.folders)}; there is: {known(paths, name)}"
        )


def _models_under(root: Path, suffixes: tuple[str, ...] = (WEIGHTS,)) -> list[Path]:
    """Folders before files, so that a file beside a folder of its name is the one with an extension."""
    whole: list[Path] = []
    single: list[Path] = []
    for path, folders, files in walk(root):
        if path != root and any(mark in files for mark in FOLDER_MARKS):
            whole.append(path)
            folders.clear()
        else:
            single += [path / name for name in files if name.endswith(suffixes) and not name.startswith(".")]
    return whole + single


def _in_a_folder(name: str, paths: Mapping[str, Path]) -> Path | None:
    """The `model.safetensors` that is called by its whole path."""
    whole = name.removesuffix(WEIGHTS) + WEIGHTS
    path = paths.get(whole.removesuffix(ONLY))
    return path if whole.endswith(ONLY) and path is not None and path.as_posix().endswith(ONLY) else None


def _check_weights(name: str, path: Path) -> None:
    """Raise for a folder without `.safetensors` files, with a sentence of its own where it has pickles."""
    if path.is_file():
        return
    if not path.is_dir():
        raise WeightsError(f"model '{name}' is neither a file nor a folder: {path}")
    files = [file for _, file in files_under(path)]
    if any(file.suffix == WEIGHTS for file in files):
        return
    pickles = [file for file in files if file.suffix in PICKLES]
    raise _pickled(name, pickles[0]) if pickles else WeightsError(f"model '{name}' has no weights in {path}")


def _spellings(name: str) -> set[str]:
    return {name, *(name + suffix for suffix in PICKLES)}


def _pickled(name: str, path: Path) -> UnsafeModelError:
    return UnsafeModelError(
        f"model '{name}' is there as {path}, a pickle, which can run code when it is opened, so it is"
        " never read; put a .safetensors file of it there instead (most models are published as one)"
    )


def _listed(folders: Sequence[Path]) -> str:
    return ", ".join(map(str, folders)) or "any folder (none is set)"
