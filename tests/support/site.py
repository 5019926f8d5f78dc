"""A server without HTTP, as a process that can be killed: `python site.py FOLDER`.

Takes commands as lines of JSON on standard input ({"submit": workflow, "key"}, {"cancel": id}, {"retry": id}) and says what
happens as lines on standard output: {"ready": pid}, {"acked": key, "id"}, {"worker": pid}, {"event": text}, {"refused"}.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import workshop

from engine.graph.faults import LoomError
from engine.serve.service import Service
from engine.store.event_log import Passing, State


def say(**what: Any) -> None:
    """One line."""
    print(json.dumps(what), flush=True)


class Teller:
    """Says every state, and which process works now."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._pid: int | None = None

    def states(self, states: Sequence[State]) -> None:
        pid = self._service.dispatcher.workers[0].pid
        if pid != self._pid:
            self._pid = pid
            say(worker=pid)
        for state in states:
            say(event=state.text)

    def passing(self, event: Passing) -> None:
        """Nothing."""


async def obey(service: Service, command: dict[str, Any]) -> None:
    """Carry out one command."""
    try:
        if "submit" in command:
            run = await service.submit(command["submit"], key=command["key"])
            say(acked=command["key"], id=run.id)
        elif "cancel" in command:
            await service.cancel(command["cancel"])
            say(cancelled=command["cancel"])
        elif "retry" in command:
            say(retried=command["retry"], id=(await service.retry(command["retry"])).id)
    except LoomError as error:
        say(refused=str(error))


async def serve(folder: Path) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    service = Service(workshop.settings(folder))
    service.events.subscribe(Teller(service))
    async with service:
        say(ready=True)
        tasks = set()
        while line := await reader.readline():
            task = asyncio.create_task(obey(service, json.loads(line)))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
