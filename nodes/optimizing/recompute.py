"""Gradient checkpointing: what is between two points is computed again when its gradient is wanted, and not kept.

Chen et al. 2016, arXiv 1604.06174. Weights are frozen here, so gradients are for inputs only. What is computed again is
on an ordinary tape, so whoever counts saved tensors sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx, once_differentiable


def recomputed(function: Callable[..., Tensor], *given: Any) -> Tensor:
    """`function(*given)`, of which only `given` is kept; gradients go to the tensors in it that want some.

    `function` must give the same each time: it draws no random numbers. Gradients are not differentiable again.
    """
    places = [i for i, value in enumerate(given) if isinstance(value, Tensor) and value.requires_grad]
    if not places or not torch.is_grad_enabled():
        return function(*given)
    others = [None if i in places else value for i, value in enumerate(given)]

    def of(*wanted: Tensor) -> Tensor:
        whole = list(others)
        for place, value in zip(places, wanted, strict=True):
            whole[place] = value
        return function(*whole)

    result: Tensor = _Recomputed.apply(of, *(given[place] for place in places))  # type: ignore[no-untyped-call]
    return result


class _Recomputed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, function: Callable[..., Tensor], *wanted: Tensor) -> Tensor:
        ctx.function = function
        ctx.save_for_backward(*wanted)
        return function(*wanted)

    @staticmethod
    @once_differentiable
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        wanted = [value.detach().requires_grad_() for value in ctx.saved_tensors]  # type: ignore[attr-defined]
        with torch.enable_grad():
            result = ctx.function(*wanted)  # type: ignore[attr-defined]
        return None, *torch.autograd.grad(result, wanted, gradient, allow_unused=True)


@contextmanager
def block_by_block(*modules: nn.Module) -> Iterator[None]:
    """While this holds, each block of these networks that knows of checkpointing is recomputed by itself.

    diffusers' blocks ask whether gradients are on, transformers' whether they are in training, which reward models never
    are: so these layers are told so, but nothing in them, and what they compute stays that of evaluation.
    """
    from transformers.modeling_layers import GradientCheckpointingLayer

    changed: list[tuple[nn.Module, dict[str, Any]]] = []
    try:
        for block in (block for module in modules for block in module.modules()):
            if not hasattr(block, "gradient_checkpointing"):
                continue
            names = ("gradient_checkpointing", "_gradient_checkpointing_func", "training")
            changed.append((block, {name: block.__dict__[name] for name in names if name in block.__dict__}))
            block.gradient_checkpointing = True  # type: ignore[assignment]
            block._gradient_checkpointing_func = recomputed  # type: ignore[assignment]
            if isinstance(block, GradientCheckpointingLayer):
                block.training = True
        yield
    finally:
        for block, before in reversed(changed):
            for name in ("gradient_checkpointing", "_gradient_checkpointing_func"):
                block.__dict__.pop(name, None)
            block.__dict__.update(before)
