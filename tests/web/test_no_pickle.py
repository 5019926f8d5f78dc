"""Neither the server nor a process of it ever unpickles anything: a hook of Python's own watches all of them."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from serving import served
from workshop import flow

from web.client import Client

HOOK = """
import os, sys

def watch(event, arguments):
    if event == "pickle.find_class":
        with open(os.environ["UNPICKLED"], "a") as file:
            print(os.getpid(), sys.argv, arguments, file=file)

sys.addaudithook(watch)
"""


@pytest.fixture
def watched(tmp_path) -> dict[str, str]:
    """The environment of processes that write down each class that they unpickle."""
    (tmp_path / "sitecustomize.py").write_text(HOOK)
    support = Path(__file__).parent.parent / "support"
    return {"PYTHONPATH": f"{tmp_path}{os.pathsep}{support}", "UNPICKLED": str(tmp_path / "unpickled")}


def test_the_hook_sees_what_is_unpickled(watched):
    code = "import pickle, fractions; pickle.loads(pickle.dumps(fractions.Fraction(1, 2)))"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **watched}, check=True)
    assert "Fraction" in Path(watched["UNPICKLED"]).read_text()


async def test_a_server_that_reads_runs_and_stores_unpickles_nothing(watched, tmp_path):
    buffer = io.BytesIO()
    Image.new("RGB", (32, 16), (200, 30, 30)).save(buffer, "PNG")
    with served(tmp_path / "home", environ=watched) as address:
        async with Client(address) as loom:
            asset = await loom.upload(buffer.getvalue(), "red.png")
            nodes = {
                "load": ("LoadImage", {"file": asset}),
                "grey": ("ImageResize", {"image": {"link": "load.image"}, "width": 16}),
            }
            run = await loom.run(flow(nodes, {"picture": "grey.image"}))
            assert (run["status"], run["faults"]) == ("succeeded", [])
            ((name, data),) = await loom.pictures(run)
            assert name == "picture.png"
            opened = await loom.call("POST", "/api/open", data=data, headers={"Content-Type": "image/png"})
            assert opened["workflow"]["nodes"].keys() == nodes.keys()
    assert not Path(watched["UNPICKLED"]).exists()
