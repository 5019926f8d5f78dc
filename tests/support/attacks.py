"""All scripted attacks."""

from __future__ import annotations

from attacks_at_doors import broken_protocol, foreign_pages, rebinding, slow_clients, without_token
from attacks_by_bodies import bad_json, bodies_of_forms, odd_queries, ways_out
from attacks_by_files import bad_files

ATTACKS = [
    *rebinding(),
    *foreign_pages(),
    *bodies_of_forms(),
    *bad_json(),
    *ways_out(),
    *bad_files(),
    *odd_queries(),
    *broken_protocol(),
    *slow_clients(),
    *without_token(),
]
