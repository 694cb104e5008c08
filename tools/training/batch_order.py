"""Which rows are in a batch: every epoch shuffled anew, from the seed and its number alone.

>>> order = Order(rows=60_000, batch_size=64, seed=0)
>>> order.batch(epoch=3, index=7).shape
torch.Size([64])
"""

import torch

from noglue.tools.training.randomness import random


class Order:
    """The newest epoch's order is kept, as batches mostly come one after the other."""

    def __init__(self, rows: int, batch_size: int, seed: int) -> None:
        self.rows, self.batch_size, self.seed = rows, batch_size, seed
        self._kept: tuple[int, torch.Tensor] = (-1, torch.empty(0))

    def batch(self, epoch: int, index: int) -> torch.Tensor:
        """int64 (at most batch_size,)."""
        if self._kept[0] != epoch:
            self._kept = epoch, torch.randperm(self.rows, generator=random(self.seed, 2, epoch))
        return self._kept[1][index * self.batch_size : (index + 1) * self.batch_size]
