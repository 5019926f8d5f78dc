"""The slope of rewards in the noise: right, the same however it is computed, and no larger in memory than it must be."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from generators import returned

from nodes.families.load import load_part
from nodes.optimizing.forecast import SavedBytes, chosen, predicted, saved
from nodes.optimizing.methods import Slope
from nodes.optimizing.objective import Objective
from nodes.optimizing.recompute import block_by_block, recomputed
from nodes.optimizing.search import Budget, search
from nodes.rewarding import plain
from nodes.rewarding.contract import Measure
from nodes.samplers.noise import SeededNoise
from nodes.types import OptimizeState

RED = Measure("redness", plain.redness, 2.0)
SETTINGS = [
    {"steps": 1},
    {"steps": 3, "sampler": "euler_ancestral"},
    {"steps": 4, "sampler": "dpmpp_2m", "schedule": "karras"},
]


def noise(painter, seed=1):
    cells = painter.latent.height // painter.latent.space.factor
    return SeededNoise(seed, 1)(torch.zeros(1, painter.latent.space.channels, cells, cells))


def evaluated(painter, measures, start=None, slope=True, seed=1):
    judges = [module for measure in measures for module in measure.modules]
    with painter.ready(judges):
        return returned(Objective(painter, measures)(noise(painter) if start is None else start, seed, slope=slope))


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s['steps']} steps")
def test_the_slope_is_the_finite_difference(settings, painter, clip_measure):
    made, measures = painter(**settings), [RED, clip_measure(weight=0.5)]

    def never_clipped(start, seed):
        return torch.sigmoid((yield from made(start, seed)))

    objective = Objective(never_clipped, measures)
    start, reach = noise(made), 0.02
    slope = returned(objective(start, 1, slope=True)).slope
    along = slope / slope.norm()
    ahead, behind = (returned(objective(start + sign * reach * along, 1, slope=False)).total for sign in (1, -1))
    assert (ahead - behind) / (2 * reach) == pytest.approx(slope.norm().item(), rel=0.05)
    assert slope.norm() > 1e-4


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: f"{s['steps']} steps")
def test_what_is_computed_twice_is_what_is_computed_once(settings, painter, clip_measure):
    measures = [RED, clip_measure(weight=0.5), clip_measure("siglip", weight=0.5)]
    plainly = evaluated(painter(**settings), measures)
    for checkpointing in ("steps", "blocks"):
        found = evaluated(painter(**settings, checkpointing=checkpointing), measures)
        assert found.scores == pytest.approx(plainly.scores, abs=1e-6)
        assert (found.slope - plainly.slope).abs().max() <= 1e-6
        assert torch.equal(found.pixels, plainly.pixels)


def test_the_picture_is_that_of_sampler_and_decoder_and_needs_no_gradients(painter):
    from nodes.ops.latents import decode
    from nodes.ops.sampling import sample, source_of
    from nodes.types import Noise

    made = painter(steps=3, sampler="euler_ancestral")
    given = Noise(made.latent.space, noise(made), 9)
    with torch.no_grad():
        states = sample(
            made.denoiser, made.positive, made.negative, made.latent,
            steps=3, cfg=2.0, sampler="euler_ancestral", schedule="trailing", noise=source_of(given, made.latent),
        )  # fmt: skip
        for last in states:
            kept = last
        wanted = decode(made.vae, replace(made.latent, samples=kept.x)).pixels
    found = evaluated(made, [RED], slope=False, seed=9)
    assert torch.equal(found.pixels, wanted)
    assert found.slope is None


def test_memory_is_that_of_the_largest_reward_and_not_of_all(painter, clip_measure):
    one, many = [clip_measure()], [clip_measure(), RED, clip_measure("siglip"), clip_measure()]
    peaks = []
    for measures in (one, many):
        weights = [tensor for measure in measures for module in measure.modules for tensor in module.parameters()]
        made = painter()
        with SavedBytes([*weights, *made.denoiser.parameters(), *made.vae.parameters()]) as count:
            evaluated(made, measures)
        peaks.append(count.peak)
    assert count.now == 0
    siglip = saved(painter(), [clip_measure("siglip")]).peak
    assert peaks[1] <= 1.02 * max(peaks[0], siglip)


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize("checkpointing", ["plain", "steps", "blocks"])
def test_what_is_predicted_is_what_is_saved(steps, checkpointing, painter, clip_measure):
    made, measures = painter(steps=steps, checkpointing=checkpointing), [clip_measure(), RED]
    clip = measures[0].modules[0]
    weights = [tensor for it in (made.denoiser, made.vae, clip) for tensor in (*it.parameters(), *it.buffers())]
    with SavedBytes(weights) as count:
        evaluated(made, measures)
    assert predicted(made, measures).saved == pytest.approx(count.peak, rel=0.02)


def test_checkpointing_takes_less_and_less_memory(painter, clip_measure):
    measures = [clip_measure()]
    plainly, steps, blocks = (
        predicted(painter(steps=4, checkpointing=name), measures).nbytes for name in ("plain", "steps", "blocks")
    )
    assert steps < 0.7 * plainly
    assert blocks < steps
    more = predicted(painter(steps=40, checkpointing="steps"), measures).nbytes
    latent = noise(painter()).nbytes
    assert more - steps <= 36 * 4 * latent


def test_auto_takes_the_fastest_that_fits_and_refuses_in_words_what_does_not(painter, clip_measure, monkeypatch):
    from nodes.optimizing import forecast

    made, measures = painter(steps=4), [clip_measure()]
    plainly, steps, blocks = (
        predicted(replace(made, checkpointing=name), measures).nbytes for name in ("plain", "steps", "blocks")
    )
    for free, name in ((plainly, "plain"), (plainly - 1, "steps"), (steps - 1, "blocks")):
        monkeypatch.setattr(forecast, "available_memory", lambda free=free: free)
        assert chosen(made, measures, "auto").checkpointing == name
    with pytest.raises(
        ValueError, match=r"through 4 steps at 16 × 16 pixels take about .* free; checkpointing 'blocks'"
    ):
        chosen(made, measures, "plain")
    monkeypatch.setattr(forecast, "available_memory", lambda: blocks - 1)
    with pytest.raises(ValueError, match="take a smaller picture, fewer steps, or a mode without gradients"):
        chosen(made, measures, "auto")


@pytest.mark.parametrize("kind", ["clip", "siglip"])
def test_a_reward_model_in_evaluation_is_checkpointed_all_the_same_and_left_as_it_was(kind, clip_measure):
    measure = clip_measure(kind)
    (model,) = measure.modules
    before = {name: dict(module.__dict__) for name, module in model.named_modules()}
    pixels = torch.rand(1, 32, 32, 3, generator=torch.Generator().manual_seed(1))

    def slope_and_bytes():
        leaf = pixels.clone().requires_grad_()
        with SavedBytes(model.parameters()) as count:
            score = measure(leaf).sum()
            held = count.now
            (slope,) = torch.autograd.grad(score, leaf)
        return slope, held

    plainly, much = slope_and_bytes()
    with block_by_block(model):
        dropouts = [module for module in model.modules() if isinstance(module, torch.nn.Dropout)]
        assert not any(module.training for module in dropouts)
        again, little = slope_and_bytes()
    assert little < 0.5 * much
    assert torch.allclose(again, plainly, atol=1e-7)
    for name, module in model.named_modules():
        assert module.__dict__.keys() == before[name].keys()
        assert module.training is before[name]["training"] is False


def test_recomputing_keeps_what_goes_in_and_gives_the_same_gradients():
    weight = torch.randn(50, 50, generator=torch.Generator().manual_seed(2))

    def deep(x, other, y):
        for _ in range(5):
            x = torch.tanh(x @ weight) * other + y
        return x

    def slopes(function):
        x, y = torch.ones(3, 50).requires_grad_(), torch.full((3, 50), 0.5).requires_grad_()
        with SavedBytes() as count:
            result = function(x, 0.9, y)
            held = count.now
            found = torch.autograd.grad(result.sum(), (x, y))
        return *found, held

    *plainly, much = slopes(deep)
    *again, little = slopes(lambda *given: recomputed(deep, *given))
    assert all(map(torch.equal, plainly, again))
    assert little == 2 * 3 * 50 * 4 < much
    with torch.no_grad():
        assert not recomputed(deep, torch.ones(3, 50).requires_grad_(), 0.9, torch.ones(3, 50)).requires_grad


def test_the_noise_is_kept_in_single_precision_whatever_the_models(painter, tiny_model):
    """A step so short that numbers of half precision about 1 would not move at all."""
    halves = {part: load_part(tiny_model(), part, "bfloat16") for part in ("denoiser", "vae")}
    made = replace(painter(), **halves)
    assert {weight.dtype for weight in made.denoiser.parameters()} == {torch.bfloat16}
    start = noise(made)
    state = OptimizeState(made.latent.space, 16, 16, "gradient", (), start, 1, {})
    method = Slope(lr=0.01, regularize=0.0)
    noises = [
        step.noise for step in search(Objective(made, [RED]), method, state, Budget(3), float) if step is not None
    ]
    assert {one.dtype for one in noises} == {torch.float32}
    steps = [(after - before).abs() for before, after in pairwise(noises)]
    assert all(step.max() < torch.finfo(torch.bfloat16).eps / 4 for step in steps)
    assert all((step > 0).float().mean() > 0.8 for step in steps)


def test_a_pixel_beyond_white_can_come_back():
    def draw(values, seed):
        yield
        return values.movedim(1, -1)

    over = torch.full((1, 3, 2, 2), 1.5)
    slopes = []
    for weight in (1.0, -1.0):
        work = Objective(draw, [Measure("light", plain.brightness, weight)])(over, 0, slope=True)
        slopes.append(returned(work).slope)
    assert not slopes[0].any()
    assert (slopes[1] < 0).all()
