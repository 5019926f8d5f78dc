"""What runs made, with the edit that made it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from engine.serve.service import Service
from engine.store.errors import UnknownRun
from engine.store.gallery import AssetRow
from engine.store.runs.records import Run
from web.answers import json_response, page_of
from web.bodies import read_query
from web.keys import SERVICE
from web.routing import Answer, Routes
from web.shown import asset_json, changes_json
from web.wire_results import ResultsPage, ResultsQuery

routes = Routes()


@routes.add("GET", "/api/results", gives=Answer("A page of pictures", ResultsPage), query=ResultsQuery)
async def results(request: web.Request) -> web.Response:
    """Pictures that runs made, newest first, each with what was changed in the workflow since the run before."""
    query = read_query(request, ResultsQuery)
    rows = await asyncio.to_thread(
        request.app[SERVICE].gallery.page,
        before=query.before,
        limit=query.limit + 1,
        workflow=query.workflow,
        kind="result",
        starred=query.starred,
        pictures=True,
    )
    page, last = page_of(rows, query.limit)
    found = await asyncio.to_thread(_with_runs, request.app[SERVICE], page)
    return json_response({"results": found, "next": last and last.number})


def _with_runs(service: Service, rows: Sequence[AssetRow]) -> list[dict[str, Any]]:
    ids = [row.run for row in rows if row.run is not None]
    changes = service.store.changes(ids)
    runs = {id: _run(service, id) for id in changes}
    return [
        asset_json(row)
        | {
            "title": run.title if run else "",
            "sweep": run.sweep if run else None,
            "changes": changes_json(changes.get(row.run or "")),
            "frozen": run.held if run else [],
            "of": len(run.outputs.get(row.output or "", ())) if run else None,
        }
        for row in rows
        for run in [runs.get(row.run or "")]
    ]


def _run(service: Service, id: str) -> Run | None:
    try:
        return service.store.find(id)
    except UnknownRun:
        return None
