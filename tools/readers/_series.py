"""What the readers of time series share: from arrays with labels to a `Raw`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from noglue.tools.readers._splits import unreadable
from noglue.tools.series import arrays
from noglue.tools.series.form import SeriesForm
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Raw

LABEL = "label"
_VALUES_IN_A_CHUNK = 1 << 26


@dataclass
class Rows:
    """Series of one split, in order. labels: as text, None where there is none. sources: where each stands.

    bad: place → why a row could not be read, whose series is then empty; it keeps its place if the form is known.
    others: further columns of what is known of each series, by name.
    """

    series: list[np.ndarray] = field(default_factory=list)
    labels: list[str | None] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    bad: dict[int, str] = field(default_factory=dict)
    others: dict[str, list[str | None]] = field(default_factory=dict)

    def add(self, series: np.ndarray, label: str | None, source: str) -> None:
        self.series.append(series)
        self.labels.append(label)
        self.sources.append(source)

    def spoil(self, why: str, source: str, channels: int) -> None:
        """A row that can't be read."""
        self.bad[len(self.series)] = why
        self.add(np.zeros((channels, 0), np.float32), None, source)


def raw(
    splits: Mapping[str, Rows],
    form: DataForm | None,
    learned: SeriesForm,
    notes: Sequence[str] = (),
    unusable: Mapping[str, str] | None = None,
    target: str = LABEL,
) -> Raw:
    """The tables of all splits. Rows without a label, beside others that have one, are `unlabelled`.

    form: None where it is to be learned; rows that could not be read are then left out, and counted as lost.
    """
    known = SeriesForm.of(form) is not None
    tables: dict[str, pa.Table] = {}
    lost: Counter[str] = Counter()
    problems: dict[str, dict[int, str]] = {}
    labelled = any(label is not None for rows in splits.values() for label in rows.labels)
    numbers = labelled and _are_numbers([label for rows in splits.values() for label in rows.labels if label])
    for split, rows in splits.items():
        if known:
            tables[split] = _table(rows, range(len(rows.series)), target if labelled else None, numbers)
            problems[split] = dict(rows.bad)
            continue
        lost.update(rows.bad.values())
        good = [place for place in range(len(rows.series)) if place not in rows.bad]
        told = [place for place in good if rows.labels[place] is not None or not labelled]
        for name, places in ((split, told), ("unlabelled", [place for place in good if place not in set(told)])):
            if places:
                table = _table(rows, places, target if labelled and name != "unlabelled" else None, numbers)
                tables[name] = pa.concat_tables([tables[name], table]) if name in tables else table
    if not tables:
        raise _nothing(lost, unusable or {})
    skipped = [f"{count} × {why}" if count > 1 else why for why, count in lost.items()]
    skipped += [f"{Path(path).name}: {why}" for path, why in list((unusable or {}).items())[:40]]
    made = form if known and form is not None else learned.kept()
    return Raw("series", tables, target if labelled else None, skipped=skipped, form=made, notes=list(notes),
               lost=dict(lost), unusable=dict(unusable or {}), problems=problems)  # fmt: skip


def _nothing(lost: Mapping[str, int], unusable: Mapping[str, str]) -> DataError:
    why = next(iter((*lost, *unusable.values())), "there is none")
    return DataError(
        Kind.UNREADABLE,
        f"Not one series can be read: {why}.",
        hint="Check that the files were downloaded or copied whole.",
    )


def _table(rows: Rows, places: Sequence[int], target: str | None, numbers: bool) -> pa.Table:
    chunks, start, values = [], 0, 0
    chosen = [rows.series[place] for place in places]
    for place, one in enumerate(chosen):
        values += one.size
        if values > _VALUES_IN_A_CHUNK:
            chunks.append(arrays.column(chosen[start:place]))
            start, values = place, one.size
    chunks.append(arrays.column(chosen[start:]))
    columns: dict[str, pa.Array | pa.ChunkedArray] = {arrays.NAME: pa.chunked_array(chunks, arrays.KIND)}
    columns[arrays.PATH] = pa.array([rows.sources[place] for place in places], pa.string())
    for name, cells in rows.others.items():
        texts = [cells[place] for place in places]
        columns[name] = pa.array([_number(cell) for cell in texts]) if _are_numbers([cell for cell in texts if cell]) \
            else pa.array(texts, pa.string())  # fmt: skip
    if target is not None:
        labels = [rows.labels[place] for place in places]
        columns[target] = pa.array([_number(one) for one in labels]) if numbers else pa.array(labels, pa.string())
    return pa.table(columns)


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _are_numbers(labels: Sequence[str]) -> bool:
    """Fractions, or whole numbers too many to be classes: values to regress on."""
    try:
        values = np.array([float(label) for label in labels])
    except ValueError:
        return False
    kinds = len(np.unique(values))
    whole = bool(np.array_equal(values, np.rint(values)))
    return kinds > (max(30, len(values) // 4) if whole else max(12, len(values) // 10)) and len(values) > 0


def of_channels(series: np.ndarray, form: SeriesForm) -> str | None:
    """Why a series does not suit what was learned; None where it does."""
    if len(series) == len(form.channels):
        return None
    return f"it has {len(series)} channel{'s' * (len(series) != 1)} instead of {len(form.channels)}"


def unnamed(count: int) -> list[str]:
    """What channels without a name are called."""
    return [f"channel_{place + 1}" for place in range(count)]


def usual_channels(rows: Sequence[Rows], path: Path) -> int:
    """The number of channels that most series have. Raises DataError `unreadable` where there is no series."""
    counts = Counter(len(one) for part in rows for one in part.series)
    if not counts:
        raise unreadable(path, "there is no series in it")
    return counts.most_common(1)[0][0]
