"""The token of a server that others can reach: made once, kept in the data folder, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from engine.store.home import made

NAME = "token"


def keep_token(home: Path) -> str:
    """The token in `home`; a new one, of 256 random bits, where there is none yet. Raises OSError."""
    path = made(home) / NAME
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        found = path.read_text("ascii", "replace").strip()
        if len(found) >= 32:
            return found
        path.unlink()
        return keep_token(home)
    token = secrets.token_urlsafe(32)
    with open(handle, "w", encoding="ascii") as file:
        file.write(f"{token}\n")
    return token
