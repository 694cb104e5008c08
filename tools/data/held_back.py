"""Which rows of train judge where nobody divided off validation rows: whole groups, the last in time, or any."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.data.arrays import arrow_column
from noglue.tools.data.codes import codes
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
    elif (groups := numbered([rows], schema.group)) is not None and len(np.unique(groups[0])) > 1:
        return _of_groups(groups[0], count, draw)
    else:
        order = draw.permutation(len(rows))
    held = np.zeros(len(rows), bool)
    held[order[-count:]] = True
    return held


def _in_time(rows: "datasets.Dataset", column: str) -> np.ndarray:
    """Row numbers from the first to the last; rows without a time come first."""
    times = arrow_column(rows, column).to_pandas().reset_index(drop=True)
    return times.sort_values(kind="stable", na_position="first").index.to_numpy()  # type: ignore[no-any-return]


def numbered(parts: "Sequence[datasets.Dataset]", column: str | None) -> list[np.ndarray] | None:
    """int64 (n,) of each part: `codes` of the column over all of them; None where it is in none of them."""
    import pyarrow as pa

    if column is None or any(column not in rows.column_names for rows in parts):
        return None
    cells = [chunk.cast("string") for rows in parts for chunk in arrow_column(rows, column).chunks]
    return np.split(codes(pa.chunked_array(cells, "string")), np.cumsum([len(part) for part in parts])[:-1])


def _of_groups(group: np.ndarray, count: int, draw: np.random.Generator) -> np.ndarray:
    """Groups at random until so many rows are held; one that would make it half as many again is passed over."""
    sizes, held, chosen = np.bincount(group), 0, list[int]()
    order = [int(one) for one in draw.permutation(len(sizes)) if sizes[one]]
    for one in order:
        if held < count and held + sizes[one] <= max(1.5 * count, sizes[sizes > 0].min()):
            chosen.append(one)
            held += int(sizes[one])
    return np.isin(group, chosen[: len(order) - 1])
