"""What the documentation of the server shows is what there is."""

import ast
import inspect
import re
from pathlib import Path

from web.client import Client
from web.errors import _CODES

TEXT = (Path(__file__).parent.parent.parent / "docs" / "server.md").read_text(encoding="utf-8")


def _calls(program: str) -> list[tuple[str, set[str]]]:
    """What a program calls on the client, with the names of the inputs that it gives."""
    return [
        (node.func.attr, {given.arg for given in node.keywords if given.arg})
        for node in ast.walk(ast.parse(program))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") == "loom"
    ]


def test_the_programs_that_are_shown_use_methods_and_inputs_that_the_client_has():
    calls = [call for program in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) for call in _calls(program)]
    assert {name for name, _ in calls} == {"run", "pictures", "check"}
    for name, given in calls:
        assert given <= inspect.signature(getattr(Client, name)).parameters.keys()
    named = set(re.findall(r"`(submit|wait|sweep|upload|check)`", TEXT))
    assert named == {"submit", "wait", "sweep", "upload", "check"}
    for name in named:
        assert callable(getattr(Client, name))


def test_every_status_of_an_error_is_told():
    told = {int(status) for row in re.findall(r"^\| ([\d, ]+) \|", TEXT, re.MULTILINE) for status in row.split(", ")}
    assert set(_CODES) <= told
