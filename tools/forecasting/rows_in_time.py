"""Which column tells the time, which tell the series apart, and one row for each time of a series.

    >>> found, names = time_and_keys(rows, wishes)          # rows: of a table of sales
    >>> found.columns, names
    (('day',), ['store'])

Rows at one time of one series are merged where the request says how (`total sales a day`), or where there are very few
of them; else that is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from noglue.tools.forecasting import times
from noglue.tools.forecasting.panel import keyed
from noglue.tools.forecasting.times import Reckoned
from noglue.tools.preparation import time_order
from noglue.tools.preparation.prepare_wishes import Wishes
from noglue.tools.preparation.row_account import RowAccount
from noglue.tools.spec.errors import DataError, Kind, TaskUnclear
from noglue.tools.spec.profiles import DataWarning
from noglue.tools.values.column_kinds import column as described
from noglue.tools.values.column_names import named

FEW = 0.01  # of the rows, that may share a time with another and are then averaged unasked, as in the hour of a change
ONE_AT_ONCE = 1.02  # rows of one time, on average, up to which there is one series
AGGREGATES = {"sum": "added up", "mean": "averaged"}


@dataclass
class Rows:
    """Rows while they are sorted out: columns of all of them, and the account of those that take no part."""

    columns: dict[str, pa.ChunkedArray]
    target: str
    account: RowAccount
    warnings: list[DataWarning]

    @property
    def there(self) -> np.ndarray:
        return np.flatnonzero(self.account.in_use)

    def leave_out(self, rows: np.ndarray, why: str) -> int:
        return len(self.account.leave_out(rows, why))

    def tell(self, kind: str, message: str, columns: list[str] | None = None, count: int | None = None) -> None:
        self.warnings.append(DataWarning(kind=kind, message=message, columns=columns or [], count=count))


def time_and_keys(rows: Rows, wishes: Wishes) -> tuple[Reckoned, list[str]]:
    """What tells the time, and the columns that tell the series apart: as asked, else as they make times unique.

    Where all rows of a time are to be put together and nothing is asked for apart, there is one series.
    """
    others = {name: column for name, column in rows.columns.items() if name != rows.target}
    asked = named(list(others), [wishes.time], "give the time") if wishes.time is not None else []
    series = named(list(others), [*wishes.series, *([wishes.group] if wishes.group else [])], "separate the series")
    ways = times.candidates({name: column for name, column in others.items() if name not in series})
    ways = [one for one in ways if not asked or asked[0] in one.columns]
    if not ways and asked:
        raise DataError(Kind.NO_TIME, f"Column {asked[0]!r} holds neither dates nor numbers in sequence.")
    best: tuple[Reckoned, list[str], float] | None = None
    for way in ways:
        keys = series or _apart(way, others, rows)
        unique = _unique(way, keys, rows)
        if best is None or unique > best[2] + 0.02:
            best = way, keys, unique
    if best is not None:
        return best[0], series if wishes.aggregate is not None else best[1]
    if _is_plain(others):
        rows.tell("rows-in-order", "No column gives the time; the rows are taken in the order of the file.")
        count = len(next(iter(rows.columns.values())))
        return Reckoned((), "rows", np.arange(count, dtype=np.float64)), series
    raise TaskUnclear(
        Kind.NO_TIME,
        f"The request asks for what comes next, and no column says when a row was measured: there are "
        f"{', '.join(list(others)[:12])}.",
        hint="Give a table with a column of dates or of numbered steps, or name it with --time.",
    )


def _is_plain(others: Mapping[str, pa.ChunkedArray]) -> bool:
    """Whether a column of values stands alone, or beside one that counts the rows."""
    left = [name for name, column in others.items() if described(name, column).kind not in ("identifier", "constant")]
    return not left


def _apart(way: Reckoned, columns: Mapping[str, pa.ChunkedArray], rows: Rows) -> list[str]:
    """The smallest key with which a time stands once; none where it does anyway, or nothing helps."""
    there = rows.there[np.isfinite(way.values[rows.there])]
    if not len(there) or len(there) <= ONE_AT_ONCE * len(np.unique(way.values[there])):
        return []
    order = time_order.Order(way.columns, way.values)
    among = time_order.series_of(order, {n: c for n, c in columns.items() if n not in way.columns}, there)
    return [] if among is None else among.name.split(", ") if among.name not in columns else [among.name]


def _unique(way: Reckoned, keys: list[str], rows: Rows) -> float:
    """The share of the rows that are the only one of their series at their time."""
    _, code = keyed(rows.columns, keys)
    there = rows.there[np.isfinite(way.values[rows.there])]
    if not len(there):
        return 0.0
    pairs = np.stack([code[there].astype(np.float64), way.values[there]])
    return len(np.unique(pairs, axis=1).T) / len(rows.there)


def merged(
    rows: Rows, found: Reckoned, code: np.ndarray, names: list[str], value: np.ndarray, how: str | None
) -> tuple[np.ndarray, bool]:
    """One row for each time of a series; the others are left out. Whether rows were merged as asked."""
    there = rows.there
    order = there[np.lexsort((there, value[there], found.values[there], code[there]))]
    same = (np.diff(code[order]) == 0) & (np.diff(found.values[order]) == 0)
    if not same.any():
        return value, False
    starts = np.flatnonzero(np.concatenate([[True], ~same]))
    counts = np.diff([*starts, len(order)])
    sums = np.add.reduceat(value[order], starts)
    spread = np.maximum.reduceat(value[order], starts) - np.minimum.reduceat(value[order], starts)
    kept, extra = order[starts], np.setdiff1d(order, order[starts])
    value = value.copy()
    key = ", ".join(found.columns)
    of = f" of one {', '.join(names)}" if names else ""
    if how is not None:
        value[kept] = sums if how == "sum" else sums / counts
        if how == "sum" and counts.min() < counts.max():
            said = (
                f"Between {counts.min():,} and {counts.max():,} rows are added up for one {key}; fewer rows make a "
                "smaller total."
            )
            rows.tell("uneven-totals", said, [rows.target])
        rows.leave_out(extra, f"{AGGREGATES[how]} with another row of the same {key}{of}, as asked")
        return value, True
    if not spread.any():
        rows.leave_out(extra, f"a repeat of another row's {key}{of} and value")
        return value, False
    if len(extra) <= FEW * len(order):
        value[kept] = sums / counts
        rows.leave_out(extra, f"averaged with another row of the same {key}{of}")
        message = f"{len(extra):,} rows have the same {key}{of} as another row; their values were averaged."
        rows.tell("repeated-times", message, list(found.columns), len(extra))
        return value, False
    text = {name: column for name, column in rows.columns.items() if name not in (rows.target, *found.columns, *names)}
    raise DataError(
        Kind.REPEATED_TIMES,
        f"{len(extra):,} of {len(order):,} rows have the same {key}{of} as another row, so there is no single value of "
        f"{rows.target} to continue from.",
        hint=f"Say how they belong together: `total {rows.target}`, `average {rows.target}`, or `for each` of "
        f"{', '.join(list(text)[:8]) or 'a column that tells them apart'}.",
        columns=[*found.columns, *names],
    )
