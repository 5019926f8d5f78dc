"""One process's engine on this machine: packs, models, files, caches and device, put together once."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from engine.graph.checker import Checker
from engine.graph.document import Workflow
from engine.graph.faults import Fault, LoomError, at
from engine.graph.graph import Graph
from engine.graph.infer import known_inputs
from engine.graph.keys import SALT
from engine.graph.node import Mismatch
from engine.host.identities import Names
from engine.host.opening import Opened, open_workflow
from engine.packs import CORE, Pack, Registry
from engine.run.cache import Claims, DiskTier, NoCache, ResultCache, Results
from engine.run.codec.classes import class_record
from engine.run.machine import Machine
from engine.run.models.cache import ModelCache
from engine.run.models.device import Device, Loaded, Reference
from engine.run.models.environment import environment
from engine.run.models.host import total_memory
from engine.run.models.torch_device import pick_device
from engine.store.assets import Assets
from engine.store.errors import StoreError
from engine.store.fingerprint import Fingerprints
from engine.store.home import Home, find_home
from engine.store.models import ModelCatalog
from engine.store.picture_facts import PictureFacts

log = logging.getLogger("latentloom.host")
DISK_BYTES = 20 << 30
# Little: a text encoder that is loaded makes a conditioning in no time, but to load it again takes long.
DISK_SECONDS = 0.004
RAM_SHARE = 8


class _LateModels:
    """The model cache, made when something is leased: a run that needs no model asks nothing of a device."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def seconds_loading(self) -> float:
        """What loading took so far."""
        models = self._host.__dict__.get("models")
        return models.seconds_loading if isinstance(models, ModelCache) else 0.0

    def lease(self, *references: Any) -> AbstractContextManager[tuple[Any, ...]]:
        """The modules behind references, until the `with` ends."""
        return self._host.models.lease(*references)

    def reset_peak(self) -> None:
        """Count anew how much of the device is held at most."""
        self._host.models.reset_peak()

    def peak_bytes(self) -> int | None:
        """The most that was held there since; None where the device does not count."""
        return self._host.models.peak_bytes()


