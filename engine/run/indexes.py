"""What stands in the cache for outputs that are no single value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListIndex:
    """Stands in the cache for an output of many values: their digests."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArtifactIndex:
    """Stands in the cache for an artifact: the digest of its value, and under which name and format it is written."""

    of: str
    name: str | None
    format: str | None
