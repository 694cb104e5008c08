"""Rows of a table to series that go on: their time, their keys, one value a step, and splits by rolling origins.

    month,passengers            train: all but the last steps     validation: what the rolling origins forecast
    1949-01,112                 test: the last `horizon` steps of each series, sealed
    …

Every row ends in one place. Rows at one time of one series are merged where the request says how (`total sales a day`),
or where there are very few of them; else that is asked. Gaps stay gaps on disk, and are counted.
Raises TaskUnclear `no-time`, `forecast`; DataError `no-rows`, `not-numeric`, `repeated-times`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from noglue.tools.data import hashing
from noglue.tools.data.write_split import SplitWriter
from noglue.tools.forecasting import horizons, seasons, times
from noglue.tools.forecasting.panel import keyed, numbers
from noglue.tools.forecasting.times import Reckoned
from noglue.tools.preparation import time_order
from noglue.tools.preparation.prepare_wishes import Wishes
from noglue.tools.preparation.requested_rows import columns_of
from noglue.tools.preparation.row_account import RowAccount
from noglue.tools.spec.errors import DataError, Kind, TaskUnclear
from noglue.tools.spec.forecasting import Timeline
from noglue.tools.spec.ledgers import RowLedger
from noglue.tools.spec.profiles import Column, DataWarning, Profile
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.schema import Schema
from noglue.tools.values.cells import said_missing, settled
from noglue.tools.values.column_kinds import column as described
from noglue.tools.values.column_names import named
from noglue.tools.values.conditions_hold import all_hold
from noglue.tools.values.conform import cast, features_of
from noglue.tools.values.targets import find_target

FEW = 0.01  # of the rows, that may share a time with another and are then averaged unasked, as in the hour of a change
LEAST_KNOWN = 6  # steps of a series, beside those that are held out
ONE_AT_ONCE = 1.02  # rows of one time, on average, up to which there is one series
ORIGINS, MOST_ORIGINS, STEPS = 6, 12, 36  # rolling origins: usually; at most, of short horizons; steps that they cover
MOST_COVARIATES = 12
MOST_NAMED = 5
AGGREGATES = {"sum": "added up", "mean": "averaged"}


@dataclass
class ForecastData:
    """The series as they will lie on disk; see `tools/preparation/pipeline.Prepared`."""

    schema: Schema
    table: pa.Table
    rows: dict[str, np.ndarray]
    dropped: dict[str, str]
    target_why: str
    goal_why: str
    ledger: RowLedger

    def write(self, data: Path, sealed: Path) -> None:
        """Every split, then `schema.json`, so that a data set with a schema is whole."""
        data.mkdir(exist_ok=True)
        (data / "schema.json").unlink(missing_ok=True)
        features = features_of(self.schema)
        for split, rows in self.rows.items():
            part = self.table.take(pa.array(rows))
            said = hashing.table_hashes(part).tobytes() + self.schema.model_dump_json().encode()
            fingerprint = f"{hashing.byte_hash(said):016x}"
            with SplitWriter((sealed if split == "test" else data) / split, features, fingerprint) as writer:
                writer.write(dict(zip(part.column_names, part.columns, strict=True)))
        self.schema.save(data)


@dataclass
class _Rows:
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


def prepare(raw: Raw, profile: Profile, wishes: Wishes, goal: str) -> ForecastData:
    """See the module. goal: the name of the goal that asks for it."""
    raw = said_missing(settled(raw), wishes.missing)
    _refuse(wishes)
    columns = {name: one for name, one in columns_of(raw).items() if not pa.types.is_nested(one.type)}
    target, target_why = find_target(list(columns), wishes.target, raw.target)
    value = _numbers_of(columns[target], target)
    rows = _Rows(columns, target, RowAccount(len(value)), [])
    rows.warnings += [one for one in profile.warnings if one.kind == "unreadable"]
    if wishes.where:
        held = all_hold(wishes.where, columns, len(value))
        rows.leave_out(np.flatnonzero(~held), f"without {' and '.join(map(str, wishes.where))}")
    rows.leave_out(np.flatnonzero(~np.isfinite(value)), f"without a value of {target}")
    if len(rows.there) < LEAST_KNOWN:
        raise DataError(Kind.NO_ROWS, f"{len(rows.there)} rows have a value of {target}: too few to forecast from.")
    found, names = _found(rows, wishes)
    keys, code = keyed(columns, names)
    rows.leave_out(np.flatnonzero(~np.isfinite(found.values)), "without a time that can be read")
    if wishes.max_rows is not None and len(rows.there) > wishes.max_rows:
        latest = rows.there[np.argsort(found.values[rows.there], kind="stable")]
        rows.leave_out(latest[: -wishes.max_rows], f"earlier than the latest {wishes.max_rows:,} rows, as asked")
    value, merged = _merged(rows, found, code, names, value, wishes.aggregate)
    there = rows.there
    grid, step, origin, day = times.grid(_part(found, there), code[there])
    timeline = Timeline(
        columns=list(found.columns), form=found.form, grid=grid, step=step, origin=origin, day=day, series=names,
        horizon=1, level=wishes.level or 0.9,
    )  # fmt: skip
    if grid == "order" and found.columns:
        said = f"The steps of {', '.join(found.columns)} are uneven; each row counts as one step."
        rows.tell("uneven-steps", said, list(found.columns))
    series = _series(rows, found, code, value, timeline)
    timeline.seasons = seasons.find([_without_end(values) for _, values in series.values()], timeline)
    lengths = np.array([len(values) for _, values in series.values()])
    wanted, said = int(profile.reading.get("horizon", "0")), ""
    if wishes.horizon is not None:
        timeline.horizon, said = horizons.steps(wishes.horizon, timeline)
    else:
        timeline.horizon = wanted if 0 < wanted < np.median(lengths) / 2 else horizons.usual(timeline, lengths)
    ends = [values[: max(0, len(values) - timeline.horizon)] for _, values in series.values()]
    timeline.seasons = seasons.find([values for values in ends if len(values)], timeline)
    if said:
        rows.tell("horizon", f"{said[:1].upper()}{said[1:]}.")
    others, dropped = _covariates(rows, found, names, wishes, merged)
    timeline.covariates = [one.name for one in others]
    parts = _divided(rows, found, code, keys, timeline)
    seen = np.concatenate([parts[split] for split in parts if split != "test"])
    timeline.nonnegative = bool(value[seen].min() >= 0)
    _tell_gaps(rows, series, timeline)
    features = _features(rows, found, names, others)
    table = _table(rows, features, value)
    schema = Schema(
        goal=goal,
        modality=raw.modality,
        target=target,
        features=features,
        target_range=(float(value[parts["train"]].min()), float(value[parts["train"]].max())),
        rows={split: len(part) for split, part in parts.items()},
        split="time",
        split_why=_why(timeline, len(series)),
        time=found.columns[0] if found.columns else None,
        series=", ".join(names) if names else None,
        warnings=rows.warnings,
        form=raw.form.model_copy(update={"target": target}),
        timeline=timeline,
    )
    ledger = rows.account.ledger(parts, raw.lost)
    return ForecastData(schema, table, parts, dropped, target_why, _goal_why(wishes), ledger)


def _refuse(wishes: Wishes) -> None:
    """Raises TaskUnclear for what was asked of the rows and has no sense, or none yet, where time goes on."""
    asked = {
        "a target that is made of its column": wishes.derive is not None,
        "a share of the rows": wishes.sample is not None,
        "so many labelled rows": wishes.labels is not None,
        "classes": wishes.classes is not None,
        "test rows chosen by what holds for them": bool(wishes.test_where or wishes.train_where),
    }
    for what, is_asked in asked.items():
        if is_asked:
            raise TaskUnclear(
                Kind.FORECAST,
                f"A forecast of what comes after the rows can't be made with {what} yet.",
                hint="Leave that wish out.",
            )


def _numbers_of(column: pa.ChunkedArray, target: str) -> np.ndarray:
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise TaskUnclear(
            Kind.FORECAST,
            f"A forecast of {target} can't be made yet: its values are no numbers.",
            hint="Name a column of numbers, or leave out the words that ask for the future.",
        )
    return numbers(column)


# ---- the time, and which series ----------------------------------------------------------------------------------


def _found(rows: _Rows, wishes: Wishes) -> tuple[Reckoned, list[str]]:
    """What tells the time, and the columns that tell the series apart: as asked, else as they make times unique.

    Where all rows of a time are to be put together and nothing is asked for apart, there is one series.
    """
    others = {name: column for name, column in rows.columns.items() if name != rows.target}
    asked = named(list(others), [wishes.time], "tell the time") if wishes.time is not None else []
    series = named(list(others), [*wishes.series, *([wishes.group] if wishes.group else [])], "tell the series apart")
    ways = times.candidates({name: column for name, column in others.items() if name not in series})
    ways = [one for one in ways if not asked or asked[0] in one.columns]
    if not ways and asked:
        raise DataError(Kind.NO_TIME, f"Column {asked[0]!r} holds neither dates nor numbers that follow one another.")
    best: tuple[Reckoned, list[str], float] | None = None
    for way in ways:
        keys = series or _apart(way, others, rows)
        unique = _unique(way, keys, rows)
        if best is None or unique > best[2] + 0.02:
            best = way, keys, unique
    if best is not None:
        return best[0], series if wishes.aggregate is not None else best[1]
    if _is_plain(others):
        rows.tell("rows-in-order", "No column tells the time; the rows follow one another as they stand.")
        count = len(next(iter(rows.columns.values())))
        return Reckoned((), "rows", np.arange(count, dtype=np.float64)), series
    raise TaskUnclear(
        Kind.NO_TIME,
        f"What comes next is asked for, and no column tells when a row was: there are {', '.join(list(others)[:12])}.",
        hint="Give a table with a column of dates or of numbered steps, or name it with --time.",
    )


def _is_plain(others: Mapping[str, pa.ChunkedArray]) -> bool:
    """Whether a column of values stands alone, or beside one that counts the rows."""
    left = [name for name, column in others.items() if described(name, column).kind not in ("identifier", "constant")]
    return not left


def _apart(way: Reckoned, columns: Mapping[str, pa.ChunkedArray], rows: _Rows) -> list[str]:
    """The smallest key with which a time stands once; none where it does anyway, or nothing helps."""
    there = rows.there[np.isfinite(way.values[rows.there])]
    if not len(there) or len(there) <= ONE_AT_ONCE * len(np.unique(way.values[there])):
        return []
    order = time_order.Order(way.columns, way.values)
    among = time_order.series_of(order, {n: c for n, c in columns.items() if n not in way.columns}, there)
    return [] if among is None else among.name.split(", ") if among.name not in columns else [among.name]


def _unique(way: Reckoned, keys: list[str], rows: _Rows) -> float:
    """The share of the rows that are the only one of their series at their time."""
    _, code = keyed(rows.columns, keys)
    there = rows.there[np.isfinite(way.values[rows.there])]
    if not len(there):
        return 0.0
    pairs = np.stack([code[there].astype(np.float64), way.values[there]])
    return len(np.unique(pairs, axis=1).T) / len(rows.there)


def _merged(
    rows: _Rows, found: Reckoned, code: np.ndarray, names: list[str], value: np.ndarray, how: str | None
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
            said = f"Between {counts.min():,} and {counts.max():,} rows are added up at one {key}; fewer make less."
            rows.tell("uneven-totals", said, [rows.target])
        rows.leave_out(extra, f"{AGGREGATES[how]} with another row of the same {key}{of}, as asked")
        return value, True
    if not spread.any():
        rows.leave_out(extra, f"a repeat of another row's {key}{of} and value")
        return value, False
    if len(extra) <= FEW * len(order):
        value[kept] = sums / counts
        rows.leave_out(extra, f"averaged with another row of the same {key}{of}")
        message = f"{len(extra):,} rows stand at a {key}{of} that another row has; their values were averaged."
        rows.tell("repeated-times", message, list(found.columns), len(extra))
        return value, False
    text = {name: column for name, column in rows.columns.items() if name not in (rows.target, *found.columns, *names)}
    raise DataError(
        Kind.REPEATED_TIMES,
        f"{len(extra):,} of {len(order):,} rows stand at a {key}{of} that another row has, so there is no one value of "
        f"{rows.target} to go on with.",
        hint=f"Say how they belong together: `total {rows.target}`, `average {rows.target}`, or `for each` of "
        f"{', '.join(list(text)[:8]) or 'a column that tells them apart'}.",
        columns=[*found.columns, *names],
    )


# ---- series, splits, features ------------------------------------------------------------------------------------


def _part(found: Reckoned, rows: np.ndarray) -> Reckoned:
    return replace(found, values=found.values[rows])


def _series(
    rows: _Rows, found: Reckoned, code: np.ndarray, value: np.ndarray, timeline: Timeline
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Code → the rows in order of time, and the values on the grid, NaN in gaps; of rows at one step the last."""
    there, earlier = rows.there, []
    order = there[np.lexsort((found.values[there], code[there]))]
    starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    series = {}
    for part in np.split(order, starts[1:]):
        at = np.arange(len(part)) if timeline.grid == "order" else times.places(found.values[part], timeline)
        last = np.diff(at, append=at[-1] + 1) > 0
        earlier.append(part[~last])
        part, at = part[last], at[last]
        values = np.full(int(at[-1] - at[0]) + 1, np.nan)
        values[at - at[0]] = value[part]
        series[int(code[part[0]])] = part, values
    if count := sum(map(len, earlier)):
        rows.leave_out(np.concatenate(earlier), "at a step of time at which a later row stands")
        said = f"{count:,} rows stand at a step of time at which a later row of their series stands, which counts."
        rows.tell("repeated-times", said, list(found.columns), count)
    return series


