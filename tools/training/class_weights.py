"""How rare classes are made up for: by weights in the loss, or by rows drawn again or left out of what is learned from.

>>> class_weights(np.array([0, 0, 0, 1]))
array([0.66666667, 2.        ])
>>> np.bincount(wanted[drawn(wanted, "oversample", seed=0)])
array([3, 3])

Rows are drawn anew in each fold, from what that fold learns from alone, so that no row is judged by its own copy.
"""

import numpy as np

DONE = {
    "weights": "weights in the loss",
    "oversample": "drawing their rows more often",
    "undersample": "leaving out rows of the frequent ones",
}


def class_weights(wanted: np.ndarray, classes: int | None = None) -> np.ndarray:
    """n / (m · rows of the class), float64 (m,), as scikit-learn's `balanced`. wanted: 0…m-1, others are left out."""
    counts = np.bincount(wanted[wanted >= 0], minlength=classes or 0).astype(np.float64)
    there = np.count_nonzero(counts)
    return np.where(counts > 0, counts.sum() / (there * np.maximum(counts, 1)), 0.0)


def drawn(wanted: np.ndarray, balance: str | None, seed: int) -> np.ndarray:
    """The rows to learn from, int64: all; smaller classes drawn again up to the largest; or larger ones cut down."""
    everything = np.arange(len(wanted))
    if balance not in ("oversample", "undersample"):
        return everything
    draw = np.random.default_rng(seed)
    kinds, counts = np.unique(wanted, return_counts=True)
    parts = []
    for kind, count in zip(kinds, counts, strict=True):
        own = everything[wanted == kind]
        if balance == "undersample":
            parts.append(draw.choice(own, counts.min(), replace=False))
        else:
            parts.append(np.concatenate([own, draw.choice(own, counts.max() - count)]))
    return np.sort(np.concatenate(parts))
