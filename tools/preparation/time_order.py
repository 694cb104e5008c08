"""Rows that follow one another in time, by a column that tells when: found where neighbours are alike.

    date,temperature,sales          country,year,population         year,quarter,income
    2024-01-01,4.5,812              Chad,1990,5.95                  2001,1,812.5
    2024-01-02,5.1,830              Chad,1991,6.13                  2001,2,815.1
    by date                         by year, a series a country     by year and quarter as one

A test row drawn at random would have yesterday and tomorrow in train. What is found here is a suggestion from the data;
a column that was asked for is taken as it is.
"""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.data.codes import codes
from noglue.tools.preparation.group_columns import FEWEST_GROUPS, Groups
from noglue.tools.values import autocorrelation as series
from noglue.tools.values import name_signs

FEWEST_STEPS = 20  # of a series; fewer show nothing
FEWEST_BEFORE = 5  # different times, before those of the rows to predict
ONE_AT_ONCE = 1.2  # rows a step on average; more may be several series
MOST_AT_ONCE = 3.0  # rows a step on average; more, and the date orders a stream of cases, not a series
ONCE = 0.95  # of the rows, that are the only one of their series at their time
MOST_PAIRED = 6  # columns that are looked at two by two
MOST_PARTS = 60  # of a step, that a second column of time tells
EVEN, LOOSE = 0.3, 0.6  # autocorrelation from which rows count as a series: with even steps, with any
ROWS_ALIKE = 0.5  # autocorrelation of the median feature, where the target itself shows none
DAY = 86_400.0
EPOCH = (3e8, 4.2e9)  # seconds since 1970, of 1979 to 2103
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
        if at_once <= MOST_AT_ONCE and (apart := _read_apart(order, answered, columns)) is not None:
            return apart
    return None


def are_many_and_short(order: Order, answered: Answered) -> bool:
    """Whether whole series are better held out than their ends: many of a few steps, none to be gone on with."""
    if order.series is None or _asks_for_the_future(order, answered):
        return False
    lengths = np.bincount(np.unique(order.series.codes[answered.rows], return_inverse=True)[1])
    return bool(np.median(lengths) < LONG and len(lengths) >= 2 * FEWEST_GROUPS)


def _candidates(columns: Mapping[str, pa.ChunkedArray], rows: np.ndarray) -> Iterator[Order]:
    """Dates before numbered steps, coarse ones first; a part of a step alone (a month, an hour) orders nothing."""
    timed = {name: found for name, column in columns.items() if (found := _time_of(name, column)) is not None}
    dated = [name for name in timed if pa.types.is_temporal(columns[name].type)]
    clocks = [name for name in dated if _is_of_day(timed[name][rows])]
    others = [name for name in timed if name not in dated]
    whole = [name for name in dated if name not in clocks]
    whole += [name for name in others if not name_signs.says_part_of_a_step(name)]
    finer = sorted((name for name in others if name not in whole), key=name_signs.fineness)
    for name in whole or others:
        order = _with_finer(Order((name,), timed[name]), {part: timed[part] for part in finer if part != name}, rows)
        if name in dated and clocks:
            order = Order((*order.columns, clocks[0]), order.values + timed[clocks[0]])
        yield order


def _with_finer(order: Order, finer: Mapping[str, np.ndarray], rows: np.ndarray) -> Order:
    """Where more columns part the steps of the first (`year` and `quarter`, `date` and `hour`), all as one.

    The values are then the first's, plus the part of a step that the others tell. finer: coarse ones first.
    """
    for name, values in finer.items():
        both = rows[np.isfinite(order.values[rows]) & np.isfinite(values[rows])]
        parts, times = np.unique(values[both]), np.unique(order.values[both])
        if not (2 <= len(parts) <= MOST_PARTS and len(times)):
            continue
        _, _, of = series.steps(values[both], np.searchsorted(times, order.values[both]))
        if of.max() + 1 >= 0.5 * len(parts) * len(times):  # most steps have most of the parts
            step = float(np.median(np.diff(times))) if len(times) > 1 else 1.0
            within = np.searchsorted(parts, values) / len(parts) * step
            within[~np.isfinite(values)] = np.nan
            order = Order((*order.columns, name), order.values + within)
    return order


def _is_of_day(values: np.ndarray) -> bool:
    """Whether moments are times of day without a date: seconds of one day, not all of them midnight."""
    known = values[np.isfinite(values)]
    return bool(len(known) and known.min() >= 0 and 0 < known.max() < DAY and len(np.unique(known)) > 1)


