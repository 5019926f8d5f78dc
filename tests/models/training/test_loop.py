import time

import pytest
import torch

from models.training.checkpoint import KEPT, read_numbers, write_numbers
from models.training.loop import WARM_UP, Training, average


def training(path, seed=1, figures=None):
    """A line through points, learned on seeded batches; the development figure may be scripted."""
    torch.manual_seed(seed)
    model = torch.nn.Linear(2, 1)
    draw = torch.Generator().manual_seed(7)
    script = iter(figures or ())

    def loss(line):
        points = torch.randn(16, 2, generator=draw)
        return (line(points)[:, 0] - points @ torch.tensor([2.0, -1.0])).square().mean()

    def measure(line):
        return next(script, -(line.weight - torch.tensor([[2.0, -1.0]])).square().sum().item())

    return Training(path, model, loss, measure, 0.1, 16, seed, lambda m: torch.optim.AdamW(m.parameters(), lr=0.1))


def test_training_approaches_what_is_to_be_learned_and_notes_it(tmp_path):
    run = training(tmp_path / "t.safetensors")
    run.run(time.time() + 60, most_steps=200)
    assert run.state["step"] == 200
    assert run.state["samples"] == 200 * 16
    assert run.state["curve"][1][1] < run.state["curve"][0][1]
    assert torch.allclose(run.mean.weight, torch.tensor([[2.0, -1.0]]), atol=0.1)
    assert set(run.state) >= set(KEPT)


def test_a_stopped_run_goes_on_where_it_was(tmp_path):
    first = training(tmp_path / "t.safetensors")
    first.run(time.time() + 60, most_steps=20)
    again = training(tmp_path / "t.safetensors", seed=5)
    again.resume()
    for name, part in first.parts().items():
        for key, value in part.state_dict().items():
            assert torch.equal(value, again.parts()[name].state_dict()[key]), (name, key)
    again.run(time.time() + 60, most_steps=5)
    assert again.state["step"] == 25
    assert again.state["seed"] == 1


def test_without_a_checkpoint_training_begins_from_what_ships(tmp_path):
    def shipped(model):
        torch.nn.init.ones_(model.weight)
        return {"step": 40, "samples": 640, "curve": [[640, 0.5]], "best": 7.0}

    run = training(tmp_path / "none.safetensors")
    run.resume(shipped)
    assert run.state["best"] == run.measure(run.best) == -5.0
    assert run.state["step"] == 40
    assert run.state["curve"] == [[640, 0.5]]
    assert all(torch.equal(part.weight, torch.ones(1, 2)) for part in run.parts().values())


def test_the_best_average_is_kept_and_not_the_last(tmp_path):
    run = training(tmp_path / "t.safetensors", figures=[3.0, 1.0])
    run.run(time.time() + 60, most_steps=5)
    best = run.best.weight.clone()
    run.run(time.time() + 60, most_steps=5)
    assert run.state["best"] == 3.0
    assert run.state["best_step"] == 5
    assert torch.equal(run.best.weight, best)
    assert not torch.equal(run.mean.weight, best)


def test_a_better_candidate_becomes_the_best_and_is_saved(tmp_path):
    run = training(tmp_path / "t.safetensors", figures=[3.0, 2.0, 4.0])
    run.run(time.time() + 60, most_steps=3)
    best = run.best.weight.clone()
    for figure, wanted in ((2.0, best), (4.0, torch.zeros(1, 2))):
        candidate = torch.nn.Linear(2, 1)
        torch.nn.init.zeros_(candidate.weight)
        run.consider(candidate)
        assert torch.equal(run.best.weight, wanted), figure
    again = training(tmp_path / "t.safetensors")
    again.resume()
    assert again.state["best"] == 4.0
    assert torch.equal(again.best.weight, torch.zeros(1, 2))


def test_the_rate_warms_up_after_each_start(tmp_path):
    run = training(tmp_path / "t.safetensors")
    run.run(time.time() + 1000, most_steps=WARM_UP // 2)
    assert run.state["rate"] == pytest.approx(0.05, rel=0.05)
    run.run(time.time() + 1000, most_steps=1)
    assert run.state["rate"] == pytest.approx(0.1 / WARM_UP, rel=0.05)


def test_an_average_lies_between():
    mean, model = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)
    torch.nn.init.zeros_(mean.weight)
    torch.nn.init.ones_(model.weight)
    average(mean, model, 0.75)
    assert mean.weight.item() == pytest.approx(0.25)
    assert model.weight.item() == 1.0


def test_the_numbers_of_a_run_ship_without_what_only_its_going_on_needs(tmp_path):
    write_numbers(tmp_path, {"step": 3, "begin": 1.0, "curve": [[64, 0.5]]})
    assert read_numbers(tmp_path / "state.json") == {"step": 3, "curve": [[64, 0.5]]}
