"""The prompts that the models are measured with, made once and committed before training.

    python -m models.training.prompts

Development prompts choose checkpoints; held-out prompts are for the tables. Two-solid prompts of the
held-out set ask for
pairs that no training scene shows; the withheld set asks for colour–shape combinations that no
training scene contains.
"""

import json
import random
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, Final

from models.training.common import EVALUATION, withheld_pairs
from nodes.solids.prompts import caption
from nodes.solids.scene import Pair, Scene, sample_scene

KINDS: Final = {"single": 1, "pair": 2, "three": 3}
COUNTS: Final = {
    "development": {"single": 60, "pair": 100, "three": 40},
    "held_out": {"single": 200, "pair": 200, "three": 200},
    "withheld_prompts": {"single": 60, "pair": 60},
}
FIRST_SEED: Final = {"development": 20_000_000, "held_out": 30_000_000, "withheld_prompts": 40_000_000}


def pairs_of(scene: Scene) -> tuple[Pair, ...]:
    """The scene's colours and shapes, sorted."""
    return tuple(sorted((solid.colour, solid.shape) for solid in scene.solids))


@lru_cache(maxsize=1)
def held_out_pairs() -> frozenset[tuple[Pair, ...]]:
    """The pairs of solids that held-out two-solid prompts ask for."""
    prompts = json.loads((EVALUATION / "held_out.json").read_text())["pair"]
    return frozenset(tuple(sorted((colour, shape) for colour, shape in entry["solids"])) for entry in prompts)


def make(name: str) -> dict[str, list[dict[str, Any]]]:
    """The prompts of one set, by kind; each with the seed of its noise and the solids it asks for."""
    return {kind: _entries(name, kind, number) for kind, number in COUNTS[name].items()}


def _entries(name: str, kind: str, number: int) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    seen: set[tuple[Pair, ...]] = set()
    for seed in count(FIRST_SEED[name] + 1_000_000 * KINDS[kind]):
        if len(entries) == number:
            return entries
        scene = sample_scene(seed, KINDS[kind], frozenset() if name == "withheld_prompts" else withheld_pairs())
        pairs = pairs_of(scene)
        if name == "withheld_prompts" and not set(pairs) & withheld_pairs():
            continue
        if kind != "single" and pairs in seen:
            continue
        seen.add(pairs)
        text = caption(scene, random.Random(seed))
        entries.append({"prompt": text, "seed": seed % 1_000_000 + len(entries), "solids": [list(p) for p in pairs]})
    raise AssertionError


def main() -> None:
    """Write the sets that are not there."""
    for name in COUNTS:
        path: Path = EVALUATION / f"{name}.json"
        if not path.exists():
            lines = {kind: ",\n    ".join(map(json.dumps, entries)) for kind, entries in make(name).items()}
            body = ",\n".join(f'  "{kind}": [\n    {text}\n  ]' for kind, text in lines.items())
            path.write_text(f"{{\n{body}\n}}\n")


if __name__ == "__main__":
    main()
