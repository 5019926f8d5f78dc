"""Routes that say what they take and give: from these the application and the OpenAPI document are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from aiohttp import web
from pydantic import BaseModel

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Model: TypeAlias = type[BaseModel]


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes with a status: JSON of a model (or any JSON), or bytes of other media types."""

    what: str
    model: Model | None = None
    media: tuple[str, ...] = ("application/json",)


@dataclass(frozen=True, slots=True)
class Route:
    """`refusals` are the statuses, beside those that any request may get, with which it may be refused.

    `body` is the model of a JSON body, `media` the media types of one that is no JSON; `headers` are those it reads.
    """

    method: str
    path: str
    handler: Handler
    answers: Mapping[int, Answer]
    refusals: tuple[int, ...] = ()
    query: Model | None = None
    body: Model | None = None
    media: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def summary(self) -> str:
        """The first paragraph of the handler's docstring."""
        return " ".join((self.handler.__doc__ or "").partition("\n\n")[0].split())


@dataclass
class Routes:
    """The routes of one module, collected by decorators."""

    all: list[Route] = field(default_factory=list)

    def add(
        self,
        method: str,
        path: str,
        *,
        gives: Answer | Mapping[int, Answer],
        refusals: tuple[int, ...] = (),
        query: Model | None = None,
        body: Model | None = None,
        media: tuple[str, ...] = (),
        headers: tuple[str, ...] = (),
        hidden: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Register the handler that follows."""
        answers = {200: gives} if isinstance(gives, Answer) else dict(gives)

        def register(handler: Handler) -> Handler:
            self.all.append(Route(method, path, handler, answers, refusals, query, body, media, headers, hidden))
            return handler

        return register

    def definitions(self) -> list[web.RouteDef]:
        """As aiohttp wants them."""
        return [
            web.RouteDef(route.method, route.path, route.handler, {"allow_head": True} if route.method == "GET" else {})
            for route in self.all
        ]
