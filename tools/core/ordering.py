"""Rows that follow one another in time, by a column that tells when: found where neighbours are alike.

    date,temperature,sales          country,year,population         year,quarter,income
    2024-01-01,4.5,812              Chad,1990,5.95                  2001,1,812.5
    2024-01-02,5.1,830              Chad,1991,6.13                  2001,2,815.1
    by date                         by year, a series a country     by year and quarter as one

A test row drawn at random would have yesterday and tomorrow in train. What is found here is a suggestion from the data;
a column that was asked for is taken as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tools.core import naming, series
from tools.core.dependence import FEWEST_GROUPS, Groups, codes

FEWEST_STEPS = 20  # of a series; fewer show nothing
FEWEST_BEFORE = 5  # different times, before those of the rows to predict
ONE_AT_ONCE = 1.2  # rows a step on average; more may be several series
MOST_AT_ONCE = 3.0  # rows a step on average; more, and the date orders a stream of cases, not a series
MOST_PARTS = 60  # of a step, that a second column of time tells
EVEN, LOOSE = 0.3, 0.6  # autocorrelation from which rows count as a series: with even steps, with any
ROWS_ALIKE = 0.5  # autocorrelation of the median feature, where the target itself shows none
LONG = 20  # steps of a typical series, from which the future is held out rather than whole series


@dataclass(frozen=True)
class Order:
    """columns: by which rows follow one another; two where one parts the steps of the other, as the quarter the year.

    values: float64 (n,), seconds since 1970 or the column's own numbers, NaN where missing. series: the column that
    tells several series apart, None where there is one.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    series: Groups | None = None

    @property
    def name(self) -> str:
        return ", ".join(self.columns)


@dataclass(frozen=True)
class Answered:
    """What is known of the rows to split.

    rows: their numbers; target: float64 (len(rows), k), classes one-hot. asked: numbers of the rows to predict.
    """

    rows: np.ndarray
    target: np.ndarray
    asked: np.ndarray


def moments(column: pa.ChunkedArray) -> np.ndarray | None:
    """A column of dates or numbers as float64 (n,), NaN where missing; None of any other."""
    if pa.types.is_temporal(column.type):
        micros = column.cast(pa.timestamp("us"), safe=False).cast(pa.int64()).cast(pa.float64(), safe=False)
        return np.asarray(micros.to_numpy(), np.float64) / 1e6
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)
    return None


def find_order(columns: Mapping[str, pa.ChunkedArray], answered: Answered) -> Order | None:
    """The order in which neighbours are alike, if there is one; dates before numbered steps."""
    for order in _candidates(columns, answered.rows):
        values = order.values[answered.rows]
        if np.isfinite(values).mean() < 0.9:
            continue
        at_once = len(values) / max(1, len(np.unique(values[np.isfinite(values)])))
        among = None if at_once <= ONE_AT_ONCE else series_of(order, columns, answered.rows)
        order = Order(order.columns, order.values, among)
        if _asks_for_the_future(order, answered):
            return order
        if (among is not None or at_once <= MOST_AT_ONCE) and _follows(order, answered, columns):
            return order
    return None


def are_many_and_short(order: Order, answered: Answered) -> bool:
    """Whether whole series are better held out than their ends: many of a few steps, none to be gone on with."""
    if order.series is None or _asks_for_the_future(order, answered):
        return False
    lengths = np.bincount(np.unique(order.series.codes[answered.rows], return_inverse=True)[1])
    return bool(np.median(lengths) < LONG and len(lengths) >= 2 * FEWEST_GROUPS)


def _candidates(columns: Mapping[str, pa.ChunkedArray], rows: np.ndarray) -> Iterator[Order]:
    timed = {name: found for name, column in columns.items() if (found := _time_of(name, column)) is not None}
    dates = [name for name in timed if pa.types.is_temporal(columns[name].type)]
    for name in [*dates, *(name for name in timed if name not in dates)]:
        yield _with_finer(Order((name,), timed[name]), timed, rows)


