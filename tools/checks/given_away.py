"""Columns that together give the target away: it was reckoned from them.

    casual,registered,rentals      price,quantity,revenue      limit,spent,over_limit
    3,13,16                        2.5,4,10.0                  100,120,yes
    8,32,40                        1.2,3,3.6                   100,90,no

Looked for are sums of columns with any weights, products and quotients of two, and, of two classes, two columns of
which one is the larger, all exact in every row. Single columns: `tools/preparation/leaks.py`. None of this is certain
to be a leak, as an honest law of nature is exact as well, so it is told and never left out.
"""

from itertools import combinations

import numpy as np

FEWEST = 50  # rows
FEWEST_VALUES = 10  # of a target: two columns of few values make any of them
MOST_ROWS = 5_000
MOST_COLUMNS = 40  # the ones that go best with the target
MOST_IN_SUM = 6
EXACT = 1e-6  # of the target's spread, in every row


def find(names: list[str], columns: np.ndarray, target: np.ndarray, classes: bool) -> tuple[list[str], str] | None:
    """The columns and how the target comes of them, in words; None: nothing is exact.

    columns: float64 (n, k), numbers alone, NaN missing; target: int64 class codes, or float64 values, (n,).
    """
    places = np.linspace(0, len(target) - 1, min(len(target), MOST_ROWS)).astype(np.int64)
    columns, target = columns[places], target[places].astype(np.float64)
    usable = np.flatnonzero(np.isfinite(columns).all(axis=0) & (columns.std(axis=0) > 0))
    if len(target) < FEWEST or len(usable) < 2 or not np.isfinite(target).all() or target.std() == 0:
        return None
    usable = usable[np.argsort(-np.abs(_correlations(columns[:, usable], target)))[:MOST_COLUMNS]]
    kept = [names[place] for place in usable]
    if classes:
        return _larger(kept, columns[:, usable], target)
    if len(np.unique(target)) < FEWEST_VALUES:
        return None
    return _sum(kept, columns[:, usable], target) or _product(kept, columns[:, usable], target)


def _correlations(columns: np.ndarray, target: np.ndarray) -> np.ndarray:
    apart = target - target.mean()
    centred = columns - columns.mean(axis=0)
    return np.asarray(centred.T @ apart / np.sqrt((centred**2).sum(axis=0) * (apart**2).sum()))


def _fits(found: np.ndarray, target: np.ndarray) -> bool:
    return bool(np.abs(found - target).max() <= EXACT * target.std())


def _sum(names: list[str], columns: np.ndarray, target: np.ndarray) -> tuple[list[str], str] | None:
    """Weights that are not nought, of at most six columns; rows must be many more than the columns."""
    if len(target) < 3 * columns.shape[1]:
        columns, names = columns[:, : len(target) // 3], names[: len(target) // 3]
    scale, middle = columns.std(axis=0), columns.mean(axis=0)
    scaled = np.column_stack([(columns - middle) / scale, np.ones(len(target))])
    weights = np.linalg.lstsq(scaled, target, rcond=None)[0]
    if not _fits(scaled @ weights, target):
        return None
    matters = np.flatnonzero(np.abs(weights[:-1]) > 1e-4 * target.std())
    if not 2 <= len(matters) <= MOST_IN_SUM:
        return None
    few = np.column_stack([scaled[:, matters], np.ones(len(target))])
    own = np.linalg.lstsq(few, target, rcond=None)[0]
    if not _fits(few @ own, target):
        return None
    parts = [_term(names[place], own[i] / scale[place]) for i, place in enumerate(matters)]
    return [
        names[place] for place in matters
    ], f"it is {' '.join(parts).removeprefix('+ ')}{_offset(own, matters, middle, scale)}"


def _term(name: str, weight: float) -> str:
    sign, size = ("-" if weight < 0 else "+"), f"{abs(weight):.6g}"
    return f"{sign} {name}" if size == "1" else f"{sign} {size} × {name}"


def _offset(own: np.ndarray, matters: np.ndarray, middle: np.ndarray, scale: np.ndarray) -> str:
    rest = float(own[-1] - (own[:-1] * middle[matters] / scale[matters]).sum())
    size = np.abs(own[:-1] * middle[matters] / scale[matters]).sum() + abs(own[-1])
    return "" if abs(rest) <= 1e-6 * size else f" {'-' if rest < 0 else '+'} {abs(rest):.6g}"


def _product(names: list[str], columns: np.ndarray, target: np.ndarray) -> tuple[list[str], str] | None:
    """Of two, times any constant. A row where it is nought says nothing of the constant."""
    for one, other in combinations(range(columns.shape[1]), 2):
        for first, second, sign in ((one, other, "×"), (one, other, "/"), (other, one, "/")):
            if sign == "/" and (columns[:, second] == 0).any():
                continue
            made = columns[:, first] * columns[:, second] if sign == "×" else columns[:, first] / columns[:, second]
            size = float(made @ made)
            factor = float(made @ target) / size if size > 0 else 0.0
            if factor != 0 and made.std() > 0 and _fits(factor * made, target):
                times = "" if abs(factor - 1) < 1e-6 else f" × {factor:.6g}"
                return [names[first], names[second]], f"it is {names[first]} {sign} {names[second]}{times}"
    return None


def _larger(names: list[str], columns: np.ndarray, target: np.ndarray) -> tuple[list[str], str] | None:
    """Of two classes: whether one column is larger than another of the same size."""
    if len(np.unique(target)) != 2 or np.bincount(target.astype(np.int64)).max() > 0.95 * len(target):
        return None
    yes = target == target.max()
    for one, other in combinations(range(columns.shape[1]), 2):
        larger = columns[:, one] > columns[:, other]
        for says in (larger, columns[:, one] >= columns[:, other]):
            if (says == yes).all() or (says == ~yes).all():
                return [names[one], names[other]], f"it depends on which of {names[one]} and {names[other]} is larger"
    return None
