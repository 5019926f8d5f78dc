"""Tables of noise levels: how a run divides the way from pure noise to none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nodes.samplers.noise_schedule import NoiseSchedule

RHO = 7.0
"""The exponent of Karras et al. 2022, arXiv 2206.00364, table 1."""


PURE_NOISE = 1000.0
"""A noise level above this, in units of the data's deviation, is a zero-terminal-SNR model's and has no
signal."""
KARRAS_TOP = 20.0
"""Where the spaced levels of `karras` begin after one of pure noise."""


def normal(schedule: NoiseSchedule, steps: int) -> tuple[float, ...]:
    """Levels of timesteps evenly spaced from the last to the first, then 0: `steps` + 1 standard
    deviations."""
    timesteps = np.linspace(schedule.timesteps - 1, 0, steps)
    return (*(schedule.sigma(t) for t in timesteps), 0.0)


def trailing(schedule: NoiseSchedule, steps: int) -> tuple[float, ...]:
    """Levels of the last timestep of each of `steps` equal stretches, then 0: Lin et al. 2023, arXiv
    2305.08891, table 2.

    Models trained to zero terminal signal-to-noise want this one. With more steps than timesteps it is
    `normal`.
    """
    count = schedule.timesteps
    if steps > count:
        return normal(schedule, steps)
    timesteps = [round(count - i * count / steps) - 1 for i in range(steps)]
    return (*(schedule.sigma(t) for t in timesteps), 0.0)


def karras(schedule: NoiseSchedule, steps: int) -> tuple[float, ...]:
    """Levels evenly spaced in sigma ** (1 / 7) between the schedule's ends, then 0.

    A zero-terminal-SNR model takes one step from its level of pure noise to 20, and spaces the rest from
    there. Spaced over all its levels most steps would go where nothing is to be seen: against the exact
    denoiser of a mixture of Gaussians, 20 steps of DPM++ 2M end 0.11 from the solution this way, and 0.27
    spaced down from 4096.
    """
    lowest, highest = schedule.sigma(0), schedule.sigma(schedule.timesteps - 1)
    if highest < PURE_NOISE:
        return karras_sigmas(steps, lowest, highest)
    return (highest, *(karras_sigmas(steps - 1, lowest, KARRAS_TOP) if steps > 1 else (0.0,)))


def karras_sigmas(steps: int, sigma_min: float, sigma_max: float, rho: float = RHO) -> tuple[float, ...]:
    """Noise levels from `sigma_max` down to `sigma_min`, then 0 (standard deviations, in latent units).

    Evenly spaced in sigma ** (1 / rho): Karras et al. 2022, arXiv 2206.00364, equation 5.
    Raises ValueError unless 0 < sigma_min <= sigma_max.
    """
    if not 0 < sigma_min <= sigma_max:
        raise ValueError(f"wanted 0 < sigma_min <= sigma_max, got {sigma_min} and {sigma_max}")
    ramp = np.linspace(sigma_max ** (1 / rho), sigma_min ** (1 / rho), steps) ** rho
    return (*(float(sigma) for sigma in ramp), 0.0)


SCHEDULES: dict[str, Callable[[NoiseSchedule, int], tuple[float, ...]]] = {
    "normal": normal,
    "karras": karras,
    "trailing": trailing,
}


def sigma_table(schedule: NoiseSchedule, name: str, steps: int, denoise: float = 1.0) -> tuple[float, ...]:
    """The `steps` + 1 noise levels of a run, the last 0.

    With `denoise` below 1 they are the end of a table of int(steps / denoise) steps: fewer of the high
    levels, but exactly `steps` steps. With 0 there is nothing to do, and the table is (0.0,). Raises
    ValueError for an unknown `name`, for `steps` below 1 and for `denoise` outside 0 … 1.
    """
    if name not in SCHEDULES:
        raise ValueError(f"there is no schedule {name!r}; there are: {', '.join(SCHEDULES)}")
    if steps < 1:
        raise ValueError(f"a run has at least 1 step, got {steps}")
    if not 0 <= denoise <= 1:
        raise ValueError(f"denoise is between 0 and 1, got {denoise}")
    if denoise == 0:
        return (0.0,)
    whole = SCHEDULES[name](schedule, max(steps, int(steps / denoise)))
    return whole[-(steps + 1) :]