class Host:
    """Opens, checks and runs workflows with these packs and these folders.

    `device` is as the command line has it ("auto", "cpu", "cuda:0", "mps"); nothing is asked of it, and no cache is
    opened, before a run needs it. `remember` False runs everything anew and leaves the cache alone; `ram_bytes` is what of
    it may lie in memory, an eighth of the machine's where it is not said.
    """

    def __init__(
        self,
        registry: Registry,
        home: Home | None = None,
        *,
        device: str = "auto",
        remember: bool = True,
        ram_bytes: int | None = None,
    ) -> None:
        self.registry = registry
        self.home = home or find_home()
        self._device_name = device
        self._remember = remember
        self._ram_bytes = ram_bytes
        self._fingerprints = Fingerprints()
        self._pictures = PictureFacts()
        self._claims: Claims[bool] = Claims()

    # Workflows

    def open(self, file: str) -> Opened:
        """The workflow in a `.json` file, in a picture, or in standard input (`-`). Raises InvalidWorkflow."""
        migrations = {name: code.cls.migrate for name, code in self.registry.code.items()}
        return open_workflow(file, self.registry.types, migrations)

    def names(self, workflow: Workflow, beside: Path | None = None) -> Names:
        """What the names in a workflow stand for here."""
        return Names(self.catalog, self.assets(beside), workflow, self._pictures)

    def checker(
        self, workflow: Workflow, beside: Path | None = None, frozen: Mapping[str, str] | None = None
    ) -> Checker:
        """What makes the graphs of a workflow, and of its variants, with what is frozen in them."""
        names = self.names(workflow, beside)
        return Checker(self.registry.types, self.registry.values, names.identify, self._infer, dict(frozen or {}))

    def machine(self, beside: Path | None = None) -> Machine:
        """What a run uses. All machines of a host share its caches and its models."""
        return Machine(
            self.registry.code,
            self.results,
            _LateModels(self),
            self.assets(beside).path,
            self.environment,
            self._claims,
            self.registry.classes,
        )

    def assets(self, beside: Path | None = None) -> Assets:
        """Files by content, by name beside a workflow, and in the inputs."""
        return Assets(self.home.assets, self.home.inputs, beside, self._fingerprints)

    # What there is, made when it is first asked for

    @cached_property
    def catalog(self) -> ModelCatalog:
        """The models in the user's folders and in those of the packs."""
        folders = [*self.home.model_folders, *(folder for offer in self.registry.offers() for folder in offer.models)]
        return ModelCatalog(tuple(dict.fromkeys(folders)), self._identify, self._fingerprints)

    @cached_property
    def device(self) -> Device:
        """Where models run. Raises DeviceError."""
        return pick_device("cpu" if self._device_name == "auto" and _only_cpu() else self._device_name)

    @cached_property
    def environment(self) -> str:
        """What models' results depend on beside their inputs; "" where no pack builds models."""
        return environment(self.device.kind) if self._builders else ""

    @cached_property
    def results(self) -> Results:
        """The result cache."""
        if not self._remember:
            return NoCache()
        ram = total_memory() // RAM_SHARE if self._ram_bytes is None else self._ram_bytes
        return ResultCache(ram, self.disk_tier(), environment=self.environment, told=self.hear)

    def disk_tier(self) -> DiskTier:
        """The part of the result cache that all processes share, opened anew."""
        return DiskTier(self.home.cache, DISK_BYTES, self.registry.classes, salt=SALT, min_seconds=DISK_SECONDS)

    def hear(self, key: str, tier: str, entered: bool) -> None:
        """What the result cache tells of its tiers (see `Told`); a host that reports it overrides this."""

    @cached_property
    def models(self) -> ModelCache:
        """The model cache of the device."""
        return ModelCache(self.device, self._build, describe=self._describe)

    def close(self) -> None:
        """Write what the cache still holds back."""
        results = self.__dict__.pop("results", None)
        if results is not None:
            results.close()

    # What the packs answer

    @property
    def _builders(self) -> Mapping[str, Pack]:
        packs = self.registry.packs
        return {pack.name: pack.offer for pack in packs if pack.error is None and pack.offer.build is not None}

    def _identify(self, path: Path) -> Mapping[str, Any]:
        """The facts that the first pack which knows this model has of it."""
        first: StoreError | None = None
        for offer in self.registry.offers():
            if offer.identify is None:
                continue
            try:
                return offer.identify(path)
            except LoomError as error:
                first = first or (error if isinstance(error, StoreError) else StoreError(str(error)))
        raise first or StoreError(f"no installed pack knows what {path.name} is")

    def _build(self, reference: Reference) -> Loaded:
        record = class_record(type(reference))
        name = record.name if record else type(reference).__name__
        pack = self._builders.get(name.partition(":")[0] if ":" in name else CORE)
        fingerprint = getattr(reference, "fingerprint", None)
        if pack is None or pack.build is None or not isinstance(fingerprint, str):
            raise LoomError(f"no installed pack makes a model of {name}")
        loaded: Loaded = pack.build(reference, self.catalog.by_fingerprint(fingerprint), self.device.kind)
        return loaded

    def _describe(self, reference: Reference) -> str:
        name = type(reference).__name__
        with suppress(LoomError, OSError):
            place = self.catalog.by_fingerprint(getattr(reference, "fingerprint", ""))
            names = {path: called for called, path in self.catalog.paths().items()}
            name += f" of '{names.get(place, place.stem)}'"
        return name

    def notices(self, graph: Graph) -> Iterator[Fault]:
        """What the node types of a graph tell of its nodes, in file order."""
        for address in graph.flat.nodes:
            node = graph.nodes.get(address)
            code = None if node is None else self.registry.code.get(node.type.name)
            if node is None or code is None or not node.sound:
                continue
            try:
                told = code.cls.notices(known_inputs(node.binding, graph.nodes))
            except Exception:
                log.exception("%s.notices failed", node.type.name)
                continue
            for name, sentence in told.items():
                yield Fault("notice", at(address, sentence), address, name)

    def _infer(self, name: str, inputs: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
        """Run a node type's check-time code, which is a pack's and may fail in any way: then nothing is known."""
        try:
            return self.registry.code[name].cls.infer(inputs)
        except Mismatch:
            raise
        except Exception:
            log.exception("%s.infer failed", name)
            return {}


def _only_cpu() -> bool:
    """Whether PyTorch's version says that it is built for the processor alone, so that it need not be imported."""
    try:
        return version("torch").endswith("+cpu") and sys.platform != "darwin"
    except PackageNotFoundError:
        return True
