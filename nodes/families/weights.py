"""Weights from safetensors files into modules that were built without memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from nodes.families.errors import UnusableModel
from nodes.families.headers import Header

RENAMED = {".query.": ".to_q.", ".key.": ".to_k.", ".value.": ".to_v.", ".proj_attn.": ".to_out.0."}
"""The VAE's attention as diffusers named it before version 0.18."""


def read_tensors(headers: Iterable[Header]) -> dict[str, Tensor]:
    """All tensors that `headers` list, mapped from their files: a page is read when it is first used."""
    found: dict[str, Tensor] = {}
    for header in headers:
        try:
            with safe_open(header.path, framework="pt", device="cpu") as file:
                found |= {name: file.get_tensor(name) for name in header.tensors}
        except SafetensorError as error:
            raise UnusableModel(f"{header.path.name} cannot be read: {error}") from error
    return found


def fill(module: nn.Module, tensors: Mapping[str, Tensor], dtype: torch.dtype, what: str) -> None:
    """Put `tensors`, converted to `dtype`, in place of the weights of a `module` built on the meta device.

    Raises UnusableModel, which names `what`, where tensors lack, are too many, or have another shape.
    """
    wanted = module.state_dict()
    named = {name: tensor for old, tensor in tensors.items() if (name := _name(old, wanted)) is not None}
    _check(named, wanted, what)
    placed = {name: t.to(dtype) if t.is_floating_point() else t for name, t in named.items()}
    module.load_state_dict(placed, assign=True)
    for owner in module.modules():
        for name, buffer in owner.named_buffers(recurse=False):
            if buffer.is_meta:
                setattr(owner, name, _buffer(name, buffer))


def _name(old: str, wanted: Mapping[str, Tensor]) -> str | None:
    """What the module calls the tensor `old`; None for a table of positions, which is no weight."""
    if old in wanted:
        return old
    if old.endswith("position_ids"):
        return None
    candidates = [old.removeprefix("text_model."), f"text_model.{old}"]
    for before, after in RENAMED.items():
        candidates.append(old.replace(before, after))
    return next((name for name in candidates if name in wanted), old)


def _check(named: Mapping[str, Tensor], wanted: Mapping[str, Tensor], what: str) -> None:
    missing, extra = sorted(wanted.keys() - named.keys()), sorted(named.keys() - wanted.keys())
    if missing or extra:
        lacks = f"lacks {len(missing)} tensors ({', '.join(missing[:3])}…)" if missing else ""
        has = f"has {len(extra)} too many ({', '.join(extra[:3])}…)" if extra else ""
        raise UnusableModel(f"{what} does not fit its configuration: it {' and '.join(filter(None, (lacks, has)))}")
    for name, tensor in named.items():
        if tensor.shape != wanted[name].shape:
            raise UnusableModel(
                f"{what} does not fit its configuration: {name} is {tuple(tensor.shape)}, "
                f"wanted {tuple(wanted[name].shape)}"
            )


def _buffer(name: str, buffer: Tensor) -> Tensor:
    """The content of a buffer that files do not hold."""
    if name != "position_ids":
        raise UnusableModel(f"a buffer {name!r} is in no file and is not known how to make")
    return torch.arange(buffer.shape[-1]).expand(buffer.shape)
