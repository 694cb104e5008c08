"""From a discriminator's features to a logit: linear, by projection on the class, and with a look at the whole batch.

>>> Head(features=256, classes=10, minibatch="stddev")(x, labels).shape      # x: (64, 256)
torch.Size([64])
"""

import math

import torch
from torch import nn

KERNELS, DEPTH = 16, 8


class Head(nn.Module):
    """minibatch: `none`; `stddev` (Karras et al. 2018, arXiv:1710.10196): the mean spread within the batch is one more
    feature; `discrimination` (Salimans et al. 2016, arXiv:1606.03498): learned distances to the batch's other examples.

    Classes by projection (Miyato & Koyama 2018, arXiv:1802.05637).
    """

    def __init__(self, features: int, classes: int, minibatch: str = "none") -> None:
        super().__init__()
        more = {"none": 0, "stddev": 1, "discrimination": KERNELS}[minibatch]
        self.kernels = nn.Linear(features, KERNELS * DEPTH, bias=False) if minibatch == "discrimination" else None
        self.stddev = minibatch == "stddev"
        self.linear = nn.Linear(features + more, 1)
        nn.init.normal_(self.linear.weight, std=1 / math.sqrt(features))
        nn.init.zeros_(self.linear.bias)
        self.embed = nn.Embedding(classes, features) if classes else None
        if self.embed is not None:
            nn.init.normal_(self.embed.weight, std=1 / math.sqrt(features))

    def forward(self, x: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        """x: (n, features), labels: (n,) → logits (n,)."""
        seen = x
        if self.stddev:
            spread = (x.float().var(0, correction=0) + 1e-8).sqrt().mean()
            seen = torch.cat([x, spread.to(x.dtype).expand(len(x), 1)], 1)
        if self.kernels is not None:
            seen = torch.cat([x, self._closeness(x)], 1)
        logits: torch.Tensor = self.linear(seen)[:, 0]
        if self.embed is not None:
            logits = logits + (x * self.embed(labels)).sum(1)
        return logits

    def _closeness(self, x: torch.Tensor) -> torch.Tensor:
        """(n, kernels): how near the others lie, by each kernel."""
        assert self.kernels is not None
        rows = self.kernels(x).float().view(len(x), KERNELS, DEPTH)
        apart = (rows[:, None] - rows[None]).abs().sum(3)
        return (torch.exp(-apart).sum(1) - 1).to(x.dtype)
