"""The service with the nodes and the model that ship, and every use of pickle written down."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from workshop import SUPPORT, serving

from engine.store.pictures import open_picture, read_workflow

ROOT = Path(__file__).parents[3]


@pytest.fixture
def audit(tmp_path, monkeypatch):
    report = tmp_path / "pickle.txt"
    monkeypatch.setenv("LOOM_AUDIT", str(report))
    monkeypatch.setenv("PYTHONPATH", str(SUPPORT / "audit"))
    return report


def test_the_audit_sees_pickle_in_a_child_process(audit):
    code = "import pickle, collections; pickle.loads(pickle.dumps(collections.OrderedDict()))"
    subprocess.run([sys.executable, "-c", code], check=True)

    assert {line.split()[0] for line in audit.read_text().splitlines()} == {
        *("pickle.dumps", "pickle.loads", "pickle.find_class")
    }


async def test_a_real_picture_is_made_with_previews_and_no_pickle_in_server_or_worker(audit, tmp_path):
    workflow = json.loads((ROOT / "workflows" / "text_to_image.json").read_text())
    async with serving(tmp_path, registry="", third_party=False, warm=True) as (service, record):
        service.watch_previews(True)
        run = await service.submit(workflow, inputs={"steps": 2, "seed": 2**64 - 1})
        assert await record.over(run.id) == "run.succeeded"
        done = await service.run_json(run.id)
        loaded = [model for model in await service.models() if model["loaded"]]
        (device,) = service.health()["devices"]
        unloaded = await service.unload(loaded[0]["name"])
        await record.until(lambda: not service.health()["devices"][0]["models"])

    (entry,) = done["outputs"]["image"]
    picture = tmp_path / "assets" / entry["sha256"][:2] / f"{entry['sha256']}.png"
    assert open_picture(picture).size == (entry["width"], entry["height"])
    assert json.loads(read_workflow(picture) or "")["made_with"]["models"] == done["made_with"]["models"]
    assert done["seeds"] == {"sampler.seed": 2**64 - 1}
    assert [model["name"] for model in loaded] == ["solids"]
    assert {part["leases"] for part in loaded[0]["loaded"]} == {0}
    assert all(part["idle_seconds"] >= 0 for part in [*loaded[0]["loaded"], *device["models"]])
    assert 0 < device["memory"]["free"] <= device["memory"]["total"]
    assert unloaded
    assert record.told(run.id, "node.preview")
    # A template library that PyTorch brings pickles two constants when it is imported.
    used = [line for line in audit.read_text().splitlines() if "bccache.py" not in line] if audit.exists() else []
    assert used == []
