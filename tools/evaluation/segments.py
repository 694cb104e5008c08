"""For which rows a model is wrong more often, or farther off: the test rows cut by each of their features.

    >>> segments(schema, test, truth, predicted, answers, units)[0]
    Segment(feature='age', value='61.5 to 80', rows=73, error=0.31, low=0.22, high=0.43, apart=True, …)

A number is cut at its quintiles, a text with few values by value. A segment stands apart where its mean error differs
from the other rows' by more than chance explains, the number of segments looked at considered (Bonferroni).
"""

from collections.abc import Iterator
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.data.arrays import arrow_column
from noglue.tools.evaluation.findings import Segment
from noglue.tools.evaluation.wording import cut, number
from noglue.tools.spec import modalities
from noglue.tools.spec.schema import Schema

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

FEWEST_ROWS = 10
FEWEST_UNITS = 5  # groups, or stretches of time
CUTS = 5
DAYS = 5  # that dates span, of which then the day is told and not the hour
MOST_VALUES = 12  # of a feature whose values are segments
MOST_FEATURES = 60
MOST_KEPT = 40  # segments, the most telling first; beside them all those of the first features
DRAWN = 4


def segments(
    schema: Schema,
    rows: "datasets.Dataset",
    truth: np.ndarray,
    predicted: np.ndarray,
    answers: np.ndarray | None,
    units: np.ndarray | None = None,
) -> list[Segment]:
    """Most telling first. answers: the classes told, None of values. units: codes of rows that are alike."""
    if not modalities.load(schema.modality).cells:
        return []
    off = predicted - truth if answers is None else (answers != truth).astype(np.float64)
    unit = np.arange(len(truth)) if units is None else units
    found: list[tuple[float, Segment]] = []
    for place, (name, value, inside) in enumerate(_cut(schema, rows)):
        if inside.sum() >= FEWEST_ROWS and len(np.unique(unit[inside])) >= min(FEWEST_UNITS, FEWEST_ROWS):
            z, one = _segment(name, value, inside, off, unit, answers is None)
            found.append((z, one.model_copy(update={"place": place})))
    most = NormalDist().inv_cdf(1 - 0.025 / max(1, len(found)))
    found.sort(key=lambda pair: -abs(pair[0]))
    first = list(dict.fromkeys(segment.feature for _, segment in found))
    kept = [pair for place, pair in enumerate(found) if place < MOST_KEPT or pair[1].feature in first[:DRAWN]]
    return [segment.model_copy(update={"apart": abs(z) > most}) for z, segment in kept]


def _segment(
    name: str, value: str, inside: np.ndarray, off: np.ndarray, unit: np.ndarray, values: bool
) -> tuple[float, Segment]:
    """How many standard errors its mean error lies from the other rows', and the segment."""
    error = np.abs(off)
    mean, deviation = _mean(error[inside], unit[inside])
    others, spread = _mean(error[~inside], unit[~inside]) if not inside.all() else (mean, 0.0)
    apart = float(np.hypot(deviation, spread))
    low, high = max(0.0, mean - 1.96 * deviation), mean + 1.96 * deviation
    if not values:
        from noglue.tools.evaluation.bootstrap import wilson

        low, high = wilson(mean, float(inside.sum()))
        low, high = min(low, mean - 1.96 * deviation), max(high, mean + 1.96 * deviation)
        low, high = max(0.0, low), min(1.0, high)
        apart = max(apart, 1 / (2 * float(inside.sum())))
    found = Segment(feature=name, value=value, rows=int(inside.sum()), error=mean, low=low, high=high)
    if values:
        quarter, middle, three = (float(q) for q in np.percentile(off[inside], [25, 50, 75]))
        found.bias, found.quartiles = float(off[inside].mean()), (quarter, middle, three)
    return (mean - others) / apart if apart > 0 else 0.0, found


def _mean(error: np.ndarray, unit: np.ndarray) -> tuple[float, float]:
    """The mean of rows, and its standard error over units, whose rows are alike."""
    _, place = np.unique(unit, return_inverse=True)
    count = int(place.max()) + 1
    mean = float(error.mean())
    sums = np.bincount(place, weights=error - mean)
    return mean, float(np.sqrt(np.square(sums).sum() * count / max(1, count - 1))) / len(error)


def _cut(schema: Schema, rows: "datasets.Dataset") -> Iterator[tuple[str, str, np.ndarray]]:
    """The feature, its value or range in words, and the rows of it, bool (n,)."""
    for column in schema.features[:MOST_FEATURES]:
        if column.name not in rows.column_names:
            continue
        cells = arrow_column(rows, column.name)
        parts = _ranges(cells) if column.kind in ("number", "date") else _values(cells)
        for value, inside in parts:
            yield column.name, value, inside


def _values(cells: "pa.ChunkedArray") -> Iterator[tuple[str, np.ndarray]]:
    import pyarrow.compute as pc

    counted = pc.value_counts(cells)
    if not 2 <= len(counted) <= 20 * MOST_VALUES:
        return
    ordered = sorted(counted.to_pylist(), key=lambda one: -int(one["counts"]))[:MOST_VALUES]
    for one in ordered:
        missing = one["values"] is None
        inside = pc.is_null(cells) if missing else pc.fill_null(pc.equal(cells, one["values"]), False)
        yield "missing" if missing else cut(str(one["values"]), 60), np.asarray(inside)


def _ranges(cells: "pa.ChunkedArray") -> Iterator[tuple[str, np.ndarray]]:
    """Quintiles, those that are equal joined; and missing cells, where there are some."""
    import pandas as pd

    values = cells.to_pandas()
    missing = values.isna().to_numpy()
    known = values[~missing]
    if missing.any():
        yield "missing", missing
    if known.nunique() <= 1:
        return
    dated = pd.api.types.is_datetime64_any_dtype(known)
    days = dated and (known.max() - known.min()) >= pd.Timedelta(days=DAYS)
    if known.nunique() <= CUTS:
        for one in sorted(known.unique()):
            yield _written(one, days), np.asarray(values == one)
        return
    edges = known.quantile(np.linspace(0, 1, CUTS + 1)).to_numpy()
    edges = pd.Series(edges).drop_duplicates().to_numpy()
    for place, (low, high) in enumerate(pairwise(edges)):
        inside = ((values > low) | ((place == 0) & (values >= low))) & (values <= high)
        yield f"{_written(low, days)} to {_written(high, days)}", np.asarray(inside) & ~missing


def _written(value: object, days: bool) -> str:
    """days: of a time, the day is enough."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else number(value)
    return str(value).replace("T", " ")[: 10 if days else 16]
