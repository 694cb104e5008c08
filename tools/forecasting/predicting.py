"""The next steps after the end of new observations: what `noglue predict` gives of a forecaster.

    month,passengers                  input,series,time,prediction,lower,upper,problem
    1961-01,450                 →     1961-02-01,,1961-02-01,426.1,401.2,450.9,
    1961-02,…                         …

New observations go on from those that the run has seen (`model/history.parquet`), series by series; a later value for a
known time replaces it, and what the run knows of times after the last new one is not used. A series that is new is
forecast from its own observations.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.data.arrays import arrow_column
from noglue.tools.forecasting import panel as panels
from noglue.tools.forecasting import times
from noglue.tools.forecasting.panel import Panel, Series
from noglue.tools.modelstore import inputs, model_folder
from noglue.tools.modelstore.predictions import PROBLEM
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.forecasting import Timeline
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.protocols import Forecaster
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
from noglue.tools.values import conform

if TYPE_CHECKING:
    import datasets

HISTORY = "history.parquet"
MOST_NAMED = 8
FEWEST = 2  # values of a series, known and new ones
HEADER = ("input", "series", "time", "prediction", "lower", "upper", PROBLEM)


@dataclass(frozen=True)
class Predicted:
    """file: predictions.csv. rows: of it; unread, reasons: series and files without a forecast. strays: in words.

    said: at which level the intervals are, where one was asked for.
    """

    file: Path
    rows: int
    unread: int
    reasons: list[str]
    strays: list[str]
    said: list[str]


def keep(parts: "Sequence[datasets.Dataset]", schema: Schema, path: Path) -> None:
    """Every observation, as `predict` goes on from it."""
    import pyarrow.parquet as pq

    path.parent.mkdir(exist_ok=True)
    names = [column.name for column in schema.features] + [str(schema.target)]
    columns = {name: [chunk for rows in parts for chunk in arrow_column(rows, name).chunks] for name in names}
    pq.write_table(pa.table({name: pa.chunked_array(chunks) for name, chunks in columns.items()}), path)


def predict(given: Sequence[tuple[str, str]], step: Step, schema: Schema, level: float | None = None) -> Predicted:
    """given: each input as it was typed, and where it lies. level: of the intervals; None: that of the run.

    Raises DataError `missing-columns`, `nothing-readable`, what reading the files raises.
    """
    model = load(step.run / "model", step.device)
    found = inputs.find([(typed, step.path(path)) for typed, path in given], schema)
    for stray in found.strays:
        step.note(stray)
    seen = observed(found.tables, schema, step.run / "model")
    for note in seen.notes:
        step.note(note)
    file = step.folder / "predictions.csv"
    rows = _write(file, seen, model, level)
    unread = [f"{name}: {why}" for _, name, why in found.unread]
    return Predicted(
        file=file,
        rows=rows,
        unread=len(seen.unable) + len(unread),
        reasons=[*unread, *(f"{'/'.join(one.key)}: fewer than {FEWEST} values" for one in seen.unable)],
        strays=[*found.strays, *seen.notes],
        said=[]
        if level is None
        else [f"The values to come are expected between lower and upper {100 * level:g} % of the time."],
    )


@dataclass(frozen=True)
class Observed:
    """able: the series that can be gone on with. unable: those of which too little is known. notes: in words."""

    able: Panel
    unable: list[Series]
    notes: list[str]


@dataclass(frozen=True)
class NextSteps:
    """Of one series (its name empty where there is only one): the moments to come as text, float64 (steps,) each."""

    series: str
    time: Sequence[str]
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def load(model: Path, device: str) -> Forecaster:
    """model: the folder. Raises DataError `no-model`."""
    family, _ = model_folder.families(model)
    loaded: Forecaster = catalogue.load("noglue.tools.models", family).load(model, device)
    return loaded


def observed(tables: Sequence[pa.Table], schema: Schema, model: Path) -> Observed:
    """New observations, with what the run knows of the time before their end; no tables: what the run knows alone.

    Raises DataError `missing-columns`, `nothing-readable`.
    """
    timeline = schema.timeline
    assert timeline is not None, "a forecast has a grid of times"
    before = _history(model / HISTORY, schema, timeline)
    notes: list[str] = []
    if tables:
        new, lost = _observed(tables, schema, timeline)
        known, told = _with_history(new, before)
        notes = [*lost, *told]
    elif before is not None:
        known = before
    else:
        raise DataError(
            Kind.NOTHING_READABLE,
            "The model was saved without a history to continue from.",
            hint="Give it the observations so far.",
        )
    able = [one for one in known.series if np.isfinite(one.values).sum() >= FEWEST]
    unable = [one for one in known.series if np.isfinite(one.values).sum() < FEWEST]
    if not able:
        raise DataError(
            Kind.NOTHING_READABLE,
            "No series among the new observations has values to go on from.",
            hint=f"Give a table with {', '.join([*timeline.columns, *timeline.series, str(schema.target)])}.",
        )
    return Observed(Panel(timeline, able), unable, notes)


def next_steps(known: Panel, model: Forecaster, level: float | None = None) -> list[NextSteps]:
    """As many steps after the end of each series as the run forecasts. level: of the intervals; None: the run's."""
    timeline = known.timeline
    coming = model.forecast(known, timeline.horizon, level or timeline.level)
    found = []
    for row, one in enumerate(known.series):
        when = times.labels(one.end + np.arange(timeline.horizon), timeline)
        found.append(NextSteps("/".join(one.key), when, coming.mean[row], coming.low[row], coming.high[row]))
    return found