def _time_of(name: str, column: pa.ChunkedArray) -> np.ndarray | None:
    """Seconds of a date or of an epoch, months of 202401, numbers of steps, or the number of a month by its name."""
    if pa.types.is_temporal(column.type):
        return moments(column)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return _named_months(column) if name_signs.says_part_of_a_step(name) else None
    values = moments(column)
    if values is None or not (name_signs.says_when(name) or name_signs.says_moment(name)):
        return None
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    if EPOCH[0] <= known.min() and known.max() <= EPOCH[1]:
        return values
    if known.min() >= 190001 and known.max() <= 210012 and (known % 100).max() <= 12 and (known % 100).min() >= 1:
        return np.asarray(values // 100 * 12 + values % 100)
    return values if name_signs.says_when(name) else None


def _named_months(column: pa.ChunkedArray) -> np.ndarray | None:
    """`Jan`, `February`, …: 1 to 12."""
    begins = [name.lower() for name in calendar.month_abbr[1:]]
    places = {text: begins.index(text[:3].lower()) + 1 for text in column.drop_null().unique().slice(0, 40).to_pylist()
              if text[:3].lower() in begins}  # fmt: skip
    if len(places) < 4:
        return None
    return np.array([places.get(text, np.nan) for text in column.to_pylist()], np.float64)


def series_of(order: Order, columns: Mapping[str, pa.ChunkedArray], rows: np.ndarray) -> Groups | None:
    """A column that has each of its values once at a time, such as `country` beside `year`; the one with fewest.

    Where none has, two columns together, as the shop and the article.
    """
    values = order.values[rows]
    _, step = np.unique(values, return_inverse=True)
    steps, count = int(step.max()) + 1, len(values)
    fit: list[tuple[int, Groups]] = []
    parts: list[Groups] = []
    for name in _kinds(order, columns, count):
        whole = codes(columns[name])
        _, kind = np.unique(whole[rows], return_inverse=True)
        if len(np.unique(kind * steps + step)) >= ONCE * count:
            fit.append((int(kind.max()) + 1, Groups(name, whole)))
        parts.append(Groups(name, whole))
    for one, two in combinations(parts[:MOST_PAIRED], 2) if not fit else ():
        both = one.codes * (int(two.codes.max()) + 1) + two.codes
        _, kind = np.unique(both[rows], return_inverse=True)
        if kind.max() + 1 < count / 3 and len(np.unique(kind * steps + step)) >= ONCE * count:
            fit.append((int(kind.max()) + 1, Groups(f"{one.name}, {two.name}", both)))
    return min(fit, key=lambda pair: pair[0])[1] if fit else None


def _kinds(order: Order, columns: Mapping[str, pa.ChunkedArray], count: int) -> Iterator[str]:
    """Columns of few values that may tell several series apart: no times, no quantities."""
    for name, column in columns.items():
        if name in order.columns or pa.types.is_floating(column.type) or pa.types.is_temporal(column.type):
            continue
        if not (name_signs.says_when(name) or name_signs.says_part_of_a_step(name)):
            distinct = pc.count_distinct(column, mode="all").as_py()
            if 2 <= distinct < count / 3:
                yield name


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
    if not even and (not is_date or name_signs.says_once(order.columns[0])):
        return False  # a number called `time` with gaps is a duration as likely as not, and births follow no births
    target = series.means(answered.target[np.isfinite(order.values[answered.rows])], of)
    if series.is_clear(series.autocorrelation(target, 1, kind), len(times), EVEN if even else LOOSE):
        return True
    if not even:
        return False
    seconds = float(np.median(gaps)) if is_date else None
    if order.series is None and target.shape[1] == 1 and series.season(target[:, 0], seconds):
        return True
    others = _numbers([column for name, column in columns.items() if name not in order.columns], rows, of)
    return _rows_alike(others, kind) or _rest_alike(target, others, kind)


def _read_apart(order: Order, answered: Answered, columns: Mapping[str, pa.ChunkedArray]) -> Order | None:
    """Several series whose clocks don't coincide, as of sensors that report when they like; None if there are none.

    Each is looked at around its own mean, else every column that says something of the target would seem to.
    """
    rows = answered.rows[np.isfinite(order.values[answered.rows])]
    target = answered.target[np.isfinite(order.values[answered.rows])]
    if name_signs.says_once(order.columns[0]) or not pa.types.is_temporal(columns[order.columns[0]].type):
        return None
    for name in _kinds(order, columns, len(rows)):
        among = Groups(name, codes(columns[name]))
        times, kind, of = series.steps(order.values[rows], among.codes[rows])
        count = len(np.unique(kind))
        if len(times) < FEWEST_STEPS * count:
            continue
        gaps = np.diff(times)[kind[1:] == kind[:-1]]
        around = series.around_means(series.means(target, of), kind)
        if series.are_even(gaps) and series.is_clear(series.autocorrelation(around, 1, kind), len(times), LOOSE):
            return Order(order.columns, order.values, among)
    return None


def _asks_for_the_future(order: Order, answered: Answered) -> bool:
    """Whether the rows to predict all come after the others, as in a competition on a series."""
    asked, known = order.values[answered.asked], order.values[answered.rows]
    known = known[np.isfinite(known)]
    if not len(asked) or len(np.unique(known)) < FEWEST_BEFORE:
        return False
    return bool(asked.min() > known.max())  # NaN is not after anything


def _numbers(others: list[pa.ChunkedArray], rows: np.ndarray, of: np.ndarray) -> np.ndarray:
    """The columns of numbers as float64 (steps, m), those left aside that merely count up with the time."""
    found = [np.zeros((int(of.max()) + 1, 0))]
    for column in others:
        values = None if pa.types.is_temporal(column.type) else moments(column)
        if values is None or not np.isfinite(values[rows]).all():
            continue
        value = series.means(values[rows, None], of)
        if not ((np.diff(value[:, 0]) >= 0).all() or (np.diff(value[:, 0]) <= 0).all()):
            found.append(value)
    return np.concatenate(found, axis=1)


def _rows_alike(numbers: np.ndarray, kind: np.ndarray) -> bool:
    """Neighbours are alike in most of the numbers."""
    each = [series.autocorrelation(column, 1, kind) for column in numbers.T]
    return len(each) >= 2 and series.is_clear(float(np.nanmedian(each)), len(kind), ROWS_ALIKE)


def _rest_alike(target: np.ndarray, numbers: np.ndarray, kind: np.ndarray) -> bool:
    """Neighbours are alike in what a straight line through the numbers leaves of the target."""
    if not 0 < numbers.shape[1] <= len(target) / 10:
        return False
    known = np.concatenate([np.ones((len(target), 1)), numbers - numbers.mean(axis=0)], axis=1)
    weights, *_ = np.linalg.lstsq(known, target, rcond=None)
    return series.is_clear(series.autocorrelation(target - known @ weights, 1, kind), len(target), EVEN)
