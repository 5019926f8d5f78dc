"""What the names in one workflow stand for on this machine: models by name or content, files, folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from engine.graph.document import Workflow
from engine.graph.faults import Fault, LoomError
from engine.graph.records import Identity, InputSpec
from engine.graph.values import File, Folder
from engine.run.models.tier import in_words
from engine.store.assets import Assets
from engine.store.errors import UnknownModelError
from engine.store.models import FoundModel, ModelCatalog
from engine.store.picture_facts import PictureFacts

MODELS = "models"


class Names:
    """Resolves the names of one workflow. `wanted` holds what its `requires` says of its models."""

    def __init__(
        self, catalog: ModelCatalog, assets: Assets, workflow: Workflow, pictures: PictureFacts | None = None
    ) -> None:
        self._catalog = catalog
        self._assets = assets
        self._pictures = pictures or PictureFacts()
        self._workflow = workflow
        self._wanted = workflow.requires.models

    def identify(self, spec: InputSpec, value: object) -> Identity:
        """The content and the facts behind a literal. Raises LoomError, which says what there is."""
        try:
            if isinstance(value, File):
                found = self._assets.file(value)
                return Identity(found.sha256, self._pictures.of(found) if spec.type == "File" else {})
            if isinstance(value, Folder):
                folder = self._assets.folder(value)
                return Identity(folder.digest, {"suffixes": dict(folder.suffixes)})
            if spec.choices_from == MODELS and isinstance(value, str):
                model = self.model(value)
                return Identity(model.fingerprint, {"name": value, **model.facts})
        except OSError as error:
            raise LoomError(f"{error.filename} can't be read: {error.strerror}") from None
        raise LoomError(f"nothing here knows what {spec.choices_from or spec.type} {value!r} is")

    def path(self, named: File | Folder) -> Path:
        """Where a file or folder lies. Raises AssetError."""
        return self._assets.path(named)

    def model(self, name: str) -> FoundModel:
        """The model of this name, else the one whose content the workflow says it had. Raises StoreError."""
        try:
            return self._catalog.find(name)
        except UnknownModelError as error:
            other = self._by_content(name)
            if other is None:
                raise UnknownModelError(f"{error}; {self._wanted_words(name)}") from None
            return other

    def _wanted_words(self, name: str) -> str:
        """What is to be put where, as far as the file tells."""
        wanted = self._wanted.get(name)
        size = None if wanted is None or wanted.bytes is None else in_words(wanted.bytes)
        facts = ", ".join(filter(None, (size, wanted.family if wanted is not None else "")))
        place = next(iter(self._catalog.folders), None)
        where = "into a model folder" if place is None else f"into {place}"
        what = f"a folder '{name}' in diffusers' layout, or '{name}.safetensors',"
        return f"put {what} {where}" + (f" (the workflow was made with one of {facts})" if facts else "")

    def notices(self) -> Iterator[Fault]:
        """What the user may want to know of the models that the file was written with, and still names."""
        named = named_in(self._workflow) if self._wanted else ()
        for name, wanted in self._wanted.items():
            if not wanted.fingerprint or name not in named:
                continue
            try:
                found = self.model(name)
            except (LoomError, OSError):
                continue  # its node says so
            if found.fingerprint != wanted.fingerprint:
                text = (
                    f"model '{name}' is not the one that the workflow was made with: its fingerprint is "
                    f"{found.fingerprint[:12]}…, there it was {wanted.fingerprint[:12]}…"
                )
                yield Fault("other_model", text)
            elif found.name != name:
                yield Fault("renamed_model", f"model '{name}' is called '{found.name}' here")

    def _by_content(self, name: str) -> FoundModel | None:
        wanted = self._wanted.get(name)
        if wanted is None or not wanted.fingerprint:
            return None
        return next((model for model in self._catalog.models() if model.fingerprint == wanted.fingerprint), None)


def named_in(workflow: Workflow) -> frozenset[str]:
    """Every text that an input of a workflow has, on any level: a model that is not among them is named no more."""
    levels = (workflow, *workflow.workflows.values())
    return frozenset(_texts(doc.inputs for level in levels for doc in level.nodes.values()))


def _texts(values: Iterable[object]) -> Iterator[str]:
    """Every text in values of JSON."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from _texts(value.values())
        elif isinstance(value, list):
            yield from _texts(value)
