"""The latest previews, kept for a moment in memory: a message names one, and a client fetches it if it cares to."""

from __future__ import annotations

import secrets
from collections import OrderedDict

KEPT = 64


class Previews:
    """Small JPEGs by a token that cannot be guessed; the oldest are forgotten first."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._pictures: OrderedDict[str, bytes] = OrderedDict()

    def put(self, picture: bytes) -> str:
        """Keep a picture; its token."""
        token = secrets.token_urlsafe(12)
        self._pictures[token] = picture
        while len(self._pictures) > self._kept:
            self._pictures.popitem(last=False)
        return token

    def get(self, token: str) -> bytes | None:
        """The picture of a token, while it is kept."""
        return self._pictures.get(token)
