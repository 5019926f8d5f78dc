"""The result cache: what nodes made, by the digest of its content, and traces: which key led to which
digests.

`Results` is what an executor needs of it; `ResultCache` remembers in tiers (device, memory, disk), `NoCache`
forgets.
"""

from engine.run.cache.claims import Claim, Claims
from engine.run.cache.disk import DiskTier
from engine.run.cache.protocol import (
    DEVICE,
    DISK,
    MISSING,
    RAM,
    TRACES,
    Missing,
    NoCache,
    Notices,
    Results,
    Told,
    Trace,
)
from engine.run.cache.results import Devices, ResultCache

__all__ = [
    "DEVICE",
    "DISK",
    "MISSING",
    "RAM",
    "TRACES",
    "Claim",
    "Claims",
    "Devices",
    "DiskTier",
    "Missing",
    "NoCache",
    "Notices",
    "ResultCache",
    "Results",
    "Told",
    "Trace",
]
