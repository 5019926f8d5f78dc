import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from nodes.samplers.contract import Flow, NoiseProcess, State, Unscaled
from nodes.samplers.noise import SeededNoise
from nodes.samplers.steps import SAMPLERS, ddim, dpmpp_2m, euler, euler_ancestral

MEAN, VARIANCE = 0.7, 0.25


def exact(x: Tensor, sigma: float) -> Tensor:
    """The expected clean value of x = x0 + sigma · n for x0 from N(MEAN, VARIANCE)."""
    return (VARIANCE * x + sigma**2 * MEAN) / (VARIANCE + sigma**2)


def solution(x: Tensor, sigma: float, at: float) -> Tensor:
    """Where the probability-flow equation takes x from `sigma` to `at`: it keeps the quantile of the Gaussian."""
    return MEAN + (x - MEAN) * math.sqrt((VARIANCE + at**2) / (VARIANCE + sigma**2))


def last(states: Iterable[State]) -> State:
    *_, state = states
    return state


def error(sampler: Any, steps: int) -> float:
    sigmas = [float(s) for s in np.geomspace(10.0, 0.1, steps + 1)]
    x = 10 * torch.linspace(-2, 2, 9, dtype=torch.float64).reshape(1, 1, 3, 3)
    found = last(sampler(exact, x, sigmas, Unscaled(), SeededNoise(0, 1))).x
    return float((found - solution(x, 10.0, 0.1)).abs().max())


@pytest.mark.parametrize(("sampler", "order"), [(euler, 1), (ddim, 1), (dpmpp_2m, 2)])
def test_twice_the_steps_divide_the_error_by_two_to_the_rules_order(sampler: Any, order: int) -> None:
    assert math.log2(error(sampler, 128) / error(sampler, 256)) == pytest.approx(order, abs=0.15)


@pytest.mark.parametrize("name", SAMPLERS)
def test_each_step_yields_where_the_run_stands(name: str) -> None:
    sigmas = [8.0, 4.0, 1.0, 0.0]
    x = 8 * torch.randn(2, 4, 3, 3, generator=torch.Generator().manual_seed(0))
    states = list(SAMPLERS[name](exact, x, sigmas, Unscaled(), SeededNoise(0, 2)))
    assert [(s.step, s.of, s.sigma) for s in states] == [(1, 3, 4.0), (2, 3, 1.0), (3, 3, 0.0)]
    assert torch.equal(states[-1].x, states[-1].x0)


@pytest.mark.parametrize("name", SAMPLERS)
@pytest.mark.parametrize("process", [Unscaled(), Flow()])
def test_a_certain_model_ends_at_what_it_is_certain_of(name: str, process: NoiseProcess) -> None:
    x0 = torch.full((1, 1, 2, 2), 3.0)
    sigmas = [1.0, 0.6, 0.2, 0.0]
    states = SAMPLERS[name](lambda x, sigma: x0, torch.randn(1, 1, 2, 2), sigmas, process, SeededNoise(0, 1))
    assert torch.equal(last(states).x, x0)


@pytest.mark.parametrize("name", ["euler", "ddim", "dpmpp_2m"])
@pytest.mark.parametrize(("process", "begin"), [(Unscaled(), 2.0**24), (Unscaled(), 14.6), (Flow(), 1.0)])
def test_a_step_keeps_the_noise_that_the_latent_has(name: str, process: NoiseProcess, begin: float) -> None:
    x0, noise = torch.full((1, 1, 2, 2), 0.5), torch.randn(1, 1, 2, 2)
    x = process.alpha(begin) * x0 + begin * noise
    states = SAMPLERS[name](lambda x, sigma: x0, x, [begin, 0.7, 0.3], process, SeededNoise(0, 1))
    for state in states:
        torch.testing.assert_close(state.x, process.alpha(state.sigma) * x0 + state.sigma * noise, rtol=0, atol=2e-6)


def test_an_ancestral_step_is_the_one_down_and_the_noise_back_up() -> None:
    x, sigma, following = torch.randn(1, 4, 2, 2), 5.0, 2.0
    up = math.sqrt(following**2 * (sigma**2 - following**2) / sigma**2)
    down = math.sqrt(following**2 - up**2)
    x0 = exact(x, sigma)
    expected = x + (x - x0) / sigma * (down - sigma) + up * SeededNoise(3, 1)(x)
    states = list(euler_ancestral(exact, x, [sigma, following], Unscaled(), SeededNoise(3, 1)))
    torch.testing.assert_close(states[0].x, expected)


@pytest.mark.parametrize(("process", "begin"), [(Unscaled(), 2.0**24), (Flow(), 1.0)])
def test_ancestral_steps_leave_the_noise_at_its_level(process: NoiseProcess, begin: float) -> None:
    x0 = torch.zeros(1, 1, 200, 200)
    start = begin * torch.randn(x0.shape, generator=torch.Generator().manual_seed(1))
    sigmas = [begin, 0.8, 0.5, 0.2]
    for state in euler_ancestral(lambda x, sigma: x0, start, sigmas, process, SeededNoise(0, 1)):
        assert float(state.x.std()) == pytest.approx(state.sigma, rel=0.02)


@pytest.mark.parametrize("name", SAMPLERS)
def test_gradients_through_two_steps_equal_finite_differences(name: str) -> None:
    def end(x: Tensor) -> Tensor:
        bent = lambda x, sigma: torch.tanh(exact(x, sigma)) + 0.1 * x / (1 + sigma)  # noqa: E731
        return last(SAMPLERS[name](bent, x, [6.0, 2.0, 0.5], Unscaled(), SeededNoise(0, 1))).x

    x = torch.linspace(-5, 5, 4, dtype=torch.float64, requires_grad=True).reshape(1, 1, 2, 2)
    assert torch.autograd.gradcheck(end, (x,))


@pytest.mark.parametrize("name", SAMPLERS)
def test_what_a_sampler_is_given_stays_as_it_was(name: str) -> None:
    x = torch.randn(1, 4, 2, 2)
    before = x.clone()
    last(SAMPLERS[name](exact, x, [6.0, 2.0, 0.0], Unscaled(), SeededNoise(0, 1)))
    assert torch.equal(x, before)


def test_grad_mode_is_that_of_each_step(gaussian: Any, run: Callable[..., Any]) -> None:
    x = torch.randn(1, 4, 2, 2, requires_grad=True)
    states = euler(exact, x, [6.0, 2.0, 1.0, 0.5], Unscaled(), SeededNoise(0, 1))
    with torch.no_grad():
        assert not next(states).x.requires_grad
    with torch.enable_grad():
        assert not next(states).x.requires_grad
    states = euler(exact, x, [6.0, 2.0, 1.0], Unscaled(), SeededNoise(0, 1))
    assert next(states).x.requires_grad
