"""Which rows are held out together: an int64 (n,) of fold numbers, -1 for rows that are always learned from."""

import numpy as np


def stratified(wanted: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Every class dealt out over `count` folds. The only row of a class is always learned from.

    >>> stratified(np.array([0, 0, 0, 0, 1, 1, 2]), 2, seed=0)
    array([0, 1, 0, 1, 0, 1, -1])
    """
    draw = np.random.default_rng(seed)
    folds, turn = np.full(len(wanted), -1), 0
    for kind in np.unique(wanted):
        rows = draw.permutation(np.flatnonzero(wanted == kind))
        if len(rows) > 1:
            folds[rows] = (turn + np.arange(len(rows))) % count
            turn += len(rows)
    return folds


def even(rows: int, count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(np.arange(rows) % count)


def grouped(group: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Whole groups, larger ones mostly first, each to the fold that has the fewest rows. group: int64 (n,), its number.

    >>> np.unique(grouped(np.array([0, 0, 0, 1, 1, 2]), 2, seed=0), return_counts=True)[1]
    array([3, 3])
    """
    sizes = np.bincount(group)
    order = np.argsort(-sizes * np.random.default_rng(seed).uniform(0.5, 1.0, len(sizes)), kind="stable")
    held, of = np.zeros(min(count, int((sizes > 0).sum())), np.int64), np.zeros(len(sizes), np.int64)
    for one in order[sizes[order] > 0]:
        of[one] = held.argmin()
        held[of[one]] += sizes[one]
    return np.asarray(of[group])
