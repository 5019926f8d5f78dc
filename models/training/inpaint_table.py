"""Count how often Inpaint changes one solid of a rendered scene as it is told, and leaves the others as they were.

    python -m models.training.inpaint_table [--model models/solids-inpaint] [--scenes 100] [--grow 3] [--feather 1]

Scenes have two or three solids and are such that the scorer reads them exactly. One solid is to have another colour, another
shape, or both, in turn; its mask is the scene's own truth, grown, without what is seen of the others. The prompt is a true
caption of the scene as it is to be. Afterwards the scorer reads the picture: the target is right where a solid of the new
colour and shape stands at its place, the rest is unchanged where each other solid is read with its colour and shape at its
place and nothing was added. Nothing is left out: others stand nearer than 8 pixels to the mask in the rows that say so.
Rows are kept, and a run that was stopped goes on.
"""

import argparse
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.training.common import MODELS, log
from models.training.rows import Rows, place_of, settings_of
from models.training.score_table import exact
from nodes.families.load import PARTS, load_part
from nodes.ops.inpaint import begin, finish, painted, prepare, used_mask
from nodes.ops.masks import grown
from nodes.ops.sampling import sample
from nodes.ops.scenes import as_bytes
from nodes.prompts.encode import encode_text
from nodes.solids.camera import SIZE
from nodes.solids.prompts import caption
from nodes.solids.rates import head, row
from nodes.solids.render import render, silhouettes
from nodes.solids.scene import Scene, Solid, sample_scene
from nodes.solids.score import read
from nodes.solids.vocabulary import COLOURS, SHAPES

FIRST_SEED: Final = 80_000_000
"""Scenes from here on are nothing else's."""
CHANGES: Final = ("colour", "shape", "both")
NEAR: Final = 8
"""Pixels from the mask up to which a neighbour is near."""
AT_ITS_PLACE: Final = 0.3
"""World units by which a solid may be read off its place."""
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Case:
    """A scene, which of its solids is to change, how the scene is then, and what says so."""

    seed: int
    change: str
    before: Scene
    target: int
    after: Scene
    prompt: str


Paint = Callable[[Case], Picture]
"""Makes the changed picture, (128, 128, 3) sRGB bytes."""


def cases() -> Iterator[Case]:
    """Cases without end: of each kind of change in turn, of two solids or three."""
    number = 0
    for seed in range(FIRST_SEED, 2 * FIRST_SEED):
        scene = sample_scene(seed, 2 + seed % 2)
        if exact(scene, read(render(scene))):
            yield case(scene, seed, CHANGES[number % len(CHANGES)])
            number += 1


def case(scene: Scene, seed: int, change: str) -> Case:
    """The case of a scene; which solid changes, and into what, is drawn from its seed."""
    draw = random.Random(f"inpaint/{seed}")
    target = draw.randrange(len(scene.solids))
    old = scene.solids[target]
    taken = {(solid.colour, solid.shape) for solid in scene.solids}
    while True:
        colour = draw.choice([one for one in COLOURS if one != old.colour]) if change != "shape" else old.colour
        shape = draw.choice([one for one in SHAPES if one != old.shape]) if change != "colour" else old.shape
        if (colour, shape) not in taken:
            break
    solids = [*scene.solids]
    solids[target] = replace(old, colour=colour, shape=shape)
    after = replace(scene, solids=tuple(solids))
    return Case(seed, change, scene, target, after, caption(after, draw))


def mask_of(one: Case, grow: int) -> Tensor:
    """What may change (1, 128, 128): the target as it is seen, grown, and nothing of the others."""
    seen = torch.from_numpy(silhouettes(one.before))[None]
    target, others = (seen == one.target).float(), (seen >= 0) & (seen != one.target)
    return torch.where(others, 0.0, grown(target, grow))


def is_near(one: Case, used: Tensor) -> bool:
    """Whether another solid is seen within 8 pixels of a mask."""
    seen = torch.from_numpy(silhouettes(one.before))[None]
    others = (seen >= 0) & (seen != one.target)
    return bool((others & (grown((used > 0).float(), NEAR) > 0)).any())


def verdict(one: Case, solids: Iterable[Solid]) -> dict[str, bool]:
    """Whether the target is as asked, and all the rest as it was.

    What was read beside them counts against the rest, but for one solid that stands for a target that is wrong.
    """
    found = list(solids)
    wanted = one.after.solids[one.target]
    kept = [_taken(found, solid) for i, solid in enumerate(one.before.solids) if i != one.target]
    target = _taken(found, wanted)
    if found and not target:
        found.remove(min(found, key=lambda solid: _apart(solid, wanted)))
    rest = all(kept) and not found
    return {"target": target, "rest": rest, "both": target and rest}


