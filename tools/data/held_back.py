"""Which rows of train judge where nobody divided off validation rows: whole groups, the last in time, or any."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.spec.schema import Schema

if TYPE_CHECKING:
    import datasets

HELD = 0.15  # of the rows


def held_back(rows: "datasets.Dataset", schema: Schema, share: float, seed: int) -> np.ndarray:
    """bool (n,): about this share of the rows, at least one; of groups as many as make it up, but never the last one.

    >>> held_back(rows, schema, 0.1, seed=0).sum()       # schema.group is "patient": all rows of some patients
    14
    """
    count, draw = max(1, round(share * len(rows))), np.random.default_rng(seed)
    if schema.time in rows.column_names:
        order = _in_time(rows, str(schema.time))
    elif (groups := numbered([rows], schema.group)) is not None and groups[0].max(initial=0) > 0:
        return _of_groups(groups[0], count, draw)
    else:
        order = draw.permutation(len(rows))
    held = np.zeros(len(rows), bool)
    held[order[-count:]] = True
    return held


def _in_time(rows: "datasets.Dataset", column: str) -> np.ndarray:
    """Row numbers from the first to the last; rows without a time come first."""
    times = rows.with_format("arrow")[column][:].to_pandas().reset_index(drop=True)
    return times.sort_values(kind="stable", na_position="first").index.to_numpy()  # type: ignore[no-any-return]


def numbered(parts: "Sequence[datasets.Dataset]", column: str | None) -> list[np.ndarray] | None:
    """int64 (n,) of each part: the same number for the same value of the column; None where it is in none of them."""
    if column is None or any(column not in rows.column_names for rows in parts):
        return None
    values = [rows.with_format("arrow")[column][:].cast("string").to_pylist() for rows in parts]
    found = np.unique([value or "" for part in values for value in part], return_inverse=True)[1]
    return np.split(found, np.cumsum([len(part) for part in values])[:-1])


def _of_groups(group: np.ndarray, count: int, draw: np.random.Generator) -> np.ndarray:
    order = draw.permutation(group.max() + 1)
    before = np.cumsum(np.bincount(group)[order])
    chosen = order[: min(len(order) - 1, int(np.searchsorted(before, count)) + 1)]
    return np.isin(group, chosen)
