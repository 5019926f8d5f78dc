"""Which package may import which: nodes → engine ← web, and the smaller arrows inside."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "engine": ("nodes", "web"),
    "engine/graph": ("torch", "PIL", "aiohttp", "engine.run", "engine.store", "engine.cli", "engine.packs"),
    "engine/run": ("diffusers", "transformers", "aiohttp", "engine.cli"),
    "engine/store": ("torch", "aiohttp", "engine.cli"),
    "engine/worker": ("torch", "aiohttp", "engine.serve", "engine.cli"),
    "engine/serve": ("torch", "PIL", "aiohttp", "engine.host", "engine.run", "engine.packs", "engine.cli"),
    "nodes": ("web", "aiohttp", "engine.cli"),
    "web": ("nodes", "torch", "diffusers", "transformers", "numpy", "engine.host", "engine.run"),
    "nodes/samplers": ("diffusers", "transformers", "nodes.families", "engine"),
    "nodes/solids": ("diffusers", "transformers", "nodes.families"),
}

COMMANDS = ("nodes/adherence/command.py",)
"""A pack's commands are written against the command line, as those of any package are."""


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("folder", sorted(FORBIDDEN))
def test_a_package_imports_nothing_that_it_must_not_know(folder):
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    broken = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in files
        for name in imports(path)
        for root in FORBIDDEN[folder]
        if not (root == "engine.cli" and path.relative_to(ROOT).as_posix() in COMMANDS)
        if name == root or name.startswith(f"{root}.")
    ]
    assert broken == []


def test_files_import_each_other_one_way_also_where_it_is_only_for_a_type():
    files = [path for folder in ("engine", "nodes", "web") for path in sorted((ROOT / folder).rglob("*.py"))]
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in files}
    known = {name: {other for other in imports(path) if other in modules} for name, path in modules.items()}
    for others in known.values():  # `from package import module` is of the module, not of all that the package names
        others -= {other.rpartition(".")[0] for other in others}

    graphlib.TopologicalSorter(known).prepare()


def test_no_file_of_ours_imports_pickle_or_loads_what_needs_it():
    words = ("pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal")
    broken = [
        f"{path.relative_to(ROOT)} imports {name}"
        for folder in ("engine", "nodes", "web")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for name in imports(path)
        if name.partition(".")[0] in words
    ]
    assert broken == []


def test_no_import_of_torchvision_or_torchaudio():
    broken = [
        str(path.relative_to(ROOT))
        for folder in ("engine", "nodes", "web", "models", "benchmarks")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if any(name.partition(".")[0] in ("torchvision", "torchaudio") for name in imports(path))
    ]
    assert broken == []


def test_importing_engine_and_nodes_loads_no_heavy_library():
    code = (
        "import sys, engine.packs, engine.run.executor, engine.cli.main, nodes, web.app; "
        "print([name for name in ('torch', 'diffusers', 'transformers', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_files_stay_small_enough_to_hold_in_mind():
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("engine", "nodes", "web")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}
