import numpy as np
import torch
from torch.nn.functional import mse_loss

from models.training.team import Team, together


def steps(team: Team, folder: str) -> None:
    """Three steps over this member's part of the data; the rate is what the leader says."""
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)
    x, y = torch.randn(8, 3), torch.randn(8, 2)
    mine = slice(team.rank, None, team.size)
    for _ in range(3):
        model.zero_grad()
        mse_loss(model(x[mine]), y[mine]).backward()
        team.average(model.parameters())
        rate = team.agree(0.1 if team.leads else 99.0)
        with torch.no_grad():
            for parameter in model.parameters():
                assert parameter.grad is not None
                parameter.sub_(rate * parameter.grad)
    np.save(f"{folder}/{team.size}_{team.rank}.npy", model.weight.detach().numpy())


def test_two_that_share_their_gradients_learn_what_one_with_all_the_data_does(tmp_path):
    together(steps, 1, str(tmp_path))
    together(steps, 2, str(tmp_path))
    alone, first, second = (np.load(tmp_path / f"{name}.npy") for name in ("1_0", "2_0", "2_1"))
    assert np.array_equal(first, second)
    assert np.allclose(first, alone, atol=1e-6)
