from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.samplers.noise_schedule import DiscreteSchedule
from nodes.samplers.sigmas import SCHEDULES, karras_sigmas, sigma_table

BETAS = np.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
SD = DiscreteSchedule.from_alphas_cumprod(np.cumprod(1 - BETAS))
ZERO = DiscreteSchedule.from_alphas_cumprod([0.99, 0.5, 0.1, 1e-5, 0.0])


@given(st.sampled_from(sorted(SCHEDULES)), st.integers(1, 60), st.floats(0.02, 1.0), st.sampled_from([SD, ZERO]))
def test_levels_fall_to_zero_and_are_one_more_than_the_steps(
    name: str, steps: int, denoise: float, schedule: DiscreteSchedule
) -> None:
    sigmas = sigma_table(schedule, name, steps, denoise)
    assert len(sigmas) == steps + 1
    assert sigmas[-1] == 0
    assert all(high >= low for high, low in pairwise(sigmas))
    assert all(np.isfinite(sigmas))


@given(st.floats(0, 999))
def test_a_timestep_and_its_noise_level_name_each_other(timestep: float) -> None:
    assert SD.timestep(SD.sigma(timestep)) == pytest.approx(timestep, abs=1e-6)


@pytest.mark.parametrize("name", sorted(SCHEDULES))
def test_a_run_from_pure_noise_begins_at_the_schedules_end(name: str) -> None:
    for schedule in (SD, ZERO):
        assert sigma_table(schedule, name, 5)[0] == pytest.approx(schedule.sigma(schedule.timesteps - 1))


def test_stable_diffusions_levels_are_the_known_ones() -> None:
    assert SD.sigma(999) == pytest.approx(14.6146, abs=1e-4)
    assert SD.sigma(0) == pytest.approx(0.0292, abs=1e-4)


def test_less_denoising_is_the_end_of_a_longer_table() -> None:
    whole = sigma_table(SD, "karras", 40)
    assert sigma_table(SD, "karras", 20, 0.5) == whole[-21:]


def test_no_denoising_is_no_steps() -> None:
    assert sigma_table(SD, "normal", 20, 0.0) == (0.0,)


def test_karras_levels_are_evenly_spaced_in_the_seventh_root() -> None:
    roots = np.array(karras_sigmas(8, 0.1, 10.0)[:-1]) ** (1 / 7)
    np.testing.assert_allclose(np.diff(roots), np.diff(roots)[0])


def test_a_model_of_zero_terminal_signal_takes_one_step_of_pure_noise_in_karras_spacing() -> None:
    sigmas = sigma_table(ZERO, "karras", 10)
    assert sigmas[0] > 1e7
    assert sigmas[1:] == karras_sigmas(9, ZERO.sigma(0), 20.0)


@pytest.mark.parametrize(
    ("name", "steps", "denoise", "sentence"),
    [
        ("cosine", 5, 1.0, "no schedule 'cosine'; there are: normal, karras, trailing"),
        ("normal", 0, 1.0, "at least 1 step, got 0"),
        ("normal", 5, 1.5, "between 0 and 1, got 1.5"),
    ],
)
def test_settings_that_cannot_be_are_refused(name: str, steps: int, denoise: float, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        sigma_table(SD, name, steps, denoise)


def test_karras_levels_need_an_order() -> None:
    with pytest.raises(ValueError, match="0 < sigma_min <= sigma_max"):
        karras_sigmas(5, 2.0, 1.0)
