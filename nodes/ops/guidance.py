"""Guidance: several conditionings, one denoiser, and out of them the single `denoise(x, sigma)` that a
sampler asks.

Everything is averaged in x0, where what a conditioning holds for is plain: a place, a time, a share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

import torch
from torch import Tensor

from nodes.families.protocol import Denoiser, Tensors
from nodes.samplers.contract import Denoise
from nodes.samplers.masking import latent_share
from nodes.types import Conditioning, ConditioningEntry, Latent

Progress = Callable[[float], float]


def classifier_free(
    denoiser: Denoiser,
    positive: Conditioning,
    negative: Conditioning | None,
    cfg: float,
    progress: Progress,
    latent: Latent,
) -> Denoise:
    """Guide towards `positive` and away from `negative`: Ho & Salimans 2022, arXiv 2207.12598.

    x0 = n + cfg · (p − n), in one call of the model where shapes agree. With cfg 1, or without a
    negative, the negative is never asked. `progress` maps a noise level to 0 (the run's first) … 1 (its
    last), `latent` is what masks are fitted to. Raises ValueError, in a sentence, where a conditioning is not
    for this denoiser, and at a step that nothing holds in.
    """
    asked_for = [positive] if negative is None or cfg == 1 else [positive, negative]
    sides = [_placed(denoiser, side) for side in asked_for]
    shares = _Shares(latent)

    def denoise(x: Tensor, sigma: float, /) -> Tensor:
        at = progress(sigma)
        active = [[entry for entry in side if _holds(entry, at)] for side in sides]
        asked = [entry for side in reversed(active) for entry in side]
        if not asked:
            raise ValueError(
                f"no prompt holds after {at:.0%} of the run; let one hold then too, as a base or to the end"
            )
        answers = dict(zip(map(id, asked), _predict(denoiser, x, sigma, [e.tensors for e in asked]), strict=True))
        means = [_mean([(entry, answers[id(entry)]) for entry in side], shares) for side in active]
        return _combine(means, cfg)

    return denoise


def _placed(denoiser: Denoiser, conditioning: Conditioning) -> list[ConditioningEntry]:
    """The entries of a conditioning that is found to fit, moved to the denoiser's device once for all steps."""
    if conditioning.family != denoiser.family:
        raise ValueError(
            f"the conditioning was made by a {conditioning.family!r} text encoder, "
            f"the model is of family {denoiser.family!r}"
        )
    if not conditioning.entries:
        raise ValueError("the conditioning has no entries")
    for entry in conditioning.entries:
        denoiser.check(entry.tensors)
    return [
        replace(entry, tensors={name: tensor.to(denoiser.device) for name, tensor in entry.tensors.items()})
        for entry in conditioning.entries
    ]


def _holds(entry: ConditioningEntry, at: float) -> bool:
    return entry.start <= at and (at < entry.end or entry.end >= 1) and entry.weight != 0


def _predict(denoiser: Denoiser, x: Tensor, sigma: float, several: Sequence[Tensors]) -> list[Tensor]:
    """x0 for each conditioning, those of one shape in one call."""
    aligned = denoiser.align(several)
    shapes = [tuple((name, t.shape) for name, t in sorted(tensors.items())) for tensors in aligned]
    answers: list[Tensor | None] = [None] * len(aligned)
    order = sorted(range(len(aligned)), key=lambda i: str(shapes[i]))
    for _, group in groupby(order, key=lambda i: shapes[i]):
        indices = list(group)
        stacked = {
            name: torch.cat([aligned[i][name].expand(len(x), *aligned[i][name].shape[1:]) for i in indices])
            for name in aligned[indices[0]]
        }
        found = denoiser(torch.cat([x] * len(indices)), sigma, stacked)
        for i, answer in zip(indices, found.chunk(len(indices)), strict=True):
            answers[i] = answer
    return [answer for answer in answers if answer is not None]


class _Shares:
    """The share that an entry has in each cell, its mask times its weight; made once for all steps."""

    def __init__(self, latent: Latent) -> None:
        self._latent = latent
        self._made: dict[int, Tensor] = {}

    def __call__(self, entry: ConditioningEntry, like: Tensor) -> Tensor:
        """(B or 1, 1, h, w) for a latent `like` (B, C, h, w)."""
        if id(entry) not in self._made:
            self._made[id(entry)] = entry.weight * self._place(entry, like)
        return self._made[id(entry)]

    def _place(self, entry: ConditioningEntry, like: Tensor) -> Tensor:
        if entry.mask is None:
            return torch.ones_like(like[:1, :1])
        size = (int(like.shape[-2]), int(like.shape[-1]))
        picture = self._latent.height, self._latent.width
        return latent_share(entry.mask.values, size, self._latent.space.factor, picture, len(like)).to(like)


def _mean(found: Sequence[tuple[ConditioningEntry, Tensor]], shares: _Shares) -> tuple[Tensor, Tensor] | None:
    """The weighted mean of x0 and where anything holds at all (1 or 0); None where nothing holds now."""
    if not found:
        return None
    if len(found) == 1 and found[0][0].mask is None:
        return found[0][1], torch.ones((), device=found[0][1].device)
    weights = [shares(entry, x0) for entry, x0 in found]
    total = torch.stack(torch.broadcast_tensors(*weights)).sum(0)
    held = total.abs() > 1e-6
    mean = torch.stack([w * x0 for w, (_, x0) in zip(weights, found, strict=True)]).sum(0)
    return mean / torch.where(held, total, 1.0), held.to(mean.dtype)


def _combine(means: Sequence[tuple[Tensor, Tensor] | None], cfg: float) -> Tensor:
    """Guide where both sides hold; where one does not, the other stands alone."""
    present = [mean for mean in means if mean is not None]
    if len(present) == 1:
        return present[0][0]
    (positive, p_holds), (negative, n_holds) = present
    guided = negative + cfg * (positive - negative)
    if p_holds.ndim == n_holds.ndim == 0:
        return guided
    return torch.where(p_holds * n_holds > 0, guided, torch.where(p_holds > 0, positive, negative))
