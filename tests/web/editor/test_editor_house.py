"""How the editor's folders may know each other, and what a first visit loads."""

import gzip
import re
from pathlib import Path

import pytest

EDITOR = Path(__file__).parents[3] / "web" / "editor"
MODULES = sorted(path for path in EDITOR.rglob("*.js") if "vendor" not in path.parts)
_IMPORT = re.compile(r'^(?:import|export)\b[^;]*?from "([^"]+)"|^import "([^"]+)"', re.MULTILINE)
_LAZY = re.compile(r'(?:await|void|return|=) import\("([^"]+)"\)')

VIEW = {"view", "interact", "widgets", "palette"}
MAY_IMPORT = {
    "model": set[str](),
    "session": {"model"},
    "commands": {"model", "session"},
    **{folder: {"model", "session", "commands", *VIEW} for folder in VIEW},
    "shell": {"model", "session", "commands", "palette", "help", "library"},
    "library": {"model", "session", "commands", "palette"},
    "mask": {"model", "session", "commands", "palette"},
    "form": {"model", "session", "commands", "palette", "widgets", "shell"},
    "help": {"model"},
    "profile": {"model", "session", "commands", "palette", "view"},
    "results": {"model", "session", "commands", "palette", "widgets", "library"},
    ".": {"model", "session", "commands", "shell", *VIEW},
}


def imports_of(path):
    """The files that a module imports, as soon as it is loaded."""
    found = _IMPORT.findall(path.read_text(encoding="utf-8"))
    return [(path.parent / (named or bare)).resolve() for named, bare in found]


def folder_of(path):
    parts = path.relative_to(EDITOR).parts
    return parts[0] if len(parts) > 1 else "."


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(EDITOR).as_posix())
def test_a_module_imports_only_what_stands_below_it(path):
    folder = folder_of(path)
    others = {folder_of(other) for other in imports_of(path)} - {folder, "vendor"}
    assert others <= MAY_IMPORT[folder]


def reached(*entries):
    """What is loaded with these modules."""
    waiting, seen = list(entries), set()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += imports_of(path)
    return seen


def test_every_module_is_part_of_a_page():
    found = reached(EDITOR / "main.js", EDITOR / "form" / "page.js")
    for _ in range(4):  # what is loaded when it is needed may need more
        lazy = {
            (path.parent / name).resolve() for path in found for name in _LAZY.findall(path.read_text(encoding="utf-8"))
        }
        found = reached(*found, *lazy)
    assert set(MODULES) - found == set()


def test_a_first_visit_loads_little():
    page = (EDITOR / "index.html").read_text(encoding="utf-8")
    styles = [EDITOR / name for name in re.findall(r'\{\{base\}\}/(style/[^"]+)', page)]
    bytes_sent = sum(
        len(gzip.compress(path.read_bytes())) for path in [EDITOR / "index.html", *styles, *reached(EDITOR / "main.js")]
    )
    assert bytes_sent <= 150_000


def test_no_module_builds_markup_from_text():
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|unsafeHTML|\beval\(|new Function", text), path
