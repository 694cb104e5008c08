"""Which stretch of which channel a model goes by: each is replaced by a straight line in turn (the `Explaining` of
series; see `occlusion.py`).
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.data.arrays import arrow_column
from noglue.tools.evaluation.explained import Because, Reason
from noglue.tools.explanation import occlusion
from noglue.tools.series import arrays
from noglue.tools.spec.protocols import Predictor
from noglue.tools.spec.schema import Schema
from noglue.tools.values import conform

if TYPE_CHECKING:
    import datasets

BACKGROUND = False
PARTS = 12  # of the time; a window is two of them long
MOST_CHANNELS = 12
MOST_REASONS = 4


def because(
    model: Predictor,
    rows: "datasets.Dataset",
    schema: Schema,
    background: pa.Table | None,
    answered: np.ndarray | None,
    progress: Callable[[int], None],
    folder: Path | None,
) -> list[Because]:
    told = []
    for row, series in enumerate(arrays.arrays(arrow_column(rows, arrays.NAME))):
        kind = None if answered is None else int(answered[row])
        parts = [
            (channel, *part)
            for channel in range(min(len(series), MOST_CHANNELS))
            for part in occlusion.windows(series.shape[1], PARTS)
        ]
        variants = [series, *(_straight(series, *part) for part in parts)]
        values = occlusion.asked(model, lambda some: _rows(some, schema), variants, kind)
        slices = [(channel, slice(start, end)) for channel, start, end in parts]
        counts = occlusion.spread(series.shape, slices, values[0] - values[1:])  # type: ignore[arg-type]
        told.append(Because(row=row, reasons=_reasons(counts), said=float(values[0])))
        progress(row + 1)
    return told


def traits(rows: "datasets.Dataset", schema: Schema) -> dict[str, np.ndarray]:
    """Length; and of the first channels level, range and roughness."""
    found: dict[str, list[float]] = {}
    for series in arrays.arrays(arrow_column(rows, arrays.NAME)):
        one = {"length": np.log1p(series.shape[1])}
        for number, channel in enumerate(series[:4], 1):
            known = channel[np.isfinite(channel)].astype(np.float64)
            of = f" of channel {number}" if len(series) > 1 else ""
            one[f"level{of}"] = known.mean() if len(known) else np.nan
            one[f"range{of}"] = known.std() if len(known) else np.nan
            one[f"roughness{of}"] = np.abs(np.diff(known)).mean() if len(known) > 1 else np.nan
        for name, value in one.items():
            found.setdefault(name, []).append(float(value))
    return {name: np.array(values) for name, values in found.items()}


def _rows(variants: Sequence[np.ndarray], schema: Schema) -> "datasets.Dataset":
    features = conform.features_of(schema, target=False)
    return conform.dataset(pa.table({arrays.NAME: arrays.column(variants)}), features)


def _straight(series: np.ndarray, channel: int, start: int, end: int) -> np.ndarray:
    """A line from the value before the stretch to the one behind it."""
    changed = series.copy()
    steps = np.arange(series.shape[1])
    outside = ((steps < start) | (steps >= end)) & np.isfinite(series[channel])
    if outside.any():
        changed[channel, start:end] = np.interp(steps[start:end], steps[outside], series[channel][outside])
    else:
        changed[channel, start:end] = np.nanmean(series[channel]) if np.isfinite(series[channel]).any() else 0.0
    return changed


def _reasons(counts: np.ndarray) -> list[Reason]:
    edges = np.linspace(0, counts.shape[1], PARTS // 2 + 1).astype(int)
    found = [
        Reason(
            name=f"steps {start:,} to {end - 1:,}" + (f" of channel {channel + 1}" if len(counts) > 1 else ""),
            amount=float(counts[channel, start:end].mean()),
        )
        for channel in range(min(len(counts), MOST_CHANNELS))
        for start, end in pairwise(edges)
        if end > start
    ]
    found.sort(key=lambda reason: -abs(reason.amount))
    return [reason for reason in found if reason.amount][:MOST_REASONS]
