"""`python -m web.healthy [ADDRESS]`: whether the server of this data folder answers, as its exit status; for containers."""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from engine.store.home import find_home
from web.tokens import NAME

ADDRESS = "http://127.0.0.1:8765"
SECONDS = 4


def main(arguments: Sequence[str]) -> int:
    """0 where it answers, 1 where it does not."""
    address = (arguments[0] if arguments else ADDRESS).rstrip("/")
    if urlsplit(address).scheme not in ("http", "https"):
        return 1
    request = urllib.request.Request(f"{address}/api/health")  # noqa: S310  (its scheme was looked at)
    with suppress(OSError):  # a server on loopback has no token
        request.add_header("Authorization", f"Bearer {(find_home().root / NAME).read_text().strip()}")
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return 0 if answer.status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
