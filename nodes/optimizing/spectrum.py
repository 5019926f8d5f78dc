"""White noise as a set, and the way to it: the spectrum of white noise is flat, block by block.

Hwang & Sung 2026, Gradient Preconditioning for Efficient and Reliable Reward-Guided Generation, arXiv 2602.08646: blocks of
the discrete Fourier transform have the sums of amplitudes and of squared amplitudes that white Gaussian noise has on
average. An amplitude of unit white noise is distributed after Rayleigh, with mean √π/2 and mean square 1.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

BLOCK = 16
MEAN = math.sqrt(math.pi) / 2
ROUNDS = 2 * BLOCK


def whitened(values: Tensor) -> Tensor:
    """The nearest real vector, of the same shape, whose spectrum is that of unit white noise block by block.

    Its mean square is 1, and doing it again changes nothing. Phases stay; the amplitudes of each `BLOCK` successive
    frequencies of the flattened tensor move together. The two real frequencies, the mean and the fastest, are scaled to
    length 1 each on average. Where there is nothing (zeros) there is no nearest, and zeros come back.
    """
    flat = values.flatten().double()
    if not bool(flat.any()):
        return values.clone()
    spectrum = torch.fft.rfft(flat, norm="ortho")
    inner = slice(1, len(spectrum) - 1 if len(flat) % 2 == 0 else len(spectrum))
    real = torch.ones(len(spectrum), dtype=torch.bool)
    real[inner] = False
    made = spectrum.clone()
    made[real] = _of_length(spectrum[real].real, math.sqrt(int(real.sum()))).to(made.dtype)
    amplitudes = spectrum[inner].abs()
    phases = torch.where(
        amplitudes > 0, spectrum[inner] / amplitudes.clamp(min=1e-300), torch.ones_like(spectrum[inner])
    )
    whole = len(amplitudes) // BLOCK * BLOCK
    parts = [_flat(amplitudes[:whole].view(-1, BLOCK)).flatten()] if whole else []
    if whole < len(amplitudes):
        parts.append(_flat(amplitudes[None, whole:])[0])
    made[inner] = torch.cat(parts) * phases if parts else made[inner]
    real_again: Tensor = torch.fft.irfft(made, n=len(flat), norm="ortho")
    return real_again.view(values.shape).to(values)


def _of_length(values: Tensor, length: float) -> Tensor:
    norm = values.norm()
    return values * (length / norm) if norm > 0 else torch.ones_like(values)


def _flat(amplitudes: Tensor) -> Tensor:
    """The nearest rows (n, block) ≥ 0 with mean √π/2 and mean square 1: Hoyer 2004, Non-negative Matrix Factorization with
    Sparseness Constraints, JMLR 5, section 3.1. What would be negative is set to 0 and the rest moved anew."""
    rows, block = amplitudes.shape
    if block == 1:
        return torch.ones_like(amplitudes)
    free = torch.ones_like(amplitudes, dtype=torch.bool)
    for _ in range(ROUNDS):
        moved = _moved(amplitudes, free, block)
        negative = moved < 0
        if not negative.any():
            break
        free &= ~negative
    return moved.clamp(min=0).view(rows, block)


def _moved(values: Tensor, free: Tensor, block: int) -> Tensor:
    """Those that are `free`, shifted and scaled so that the whole row has the wanted mean and mean square."""
    count = free.sum(1, keepdim=True)
    middle = MEAN * block / count
    spread = (block / count - middle.square()).clamp(min=0).sqrt()
    mean = (values * free).sum(1, keepdim=True) / count
    centred = (values - mean) * free
    deviation = (centred.square().sum(1, keepdim=True) / count).sqrt()
    # Amplitudes that are all alike have no order to keep: any of the points at the same distance is nearest.
    slope = torch.linspace(-1, 1, block, dtype=values.dtype, device=values.device).expand_as(values)
    even = slope / slope.square().mean(1, keepdim=True).sqrt()
    unit = torch.where(deviation > 1e-12, centred / deviation.clamp(min=1e-300), even * free)
    return (middle + spread * unit) * free
