"""The values of one column, counted: a histogram of numbers, the most frequent of categories.

>>> numbers(np.array([1.0, 2.0, 2.0, np.nan]))["counts"]
[1, 2]
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.overview.findings import Bar

BINS = 24
MOST_BARS = 8
LONGEST = 80  # characters of a value
FAR = 3.0  # a range so many times that of the middle 98 % is cut


def numbers(values: np.ndarray) -> dict[str, Any]:
    """Fields of a `ColumnView`, of float64 (n,) with NaN where missing.

    Whole numbers of a small range get a bar each. Where a few values lie far out, the bars are those of the others.
    """
    known = values[np.isfinite(values)]
    found: dict[str, Any] = {"missing": 1 - len(known) / max(1, len(values))}
    if not len(known):
        return found
    low, middle, high = (float(value) for value in np.quantile(known, [0, 0.5, 1], method="nearest"))
    found |= {"low": low, "middle": middle, "high": high, "distinct": len(np.unique(known))}
    edges = _edges(known, low, high)
    counts = np.histogram(known, edges)[0]
    return found | {"edges": edges.tolist(), "counts": counts.tolist(), "beyond": len(known) - int(counts.sum())}


def _edges(known: np.ndarray, low: float, high: float) -> np.ndarray:
    if bool((known == np.round(known)).all()) and high - low < BINS:
        return np.arange(low - 0.5, high + 1)
    first, last = (float(value) for value in np.quantile(known, [0.01, 0.99]))
    if last > first and high - low > FAR * (last - first):
        low, high = first, last
    if not high > low:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, BINS + 1)


def categories(values: pa.ChunkedArray) -> tuple[dict[str, Any], np.ndarray]:
    """Fields of a `ColumnView`, and codes int64 (n,), -1 where missing."""
    text = values.cast(pa.string())
    coded = pa.chunked_array([text.combine_chunks()]).dictionary_encode().combine_chunks()
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    names = coded.dictionary.to_pylist()
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    order = np.argsort(-counts, kind="stable")[:MOST_BARS]
    bars = [Bar(value=str(names[place])[:LONGEST], rows=int(counts[place])) for place in order if counts[place]]
    found = {
        "missing": float((codes < 0).mean()) if len(codes) else 0.0,
        "distinct": int((counts > 0).sum()),
        "bars": bars,
        "others": int(counts.sum()) - sum(bar.rows for bar in bars),
    }
    return found, codes


def as_numbers(values: pa.ChunkedArray) -> np.ndarray:
    """float64 (n,), NaN where missing; of times the seconds since 1970."""
    kind = values.type
    if pa.types.is_temporal(kind) and not pa.types.is_duration(kind):
        micros = pc.cast(values, pa.timestamp("us"), safe=False).cast(pa.int64())
        values = pc.divide(pc.cast(micros, pa.float64()), 1e6)
    found: np.ndarray = pc.cast(values, pa.float64(), safe=False).to_numpy()
    return found
