"""Single columns that give the target away: a copy of it under another name, or one written after the fact.

    survived,alive        price_eur,price_usd         diagnosis,treatment_code
    0,no                  100,108                     flu,T-12
    1,yes                 200,216                     cold,T-07

Only an exact copy (one value for each class and back; a linear function of a number) is safe to drop, and a column
that is filled in for one class alone (`tools/checks/hindsight.py`). A column that merely tells nearly everything is
reported: it may be honest signal. Looked for in train rows alone.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.checks import hindsight
from noglue.tools.spec.profiles import Column

SAMPLE = 50_000  # rows looked at first; only a suspect is checked on all
FEWEST = 30  # rows under which agreement may be chance
MOST_BINS = 64
TELLS = 0.98  # of what a guess of the commonest class gets wrong, the share that the column alone puts right
LINEAR = 0.9995  # |r| from which a regression's column is reported


@dataclass(frozen=True)
class Leak:
    """copy: the column is the target in other words, and safe to drop. kind: of the warning."""

    column: str
    copy: bool
    why: str
    kind: str = "leak"


def find(
    table: pa.Table, columns: list[Column], target: np.ndarray, classes: bool, random: np.random.Generator
) -> list[Leak]:
    """Leaks among `columns` of the train rows; target: int64 class codes, or float64 values, (n,)."""
    if table.num_rows < FEWEST:
        return []
    rows = np.arange(table.num_rows)
    if table.num_rows > SAMPLE:
        rows = np.sort(random.choice(table.num_rows, SAMPLE, replace=False))
    sample, some = table.take(pa.array(rows)), target[rows]
    found = []
    for column in columns:
        leak = _judged(column, sample.column(column.name), some, classes)
        if leak is not None and leak.copy and len(rows) < table.num_rows:
            leak = _judged(column, table.column(column.name), target, classes)
        if leak is not None:
            found.append(leak)
    return found


def _judged(column: Column, values: pa.ChunkedArray, target: np.ndarray, classes: bool) -> Leak | None:
    leak = (_of_classes if classes else _of_values)(column, values, target)
    if leak is not None:
        return leak
    missing = values.is_null().to_numpy()
    late = hindsight.by_emptiness(column.name, missing, target, classes)
    if late is None and hindsight.speaks_of_after(column.name):
        codes = _bins(values) if column.kind in ("number", "date") and column.distinct > MOST_BINS else _codes(values)
        late = hindsight.by_name(column.name, codes, target, classes)
    return None if late is None else Leak(column.name, late.certain, late.why, "known-afterwards")


def _of_classes(column: Column, values: pa.ChunkedArray, target: np.ndarray) -> Leak | None:
    codes = _codes(values)
    distinct, classes = int(codes.max()) + 1, len(np.unique(target))
    pairs = len(np.unique(codes * (int(target.max()) + 1) + target))
    if distinct == classes == pairs:
        return Leak(column.name, True, "it is the target under other names, one value for each class")
    if distinct > MOST_BINS and column.kind in ("number", "date"):
        codes = _bins(values)
    elif distinct > len(target) / 20:
        return None
    table = np.zeros((int(codes.max()) + 1, int(target.max()) + 1), dtype=np.int64)
    np.add.at(table, (codes, target), 1)
    chance = table.sum(axis=0).max() / len(target)
    right = table.max(axis=1).sum() / len(target)
    if chance < 1 and (right - chance) / (1 - chance) >= TELLS:
        return Leak(column.name, False, f"alone it gives {right:.1%} of the rows' classes (a guess: {chance:.1%})")
    return None


def _of_values(column: Column, values: pa.ChunkedArray, target: np.ndarray) -> Leak | None:
    if column.kind != "number":
        return None
    numbers = values.to_numpy().astype(np.float64)
    there = np.isfinite(numbers)
    numbers, goal = numbers[there], target[there]
    if there.sum() < FEWEST or there.mean() < 0.5 or not numbers.std() > 0 or not goal.std() > 0:
        return None
    slope, offset = np.polyfit(numbers - numbers.mean(), goal, 1)
    rest = goal - offset - slope * (numbers - numbers.mean())
    if there.all() and np.abs(rest).max() <= 1e-9 * np.abs(goal).max():
        return Leak(column.name, True, "it is a linear function of the target")
    correlation = float(np.corrcoef(numbers, goal)[0, 1])
    if abs(correlation) >= LINEAR:
        return Leak(column.name, False, f"its correlation with the target is {correlation:.5f}")
    return None


def _codes(values: pa.ChunkedArray) -> np.ndarray:
    """int64 (n,): equal values have equal codes; missing is a value of its own."""
    encoded = pc.dictionary_encode(values, null_encoding="encode").unify_dictionaries()
    return np.concatenate([chunk.indices.to_numpy() for chunk in encoded.chunks]).astype(np.int64)


def _bins(values: pa.ChunkedArray) -> np.ndarray:
    """Numbers and dates by quantile, at least twenty rows a bin; missing is bin 0."""
    numbers = values.cast(pa.int64()) if pa.types.is_temporal(values.type) else values
    array = numbers.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
    there = np.isfinite(array)
    bins = int(np.clip(there.sum() // 20, 1, MOST_BINS))
    edges = np.unique(np.quantile(array[there], np.linspace(0, 1, bins + 1)[1:-1])) if bins > 1 else np.zeros(0)
    return np.where(there, 1 + np.searchsorted(edges, array, side="right"), 0).astype(np.int64)
