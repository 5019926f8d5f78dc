"""Runs: put into the queue, asked about, changed."""

from __future__ import annotations

from aiohttp import web

from web.answers import json_response, page_of
from web.bodies import read_body, read_query
from web.keys import SERVICE
from web.routing import Answer, Routes
from web.shown import run_json
from web.wire import (
    Checked,
    CheckWorkflow,
    LookAtValues,
    Made,
    MoveRun,
    RunDoc,
    RunsPage,
    RunsQuery,
    RunWhole,
    SubmitRun,
    SubmitSweep,
    SweepMade,
    ValuesDoc,
)

routes = Routes()
ID = "/api/runs/{id:[A-Za-z0-9_-]{1,64}}"
_RUN = Answer("The run afterwards", RunDoc)


@routes.add(
    "POST", "/api/runs", gives={201: Answer("It is in the queue", Made)}, refusals=(409, 413, 415, 429), body=SubmitRun
)
async def submit(request: web.Request) -> web.Response:
    """Put a workflow into the queue. When this is answered, the run is on the disk."""
    asked = await read_body(request, SubmitRun)
    run = await request.app[SERVICE].submit(
        asked.workflow,
        inputs=asked.inputs,
        targets=asked.targets,
        key=asked.key,
        document=asked.document,
        frozen=asked.frozen,
    )
    return json_response(run_json(run), status=201)


@routes.add(
    "POST",
    "/api/sweeps",
    gives={201: Answer("They are in the queue", SweepMade)},
    refusals=(409, 413, 415, 429),
    body=SubmitSweep,
)
async def sweep(request: web.Request) -> web.Response:
    """Put a run into the queue for every combination of some inputs' values."""
    asked = await read_body(request, SubmitSweep)
    made = await request.app[SERVICE].sweep(
        asked.workflow,
        asked.inputs,
        targets=asked.targets,
        key=asked.key,
        document=asked.document,
        frozen=asked.frozen,
    )
    return json_response({"id": made.id, "runs": made.runs}, status=201)


@routes.add(
    "POST",
    "/api/check",
    gives=Answer("Faults, and what would run", Checked),
    refusals=(404, 413, 415),
    body=CheckWorkflow,
)
async def check(request: web.Request) -> web.Response:
    """Say what is wrong with a workflow, what of it would run, why, and how long that takes; nothing is run."""
    asked = await read_body(request, CheckWorkflow)
    return json_response(
        await request.app[SERVICE].check(
            asked.workflow,
            inputs=asked.inputs,
            targets=asked.targets,
            since=asked.since,
            document=asked.document,
            frozen=asked.frozen,
        )
    )


@routes.add("GET", "/api/runs", gives=Answer("A page of runs", RunsPage), refusals=(404,), query=RunsQuery)
async def runs(request: web.Request) -> web.Response:
    """Queue and history, newest first."""
    query = read_query(request, RunsQuery)
    if query.before is not None:
        await request.app[SERVICE].run(query.before)
    found = await request.app[SERVICE].runs(
        status=query.status, limit=query.limit + 1, before=query.before, sweep=query.sweep, document=query.document
    )
    page, last = page_of(found, query.limit)
    return json_response({"runs": [run_json(run) for run in page], "next": last and last.id})


@routes.add("GET", ID, gives=Answer("The run", RunWhole), refusals=(404,))
async def run(request: web.Request) -> web.Response:
    """A run with its workflow as run, its nodes, outputs, timings and faults."""
    return json_response(run_json(await request.app[SERVICE].run_json(request.match_info["id"])))


@routes.add(
    "POST",
    ID + "/values",
    gives=Answer("A look at them", ValuesDoc),
    refusals=(404, 413, 415),
    body=LookAtValues,
)
async def values(request: web.Request) -> web.Response:
    """Look at what outputs had in a run: type, shape, range, histogram; what is not remembered is not made again."""
    asked = await read_body(request, LookAtValues)
    return json_response({"values": await request.app[SERVICE].values(request.match_info["id"], asked.ports)})


@routes.add("DELETE", ID, gives={204: Answer("It is gone")}, refusals=(404, 409))
async def delete(request: web.Request) -> web.Response:
    """Remove a finished run from history. What it made stays."""
    await request.app[SERVICE].delete(request.match_info["id"])
    return web.Response(status=204)


@routes.add("POST", ID + "/cancel", gives=_RUN, refusals=(404, 409, 415))
async def cancel(request: web.Request) -> web.Response:
    """Take a run out of the queue, or break it off within one step."""
    return json_response(run_json(await request.app[SERVICE].cancel(request.match_info["id"])))


@routes.add("POST", ID + "/stop", gives=_RUN, refusals=(404, 409, 415))
async def stop(request: web.Request) -> web.Response:
    """End a run that is under way, and keep the best it has so far."""
    return json_response(run_json(await request.app[SERVICE].stop_run(request.match_info["id"])))


@routes.add(
    "POST", ID + "/retry", gives={201: Answer("A new run of the same", RunDoc)}, refusals=(404, 409, 413, 415, 429)
)
async def retry(request: web.Request) -> web.Response:
    """Run the same again, as a new run."""
    return json_response(run_json(await request.app[SERVICE].retry(request.match_info["id"])), status=201)


@routes.add("POST", ID + "/move", gives=_RUN, refusals=(404, 409, 413, 415), body=MoveRun)
async def move(request: web.Request) -> web.Response:
    """Change a run's place in the queue."""
    asked = await read_body(request, MoveRun)
    return json_response(run_json(await request.app[SERVICE].move(request.match_info["id"], asked.place)))
