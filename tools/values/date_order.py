"""Whether day or month comes first, where every cell allows both: as the order of the rows has it.

>>> rows = np.array(["2020-01-02", "2020-02-02", "2020-03-02"], "datetime64[D]")  # 01/02, 02/02, 03/02 as month first
>>> order_tells(rows, np.array(["2020-02-01", "2020-02-02", "2020-02-03"], "datetime64[D]"))
True
"""

from dataclasses import dataclass

import numpy as np

_ORDERLY = 0.95  # of the steps from row to row go one way


def order_tells(rows: np.ndarray, swapped_rows: np.ndarray) -> bool | None:
    """Whether the second reading of a column's dates is the right one; None where the order of the rows says nothing.

    rows: datetime64, in the file's order, NaT where missing. Even steps (of days, or months) are the best sign, then
    rows that go one way. A day each step is likelier than the first of each month.
    """
    first, second = (_steps(one) for one in (rows, swapped_rows))
    if first is None or second is None or len(first.days) < 2:
        return None
    even = first.even, second.even
    if max(even) >= _ORDERLY and even[0] != even[1]:
        return even[1] > even[0]
    if min(even) >= _ORDERLY:
        return bool((second.days == 1).mean() > (first.days == 1).mean())
    if max(first.one_way, second.one_way) >= _ORDERLY > min(first.one_way, second.one_way):
        return second.one_way > first.one_way
    return None


@dataclass(frozen=True)
class _Steps:
    """days: between one date and the next. even: the share of the commonest step, one_way: of the commoner sign."""

    days: np.ndarray
    even: float
    one_way: float


def _steps(moments: np.ndarray) -> _Steps | None:
    there = moments[~np.isnat(moments)].astype("datetime64[D]")
    if len(there) < 3:
        return None
    unique = np.unique(there)
    days, going = np.diff(unique).astype(np.int64), np.diff(there).astype(np.int64)
    if not len(days):
        return None
    months = np.diff(unique.astype("datetime64[M]").astype(np.int64))
    same_day = len(np.unique(unique - unique.astype("datetime64[M]").astype("datetime64[D]"))) == 1
    even = max(np.bincount(days).max() / len(days), np.bincount(months).max() / len(months) if same_day else 0)
    moving = going[going != 0]
    return _Steps(days, float(even), float(max((moving > 0).mean(), (moving < 0).mean())) if len(moving) else 0.0)
