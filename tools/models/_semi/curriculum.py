"""Which images a network learns from beside the labelled ones: of each class the surest, more of them each round.

    >>> labels, used = surest(probabilities, share=0.5, prior=np.full(10, 0.1))
    >>> used.mean()
    0.5

A network believes what it is taught, and keeps to it. So what is doubtful is left open for as long as possible, as in
"Curriculum Labeling" (Cascante-Bonilla et al. 2020, arXiv:2001.06001), and decided afresh in the features of every
round. The surest are taken class by class (Zou et al. 2018, arXiv:1810.07911), so that a class that spreads into
another fills its share before the stray ones are reached.
"""

import numpy as np
import torch
from pydantic import BaseModel

from noglue.tools.training.pseudo_labelling import surest
from noglue.tools.training.randomness import Order


class Round(BaseModel):
    """until: the part of the schedule after which it is over. share: of the images that it learns from by labels that
    spread over the graph; 0: by the running average's own answers, each batch anew.
    """

    until: float
    share: float


ROUNDS = (
    Round(until=0.04, share=0.0),
    Round(until=0.09, share=0.90),
    Round(until=0.15, share=0.90),
    Round(until=0.23, share=0.90),
    Round(until=0.33, share=0.93),
    Round(until=0.45, share=0.95),
    Round(until=0.60, share=0.96),
    Round(until=1.00, share=0.97),
)


def at(fraction: float) -> int:
    """The number of the round that this part of the schedule belongs to."""
    return next((number for number, one in enumerate(ROUNDS) if fraction < one.until), len(ROUNDS) - 1)


class Curriculum:
    """pool: int64 row numbers of the images that get pseudo-labels. labels, used: see `surest`; both empty before the
    first round with a share. number: of the round.
    """

    def __init__(self, pool: np.ndarray, batch_size: int, seed: int) -> None:
        self.pool, self.batch_size, self.seed, self.number = pool, batch_size, seed, 0
        self.labels, self.used = np.zeros(0, np.int64), np.zeros(0, bool)
        self._arrange()

    def enter(self, number: int, probabilities: np.ndarray, prior: np.ndarray) -> None:
        """A round with labels by these probabilities of the pool's images."""
        self.number = number
        self.labels, self.used = surest(probabilities, ROUNDS[number].share, prior)
        self._arrange()

    def keep_to(self, pool: np.ndarray) -> None:
        """Only these images, before the training begins."""
        self.pool = pool
        self._arrange()

    def batch(self, step: int) -> tuple[np.ndarray, np.ndarray | None]:
        """Row numbers of a step's images, and their pseudo-labels where there are some yet."""
        each = max(1, len(self._rows) // self._order.batch_size)
        drawn = self._order.batch(*divmod(step, each)).numpy()
        return self._rows[drawn], self._labels[drawn] if len(self.used) else None

    def _arrange(self) -> None:
        told = bool(self.used.any())
        self._rows = self.pool[self.used] if told else self.pool
        self._labels = self.labels[self.used] if told else self.labels
        self._order = Order(len(self._rows), min(self.batch_size, len(self._rows)), self.seed)

    def tensors(self) -> dict[str, torch.Tensor]:
        arrays = {"pool": self.pool, "labels": self.labels, "used": self.used, "number": np.array(self.number)}
        return {name: torch.from_numpy(array) for name, array in arrays.items()}

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        self.pool, self.labels, self.used = (tensors[name].numpy().copy() for name in ("pool", "labels", "used"))
        self.number = int(tensors["number"])
        self._arrange()
