"""Series on their grid of times, and their splits: the last steps are the test, rolling origins before it validate.

train: all but the last steps     validation: what the rolling origins forecast     test: the last `horizon` steps
"""

from collections.abc import Mapping

import numpy as np

from noglue.tools.forecasting import horizons, times
from noglue.tools.forecasting.rows_in_time import Rows
from noglue.tools.forecasting.times import Reckoned
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.forecasting import Timeline

LEAST_KNOWN = 6  # steps of a series, beside those that are held out
ORIGINS, MOST_ORIGINS, STEPS = 6, 12, 36  # rolling origins: usually; at most, of short horizons; steps that they cover
MOST_NAMED = 5


def series_of(
    rows: Rows, found: Reckoned, code: np.ndarray, value: np.ndarray, timeline: Timeline
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
        rows.leave_out(np.concatenate(earlier), "at the same time step as a later row")
        said = f"{count:,} rows are at the same time step as a later row of their series, which counts."
        rows.tell("repeated-times", said, list(found.columns), count)
    return series


def without_end(values: np.ndarray) -> np.ndarray:
    """Without the part that a horizon may take for the test where the season decides how long it is."""
    return values[: len(values) - len(values) // horizons.SHARE]


def divided(
    rows: Rows, found: Reckoned, code: np.ndarray, keys: list[tuple[str, ...]], timeline: Timeline
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


def tell_gaps(rows: Rows, series: Mapping[int, tuple[np.ndarray, np.ndarray]], timeline: Timeline) -> None:
    gaps = sum(int(np.isnan(values).sum()) for _, values in series.values())
    if gaps:
        steps = sum(len(values) for _, values in series.values())
        message = (
            f"{gaps:,} of {steps:,} steps ({horizons.step_in_words(timeline)} each) have no row; models see values "
            "filled in from the neighbours and the season there, and nothing is scored there."
        )
        rows.tell("gaps", message, timeline.columns, gaps)
