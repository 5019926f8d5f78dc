"""Packs: ordinary Python packages whose modules hold node classes, found by entry point.

A pack declares `[project.entry-points."latentloom.packs"]` with `its-name = "its_module"`. Every public `Node` subclass and
value type in that module is its offer; a module-level `pack = Pack(…)` adds what only some packs have. A pack that fails
to import costs only its own nodes. A workflow never brings a pack in: only what its user installed is looked at.
"""

import hashlib
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine.graph.node import Node
from engine.graph.reading import NodeCode, read_node
from engine.graph.records import JsonValue, NodeType
from engine.graph.values import LITERALS, File, Folder, ValueType, record_of
from engine.run.codec import Classes
from engine.run.indexes import ArtifactIndex, ListIndex

GROUP = "latentloom.packs"
CORE = "core"


@dataclass(frozen=True)
class Pack:
    """What a pack may bring beside its nodes.

    `models` and `workflows` are folders of data; `identify` reads the facts of a model file or folder without loading it;
    `build` loads a model part into RAM from (reference, path, kind of the device that it will run on); `views` is a folder
    of front-end modules.
    """

    models: tuple[Path, ...] = ()
    workflows: Path | None = None
    views: Path | None = None
    identify: Callable[[Path], Mapping[str, Any]] | None = None
    build: Callable[[Any, Path, str], Any] | None = None


@dataclass(frozen=True)
class PackRecord:
    """One pack as found: `error` is one line of cause where it could not be imported."""

    name: str
    version: str
    error: str | None = None
    offer: Pack = field(default_factory=Pack)

    def to_json(self) -> dict[str, JsonValue]:
        """As the catalogue has it."""
        return {"name": self.name, "version": self.version, "error": self.error}


@dataclass(frozen=True)
class Registry:
    """All node types and value types that this program knows, and the code behind them."""

    types: Mapping[str, NodeType]
    values: Mapping[str, ValueType]
    code: Mapping[str, NodeCode]
    classes: Classes
    packs: tuple[PackRecord, ...]

    def offers(self) -> list[Pack]:
        """What the packs that could be imported bring beside their nodes."""
        return [pack.offer for pack in self.packs if pack.error is None]


def find_registry(
    third_party: bool = True,
    *,
    without: Mapping[str, str] = MappingProxyType({}),
    importing: Callable[[str], None] = lambda name: None,
) -> Registry:
    """Import the installed packs (only the built-in one with `third_party=False`) and read their node classes.

    Packs named in `without` are not imported, and fail with the reason given there. `importing` hears of each pack before
    it is imported: one that takes the whole process down can then be named.
    """
    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name != CORE, point.name))
    wanted = [point for point in points if third_party or point.name == CORE]

    def found(point: EntryPoint) -> _Loaded:
        if point.name in without:
            return _Loaded(point.name, _version(point), [], error=without[point.name])
        importing(point.name)
        return _load(point)

    return _gather(found(point) for point in wanted)


def data_folder(module_file: str, name: str) -> Path:
    """A built-in pack's data, given its module's `__file__`: inside the package in a wheel, beside it in a clone."""
    package = Path(module_file).parent
    installed = package / "data" / name
    return installed if installed.is_dir() else package.parent / name


def registry_of(*classes: type, name: str = CORE) -> Registry:
    """A registry of these node classes and value types alone: for tests and programs that embed the engine.

    Raises TypeError for a class that cannot be read.
    """
    registry = _gather([_Loaded(name, "0", list(classes))])
    if registry.packs[0].error is not None:
        raise TypeError(registry.packs[0].error)
    return registry


@dataclass
class _Loaded:
    name: str
    version: str
    classes: list[type]
    code: str = ""
    error: str | None = None
    offer: Pack = field(default_factory=Pack)


def _load(point: EntryPoint) -> _Loaded:
    version = _version(point)
    try:
        module = import_module(point.value.partition(":")[0])
        offer = getattr(module, "pack", None)
        return _Loaded(
            point.name,
            version,
            _public_classes(module),
            source_digest(module),
            offer=offer if isinstance(offer, Pack) else Pack(),
        )
    except Exception as error:  # a pack may fail in any way, and costs only itself
        first = str(error).strip().splitlines()[:1]
        return _Loaded(point.name, version, [], error=f"{type(error).__name__}: {''.join(first)}")


def _version(point: EntryPoint) -> str:
    return point.dist.version if point.dist else "0"


def _public_classes(module: types.ModuleType) -> list[type]:
    """The classes that a module offers: public names, of its own package (what it imported from another is not its own)."""
    root = module.__name__.partition(".")[0]
    return [
        item
        for name, item in vars(module).items()
        if isinstance(item, type) and not name.startswith("_") and item.__module__.partition(".")[0] == root
    ]


def source_digest(module: types.ModuleType) -> str:
    """A digest over all Python source of the module's package, so that a changed helper changes every key."""
    if module.__file__ is None:
        return ""
    file = Path(module.__file__)
    files = sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]
    digest = hashlib.blake2b(digest_size=16)
    for path in files:
        data = path.read_bytes()
        digest.update(f"{path.relative_to(file.parent).as_posix()}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def _gather(packs: Iterable[_Loaded]) -> Registry:
    node_types: dict[str, NodeType] = {}
    code: dict[str, NodeCode] = {}
    values = dict(LITERALS)
    classes = Classes([File, Folder, ListIndex, ArtifactIndex], pack="engine")
    names: dict[type, str] = {}
    records = []
    for pack in packs:
        error = pack.error
        if error is None:
            try:
                own_values, own_nodes = _read_pack(pack, names)
            except (TypeError, ValueError, NameError) as fault:
                error = f"{type(fault).__name__}: {fault}"
            else:
                values.update(own_values)
                _take_in(classes, pack)
                node_types.update({name: record for name, (record, _) in own_nodes.items()})
                code.update({name: body for name, (_, body) in own_nodes.items()})
        records.append(PackRecord(pack.name, pack.version, error, pack.offer))
    return Registry(node_types, values, code, classes, tuple(records))


def _take_in(classes: Classes, pack: _Loaded) -> None:
    """Let the codec know the pack's value types, and the plain dataclasses beside them that they are made of."""
    for cls in pack.classes:
        if record_of(cls) is not None:
            classes.add_module(sys.modules[cls.__module__], pack=pack.name)


def _read_pack(
    pack: _Loaded, names: dict[type, str]
) -> tuple[dict[str, ValueType], dict[str, tuple[NodeType, NodeCode]]]:
    values = {}
    for cls in pack.classes:
        record = record_of(cls)
        if record is not None and cls not in names:
            full = record.name if pack.name == CORE else f"{pack.name}:{record.name}"
            names[cls] = full
            values[full] = ValueType(full, record.title, record.color, record.shape, record.accepts)
    nodes = {}
    for cls in pack.classes:
        if issubclass(cls, Node) and hasattr(cls, "run"):
            record_and_code = read_node(cls, pack.name, pack.code, lambda value: names.get(value, value.__name__))
            nodes[record_and_code[0].name] = record_and_code
    return values, nodes
