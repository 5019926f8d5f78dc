"""Prompts that hold in parts of a picture.

Several prompts share a picture as the weighted mean of what each takes for the clean latent (`nodes.ops.guidance`):
the region-based generation of Bar-Tal et al. 2023, MultiDiffusion, arXiv 2302.08113, equation 5, with masks that may
be grey. Here is only said where each holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise

import torch
from torch import Tensor

from nodes.ops.crops import Region
from nodes.ops.masks import blurred
from nodes.ops.resize import resample
from nodes.types import Conditioning, ConditioningEntry, Mask

BOX_SIDE = 512
"""Pixels along a side of the mask that a box is drawn on; it is stretched to the picture."""


def box(left: float, top: float, right: float, bottom: float) -> Tensor:
    """A mask (1, 512, 512) of a box given in per cent of the picture; pixels at its edge are covered in part.

    Raises ValueError, in a sentence, where it has no area.
    """
    if right <= left or bottom <= top:
        raise ValueError(
            f"the box from {left:g} to {right:g} and {top:g} to {bottom:g} per cent covers nothing; "
            "right must be more than left, and bottom more than top"
        )
    across, down = _covered(left, right), _covered(top, bottom)
    return (down[:, None] * across[None, :])[None].float()


def placed(
    conditioning: Conditioning,
    values: Tensor,
    *,
    strength: float = 1.0,
    feather: float = 0.0,
    start: float = 0.0,
    end: float = 1.0,
) -> Conditioning:
    """A conditioning that holds only where a mask (B, H, W) is, and from `start` to `end` of a run.

    `feather` softens the mask's edge: a deviation in per cent of its shorter side. `strength` scales its share against
    others'. Where the conditioning was limited already, it holds where and when both allow. Raises ValueError, in a
    sentence, where that is never.
    """
    soft = blurred(values, feather / 100 * min(values.shape[-2:]))
    entries = []
    for entry in conditioning.entries:
        first, last = max(entry.start, start), min(entry.end, end)
        if first >= last:
            raise ValueError(
                f"the prompt holds from {entry.start:g} to {entry.end:g} of a run, never in {start:g} to {end:g}"
            )
        mask = _product([soft, *([] if entry.mask is None else [entry.mask.values])])
        entries.append(replace(entry, weight=entry.weight * strength, mask=Mask(mask), start=first, end=last))
    return replace(conditioning, entries=tuple(entries))


def combined(
    regions: Sequence[Conditioning], base: Conditioning | None = None, base_share: float = 0.0
) -> Conditioning:
    """Several conditionings as one, `base` for what they leave.

    In each cell and at each time the base has the share Π (1 − wᵢ mᵢ) over the regions' masks mᵢ and weights wᵢ (counted
    as 1 at most), so nothing where one covers all, and at least `base_share`. Raises ValueError, in a sentence, where the
    families or the numbers of masks do not fit, and for nothing at all.
    """
    several = [*regions, *([] if base is None else [base])]
    if not several:
        raise ValueError("there is no prompt to combine; link one")
    families = {one.family for one in several}
    if len(families) > 1:
        raise ValueError(f"the prompts were encoded for different kinds of model: {', '.join(sorted(families))}")
    entries = [entry for region in regions for entry in region.entries]
    rest = [] if base is None else list(_rest(base, entries, base_share))
    return Conditioning(several[0].family, (*rest, *entries))


def left_over(regions: Sequence[Conditioning]) -> float:
    """The largest share of a picture, 0…1, that no region holds in at some time of a run."""
    entries = [entry for region in regions for entry in region.entries]
    free = [_free(entries, when) for when in _times(entries)]
    return max(float((share > 0.5).double().mean()) for share in free)


def cut(conditioning: Conditioning, region: Region, width: int, height: int) -> Conditioning:
    """A conditioning for a part of a picture of `width` × `height`: its masks, stretched to it, cut out alike."""
    entries = []
    for entry in conditioning.entries:
        mask = entry.mask
        if mask is not None:
            mask = Mask(region.of(resample(mask.values[..., None], width, height, "bilinear")[..., 0]))
        entries.append(replace(entry, mask=mask))
    return replace(conditioning, entries=tuple(entries))


def _covered(first: float, last: float) -> Tensor:
    """How much of each pixel along a side lies between two places in per cent."""
    edges = torch.arange(BOX_SIDE + 1, dtype=torch.float64).clamp(first / 100 * BOX_SIDE, last / 100 * BOX_SIDE)
    return edges.diff()


Span = tuple[float, float]


def _times(entries: Sequence[ConditioningEntry]) -> Iterator[Span]:
    """The spans of a run in which the same entries hold."""
    ends = {0.0, 1.0, *(entry.start for entry in entries), *(entry.end for entry in entries)}
    yield from pairwise(sorted(end for end in ends if 0 <= end <= 1))


def _rest(base: Conditioning, entries: Sequence[ConditioningEntry], least: float) -> Iterator[ConditioningEntry]:
    """The base's entries, one a span of time in which it has something to say."""
    for when in _times(entries):
        share = least + (1 - least) * _free(entries, when)
        for entry in base.entries:
            start, end = max(entry.start, when[0]), min(entry.end, when[1])
            if start < end and (share > 0).any():
                mask = _product([share, *([] if entry.mask is None else [entry.mask.values])])
                everywhere = bool((mask == 1).all())
                yield replace(entry, mask=None if everywhere else Mask(mask), start=start, end=end)


def _free(entries: Sequence[ConditioningEntry], when: Span) -> Tensor:
    """What no entry covers in a span: (B or 1, H, W)."""
    shares = []
    for entry in entries:
        if entry.start <= when[0] and when[1] <= entry.end:
            values = torch.ones(1, 1, 1) if entry.mask is None else entry.mask.values
            shares.append(1 - min(max(entry.weight, 0.0), 1.0) * values)
    return _product(shares or [torch.ones(1, 1, 1)])


def _product(several: Sequence[Tensor]) -> Tensor:
    """Masks (B or 1, H, W) of any sizes multiplied, at the largest width and height of them."""
    height, width = (max(int(values.shape[axis]) for values in several) for axis in (1, 2))
    if len({len(values) for values in several} - {1}) > 1:
        counts = " and ".join(str(len(values)) for values in several)
        raise ValueError(f"the regions have {counts} masks; give one for all pictures, or as many of each")
    return reduce(torch.mul, (resample(values[..., None], width, height, "bilinear")[..., 0] for values in several))
