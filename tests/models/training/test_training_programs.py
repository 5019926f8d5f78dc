import json
import time

import numpy as np
import pytest
import torch

from models.training import checkpoint, denoiser
from models.training.common import EVALUATION, Decay, ending, withheld_pairs
from models.training.latents import encode, normalise
from models.training.prompts import held_out_pairs, make
from models.training.tokenizer import LENGTH, new_tokenizer
from models.training.vae import CHANNELS, new_vae
from nodes.solids.prompts import WORDS, parse


def test_a_checkpoint_brings_back_weights_moments_and_numbers(tmp_path):
    def fresh():
        model = torch.nn.Linear(3, 2)
        return model, torch.optim.Adam(model.parameters(), lr=0.1)

    def step(model, optimizer):
        optimizer.zero_grad()
        model(torch.ones(1, 3)).square().sum().backward()
        optimizer.step()

    model, optimizer = fresh()
    for _ in range(3):
        step(model, optimizer)
    checkpoint.save(tmp_path / "c.safetensors", {"m": model}, optimizer, {"step": 3, "curve": [[1, 0.5]]})
    again, other = fresh()
    assert checkpoint.load(tmp_path / "c.safetensors", {"m": again}, other) == {"step": 3, "curve": [[1, 0.5]]}
    step(model, optimizer)
    step(again, other)
    assert torch.equal(model.weight, again.weight)


def test_the_rate_is_constant_and_then_falls_to_the_end():
    decay = Decay(1e-3, begin=0, end=100, share=0.4)
    assert decay.rate(10) == decay.rate(60) == 1e-3
    assert decay.rate(80) == pytest.approx(0.5e-3)
    assert decay.rate(100) == pytest.approx(1e-5)


def test_a_run_ends_after_its_hours_or_at_the_clock():
    assert ending(None, 2.0) - time.time() == pytest.approx(7200, abs=5)
    assert 0 < ending("00:00", None) - time.time() <= 86_400


def test_no_two_words_of_the_world_look_alike_and_other_text_survives():
    tokenizer = new_tokenizer()
    spelled = {tuple(tokenizer(word)["input_ids"]) for word in WORDS}
    assert len(spelled) == len(WORDS)
    assert all(len(tokens) == 3 for tokens in spelled)  # start, the word, end
    assert tokenizer.decode(tokenizer("a red żółw")["input_ids"], skip_special_tokens=True) == "a red żółw"


@pytest.mark.parametrize("name", ["development", "held_out", "withheld_prompts"])
def test_the_committed_prompts_are_what_their_seeds_make(name):
    assert json.loads((EVALUATION / f"{name}.json").read_text()) == json.loads(json.dumps(make(name)))


@pytest.mark.parametrize("name", ["development", "held_out", "withheld_prompts"])
def test_a_prompt_asks_for_the_solids_that_stand_beside_it(name):
    tokenizer = new_tokenizer()
    for entries in json.loads((EVALUATION / f"{name}.json").read_text()).values():
        for entry in entries:
            asked = sorted([thing.colour, thing.shape] for thing in parse(entry["prompt"]).things)
            assert asked == sorted(entry["solids"])
            assert len(tokenizer(entry["prompt"])["input_ids"]) <= LENGTH
            assert bool({tuple(s) for s in asked} & withheld_pairs()) == (name == "withheld_prompts")


def test_two_hundred_pairs_are_held_out():
    assert len(held_out_pairs()) == 200


def test_normalised_latents_have_unit_deviation_and_decode_as_before():
    torch.manual_seed(0)
    vae = new_vae()
    pictures = np.random.default_rng(0).integers(0, 256, (2, 128, 128, 3), np.uint8)
    with torch.no_grad():
        before = encode(vae, pictures)
        decoded = vae.decode(before).sample
        mean, deviation = before.mean((0, 2, 3)), before.std((0, 2, 3))
        normalise(vae, mean, deviation)
        after = encode(vae, pictures)
        assert torch.allclose(vae.decode(after).sample, decoded, atol=1e-3)
    assert torch.allclose(after.mean((0, 2, 3)), torch.zeros(CHANNELS), atol=1e-3)
    assert torch.allclose(after.std((0, 2, 3)), torch.ones(CHANNELS), atol=1e-3)


def test_training_goes_on_from_shipped_weights_only_where_they_read_the_same_tokens(tmp_path, monkeypatch):
    monkeypatch.setattr(denoiser, "SHIPPED", tmp_path)
    assert not denoiser.ships_our_words()
    (tmp_path / "state.json").write_text("{}")
    encoder = denoiser.new_text_encoder()
    encoder.config.save_pretrained(tmp_path / "text_encoder")
    assert denoiser.ships_our_words()
    encoder.config.max_position_embeddings += 1
    encoder.config.save_pretrained(tmp_path / "text_encoder")
    assert not denoiser.ships_our_words()


def test_steps_come_from_all_of_the_schedule_and_most_often_from_where_shapes_are_decided():
    torch.manual_seed(0)
    steps = denoiser.draw_steps(20_000, 1000, denoiser.even_share(denoiser.PEAK))
    shares = torch.histc(steps.float(), bins=10, min=0, max=1000) / len(steps)
    assert steps.min() >= 0
    assert steps.max() == 999
    assert shares.min() > 0.02  # the even ones are 0.03 a tenth
    assert shares[6:9].sum() > 0.5
    later = denoiser.draw_steps(20_000, 1000, denoiser.even_share(0.0))
    assert (later < 400).sum() > 1.5 * (steps < 400).sum()
