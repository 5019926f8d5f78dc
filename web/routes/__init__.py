"""The table of contents of the HTTP interface: each module translates between requests and one part of the engine."""

from web.routes import (
    assets,
    bundles,
    documents,
    drafts,
    editor,
    events,
    examples,
    inputs,
    library,
    models,
    packs,
    queue,
    results,
    runs,
    server,
    session,
    snippets,
)
from web.routing import Route

MODULES = (
    server,
    documents,
    runs,
    queue,
    assets,
    bundles,
    inputs,
    results,
    library,
    snippets,
    drafts,
    examples,
    models,
    packs,
    events,
    session,
    editor,
)


def all_routes() -> list[Route]:
    """Every route, in the order of its module."""
    return [route for module in MODULES for route in module.routes.all]
