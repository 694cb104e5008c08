"""Rows of a table to series that go on: their time, their keys, one value a step, and splits by rolling origins.

    month,passengers            train: all but the last steps     validation: what the rolling origins forecast
    1949-01,112                 test: the last `horizon` steps of each series, sealed
    …

Every row ends in one place. Gaps stay gaps on disk, and are counted.
Raises TaskUnclear `no-time`, `forecast`; DataError `no-rows`, `not-numeric`, `repeated-times`.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from noglue.tools.data import hashing
from noglue.tools.data.write_split import SplitWriter
from noglue.tools.forecasting import horizons, origins, rows_in_time, seasons, times
from noglue.tools.forecasting.panel import keyed, numbers
from noglue.tools.forecasting.rows_in_time import Rows
from noglue.tools.forecasting.times import Reckoned
from noglue.tools.preparation.prepare_wishes import Wishes
from noglue.tools.preparation.requested_rows import columns_of
from noglue.tools.preparation.row_account import RowAccount
from noglue.tools.spec.errors import DataError, Kind, TaskUnclear
from noglue.tools.spec.forecasting import Timeline
from noglue.tools.spec.ledgers import RowLedger
from noglue.tools.spec.profiles import Column, Profile
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.schema import Schema
from noglue.tools.values.cells import said_missing, settled
from noglue.tools.values.column_kinds import column as described
from noglue.tools.values.column_names import named
from noglue.tools.values.conditions_hold import all_hold
from noglue.tools.values.conform import cast, features_of
from noglue.tools.values.targets import find_target

MOST_COVARIATES = 12


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


def prepare(raw: Raw, profile: Profile, wishes: Wishes, goal: str) -> ForecastData:
    """See the module. goal: the name of the goal that asks for it."""
    raw = said_missing(settled(raw), wishes.missing)
    _refuse(wishes)
    rows, value, target_why = _rows_with_values(raw, profile, wishes)
    found, names = rows_in_time.time_and_keys(rows, wishes)
    keys, code = keyed(rows.columns, names)
    rows.leave_out(np.flatnonzero(~np.isfinite(found.values)), "without a time that can be read")
    if wishes.max_rows is not None and len(rows.there) > wishes.max_rows:
        latest = rows.there[np.argsort(found.values[rows.there], kind="stable")]
        rows.leave_out(latest[: -wishes.max_rows], f"earlier than the latest {wishes.max_rows:,} rows, as asked")
    value, merged = rows_in_time.merged(rows, found, code, names, value, wishes.aggregate)
    timeline = _timeline(rows, found, names, code, wishes)
    series = origins.series_of(rows, found, code, value, timeline)
    _set_horizon(timeline, [values for _, values in series.values()], rows, profile, wishes)
    others, dropped = _covariates(rows, found, names, wishes, merged)
    timeline.covariates = [one.name for one in others]
    parts = origins.divided(rows, found, code, keys, timeline)
    seen = np.concatenate([parts[split] for split in parts if split != "test"])
    timeline.nonnegative = bool(value[seen].min() >= 0)
    origins.tell_gaps(rows, series, timeline)
    features = _features(rows, found, names, others)
    schema = Schema(
        goal=goal,
        modality=raw.modality,
        target=rows.target,
        features=features,
        target_range=(float(value[parts["train"]].min()), float(value[parts["train"]].max())),
        rows={split: len(part) for split, part in parts.items()},
        split="time",
        split_why=_why(timeline, len(series)),
        time=found.columns[0] if found.columns else None,
        series=", ".join(names) if names else None,
        warnings=rows.warnings,
        form=raw.form.model_copy(update={"target": rows.target}),
        timeline=timeline,
    )
    ledger = rows.account.ledger(parts, raw.lost)
    table = _table(rows, features, value)
    return ForecastData(schema, table, parts, dropped, target_why, _goal_why(wishes), ledger)


# ---- the steps ---------------------------------------------------------------------------------------------------


def _refuse(wishes: Wishes) -> None:
    """Raises TaskUnclear for what was asked of the rows and has no sense, or none yet, where time goes on."""
    asked = {
        "a derived target": wishes.derive is not None,
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


def _rows_with_values(raw: Raw, profile: Profile, wishes: Wishes) -> tuple[Rows, np.ndarray, str]:
    """Those that have a value of the target and that the request wants; the values of all, and why it is the target."""
    columns = {name: one for name, one in columns_of(raw).items() if not pa.types.is_nested(one.type)}
    target, target_why = find_target(list(columns), wishes.target, raw.target)
    value = _numbers_of(columns[target], target)
    rows = Rows(columns, target, RowAccount(len(value)), [])
    rows.warnings += [one for one in profile.warnings if one.kind == "unreadable"]
    if wishes.where:
        held = all_hold(wishes.where, columns, len(value))
        rows.leave_out(np.flatnonzero(~held), f"without {' and '.join(map(str, wishes.where))}")
    rows.leave_out(np.flatnonzero(~np.isfinite(value)), f"without a value of {target}")
    if len(rows.there) < origins.LEAST_KNOWN:
        raise DataError(Kind.NO_ROWS, f"{len(rows.there)} rows have a value of {target}: too few to forecast from.")
    return rows, value, target_why


def _numbers_of(column: pa.ChunkedArray, target: str) -> np.ndarray:
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise TaskUnclear(
            Kind.FORECAST,
            f"A forecast of {target} can't be made yet: its values are not numbers.",
            hint="Name a column of numbers, or leave out the words that ask for the future.",
        )
    return numbers(column)


def _timeline(rows: Rows, found: Reckoned, names: list[str], code: np.ndarray, wishes: Wishes) -> Timeline:
    """The grid of times; seasons and horizon are found later."""
    there = rows.there
    grid, step, origin, day = times.grid(replace(found, values=found.values[there]), code[there])
    if grid == "order" and found.columns:
        said = f"The steps of {', '.join(found.columns)} are uneven; each row counts as one step."
        rows.tell("uneven-steps", said, list(found.columns))
    return Timeline(
        columns=list(found.columns), form=found.form, grid=grid, step=step, origin=origin, day=day, series=names,
        horizon=1, level=wishes.level or 0.9,
    )  # fmt: skip


def _set_horizon(timeline: Timeline, series: list[np.ndarray], rows: Rows, profile: Profile, wishes: Wishes) -> None:
    """How far ahead: as asked, else as the data's reading says, else by the season; and the seasons before it."""
    timeline.seasons = seasons.find([origins.without_end(values) for values in series], timeline)
    lengths = np.array([len(values) for values in series])
    wanted, said = int(profile.reading.get("horizon", "0")), ""
    if wishes.horizon is not None:
        timeline.horizon, said = horizons.steps(wishes.horizon, timeline)
    else:
        timeline.horizon = wanted if 0 < wanted < np.median(lengths) / 2 else horizons.usual(timeline, lengths)
    ends = [values[: max(0, len(values) - timeline.horizon)] for values in series]
    timeline.seasons = seasons.find([values for values in ends if len(values)], timeline)
    if said:
        rows.tell("horizon", f"{said[:1].upper()}{said[1:]}.")


def _covariates(
    rows: Rows, found: Reckoned, names: list[str], wishes: Wishes, merged: bool
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


def _features(rows: Rows, found: Reckoned, names: list[str], others: list[Column]) -> list[Column]:
    """The columns that tell time and series, then the covariates."""
    features = []
    for name in dict.fromkeys([*found.columns, *names]):
        column = described(name, rows.columns[name].take(pa.array(rows.there)))
        kind = "date" if pa.types.is_temporal(rows.columns[name].type) else "category"
        if name not in names and kind != "date" and not pa.types.is_string(rows.columns[name].type):
            kind = "number"
        features.append(column.model_copy(update={"kind": kind, "missing": 0}))
    return features + [column.model_copy(update={"missing": max(1, column.missing)}) for column in others]


def _table(rows: Rows, features: list[Column], value: np.ndarray) -> pa.Table:
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
        f"the last {steps} of {many}{by} are the test, forecast from what lies before; the model is chosen by up to "
        f"{timeline.origins} rolling origins before that"
    )


def _goal_why(wishes: Wishes) -> str:
    return "the request asks for what comes next" + (f" ({wishes.ahead})" if wishes.ahead else "")
