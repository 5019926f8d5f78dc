"""Muon: momentum whose steps have all singular values near 1, for the matrices; AdamW for the rest.

Jordan 2024 (github.com/KellerJordan/Muon), with the coefficients of Amsel et al. 2025, "The Polar Express" (table 1),
and steps as large as AdamW's are (Liu et al. 2025, "Muon is Scalable for LLM Training", eq. 4). On this world's
denoiser it reaches a loss with about half the samples that AdamW takes. Each member of a team orthogonalises its share
of the matrices.
"""

from collections.abc import Callable, Iterable
from typing import Final

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.optim.adamw import adamw

from models.training.team import Team

COEFFICIENTS: Final = (
    (8.28721201814563, -23.595886519098837, 17.300387312530933),
    (4.107059111542203, -2.9478499167379106, 0.5448431082926601),
    (3.9486908534822946, -2.908902115962949, 0.5518191394370137),
    (3.3184196573706015, -2.488488024314874, 0.51004894012372),
    (2.300652019954817, -1.6689039845747493, 0.4188073119525673),
)
"""a, b, c of each round's x ← a x + b (x xᵀ) x + c (x xᵀ)² x, for singular values from 1e-3 on."""
SAFETY: Final = 1.01
"""The rounds expect no singular value above 1, also after rounding."""
MATRIX_RATE: Final = 0.4
"""Root mean square of a matrix's step at rate 1; AdamW's is about 0.2, and these networks bear twice that."""
BETAS: Final = (0.9, 0.99)
MOMENTUM: Final = 0.95
WEIGHT_DECAY: Final = 0.01
EPSILON: Final = 1e-8


def is_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Whether a parameter maps features to features: no vector, no embedding, neither first nor last convolution."""
    return parameter.ndim >= 2 and not any(part in name for part in ("embedding", "conv_in", "conv_out"))


def orthogonal(matrix: Tensor) -> Tensor:
    """The nearest matrix, about, whose singular values are all 1: (m, n) => (m, n).

    The rounds run on the smaller Gram matrix, so that they cost little where the matrix is long.
    """
    if len(matrix) > matrix.shape[1]:
        return torch.as_tensor(orthogonal(matrix.T).T)
    wide = matrix / (matrix.norm() * SAFETY + 1e-7)
    gram = wide @ wide.T
    made = torch.eye(len(wide), dtype=wide.dtype)
    for a, b, c in COEFFICIENTS:
        factor = torch.addmm(gram, gram, gram, beta=b, alpha=c)
        factor.diagonal().add_(a)
        made = factor @ made
        gram = factor @ gram @ factor
    return torch.as_tensor(made @ wide)


class Muon(torch.optim.Optimizer):
    """Two groups of parameters: matrices (convolutions count as (out, in × height × width)), and all others."""

    def __init__(self, named: Iterable[tuple[str, nn.Parameter]], rate: float, team: Team | None = None) -> None:
        named = list(named)
        matrices = [p for name, p in named if is_matrix(name, p)]
        others = [p for name, p in named if not is_matrix(name, p)]
        super().__init__([{"params": matrices}, {"params": others}], {"lr": rate})
        self.team = team or Team()

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Move every parameter against its gradient; gives back what `closure`, if any, does."""
        loss = None if closure is None else closure()
        matrices, others = self.param_groups
        self._step_matrices(matrices["params"], matrices["lr"])
        self._step_others(others["params"], others["lr"])
        return loss

    def _step_matrices(self, matrices: list[nn.Parameter], rate: float) -> None:
        if not matrices:
            return
        divided = shares(matrices, self.team.size)
        mine = torch.cat([self._direction(parameter).reshape(-1) for parameter in divided[self.team.rank]])
        for rank, share in enumerate(divided):
            flat = mine if rank == self.team.rank else torch.empty(sum(p.numel() for p in share))
            if self.team.size > 1:
                dist.broadcast(flat, rank)
            for parameter, part in zip(share, flat.split([p.numel() for p in share]), strict=True):
                height, width = len(parameter), parameter.numel() // len(parameter)
                size = MATRIX_RATE * max(height, width) ** 0.5
                parameter.mul_(1 - rate * WEIGHT_DECAY).sub_(part.view(parameter.shape), alpha=rate * size)

    def _direction(self, parameter: nn.Parameter) -> Tensor:
        gradient = _gradient(parameter)
        mean = self.state[parameter].setdefault("exp_avg", torch.zeros_like(parameter))
        mean.lerp_(gradient, 1 - MOMENTUM)
        ahead = gradient.lerp(mean, MOMENTUM)  # Nesterov's
        return orthogonal(ahead.reshape(len(ahead), -1))

    def _step_others(self, others: list[nn.Parameter], rate: float) -> None:
        for parameter in others:
            state = self.state[parameter]
            for moment in ("exp_avg", "exp_avg_sq"):
                state.setdefault(moment, torch.zeros_like(parameter))
            state.setdefault("step", torch.zeros(()))
        means, squares, counts = (
            [self.state[parameter][name] for parameter in others] for name in ("exp_avg", "exp_avg_sq", "step")
        )
        adamw(
            *(list[Tensor](others), [_gradient(parameter) for parameter in others], means, squares, [], counts),
            amsgrad=False,
            beta1=BETAS[0],
            beta2=BETAS[1],
            lr=rate,
            weight_decay=WEIGHT_DECAY,
            eps=EPSILON,
            maximize=False,
        )


def shares(matrices: list[nn.Parameter], size: int) -> list[list[nn.Parameter]]:
    """The matrices in `size` lists of about equal work, the same in every process."""
    lists: list[list[nn.Parameter]] = [[] for _ in range(size)]
    work = [0.0] * size
    for parameter in sorted(matrices, key=_work, reverse=True):
        least = work.index(min(work))
        lists[least].append(parameter)
        work[least] += _work(parameter)
    return lists


def _work(parameter: nn.Parameter) -> float:
    """About how many operations orthogonalising takes."""
    short, long = sorted((len(parameter), parameter.numel() // len(parameter)))
    return short * short * (4 * long + 8 * len(COEFFICIENTS) * short)


def _gradient(parameter: nn.Parameter) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
