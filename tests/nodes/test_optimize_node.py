"""RewardOptimize as the engine calls it: what it gives, tells and refuses, with a tiny model of random weights."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch
from generators import finished, returned

import nodes
from engine.graph.faults import LoomError
from engine.graph.node import Mismatch, Stop
from engine.graph.records import MISSING
from engine.packs import find_registry
from engine.run.codec import Classes, digest, pack, unpack
from engine.run.context import CallContext
from engine.run.machine import Machine
from nodes import types
from nodes.prompts.encode import encode_text
from nodes.types import VAE, Latent, Model, ModelRef, Noise, Reward, RewardTerm

REGISTRY = find_registry(third_party=False)
RED = Reward((RewardTerm("redness", "redness", {}), RewardTerm("brightness", "light", {}, held_out=True)))


class Lent:
    """A model cache that lends parts by their names."""

    seconds_loading = 0.0

    def __init__(self, parts: dict[str, Any]) -> None:
        self.parts = parts

    @contextmanager
    def lease(self, *references: Any) -> Iterator[tuple[Any, ...]]:
        yield tuple(self.parts[reference.part] for reference in references)

    def reset_peak(self) -> None:
        pass

    def peak_bytes(self) -> None:
        pass


@pytest.fixture
def call(tiny_parts: Callable[..., dict[str, Any]], tiny_clip: Any) -> Callable[..., Any]:
    """`call(**inputs)`: the context and the generator of a RewardOptimize with its defaults filled in."""
    from nodes.families.clip import load_clip

    parts = tiny_parts() | {"clip": load_clip(tiny_clip())}
    space = parts["denoiser"].space
    with torch.no_grad():
        positive = encode_text(parts["text_encoder"], "a cube", emphasis="off", clip_skip=0)
    standing = {
        "model": Model("digest", "denoiser", "sd", space, width=16, height=16),
        "vae": VAE("digest", "vae", "sd", space),
        "positive": positive,
        "latent": Latent(space, 16, 16),
        "reward": RED,
        "iterations": 4,
        "keep_every": 2,
        "seed": 7,
    }

    def make(type: str = "RewardOptimize", **inputs: Any) -> tuple[CallContext, Any]:
        record, code = REGISTRY.types[type], REGISTRY.code[type]
        values = {name: spec.default for name, spec in record.inputs.items()}
        values |= {name: value for name, value in standing.items() if name in values} | inputs
        values = {name: None if value is MISSING else value for name, value in values.items()}
        context = CallContext("it", Machine({}, models=Lent(parts)), {})
        return context, code.call(values, context)

    return make


def sampled(call: Callable[..., Any], **inputs: Any) -> torch.Tensor:
    """The picture of a KSampler with the settings that RewardOptimize has by default."""
    settings = {"steps": 1, "cfg": 1.0, "sampler": "euler", "schedule": "trailing"} | inputs
    latent = returned(call("KSampler", **settings)[1]).latent
    return torch.as_tensor(call("VAEDecode", latent=latent)[1].pixels)


@pytest.mark.parametrize("mode", ["best_of", "zero_order", "gradient", "safe", "hybrid"])
def test_the_best_noise_is_the_best_picture_in_any_sampler(mode: str, call: Any) -> None:
    settings = {"steps": 2, "sampler": "euler_ancestral"}
    done = returned(call(mode=mode, candidates=2, **settings)[1])
    assert torch.allclose(done.image.pixels, sampled(call, noise=done.noise, seed=99, **settings), atol=1e-6)
    best = done.trace["rows"][done.trace["best"]]
    assert best["total"] == max(row["total"] for row in done.trace["rows"]) == done.scores["best"]["total"]
    assert best["rewards"]["redness"] == pytest.approx(best["total"])


def test_best_of_gives_the_picture_of_a_seed(call: Any) -> None:
    done = returned(call(mode="best_of", iterations=3)[1])
    assert torch.allclose(done.image.pixels, sampled(call, seed=7 + done.trace["best"]), atol=1e-6)
    assert done.noise.seed == 7 + done.trace["best"]


def test_it_tells_what_it_predicts_first_and_all_that_it_knows_after_each_picture(call: Any) -> None:
    told, done = finished(call(mode="gradient")[1])
    data = [progress.data for progress in told if progress.data is not None]
    assert data[0]["rows"] == []
    assert (told[0].step, told[0].of) == (0, 4)
    assert data[0]["forecast"]["pictures"] == 4
    assert data[0]["forecast"]["bytes"] > 1000
    assert data[0]["forecast"]["checkpointing"] == "plain"
    assert [len(one["rows"]) for one in data] == [0, 1, 2, 3, 4]
    assert data[-1] | {"forecast": None} == done.trace | {"forecast": None}
    assert "forecast" not in done.trace
    row = data[-1]["rows"][1]
    assert set(row["rewards"]) == {"redness"}
    assert set(row["held_out"]) == {"light"}
    assert row["norm"] == pytest.approx(data[0]["white"]["norm"], rel=0.2)
    assert {"kurtosis", "autocorrelation", "picture", "total"} <= set(row)
    last = [progress for progress in told if progress.preview is not None][-1]
    assert last.preview is not None
    preview: Any = last.preview()
    assert preview.pixels.shape == (1, 16, 16, 3)
    assert len(done.frames) == 2


def test_it_says_how_long_it_takes_after_the_first_picture_and_the_next_time_before(
    call: Any, monkeypatch: Any
) -> None:
    from nodes.optimizing import run

    def timed(**inputs: Any) -> list[float | None]:
        clock = iter(range(0, 10_000, 40))
        context, work = call(**({"mode": "gradient", "cfg": 1.5} | inputs))
        kept = run.Run.begin

        def begin(*given: Any, **named: Any) -> run.Run:
            return replace(kept(*given, **named), clock=lambda: float(next(clock)))

        monkeypatch.setattr(run.Run, "begin", begin)
        told, _ = finished(work)
        monkeypatch.setattr(run.Run, "begin", kept)
        assert not any(
            "pictures take" in notice for notice, _ in context.notices
        )  # it would be told again from the cache
        return [one.data["forecast"].get("seconds") for one in told if one.data is not None]

    assert timed() == [None, *[4 * 40.0] * 4]
    assert timed(iterations=6) == [6 * 40.0] * 7
    assert timed(mode="best_of", steps=3, seconds=60.0)[-1] == 60


def test_what_was_predicted_is_not_predicted_again_for_another_prompt(call: Any, monkeypatch: Any) -> None:
    from nodes.optimizing import forecast

    kept, asked = forecast.predicted, []

    def counted(*given: Any) -> Any:
        asked.append(given)
        return kept(*given)

    monkeypatch.setattr(forecast, "predicted", counted)
    clip = ModelRef("c", "clip", "clip", types.LatentSpace("pixels", 3, 1))
    reward = Reward((RewardTerm("clip", "clip", {"text": "a cube"}, clip),))
    other = Reward((replace(reward.terms[0], settings={"text": "a red sphere"}),))
    wider = Reward((*reward.terms, RED.terms[0]))
    for given, count in ((reward, 1), (other, 1), (wider, 2)):
        finished(call(mode="gradient", reward=given, iterations=2, seed=len(asked))[1])
        assert len(asked) == count


def test_going_on_is_the_same_as_having_run_on(call: Any) -> None:
    whole = returned(call(mode="gradient", iterations=5)[1])
    part = returned(call(mode="gradient", iterations=2)[1])
    packed = pack(part.state)
    classes = Classes()
    classes.add_module(types)
    context, work = call(mode="gradient", iterations=3, resume=unpack(packed.json, dict(packed.buffers), classes))
    parts = returned(work)
    assert not any("begins anew" in message for message, _ in context.notices)
    assert digest(parts.state) == digest(whole.state)
    assert torch.equal(parts.image.pixels, whole.image.pixels)
    assert parts.trace["rows"] == whole.trace["rows"]


@pytest.mark.parametrize("changed", ["reward", "mode", "positive", "negative", "model", "steps", "cfg", "sampler"])
def test_a_state_of_something_else_gives_its_best_noise_and_says_so(changed: str, call: Any, tiny_parts: Any) -> None:
    with torch.no_grad():
        asked = encode_text(tiny_parts()["text_encoder"], "a ball", emphasis="off", clip_skip=0)
    values = {
        "reward": Reward(RED.terms[:1]), "mode": "gradient", "positive": asked, "negative": asked, "steps": 2, "cfg": 2.0,
        "sampler": "euler_ancestral", "model": Model("other", "denoiser", "sd", tiny_parts()["denoiser"].space),
    }  # fmt: skip
    before = returned(call(mode="best_of", iterations=3)[1])
    context, work = call(**({"mode": "best_of", "iterations": 1, "resume": before.state} | {changed: values[changed]}))
    done = returned(work)
    word = changed if changed in ("reward", "mode") else "prompt, model or way of sampling"
    assert context.notices == [(f"the state is of another {word}, so this begins anew, at its best noise", "resume")]
    assert torch.equal(done.noise.samples, before.noise.samples)
    assert len(done.trace["rows"]) == 1


def test_a_stop_keeps_the_best_so_far_and_one_before_the_first_picture_keeps_nothing(call: Any) -> None:
    _, work = call(mode="gradient", iterations=50, steps=2)
    seen = 0
    while seen < 2:
        told = next(work)
        seen += told.data is not None and bool(told.data["rows"])
    with pytest.raises(StopIteration) as ended:
        work.throw(Stop())
    assert len(ended.value.value.trace["rows"]) == 2
    _, work = call(mode="gradient")
    next(work)
    next(work)
    with pytest.raises(Stop):
        work.throw(Stop())


def test_no_grad_mode_is_left_behind_and_no_tape(call: Any) -> None:
    _, work = call(mode="gradient", iterations=2)
    with torch.no_grad():
        for _ in range(4):
            next(work)
            assert not torch.is_grad_enabled()
    done = returned(work)
    assert torch.is_grad_enabled()
    assert not any(tensor.requires_grad for tensor in (done.image.pixels, done.noise.samples, done.state.noise))


def test_a_reward_model_has_a_share_and_pictures_bound_every_mode(call: Any) -> None:
    clip = RewardTerm(
        "clip", "clip", {"text": "a red cube"}, ModelRef("c", "clip", "clip", types.LatentSpace("pixels", 3, 1))
    )
    done = returned(call(reward=Reward((clip,)), mode="gradient", lr=20.0, iterations=6)[1])
    assert done.scores["best"]["total"] > done.scores["first"]["total"]
    few = returned(call(mode="zero_order", iterations=100, pictures=3)[1])
    assert len(few.trace["rows"]) == 3


def test_what_was_held_out_and_fell_is_told(call: Any) -> None:
    against = Reward((RED.terms[0], RewardTerm("redness", "other", {}, weight=1.0, held_out=True)))
    inverse = Reward((replace(RED.terms[0], weight=-1.0), against.terms[1]))
    context, work = call(reward=inverse, mode="gradient", lr=20.0, iterations=6)
    done = returned(work)
    assert done.trace["best"] > 0
    assert "'other', which was held out, fell from" in context.notices[-1][0]


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"latent": 3}, "of 3 pictures"),
        ({"reward": Reward(())}, "no terms"),
        ({"noise": "other"}, "for latent space 'other'"),
        ({"noise": "small"}, "is for a latent of its own size"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_sentence(inputs: Any, told: str, call: Any, tiny_parts: Any) -> None:
    space = tiny_parts()["denoiser"].space
    if "latent" in inputs:
        inputs = {"latent": Latent(space, 16, 16, 3)}
    if inputs.get("noise") == "other":
        inputs = {"noise": Noise(replace(space, name="other"), torch.zeros(1, 4, 8, 8), 1)}
    if inputs.get("noise") == "small":
        inputs = {"noise": Noise(space, torch.zeros(1, space.channels, 2, 2), 1)}
    with pytest.raises(LoomError, match=told):
        finished(call(**inputs)[1])


def test_what_does_not_fit_into_memory_is_refused_before_anything_is_computed(
    call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nodes.optimizing import forecast

    monkeypatch.setattr(forecast, "available_memory", lambda: 1000)
    with pytest.raises(LoomError, match=r"gradients through 4 steps at 16 × 16 pixels take about .* 1 kB are free"):
        next(call(mode="gradient", steps=4)[1])
    assert next(call(mode="best_of", steps=4)[1]).step == 0


def test_models_that_do_not_go_together_are_refused_before_anything_runs() -> None:
    space, other = ({"name": name, "channels": 4, "factor": 8} for name in ("one", "two"))
    facts: dict[str, Any] = {"model": {"space": space}, "latent": {"space": space, "batch": 1}, "vae": {"space": space}}
    assert nodes.RewardOptimize.infer(facts)["noise"] == {"space": space}
    for input, changed in (
        ("latent", {"vae": {"space": other}}),
        ("latent", {"latent": {"space": space, "batch": 2}}),
        ("noise", {"noise": {"space": other}}),
        ("resume", {"resume": {"space": other}}),
    ):
        with pytest.raises(Mismatch) as refused:
            nodes.RewardOptimize.infer(facts | changed)
        assert refused.value.input == input


def test_the_help_says_that_reward_models_have_bias() -> None:
    for name in ("RewardOptimize", "CLIPReward"):
        assert "bias" in REGISTRY.types[name].help
