"""One network, one loss: the job of a training that is no GAN's.

>>> run(supervised(network, Muon(…), loss, score, better=operator.gt, batch_size=512, …), seconds=None, step=step)
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import torch
from torch import nn

from noglue.tools.training import checkpoint
from noglue.tools.training.clock import triangle
from noglue.tools.training.trainer import Job, Measures, State, Tensors


class Optimizer(Protocol):
    """factor: on the learning rates. tensors, restore: its whole state, for a checkpoint."""

    def zero_grad(self) -> None: ...
    def step(self, factor: float) -> None: ...
    def tensors(self) -> dict[str, torch.Tensor]: ...
    def restore(self, tensors: dict[str, torch.Tensor]) -> None: ...


def supervised(
    network: nn.Module,
    optimizer: Optimizer,
    loss: Callable[[int, int, float], torch.Tensor],
    score: Callable[[], float],
    better: Callable[[float, float], bool],
    batch_size: int,
    steps: int,
    steps_per_epoch: int,
    validate_every: int,
    checkpoint_file: Path,
    fingerprint: str,
    checkpoint_seconds: float = 30.0,
    scored: str = "validation",
    measure: str | None = None,
) -> Job:
    """A network that lowers one loss. loss(epoch, index, fraction) → scalar, of that epoch's batch. better(a, b): the
    direction of `score`, which the history calls `scored`; measure: its module in `tools/metrics/`. The learning rate
    falls in a straight line to 0.
    """

    def train_step(state: State, fraction: float) -> torch.Tensor:
        network.train()
        lost = loss(*divmod(state.step, steps_per_epoch), fraction)
        optimizer.zero_grad()
        lost.backward()  # type: ignore[no-untyped-call]
        optimizer.step(triangle(fraction) * state.caution)
        return lost.detach().view(1)

    def validate(step: int) -> Measures:
        network.eval()
        return {scored: score()}

    def improves(measures: Measures, best: Measures) -> bool:
        return not best or not better(best[scored], measures[scored])

    def tensors() -> Tensors:
        parts = checkpoint.prefixed("network", network.state_dict())
        return parts | checkpoint.prefixed("optimizer", optimizer.tensors())

    def restore(kept: Tensors) -> None:
        network.load_state_dict(checkpoint.under("network", kept))
        optimizer.restore(checkpoint.under("optimizer", kept))

    return Job(
        network, train_step, validate, improves, tensors, restore, batch_size, steps, steps_per_epoch, validate_every,
        checkpoint_file, fingerprint, checkpoint_seconds, measure=measure,
    )  # fmt: skip
