"""Numbers that stand for a missing value, by the evidence of their column: `-999` among masses of 3000 to 6000.

    >>> sentinel(pa.array([12.1, 9.8, -999, 11.0, -999, …]))
    -999.0

Such a number has to be one that people use for it, to stand far from all others, and to come more than once. Any round
number far below zero is such a one (`-200` of a sensor), where it stands still farther off.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_USUAL = (-999.0, -9999.0, -99999.0, -99.0, -999.9, -999.99, -9999.9, -9999.99, -32768.0, 9999.0, 99999.0, 999999.0,
          999.0, -888.0, -777.0, 9999999.0)  # fmt: skip
_SURE = (-999.0, -9999.0, -99999.0)  # below numbers of which none is negative
_ROUND = -100.0  # what people use is a multiple of it, below zero
_ROUND_FEWEST, _ROUND_FEWEST_OTHERS = 5, 20  # cells of it, and different values beside it
_FEWEST = 2
_LEAST_SHARE = 0.002
_MOST_SHARE = 0.6
_FEWEST_OTHERS = 5  # different values
_FAR = 3.0  # times the others' spread, away from them


def sentinel(numbers: pa.Array | pa.ChunkedArray, counts: np.ndarray | None = None) -> float | None:
    """The least or the greatest number, where it stands for a missing value; None where none does.

    counts: how often each comes, where these are a column's different numbers.
    """
    limits = pc.min_max(numbers).as_py()
    if not any(extreme is not None and _is_used(float(extreme)) for extreme in limits.values()):
        return None
    if counts is None:
        counted = pc.value_counts(numbers.drop_null())
        numbers, counts = counted.field("values"), counted.field("counts").to_numpy()
    there = numbers.is_valid().to_numpy(zero_copy_only=False)
    values, counts = numbers.drop_null().cast(pa.float64()).to_numpy(), counts[there]
    for extreme in (values.min(), values.max()):
        if _is_used(float(extreme)) and _stands_for_missing(extreme, values, counts):
            return float(extreme)
    return None


def _is_used(number: float) -> bool:
    return number in _USUAL or (number <= _ROUND and number % _ROUND == 0)


def _stands_for_missing(extreme: float, values: np.ndarray, counts: np.ndarray) -> bool:
    others = values[values != extreme]
    count, filled = int(counts[values == extreme].sum()), int(counts.sum())
    if len(others) < _FEWEST_OTHERS or not max(_FEWEST, _LEAST_SHARE * filled) <= count <= _MOST_SHARE * filled:
        return False
    usual = float(extreme) in _USUAL
    if not usual and (count < _ROUND_FEWEST or len(np.unique(others)) < _ROUND_FEWEST_OTHERS):
        return False
    least, most = float(others.min()), float(others.max())
    gap = least - extreme if extreme < least else extreme - most
    if usual and extreme < 0 <= least and (extreme in _SURE or gap > (most - least) / 10):
        return True
    return gap > _FAR * (most - least) and abs(extreme) > 2 * max(abs(least), abs(most))
