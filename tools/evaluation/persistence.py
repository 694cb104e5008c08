"""What answers that look at no feature would score on a series: the last value before a row, and that of a season ago.

    date,sales        last value of the 3rd row: 830        last season of the 8th row, a week: 812
    2024-01-01,812
    2024-01-02,830

They may know every earlier row's answer, those of the test rows too, as whoever predicts tomorrow knows today: so a
model that can't beat them adds nothing to looking at yesterday.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.data.arrays import arrow_column, label_array
from noglue.tools.data.codes import codes
from noglue.tools.evaluation.scores import LAST_SEASON, LAST_VALUE
from noglue.tools.preparation.time_order import moments
from noglue.tools.spec.schema import Schema
from noglue.tools.values import autocorrelation as series
from noglue.tools.values.derived_targets import own_unit

if TYPE_CHECKING:
    import datasets

LAST = 0.9  # probability given to the last class; the rest goes to all, as often as each is met


@dataclass(frozen=True)
class Persistence:
    """name: of the rival. predicted: of each test row, as a model would give it."""

    name: str
    title: str
    predicted: np.ndarray


@dataclass(frozen=True)
class _Steps:
    """Of each series' steps in order: series, time, mean answer (steps, k); `of`: each row's step."""

    series: np.ndarray
    times: np.ndarray
    answers: np.ndarray
    of: np.ndarray


def persistence(schema: Schema, earlier: "list[datasets.Dataset]", test: "datasets.Dataset") -> list[Persistence]:
    """earlier: the other splits with answers. Nothing where the rows don't follow one another."""
    if schema.time is None:
        return []
    parts = [rows for rows in [*earlier, test] if schema.time in rows.column_names]
    answers = _answers(np.concatenate([label_array(rows, str(schema.target)) for rows in parts]), schema)
    steps = _steps(schema, parts, answers)
    if steps is None:
        return []
    known = len(answers) - len(test)
    usual = np.nanmean(answers[:known], axis=0) if known else np.nanmean(answers, axis=0)
    of_test = steps.of[known:]
    found = [Persistence(LAST_VALUE, "repeating the last value", _before(steps, 1, usual)[of_test])]
    length = _season(schema, parts, steps, of_test)
    if length is not None:
        title = f"repeating the value of {length} steps before, a season ago"
        found.append(Persistence(LAST_SEASON, title, _before(steps, length, usual)[of_test]))
    if schema.classes is None:
        return [Persistence(one.name, one.title, one.predicted[:, 0]) for one in found]
    return [Persistence(one.name, one.title, LAST * one.predicted + (1 - LAST) * usual) for one in found]


def _answers(labels: np.ndarray, schema: Schema) -> np.ndarray:
    """float64 (n, k): values, or classes one-hot; NaN where there is no answer."""
    if schema.classes is None:
        return own_unit(labels, schema.derived)[:, None]
    answers = np.full((len(labels), len(schema.classes)), np.nan)
    there = labels >= 0
    answers[there] = np.eye(len(schema.classes))[labels[there].astype(np.int64)]
    return answers


def _steps(schema: Schema, parts: "list[datasets.Dataset]", answers: np.ndarray) -> _Steps | None:
    timed = [moments(arrow_column(rows, str(schema.time))) for rows in parts]
    if any(one is None for one in timed):
        return None
    times = np.concatenate([one for one in timed if one is not None])
    kinds = np.zeros(len(times), np.int64)
    if schema.series is not None:
        import pyarrow as pa

        named = [arrow_column(rows, schema.series).cast(pa.string()) for rows in parts]
        kinds = codes(pa.chunked_array([chunk for one in named for chunk in one.chunks], pa.string()))
    moment, kind, of = series.steps(np.nan_to_num(times), kinds)
    return _Steps(kind, moment, series.means(answers, of), of)


def _before(steps: _Steps, lag: int, usual: np.ndarray) -> np.ndarray:
    """Each step's answer `lag` steps ago in its series; the usual one where there is none."""
    found = np.tile(usual, (len(steps.times), 1))
    same = steps.series[lag:] == steps.series[:-lag]
    earlier = steps.answers[:-lag]
    there = same & np.isfinite(earlier).all(axis=1)
    found[lag:][there] = earlier[there]
    return found


def _season(schema: Schema, parts: "list[datasets.Dataset]", steps: _Steps, of_test: np.ndarray) -> int | None:
    """Looked for in the steps before the test rows, of the longest series, by the commonest answer."""
    import pyarrow as pa

    before = steps.times < steps.times[of_test].min()
    if not before.any():
        return None
    kinds, counts = np.unique(steps.series[before], return_counts=True)
    chosen = before & (steps.series == kinds[counts.argmax()])
    values = steps.answers[chosen]
    column = values[:, int(np.nanmean(values, axis=0).argmax())]
    gaps = np.diff(steps.times[chosen])
    if not np.isfinite(column).all() or len(gaps) < 8 or not series.are_even(gaps):
        return None
    dated = pa.types.is_temporal(arrow_column(parts[-1], str(schema.time)).type)
    return series.season(column, float(np.median(gaps)) if dated else None)
