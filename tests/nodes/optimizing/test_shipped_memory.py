"""On the shipped model: the memory that gradients are predicted to take is what a real run takes."""

from pathlib import Path

import pytest
import torch
from generators import returned

from nodes.optimizing.forecast import SavedBytes, predicted
from nodes.optimizing.objective import Objective
from nodes.optimizing.picture import Painter
from nodes.rewarding import plain
from nodes.rewarding.contract import Measure
from nodes.samplers.noise import SeededNoise
from nodes.types import Latent

SOLIDS = Path(__file__).parents[3] / "models" / "solids"
pytestmark = pytest.mark.skipif(not SOLIDS.is_dir(), reason="there are no trained weights yet")


@pytest.fixture(scope="module")
def solids():
    from nodes.families.load import PARTS, load_part
    from nodes.prompts.encode import encode_text

    parts = {part: load_part(SOLIDS, part) for part in PARTS}
    with torch.no_grad():
        asked, empty = (encode_text(parts["text_encoder"], text) for text in ("a red cube", ""))
    latent = Latent(parts["denoiser"].space, 128, 128)
    return lambda **settings: Painter(
        parts["denoiser"], parts["vae"], asked, empty, latent, cfg=2.5, sampler="ddim", **settings
    )


@pytest.mark.parametrize(("steps", "checkpointing"), [(1, "blocks"), (4, "steps")])
def test_on_the_shipped_model_what_is_predicted_is_what_is_saved(steps, checkpointing, solids, clip_measure):
    painter = solids(steps=steps, checkpointing=checkpointing)
    measures = [clip_measure(), Measure("redness", plain.redness)]
    judge = measures[0].modules[0]
    noise = SeededNoise(1, 1)(torch.zeros(1, painter.latent.space.channels, *2 * (128 // painter.latent.space.factor,)))
    with (
        SavedBytes(
            tensor for it in (painter.denoiser, painter.vae, judge) for tensor in (*it.parameters(), *it.buffers())
        ) as count,
        painter.ready([judge]),
    ):
        returned(Objective(painter, measures)(noise, 1, slope=True))
    assert predicted(painter, measures).saved == pytest.approx(count.peak, rel=0.02)