def _taken(found: list[Solid], wanted: Solid) -> bool:
    """Whether a solid was read as it is wanted; it is taken out of what was found."""
    for solid in found:
        if (solid.colour, solid.shape) == (wanted.colour, wanted.shape) and _apart(solid, wanted) <= AT_ITS_PLACE:
            found.remove(solid)
            return True
    return False


def _apart(solid: Solid, other: Solid) -> float:
    return float(np.hypot(solid.x - other.x, solid.z - other.z))


class Painter:
    """Paints with a model's own parts, as the node Inpaint does in its mode auto."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.parts: dict[str, Any] = {part: load_part(options.model, part) for part in PARTS}
        self.options = options

    def used(self, one: Case) -> Tensor:
        """The mask that is worked with (1, 128, 128)."""
        return used_mask(_pixels(one), mask_of(one, self.options.grow), 0, self.options.feather)

    @torch.no_grad()
    def __call__(self, one: Case) -> Picture:
        """The changed picture."""
        options, denoiser, vae = self.options, self.parts["denoiser"], self.parts["vae"]
        cell = denoiser.space.factor
        around = options.context if options.crop else None
        masking = None if denoiser.inpaint else "blend"
        job = prepare(_pixels(one), self.used(one), masking, context=around, size=(SIZE, SIZE), cell=cell)
        beside = painted(vae, job) if denoiser.inpaint else None
        prompt, nothing = (
            job.within(encode_text(self.parts["text_encoder"], text), beside) for text in (one.prompt, "")
        )
        steps = sample(
            denoiser,
            prompt,
            nothing,
            begin(vae, job, "original"),
            seed=one.seed,
            steps=options.steps,
            cfg=options.cfg,
            sampler=options.sampler,
            schedule="trailing",
            denoise=options.denoise,
            masking=masking,
            fresh=True,
        )
        while True:
            try:
                next(steps)
            except StopIteration as end:
                done = finish(vae, job, end.value.latent, match=options.match_seam)
                picture: Picture = as_bytes(done.pixels)[0]
                return picture


def _pixels(one: Case) -> Tensor:
    return torch.from_numpy(render(one.before)).float().div(255)[None]


def table(done: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The lines of the table: all, by change, and by whether a neighbour is near."""
    groups = {"all": list(done)}
    groups |= {f"change of {change}": [one for one in done if one["change"] == change] for change in CHANGES}
    for near, name in ((True, f"a neighbour within {NEAR} px"), (False, f"no neighbour within {NEAR} px")):
        groups[name] = [one for one in done if one["near"] is near]
    for name, own in groups.items():
        if own:
            yield row(f"{name}: target right", [one["target"] for one in own])
            yield row(f"{name}: the rest unchanged", [one["rest"] for one in own])
            yield row(f"{name}: both", [one["both"] for one in own])


def main() -> None:
    """Read the command line, paint what is not painted yet, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=MODELS / "solids")
    parser.add_argument("--scenes", type=int, default=100)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--cfg", type=float, default=2.5)
    parser.add_argument("--sampler", default="ddim")
    parser.add_argument("--denoise", type=float, default=1.0)
    parser.add_argument("--grow", type=int, default=3)
    parser.add_argument("--feather", type=float, default=1.0)
    parser.add_argument("--crop", action="store_true", help="work on what surrounds the mask")
    parser.add_argument("--context", type=float, default=1.5)
    parser.add_argument("--match-seam", action="store_true")
    parser.add_argument("--rows", type=Path, help="the file in which rows are kept")
    options = parser.parse_args()
    settings = settings_of(vars(options), "rows", "scenes")
    results = Rows(options.rows or place_of("inpaint", settings), settings)
    painter = Painter(options)
    for one, _ in zip(cases(), range(options.scenes), strict=False):
        if (key := str(one.seed)) not in results:
            solids = read(painter(one))
            facts = {"change": one.change, "near": is_near(one, painter.used(one)), **verdict(one, solids)}
            results.add(key, prompt=one.prompt, solids=[asdict(solid) for solid in solids], **facts)
            log(f"{key}: {facts}")
    print(head(f"{options.model.name}, one solid of a scene changed, {options.steps} steps, guidance {options.cfg}"))
    print("\n".join(table(list(results.rows.values())[: options.scenes])), flush=True)


if __name__ == "__main__":
    main()