def _without_end(values: np.ndarray) -> np.ndarray:
    """Without the part that a horizon may take for the test where the season decides how long it is."""
    return values[: len(values) - len(values) // horizons.SHARE]


def _divided(
    rows: _Rows, found: Reckoned, code: np.ndarray, keys: list[tuple[str, ...]], timeline: Timeline
) -> dict[str, np.ndarray]:
    """The last `horizon` steps of each series are the test, those that the rolling origins before forecast validate."""
    ahead = timeline.horizon
    short: list[np.ndarray] = []
    parts: dict[str, list[np.ndarray]] = {"train": [], "validation": [], "test": []}
    there = rows.there
    order = there[np.lexsort((found.values[there], code[there]))]
    timeline.origins = min(MOST_ORIGINS, max(ORIGINS, STEPS // ahead))
    for part in np.split(order, np.flatnonzero(np.diff(code[order])) + 1):
        at = np.arange(len(part)) if timeline.grid == "order" else times.places(found.values[part], timeline)
        left = at[-1] - at  # 0 at the last step
        known = left >= ahead
        if known.sum() < LEAST_KNOWN:
            short.append(part)
            continue
        steps = int(at[-1] - at[0]) + 1
        origins = horizons.origins(steps - ahead, timeline)
        judged = known & (left < ahead * (1 + origins))
        if (known & ~judged).sum() < LEAST_KNOWN:
            judged &= False
        parts["train"].append(part[known & ~judged])
        parts["validation"].append(part[judged])
        parts["test"].append(part[~known])
    if short:
        names = ["/".join(keys[int(code[part[0]])]) for part in short]
        why = f"of a series too short to hold out {ahead} steps of it"
        rows.account.leave_out(np.concatenate(short), why, names[:MOST_NAMED])
        some = "; ".join(filter(None, names[:MOST_NAMED]))
        message = (
            f"{len(short):,} series are too short for a forecast of {ahead} steps to be tested{some and f': {some}'}."
        )
        rows.tell("short-series", message, count=len(short))
    if not parts["train"]:
        longest = int(np.bincount(code[there]).max())
        raise DataError(
            Kind.NO_ROWS,
            f"The longest series has {longest} steps, too few to hold out {ahead} of them and learn from the others.",
            hint=f"Ask for fewer steps ahead: at most {max(1, longest - LEAST_KNOWN)}.",
        )
    found_parts = {split: np.concatenate(part) for split, part in parts.items()}
    return {split: part for split, part in found_parts.items() if len(part) or split != "validation"}


def _tell_gaps(rows: _Rows, series: Mapping[int, tuple[np.ndarray, np.ndarray]], timeline: Timeline) -> None:
    gaps = sum(int(np.isnan(values).sum()) for _, values in series.values())
    if gaps:
        steps = sum(len(values) for _, values in series.values())
        message = (
            f"{gaps:,} of {steps:,} steps ({horizons.step_in_words(timeline)} each) have no row; models are given what "
            "lies between the neighbours and the season there, and nothing is scored there."
        )
        rows.tell("gaps", message, timeline.columns, gaps)


def _covariates(
    rows: _Rows, found: Reckoned, names: list[str], wishes: Wishes, merged: bool
) -> tuple[list[Column], dict[str, str]]:
    """Other numbers, of which the past may be learned from; and why columns are left out."""
    out = set(named(list(rows.columns), wishes.drop, "drop")) | set(
        named(list(rows.columns), wishes.exclude, "leave out")
    )
    only = named(list(rows.columns), wishes.only, "use")
    kept, dropped = list[Column](), dict[str, str]()
    for name, column in rows.columns.items():
        if name in (rows.target, *found.columns, *names):
            continue
        about = described(name, column.take(pa.array(rows.there)))
        if name in out or (only and name not in only):
            dropped[name] = "as asked"
        elif merged:
            dropped[name] = "rows were merged, and it may differ within them"
        elif about.kind != "number":
            dropped[name] = f"of kind {about.kind}: what it will be is not known, and only numbers of the past are used"
        elif len(kept) >= MOST_COVARIATES:
            dropped[name] = f"more than {MOST_COVARIATES} other columns"
        else:
            kept.append(about)
    return kept, dropped


def _features(rows: _Rows, found: Reckoned, names: list[str], others: list[Column]) -> list[Column]:
    """The columns that tell time and series, then the covariates."""
    features = []
    for name in dict.fromkeys([*found.columns, *names]):
        column = described(name, rows.columns[name].take(pa.array(rows.there)))
        kind = "date" if pa.types.is_temporal(rows.columns[name].type) else "category"
        if name not in names and kind != "date" and not pa.types.is_string(rows.columns[name].type):
            kind = "number"
        features.append(column.model_copy(update={"kind": kind, "missing": 0}))
    return features + [column.model_copy(update={"missing": max(1, column.missing)}) for column in others]


def _table(rows: _Rows, features: list[Column], value: np.ndarray) -> pa.Table:
    """All rows, the features as they are stored, and the target."""
    columns = {column.name: cast(rows.columns[column.name], column) for column in features}
    columns[rows.target] = pa.chunked_array([pa.array(value, mask=~np.isfinite(value))])
    return pa.table(columns)


def _why(timeline: Timeline, count: int) -> str:
    """In words, how the test rows were chosen."""
    many = f"each of {count:,} series" if count > 1 else "the series"
    by = f" by {', '.join(timeline.columns)}" if timeline.columns else ""
    steps = f"{timeline.horizon} step{'s' * (timeline.horizon != 1)} ({horizons.step_in_words(timeline)} each)"
    return (
        f"the last {steps} of {many}{by} are the test, forecast from what lies before; up to {timeline.origins} "
        "rolling origins before that choose among models"
    )


def _goal_why(wishes: Wishes) -> str:
    return "the request asks for what comes next" + (f" ({wishes.ahead})" if wishes.ahead else "")
