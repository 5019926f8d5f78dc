"""Gradients, held against what a step along them brings."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor


def hold_slope(score: Callable[[Tensor], Tensor], at: Tensor, reach: float = 0.02) -> None:
    """A score has a gradient, as steep as the central difference of `reach` along it says, within 5 %."""
    place = at.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(score(place), place)
    direction = gradient / gradient.norm()
    with torch.no_grad():
        measured = (score(at + reach * direction) - score(at - reach * direction)) / (2 * reach)
    assert float(gradient.norm()) > 0
    assert float(measured) == pytest.approx(float(gradient.norm()), rel=0.05)
