"""Which ES modules need which: read from their text, since there is no build that would know."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

_IMPORT = re.compile(rb'^(?:import|export)\b[^;]*?from "([^"]+)"|^import "([^"]+)"', re.MULTILINE)


def reached(files: Mapping[str, bytes], entries: Iterable[str]) -> list[str]:
    """The modules that are loaded with `entries`, these first, in the order in which they are come upon.

    Names are relative paths with `/`. What is imported only when it is needed (`import("…")`) does not count, nor does what
    is not among the files.
    """
    waiting, seen = [name for name in entries if name in files], dict[str, None]()
    for name in waiting:
        if name not in seen:
            seen[name] = None
            waiting += [other for other in _imports(name, files[name]) if other in files]
    return list(seen)


def _imports(name: str, body: bytes) -> list[str]:
    folder = posixpath.dirname(name)
    return [
        posixpath.normpath(posixpath.join(folder, (named or bare).decode())) for named, bare in _IMPORT.findall(body)
    ]