def _with_finer(order: Order, timed: Mapping[str, np.ndarray], rows: np.ndarray) -> Order:
    """Where a second column parts the steps of the first (`year` and `quarter`, `date` and `hour`), both as one.

    The values are then the first's, plus the part of a step that the second tells.
    """
    for finer in (other for other in timed if other not in order.columns and naming.says_part_of_a_step(other)):
        both = rows[np.isfinite(order.values[rows]) & np.isfinite(timed[finer][rows])]
        parts, times = np.unique(timed[finer][both]), np.unique(order.values[both])
        if not (2 <= len(parts) <= MOST_PARTS and len(times) > 1):
            continue
        _, _, of = series.steps(timed[finer][both], np.searchsorted(times, order.values[both]))
        if of.max() + 1 >= 0.5 * len(parts) * len(times):  # most steps have most of the parts
            within = np.searchsorted(parts, timed[finer]) / len(parts) * float(np.median(np.diff(times)))
            within[~np.isfinite(timed[finer])] = np.nan
            order = Order((*order.columns, finer), order.values + within)
    return order


def _time_of(name: str, column: pa.ChunkedArray) -> np.ndarray | None:
    dated = pa.types.is_temporal(column.type)
    return moments(column) if dated or naming.says_when(name) else None


def series_of(order: Order, columns: Mapping[str, pa.ChunkedArray], rows: np.ndarray) -> Groups | None:
    """A column that has each of its values once at a time, such as `country` beside `year`; the one with fewest."""
    values = order.values[rows]
    best: Groups | None = None
    fewest = len(values) / 3
    _, step = np.unique(values, return_inverse=True)
    steps = int(step.max()) + 1
    for name, column in columns.items():
        if name in order.columns or pa.types.is_floating(column.type) or pa.types.is_temporal(column.type):
            continue
        if not 0.9 * len(values) / steps <= pc.count_distinct(column, mode="all").as_py() < fewest:
            continue
        whole = codes(column)
        _, kind = np.unique(whole[rows], return_inverse=True)
        count = int(kind.max()) + 1
        if 2 <= count < fewest and len(np.unique(kind * steps + step)) >= 0.98 * len(values):
            best, fewest = Groups(name, whole), count
    return best


def _follows(order: Order, answered: Answered, columns: Mapping[str, pa.ChunkedArray]) -> bool:
    """Whether neighbours in this order are alike, in the target or in most of the other numbers."""
    is_date = pa.types.is_temporal(columns[order.columns[0]].type)
    rows = answered.rows[np.isfinite(order.values[answered.rows])]
    kinds = np.zeros(len(rows), np.int64) if order.series is None else order.series.codes[rows]
    times, kind, of = series.steps(order.values[rows], kinds)
    gaps = np.diff(times)[kind[1:] == kind[:-1]]
    if len(times) < FEWEST_STEPS or len(gaps) == 0:
        return False
    even = series.are_even(gaps)
    if not even and (not is_date or naming.says_once(order.columns[0])):
        return False  # a number called `time` with gaps is a duration as likely as not, and births follow no births
    target = series.means(answered.target[np.isfinite(order.values[answered.rows])], of)
    if series.is_clear(series.autocorrelation(target, 1, kind), len(times), EVEN if even else LOOSE):
        return True
    if not even:
        return False
    seconds = float(np.median(gaps)) if is_date else None
    if order.series is None and target.shape[1] == 1 and series.season(target[:, 0], seconds):
        return True
    others = [column for name, column in columns.items() if name not in order.columns]
    return _rows_alike(others, rows, kind, of)


def _asks_for_the_future(order: Order, answered: Answered) -> bool:
    """Whether the rows to predict all come after the others, as in a competition on a series."""
    asked, known = order.values[answered.asked], order.values[answered.rows]
    known = known[np.isfinite(known)]
    if not len(asked) or len(np.unique(known)) < FEWEST_BEFORE:
        return False
    return bool(asked.min() > known.max())  # NaN is not after anything


def _rows_alike(others: list[pa.ChunkedArray], rows: np.ndarray, kind: np.ndarray, of: np.ndarray) -> bool:
    """Neighbours are alike in most of the numbers, those left aside that merely count up with the time."""
    found = []
    for column in others:
        values = None if pa.types.is_temporal(column.type) else moments(column)
        if values is None or not np.isfinite(values[rows]).all():
            continue
        value = series.means(values[rows, None], of)
        if (np.diff(value[:, 0]) >= 0).all() or (np.diff(value[:, 0]) <= 0).all():
            continue
        found.append(series.autocorrelation(value, 1, kind))
    known = [one for one in found if np.isfinite(one)]
    return len(known) >= 2 and series.is_clear(float(np.median(known)), len(kind), ROWS_ALIKE)
