"""What goes over the wire, as pydantic models: they check bodies, write answers and make the OpenAPI document."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Answered(BaseModel):
    """What the server says: more fields may come."""

    model_config = ConfigDict(frozen=True)


class Asked(BaseModel):
    """What a client says: nothing unknown, nothing converted, no NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class PackFault(Answered):
    """A pack that could not be loaded."""

    name: str
    version: str
    error: str | None


class Health(Answered):
    """How the server does."""

    status: Literal["ok"]
    version: str
    device: str
    packs: list[PackFault]
