"""The service: everything that HTTP translates to, in one object."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from engine.serve.asked import Workflow, bytes_of, given_of, plain, title_of
from engine.serve.clerk import ClerkDesk
from engine.serve.dispatcher import Dispatcher
from engine.serve.errors import UnknownModel
from engine.serve.events import Events
from engine.serve.looking import looked_at
from engine.serve.settings import Settings
from engine.serve.worker import with_idle_seconds
from engine.store.database import Database
from engine.store.errors import Conflict
from engine.store.event_log import tell
from engine.store.gallery import Gallery
from engine.store.runs.records import RUNNING, NewRun, Run
from engine.store.runs.store import RunStore
from engine.store.runs.submitting import Key, body_digest
from engine.store.space import free_bytes, make_room

DATABASE = "loom.db"
ROOM_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep and its runs, in order."""

    id: str
    runs: list[str]


class Service:
    """Runs, documents and events of one data folder. Use it as `async with Service(settings) as service`.

    Runs are changed through it alone, so that the dispatcher hears of it. What it raises are LoomErrors: InvalidWorkflow
    for workflows, UnknownRun, Conflict, KeyConflict, DiskFullError, NotReady for the rest.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.events = Events()
        self._without: dict[str, str] = {}

    async def start(self) -> None:
        """Open the database, take up what was under way when it was closed, start the processes; they are not waited for.

        Raises DatabaseError.
        """
        path = self.settings.home.root / DATABASE
        self._database = await asyncio.to_thread(Database, path, self.events.told)
        self.store, self.gallery = RunStore(self._database), Gallery(self._database)
        self.events.open(self._database)
        self.clerk = ClerkDesk(self.settings, self._without)
        self.dispatcher = Dispatcher(self.settings, self._database, self.store, self.events, self.clerk, self._without)
        try:
            await asyncio.wrap_future(self.store.recover())
            await self.clerk.start()
            await self.dispatcher.start()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Within five seconds: runs under way end or are queued again, the processes end, the database is closed."""
        try:
            await asyncio.gather(self.dispatcher.stop(), self.clerk.stop())
        finally:
            await asyncio.to_thread(self._database.close)

    async def __aenter__(self) -> Service:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.stop()

    # Runs

    async def submit(
        self,
        workflow: Workflow,
        *,
        inputs: Mapping[str, Any] | None = None,
        targets: Sequence[str] | None = None,
        key: str | None = None,
        document: str = "",
        frozen: Mapping[str, str] | None = None,
    ) -> Run:
        """Queue a run; `frozen` has a token of `check` for each node that is.

        Raises InvalidWorkflow with what the targets need, KeyConflict, DiskFullError, NotReady.
        """
        data, given = bytes_of(workflow), given_of({"inputs": plain(inputs or {})}, targets, frozen)
        name = self._key(key, data, given, document)
        if name is not None and (id := self.store.known(self.settings.owner, name, "run")) is not None:
            return self.store.find(id)
        await self._room()
        prepared = await self.clerk.ask("prepare", given, data)
        new = self._new(prepared, prepared["inputs"], given, document)
        run = await asyncio.wrap_future(self.store.submit(new, name))
        self.dispatcher.wake()
        return run

    async def sweep(
        self,
        workflow: Workflow,
        inputs: Mapping[str, Sequence[Any]],
        *,
        targets: Sequence[str] | None = None,
        key: str | None = None,
        document: str = "",
        frozen: Mapping[str, str] | None = None,
    ) -> Sweep:
        """Queue a run for every combination of these values, the last input moving fastest. Raises as `submit`."""
        axes = {name: list(values) for name, values in inputs.items()}
        data, given = bytes_of(workflow), given_of({"axes": plain(axes)}, targets, frozen)
        name = self._key(key, data, given, document)
        if name is not None and (id := self.store.known(self.settings.owner, name, "sweep")) is not None:
            return Sweep(id, self.store.members(id))
        await self._room()
        prepared = await self.clerk.ask("sweep", given, data)
        news = [self._new(prepared, point, given, document) for point in prepared["points"]]
        sweep = Sweep(*await asyncio.wrap_future(self.store.sweep(news, name)))
        self.dispatcher.wake()
        return sweep

    async def runs(self, **wanted: Any) -> list[Run]:
        """The newest runs; `status`, `limit`, `before` (a run's id), `sweep`, `document`."""
        return await asyncio.to_thread(self.store.page, owner=self.settings.owner, **wanted)

    async def run(self, id: str) -> Run:
        """One run. Raises UnknownRun."""
        return await asyncio.to_thread(self.store.find, id)

    async def run_document(self, id: str) -> str:
        """The canonical text of a run's workflow, its values set. Raises UnknownRun."""
        run = await self.run(id)
        text = self.store.workflow(id)
        return text if run.sweep is None else str(await self.clerk.ask("as_run", {"inputs": run.inputs}, text.encode()))

    async def run_json(self, id: str) -> dict[str, Any]:
        """All that there is to say of a run, its workflow as run included. Raises UnknownRun."""
        run = await self.run(id)
        details = await asyncio.to_thread(self.store.details, id)
        attempt = self.dispatcher.attempt(id)
        if attempt is not None and run.status == RUNNING:
            nodes = {address: {"state": state} for address, state in attempt.nodes.items()}
            details = {"nodes": nodes, "data": attempt.data}
        return {**run.to_json(), **details, "workflow": json.loads(await self.run_document(id))}

    async def values(self, id: str, ports: Sequence[str]) -> dict[str, dict[str, Any]]:
        """A look at what outputs had in a run, by `address.output`: `{"type", "rows"}`, or `{"why"}` there is none.

        Nothing is run for it. Raises UnknownRun.
        """
        run = await self.run(id)
        given = {"inputs": run.inputs, "frozen": run.frozen, "ports": list(ports)}
        found: dict[str, dict[str, Any]] = await self.clerk.ask("recipes", given, self.store.workflow(id).encode())
        known = [port for port in found if "recipe" in found[port]]
        asked = [(str(found[port]["recipe"]), int(found[port]["port"])) for port in known]
        looks = dict(zip(known, await self.dispatcher.looking.ask(self.dispatcher.workers, asked), strict=True))
        return {port: looked_at(one, looks.get(port)) for port, one in found.items()}

    async def cancel(self, id: str) -> Run:
        """End a run, queued or under way. Raises UnknownRun, and Conflict where it is over."""
        run = await asyncio.wrap_future(self.store.cancel(id))
        if not run.over:
            self.dispatcher.cancel(id)
        return run

    async def stop_run(self, id: str) -> Run:
        """Have a run that is under way keep its best so far. Raises UnknownRun, and Conflict for any other."""
        run = await self.run(id)
        if run.status != RUNNING or not self.dispatcher.stop_run(id):
            raise Conflict(f"run {id} is {run.status}; one that is under way can be stopped")
        return run

    async def retry(self, id: str) -> Run:
        """Queue a run that is over once more, as a new run. Raises UnknownRun, Conflict."""
        run = await asyncio.wrap_future(self.store.retry(id))
        self.dispatcher.wake()
        return run

    async def move(self, id: str, place: int) -> Run:
        """Give a queued run its place among the queued, 0 being the next. Raises UnknownRun, Conflict."""
        return await asyncio.wrap_future(self.store.move(id, place))

    async def delete(self, id: str) -> None:
        """Take a run that is over out of the history; its assets stay. Raises UnknownRun, Conflict."""
        await asyncio.wrap_future(self.store.delete(id))

    async def pause(self) -> None:
        """Take no more runs, also after a restart; what is under way goes on."""
        await asyncio.wrap_future(self.store.pause(True))

    async def resume(self) -> None:
        """Take runs again."""
        await asyncio.wrap_future(self.store.pause(False))
        self.dispatcher.wake()

    async def clear(self) -> int:
        """Cancel all that is queued; how many there were."""
        return await asyncio.wrap_future(self.store.clear(self.settings.owner))

    def queue(self) -> dict[str, Any]:
        """Whether the queue stands still, how many wait and how many run."""
        return self.store.counts()

    # Documents

    async def catalogue(self) -> bytes:
        """Packs, value types and node types, as JSON."""
        return str(await self.clerk.ask("catalogue")).encode()

    async def workflow_schema(self) -> bytes:
        """The JSON Schema of a workflow file."""
        return str(await self.clerk.ask("schema")).encode()

    async def open(self, data: bytes, source: str = "the file") -> dict[str, Any]:
        """A workflow file, or a picture that carries one, as it is written today. Raises InvalidWorkflow."""
        return dict(await self.clerk.ask("open", {"source": source}, data))

    async def canonical(self, workflow: Workflow, *, needs: bool = False, before: bytes | None = None) -> str:
        """The text that a workflow is stored as; with `needs` it says which packs and models it needs.

        `before` is the file that it replaces: what that said of models that are not here now stays. Raises InvalidWorkflow
        for what is no workflow file.
        """
        replaced = () if before is None else (before,)
        return str(await self.clerk.ask("canonical", {"needs": needs}, bytes_of(workflow), *replaced))

    async def compare(self, before: Workflow, after: Workflow) -> list[dict[str, Any]]:
        """What changed from one workflow to another, as `{message, node}`. Raises InvalidWorkflow."""
        return list(await self.clerk.ask("compare", {}, bytes_of(before), bytes_of(after)))

    async def check(
        self,
        workflow: Workflow,
        *,
        inputs: Mapping[str, Any] | None = None,
        targets: Sequence[str] | None = None,
        since: str | None = None,
        document: str = "",
        frozen: Mapping[str, str | None] | None = None,
    ) -> dict[str, Any]:
        """`{"faults", "notices", "plan"}`: what is wrong, and what would run, why, and for how long.

        `since` is the run to compare with, by default the latest of this document. For a node that is to be frozen (None in
        `frozen`) the answer has a token in `"frozen"`, and what it gave is kept. Raises InvalidWorkflow for what is no
        workflow file, UnknownRun.
        """
        data, given = bytes_of(workflow), given_of({"inputs": plain(inputs or {})}, targets, frozen)
        before = await asyncio.to_thread(self._before, since, document or title_of(workflow))
        told: dict[str, Any] = {"timings": await asyncio.to_thread(self.store.timings)}
        if before is None:
            return self._kept(await self.clerk.ask("check", given | told, data))
        nodes = self.store.details(before.id)["nodes"]
        seconds = {address: node["seconds"] for address, node in nodes.items() if node["state"] == "ran"}
        made = [address for address, node in nodes.items() if node["state"] in ("ran", "cached")]
        told |= {"seconds": seconds, "made": made, "before_inputs": before.inputs, "before_frozen": before.frozen}
        text = self.store.workflow(before.id)
        return self._kept(await self.clerk.ask("check", given | told, data, text.encode()))

    async def models(self) -> list[dict[str, Any]]:
        """The models that there are, each with where it is loaded."""
        models: list[dict[str, Any]] = await self.clerk.ask("models")
        for model in models:
            model["loaded"] = [
                {"device": worker.device, **{name: value for name, value in one.items() if name != "fingerprint"}}
                for worker in self.dispatcher.workers
                for one in map(with_idle_seconds, worker.resident)
                if one["fingerprint"] == model["fingerprint"]
            ]
        return models

    async def unload(self, name: str) -> bool:
        """Close what is loaded of a model; whether anything was. Raises UnknownModel, and Conflict while it is in use."""
        found = next((model for model in await self.models() if model["name"] == name), None)
        if found is None:
            raise UnknownModel(f"there is no model '{name[:80]}'")
        closed, why = await self.dispatcher.unload(found["fingerprint"])
        if why:
            raise Conflict(why)
        return closed > 0

    async def models_changed(self) -> None:
        """Tell that something else lies in the model folders now. Raises StoreError."""
        await asyncio.wrap_future(self._database.write(lambda transaction: tell(transaction, "models.changed")))

    async def packs(self) -> list[dict[str, Any]]:
        """The packs, with the folders that they bring."""
        await self.clerk.ready()
        return self.clerk.packs

    async def reload(self) -> None:
        """Load the nodes anew: new processes, the same queue and documents. What runs is queued again."""
        self._without.clear()
        await asyncio.gather(self.clerk.restart(), self.dispatcher.restart())

    # State

    def health(self) -> dict[str, Any]:
        """The devices, the queue, and packs that could not be loaded."""
        broken = [{"name": pack["name"], "error": pack["error"]} for pack in self.clerk.packs if pack["error"]]
        devices = [worker.to_json() for worker in self.dispatcher.workers]
        return {"devices": devices, "queue": self.queue(), "packs": broken}

    def watch_previews(self, on: bool) -> None:
        """Whether anybody looks at previews."""
        self.dispatcher.watch(on)

    def preview(self, token: str) -> bytes | None:
        """The JPEG of a preview's token, while it is kept."""
        return self.dispatcher.previews.get(token)

    def _kept(self, checked: dict[str, Any]) -> dict[str, Any]:
        if checked.get("frozen"):
            self.dispatcher.keep([token.partition(":")[0] for token in checked["frozen"].values()])
        return checked

    def _new(self, prepared: dict[str, Any], inputs: dict[str, Any], given: dict[str, Any], document: str) -> NewRun:
        title, models, seeds = prepared["title"], prepared["models"], prepared["seeds"]
        return NewRun(
            *(prepared["workflow"], inputs, given["targets"], title, document or title, models),
            *(seeds, self.settings.owner, given.get("frozen", {})),
        )

    def _key(self, key: str | None, data: bytes, given: dict[str, Any], document: str) -> Key | None:
        return None if key is None else Key(key, body_digest([data.decode(errors="replace"), given, document]))

    def _before(self, since: str | None, document: str) -> Run | None:
        if since is not None:
            return self.store.find(since)
        return self.store.latest(document, self.settings.owner)

    async def _room(self) -> None:
        home = self.settings.home
        if free_bytes(home.root) < ROOM_BYTES:  # then what can be made again goes, which takes its time
            await asyncio.to_thread(make_room, home.root, home.cache, ROOM_BYTES)
