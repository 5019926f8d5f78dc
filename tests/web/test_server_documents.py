"""What the documentation of the server shows is what there is."""

import ast
import re
from pathlib import Path

from web.client import Client
from web.errors import _CODES

TEXT = (Path(__file__).parent.parent.parent / "docs" / "server.md").read_text(encoding="utf-8")


def test_the_program_that_is_shown_uses_methods_that_the_client_has():
    (program,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(program))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and getattr(node.func.value, "id", "") == "loom"
    }
    assert called == {"run", "pictures"}
    for name in (*called, *re.findall(r"`(submit|wait|upload)`", TEXT)):
        assert callable(getattr(Client, name))


def test_every_status_of_an_error_is_told():
    told = {int(status) for row in re.findall(r"^\| ([\d, ]+) \|", TEXT, re.MULTILINE) for status in row.split(", ")}
    assert set(_CODES) <= told
