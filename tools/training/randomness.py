"""Random numbers that depend on what they are for, so that a training that goes on does what it would have done.

>>> torch.randperm(6, generator=random(seed, 2, epoch))
tensor([4, 0, 5, 1, 3, 2])
>>> Order(rows=60_000, batch_size=64, seed=0).batch(epoch=3, index=7).shape
torch.Size([64])
"""

import numpy as np
import torch


def random(*numbers: int) -> torch.Generator:
    """A generator of its own for these numbers, on the CPU."""
    seed = np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(seed >> np.uint64(1)))


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
