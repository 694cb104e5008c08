"""AdamW with a learning rate for each parameter, its whole state in tensors (Loshchilov and Hutter,
https://arxiv.org/abs/1711.05101).

>>> optimizer = AdamW({"head.weight": (weight, 5e-3), "stem.filters.weight": (filters, 2e-4)})
>>> optimizer.step(factor=0.5)                       # of the rates: where the schedule stands
"""

from collections.abc import Mapping

import torch


class AdamW:
    """rated: name → parameter and its rate. Parameters of one dimension (biases, norms) are not decayed."""

    def __init__(
        self,
        rated: Mapping[str, tuple[torch.nn.Parameter, float]],
        betas: tuple[float, float] = (0.9, 0.99),
        decay: float = 0.01,
        epsilon: float = 1e-8,
    ) -> None:
        self.rated = {name: pair for name, pair in rated.items() if pair[0].requires_grad}
        self.betas, self.decay, self.epsilon = betas, decay, epsilon
        self.first = {name: torch.zeros_like(parameter) for name, (parameter, _) in self.rated.items()}
        self.second = {name: torch.zeros_like(parameter) for name, (parameter, _) in self.rated.items()}
        self.steps = torch.zeros(1, dtype=torch.int64)

    def zero_grad(self) -> None:
        for parameter, _ in self.rated.values():
            parameter.grad = None

    @torch.no_grad()
    def step(self, factor: float) -> None:
        self.steps += 1
        one, two = self.betas
        first_share, second_share = (1 - beta ** int(self.steps) for beta in self.betas)
        for name, (parameter, rate) in self.rated.items():
            slope = parameter.grad
            if slope is None:
                continue
            first, second = self.first[name].lerp_(slope, 1 - one), self.second[name]
            second.mul_(two).addcmul_(slope, slope, value=1 - two)
            if parameter.ndim > 1:
                parameter.mul_(1 - rate * factor * self.decay)
            spread = (second / second_share).sqrt_().add_(self.epsilon)
            parameter.addcdiv_(first, spread, value=-rate * factor / first_share)

    def tensors(self) -> dict[str, torch.Tensor]:
        kept = {f"{name}.first": value for name, value in self.first.items()}
        return kept | {f"{name}.second": value for name, value in self.second.items()} | {"steps": self.steps}

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        for name, value in self.tensors().items():
            value.copy_(tensors[name])
