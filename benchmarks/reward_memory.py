"""What gradients were predicted to take, and what they take: `python -m benchmarks.reward_memory [--steps 1,4]`.

One picture of the shipped model with its gradient, for real, on one thread of a CPU. *Saved* is what autograd keeps for the
way back, counted by hooks on its saved tensors; *peak* is the most that the allocator had given at once, saved or not, from
the profiler's own record. Both count bytes, so that a busy machine changes nothing. The reward is one that needs no
model, or a CLIP of the shape of solids-clip with weights that nobody trained: bytes do not depend on them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile

from models.training.clip_model import SHAPES, new_clip, write_folder
from models.training.common import MODELS
from nodes.families.clip import load_clip
from nodes.families.load import PARTS, load_part
from nodes.ops.sampling import samples_of
from nodes.optimizing.forecast import Prediction, SavedBytes, predicted
from nodes.optimizing.objective import Objective
from nodes.optimizing.picture import CHECKPOINTINGS, Painter
from nodes.prompts.encode import encode_text
from nodes.rewarding import plain
from nodes.rewarding.clip import ClipScore
from nodes.rewarding.contract import Measure
from nodes.samplers.noise import SeededNoise
from nodes.types import Latent

PROMPT = "a red cube left of a blue sphere"
SIZE = 128
MIB = 2**20
HEAD = (
    "| steps, checkpointing, reward | saved, MiB: predicted | counted | ratio | peak, MiB: predicted | allocated | ratio |",
    "|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Found:
    """Bytes of one picture with its gradient."""

    predicted: Prediction
    saved: int
    peak: int

    def line(self, name: str) -> str:
        """A row of the table."""
        sizes = (self.predicted.saved, self.saved, self.predicted.nbytes, self.peak)
        first, second, third, fourth = (f"{size / MIB:.1f}" for size in sizes)
        ratios = self.predicted.saved / self.saved, self.predicted.nbytes / self.peak
        return f"| {name} | {first} | {second} | {ratios[0]:.2f} | {third} | {fourth} | {ratios[1]:.2f} |"


def main() -> None:
    """Measure and print, a row at a time."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", type=Path, default=MODELS / "solids")
    parser.add_argument("--steps", default="1,4", help="how many steps the sampler takes; several, with commas between")
    parser.add_argument("--cfg", type=float, default=2.5)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    rewards = {"redness": [Measure("redness", plain.redness)], "CLIP": [clip_measure()]}
    print("\n".join(HEAD), flush=True)
    for painter in painters(asked.model, [int(steps) for steps in asked.steps.split(",")], asked.cfg):
        for name, measures in rewards.items():
            print(measured(painter, measures).line(f"{painter.steps}, {painter.checkpointing}, {name}"), flush=True)


def clip_measure() -> Measure:
    """A reward by an untrained CLIP of the shape of solids-clip."""
    with tempfile.TemporaryDirectory() as folder:
        write_folder(new_clip(SHAPES["solids-clip"]), Path(folder), {})
        clip = load_clip(Path(folder))
    return Measure("clip", ClipScore(clip, PROMPT), modules=(clip,))


def painters(model: Path, several: Sequence[int], cfg: float) -> Iterator[Painter]:
    """One for each number of steps and each way of checkpointing."""
    parts: dict[str, Any] = {part: load_part(model, part) for part in PARTS}
    with torch.no_grad():
        asked, empty = (encode_text(parts["text_encoder"], text) for text in (PROMPT, ""))
    latent = Latent(parts["denoiser"].space, SIZE, SIZE)
    for steps in several:
        for name in CHECKPOINTINGS:
            yield Painter(
                parts["denoiser"], parts["vae"], asked, empty, latent, steps, cfg, "ddim", checkpointing=name
            )  # fmt: skip


def measured(painter: Painter, measures: Sequence[Measure]) -> Found:
    """What was predicted, then what it takes."""
    judges = [module for measure in measures for module in measure.modules]
    networks = [it for it in (painter.denoiser, painter.vae, *judges) if isinstance(it, nn.Module)]
    with SavedBytes(tensor for it in networks for tensor in (*it.parameters(), *it.buffers())) as count:
        _run(painter, measures, judges)
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        _run(painter, measures, judges)
    return Found(predicted(painter, measures), count.peak, _peak(profiler))


def _run(painter: Painter, measures: Sequence[Measure], judges: Sequence[nn.Module]) -> None:
    noise = SeededNoise(1, 1)(samples_of(painter.latent))
    with painter.ready(judges):
        for _ in Objective(painter, measures).tensors(noise, 1, slope=True):
            pass


def _peak(profiler: profile) -> int:
    """The most that was allocated at once beyond what there was at the beginning."""
    record: Any = profiler.profiler
    told = [event for event in record.kineto_results.events() if event.name() == "[memory]"]
    now = peak = 0
    for event in sorted(told, key=lambda event: event.start_ns()):
        now += event.nbytes()
        peak = max(peak, now)
    return peak


if __name__ == "__main__":
    main()