def _write(file: Path, seen: Observed, model: Forecaster, level: float | None) -> int:
    """predictions.csv. → how many rows."""
    rows = 0
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(HEADER)
        for one in next_steps(seen.able, model, level):
            for moment, *cells in zip(one.time, one.mean, one.low, one.high, strict=True):
                name = f"{one.series} {moment}".strip()
                writer.writerow([name, one.series, moment, *(f"{cell:.10g}" for cell in cells), ""])
                rows += 1
        for lacking in seen.unable:
            name = "/".join(lacking.key)
            writer.writerow([name, name, "", "", "", "", f"fewer than {FEWEST} of its values are known"])
    return rows + len(seen.unable)


def _observed(tables: Sequence[pa.Table], schema: Schema, timeline: Timeline) -> tuple[Panel, list[str]]:
    """What the new files hold, all of them together; and what is to be said of rows that are not seen by themselves."""
    columns: dict[str, list[pa.Array]] = {}
    target = Column(name=str(schema.target), kind="number", dtype="float64")
    wanted = [column for column in schema.features if column.name not in timeline.covariates] + [target]
    others = [column for column in schema.features if column.name in timeline.covariates]
    for table in tables:
        there = conform.match_names(table.column_names, [column.name for column in others])
        part = conform.conform_table(table, wanted)
        for column in others:
            none = pa.chunked_array([pa.nulls(table.num_rows, pa.float64())])
            cells = conform.cast(table[there[column.name]], column) if column.name in there else none
            part = part.append_column(column.name, cells)
        for name in part.column_names:
            columns.setdefault(name, []).extend(part[name].chunks)
    if not columns:
        raise DataError(Kind.NOTHING_READABLE, "There are no new observations.")
    whole = {name: pa.chunked_array(chunks) for name, chunks in columns.items()}
    panel = panels.of_columns(whole, timeline, target.name)
    rows = len(whole[target.name])
    lost = rows - sum(int(np.isfinite(one.values).sum()) for one in panel.series)
    said = (
        f"{lost:,} of {rows:,} new rows do not count by themselves: they have no value or no time that can be read, or "
        "are averaged with another row of the same time."
    )
    return panel, [said] if lost else []


def _history(path: Path, schema: Schema, timeline: Timeline) -> Panel | None:
    """What the run has seen; None for a model that was copied without it."""
    import pyarrow.parquet as pq

    if not path.is_file():
        return None
    try:
        table = pq.read_table(path)
        columns: Mapping[str, pa.ChunkedArray] = {name: table[name] for name in table.column_names}
        return panels.of_columns(columns, timeline, str(schema.target))
    except (OSError, ValueError, KeyError) as error:
        raise DataError(Kind.NO_MODEL, f"{path} is damaged.") from error


def _with_history(new: Panel, before: Panel | None) -> tuple[Panel, list[str]]:
    """The series of the new observations, with what is known of the time before their end; and what is to be said."""
    if before is None:
        return new, ["The model was saved without its history; the new observations are all that is known."]
    ends = {one.key: one.end for one in new.series}
    follows = new.timeline.grid == "order"
    earlier = [_until(one, ends[one.key], follows) for one in before.series if one.key in ends]
    known = panels.joined(Panel(before.timeline, [one for one in earlier if len(one.values)]), new)
    notes, old = [], {one.key: one for one in before.series}
    strangers = [one for one in new.series if one.key not in old]
    if strangers:
        notes.append(f"{len(strangers):,} series are new; they are forecast from their own observations.")
    changed = sum(_changed(one, old[one.key]) for one in new.series if one.key in old)
    if changed and not follows:
        notes.append(f"{changed:,} new observations differ from what the run knows of their time; the new ones count.")
    absent = [one for one in before.series if one.key not in ends]
    if absent:
        some = ", ".join("/".join(one.key) for one in absent[:MOST_NAMED])
        notes.append(f"{len(absent):,} series without new observations are not forecast: {some}.")
    end = {one.key: one.end for one in earlier}
    gap = max((one.first - end[one.key] for one in new.series if one.key in end), default=0)
    if gap > 0 and not follows:
        notes.append(f"Up to {gap:,} steps between what was known and the new observations have no value.")
    return known, notes


def _changed(new: Series, old: Series) -> int:
    """How many of the new values stand where the old ones have others."""
    first, end = max(new.first, old.first), min(new.end, old.end)
    if first >= end:
        return 0
    ours, theirs = (one.values[first - one.first : end - one.first] for one in (new, old))
    both = np.isfinite(ours) & np.isfinite(theirs)
    return int((both & ~np.isclose(ours, theirs)).sum())


def _until(one: Series, end: int, follows: bool) -> Series:
    """Without what lies after a place."""
    count = len(one.values) if follows else max(0, min(len(one.values), end - one.first))
    return replace(one, values=one.values[:count], others=one.others[:count])
