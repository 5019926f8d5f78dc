"""What stands in the keys of nodes that lease a model."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

import pytest

from engine.run.models import environment as module
from engine.run.models.environment import environment


def test_the_environment_names_libraries_device_and_dtype() -> None:
    text = environment("cuda", "float16")
    assert f"torch {version('torch')}" in text
    assert f"diffusers {version('diffusers')}" in text
    assert text.endswith("; device cuda; dtype float16")
    assert len({text, environment("cpu", "float16"), environment("cuda", "float32")}) == 3


def test_a_library_that_is_not_installed_is_said_to_be_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(module, "version", missing)
    module._libraries.cache_clear()
    assert environment("cpu").startswith("torch absent; diffusers absent")
    module._libraries.cache_clear()


def test_the_cache_and_the_environment_import_no_torch() -> None:
    code = """
import sys
import engine.run.models.cache, engine.run.models.simulated
from engine.run.models.environment import environment
from engine.run.models.torch_device import pick_device
environment(pick_device("cpu").kind)
print({"torch", "diffusers", "transformers"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("set()\n", "")
