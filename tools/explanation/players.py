"""Columns that tell nearly the same, found together: to take one of them away alone would change nothing.

>>> players(table, schema)              # a height in cm, in inches, and an age
[['height_cm', 'height_in'], ['age']]
"""

import numpy as np
import pyarrow as pa

from noglue.tools.spec.schema import Schema

ALIKE = 0.9  # of rank correlation, or of what the values of a text tell of another column
MOST_ROWS = 1000
MOST_COLUMNS = 300
MOST_VALUES = 50  # of a text that is looked at


def players(table: pa.Table, schema: Schema, seed: int = 0) -> list[list[str]]:
    """Every feature once, in the schema's order; above `MOST_COLUMNS` each for itself."""
    names = [column.name for column in schema.features]
    if not 2 <= len(names) <= MOST_COLUMNS or table.num_rows < 20:
        return [[name] for name in names]
    chosen = np.sort(np.random.default_rng(seed).permutation(table.num_rows)[:MOST_ROWS])
    some = table.take(pa.array(chosen))
    alike = _alike([_ranks(some.column(name)) for name in names])
    return [[names[place] for place in group] for group in _joined(alike)]


def _ranks(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray | None]:
    """Ranks 0…1, float64 (n,), the middle where missing; and codes of a text with few values, int64 (n,)."""
    import pandas as pd

    cells = column.to_pandas()
    if pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_datetime64_any_dtype(cells):
        return cells.rank(pct=True).fillna(0.5).to_numpy(np.float64), None
    codes, values = pd.factorize(cells, use_na_sentinel=False)
    few = len(values) <= MOST_VALUES
    return pd.Series(codes).rank(pct=True).to_numpy(np.float64), codes if few else np.arange(len(codes))


def _alike(columns: list[tuple[np.ndarray, np.ndarray | None]]) -> np.ndarray:
    """bool (d, d): which pairs tell nearly the same."""
    ranks = np.stack([ranks for ranks, _ in columns])
    spread = ranks.std(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        alike = np.abs(np.nan_to_num(np.corrcoef(ranks))) >= ALIKE
    texts = [place for place, (_, codes) in enumerate(columns) if codes is not None]
    alike[texts, :] = alike[:, texts] = False
    for place in texts:
        codes = columns[place][1]
        assert codes is not None, "a text"
        if codes.max() + 1 == len(codes):  # each value once: it tells everything, and nothing
            continue
        counts = np.bincount(codes)
        for other in range(len(columns)):
            if other == place or spread[other] == 0:
                continue
            means = np.bincount(codes, weights=ranks[other]) / np.maximum(counts, 1)
            told = 1 - np.square(ranks[other] - means[codes]).mean() / spread[other] ** 2
            adjusted = 1 - (1 - told) * (len(codes) - 1) / max(1, len(codes) - len(counts))
            alike[place, other] = adjusted >= ALIKE**2
    both = alike & alike.T
    numbers = [place for place in range(len(columns)) if place not in texts]
    both[np.ix_(texts, numbers)] = both[np.ix_(numbers, texts)] = False  # a number tells a text's values only in part
    return np.asarray(both)


def _joined(alike: np.ndarray) -> list[list[int]]:
    """Groups in which each is like every other (complete linkage), greedily in order."""
    groups: list[list[int]] = []
    for place in range(len(alike)):
        home = next((group for group in groups if all(alike[place, other] for other in group)), None)
        if home is None:
            groups.append([place])
        else:
            home.append(place)
    return groups
