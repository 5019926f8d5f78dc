from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import mse_loss

from models.training import checkpoint
from models.training.muon import Muon, is_matrix, orthogonal, shares
from models.training.team import Team, together


@given(st.integers(1, 24), st.integers(1, 24), st.integers(0, 2**31), st.floats(1e-6, 1e6))
def test_a_step_keeps_the_gradients_directions_and_makes_them_about_equally_long(height, width, seed, scale):
    made = torch.randn(height, width, generator=torch.Generator().manual_seed(seed))
    left, values, right = torch.linalg.svd(made, full_matrices=False)
    values = values.clamp(min=0.02 * float(values[0]))  # the rounds lift no direction that is all but absent
    step = orthogonal(scale * (left * values) @ right)
    lengths = torch.diag(left.T @ step @ right.T)
    assert 0.7 < float(lengths.min()) <= float(lengths.max()) < 1.2
    assert torch.allclose(step, (left * lengths) @ right, atol=1e-3)


def test_a_gradient_of_nothing_moves_nothing():
    assert not orthogonal(torch.zeros(3, 5)).any()


def test_every_matrix_is_one_members_and_the_work_is_about_even():
    matrices = [nn.Parameter(torch.zeros(8 * (1 + i % 5), 16, 3, 3)) for i in range(40)]
    divided = shares(matrices, 2)
    assert sorted(id(p) for share in divided for p in share) == sorted(map(id, matrices))
    sizes = [sum(p.numel() for p in share) for share in divided]
    assert max(sizes) < 1.3 * min(sizes)


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 4, 5, bias=False), nn.Linear(5, 2))


def learn(
    model: nn.Module, optimizer: torch.optim.Optimizer, steps: int, mine: slice = slice(None), team=None
) -> float:
    draw = torch.Generator().manual_seed(1)
    x, y = torch.randn(8, 3, 4, 4, generator=draw), torch.randn(8, 2, generator=draw)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = mse_loss(model(x[mine]), y[mine])
        loss.backward()
        if team is not None:
            team.average(model.parameters())
        optimizer.step()
    return float(loss.detach())


def test_vectors_and_embeddings_step_as_adamw_does():
    model, twin = nn.Linear(3, 1), nn.Linear(3, 1)
    twin.load_state_dict(model.state_dict())
    model.weight.requires_grad_(False)
    twin.weight.requires_grad_(False)
    ours = Muon([("bias", model.bias)], 1e-2)
    stock = torch.optim.AdamW([twin.bias], 1e-2, betas=(0.9, 0.99), weight_decay=0.01)
    for target in (1.0, -2.0, 0.5, 3.0):
        for network, optimizer in ((model, ours), (twin, stock)):
            optimizer.zero_grad()
            (network(torch.ones(1, 3)) - target).square().sum().backward()
            optimizer.step()
    assert torch.allclose(model.bias, twin.bias, atol=1e-7)
    embedding = nn.Parameter(torch.zeros(4, 4))
    assert not is_matrix("text_model.embeddings.token_embedding.weight", embedding)
    assert not is_matrix("unet.conv_in.weight", nn.Parameter(torch.zeros(4, 4, 3, 3)))
    assert is_matrix("unet.down_blocks.0.resnets.0.conv1.weight", nn.Parameter(torch.zeros(4, 4, 3, 3)))


def test_a_network_learns_by_it():
    model = network()
    optimizer = Muon(model.named_parameters(), 1e-2)
    assert learn(model, optimizer, 200) < 0.05 * learn(network(), Muon([], 0), 1)


def test_a_run_that_is_saved_and_loaded_goes_on_as_if_it_had_not_stopped(tmp_path: Path):
    whole, first = network(), network()
    learn(whole, Muon(whole.named_parameters(), 1e-2), 6)
    optimizer = Muon(first.named_parameters(), 1e-2)
    learn(first, optimizer, 3)
    checkpoint.save(tmp_path / "run.safetensors", {"model": first}, optimizer, {"step": 3})
    second = network()
    optimizer = Muon(second.named_parameters(), 1e-2)
    checkpoint.load(tmp_path / "run.safetensors", {"model": second}, optimizer)
    learn(second, optimizer, 3)
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), second.parameters(), strict=True))


def member(team: Team, folder: str) -> None:
    """Three steps over this member's part of the data."""
    model = network()
    learn(model, Muon(model.named_parameters(), 1e-2, team), 3, slice(team.rank, None, team.size), team)
    np.save(f"{folder}/{team.size}_{team.rank}.npy", nn.utils.parameters_to_vector(model.parameters()).detach().numpy())


def test_two_members_that_divide_the_matrices_step_as_one_does(tmp_path: Path):
    together(member, 1, str(tmp_path))
    together(member, 2, str(tmp_path))
    alone, first, second = (np.load(tmp_path / f"{name}.npy") for name in ("1_0", "2_0", "2_1"))
    assert np.array_equal(first, second)
    assert first == pytest.approx(alone, abs=5e-4)  # directions that are all but absent magnify rounding
