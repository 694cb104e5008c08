"""One file that is one series: its columns the channels, its rows the steps.

    time,x,y,z          0.12            0.12 0.10 0.07 0.05 …
    0.00,0.1,9.8,0.3    0.10
    0.02,0.2,9.7,0.3    0.07            a column without a name, or one line, is one channel

A column that counts the steps or the seconds is no channel. `.npy` holds an array (steps,) or (steps, channels).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.readers._text_tables import dialect_of, strings
from noglue.tools.series.arrays import MOST_VALUES
from noglue.tools.series.form import SeriesForm
from noglue.tools.spec.errors import DataError

if TYPE_CHECKING:
    from noglue.tools.readers._dialect import Dialect

MOST_CHANNELS = 512
FEWEST_STEPS = 8
_TIME = re.compile(
    r"(.*[\W_])?(time|timestamp|datetime|date|zeit|temps|tiempo|t|ts|seconds?|secs?|ms|index|frame|sample|step|row|n|nr|"
    r"no|unnamed: 0|column_1)([\W_].*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class OneSeries:
    """values: float32 (channels, steps). names: of the channels, empty where the file gives none. words: columns of
    text that say the same in every row, column → word.
    """

    values: np.ndarray
    names: list[str]
    aside: list[str]
    words: dict[str, str]


def sequence(path: Path, form: SeriesForm | None = None) -> OneSeries:
    """The series of a file. Raises ValueError saying what is wrong with it.

    form: what is known of such files; its channels are then found by their names, or by their places.
    """
    found = _of_array(path) if path.suffix.lower() == ".npy" else _of_table(path, form)
    if found.values.size > MOST_VALUES:
        raise ValueError(f"it holds {found.values.size:,} values, more than {MOST_VALUES:,}")
    if form is not None and len(found.values) != len(form.channels):
        count = len(found.values)
        raise ValueError(f"it has {count} channel{'s' * (count != 1)} instead of {len(form.channels)}")
    return found


def _of_array(path: Path) -> OneSeries:
    try:
        whole = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ValueError(f"it is no array ({error})") from error
    if whole.dtype.kind not in "fiu" or whole.ndim not in (1, 2) or whole.size > MOST_VALUES:
        raise ValueError(f"an array of {whole.dtype} of shape {whole.shape} is no series")
    values = np.asarray(whole, np.float32)
    return OneSeries(values[None] if values.ndim == 1 else np.ascontiguousarray(values.T), [], [], {})


def _of_table(path: Path, form: SeriesForm | None) -> OneSeries:
    dialect, columns = _columns(path)
    names = dialect.names if dialect.header else []
    numbers = {name: _numbers(column) for name, column in columns.items()}
    if not dialect.header and len(columns) >= FEWEST_STEPS and all(len(one) == 1 for one in columns.values()):
        line = [float(one[0]) if one is not None else np.nan for one in numbers.values()]
        return OneSeries(np.array([line], np.float32), [], [], {})
    if form is not None:
        aside = set(form.aside)
        chosen = _known(names, list(numbers), form)
        missing = [name for name in chosen if numbers[name] is None]
        if missing:
            raise ValueError(f"its column {missing[0]} holds no numbers")
        return OneSeries(_stacked(chosen, numbers), names and chosen, sorted(aside), {})
    words = {name: text for name, one in numbers.items() if one is None and (text := _constant(columns[name]))}
    chosen = [name for name, one in numbers.items() if one is not None]
    times = [name for name in chosen if len(chosen) > 1 and _is_time(name, numbers[name], bool(names))]
    chosen = [name for name in chosen if name not in times[:1]]
    if not chosen or len(chosen) > MOST_CHANNELS:
        raise ValueError("it has no columns of numbers" if not chosen else f"it has {len(chosen)} columns")
    aside = {name for name in columns if name not in chosen}
    return OneSeries(_stacked(chosen, numbers), chosen if names else [], sorted(aside), words)


def _columns(path: Path) -> "tuple[Dialect, dict[str, pa.ChunkedArray]]":
    try:
        dialect = dialect_of(path)
        if dialect is None:
            raise ValueError("it is empty, damaged, or no table of numbers")
        table = strings(path, dialect).table
    except DataError as error:
        raise ValueError(error.message.rstrip(".")) from error
    return dialect, dict(zip(table.column_names, table.columns, strict=True))


def _known(names: Sequence[str], columns: list[str], form: SeriesForm) -> list[str]:
    """The columns that are the channels. Raises ValueError for one that is not there."""
    if names and not set(names).isdisjoint(form.channels):
        lacking = [name for name in form.channels if name not in columns]
        if lacking:
            raise ValueError(f"it lacks the channel{'s' * (len(lacking) > 1)} {', '.join(lacking[:5])}")
        return list(form.channels)
    return columns if len(columns) == len(form.channels) else [name for name in columns if name not in form.aside]


def _stacked(names: Sequence[str], numbers: "dict[str, np.ndarray | None]") -> np.ndarray:
    return np.array([numbers[name] for name in names], np.float32)


def _numbers(column: pa.ChunkedArray) -> np.ndarray | None:
    """float64 (n,), NaN where a cell is empty; None where cells hold something else."""
    try:
        return np.asarray(pc.utf8_trim_whitespace(column).cast(pa.float64()).to_numpy(), np.float64)
    except pa.ArrowInvalid:
        pass
    from noglue.tools.values.cells import typed

    read = typed({"all": pa.table({"x": column})}, None).tables["all"]["x"]
    if pa.types.is_integer(read.type) or pa.types.is_floating(read.type):
        return np.asarray(read.cast(pa.float64()).to_numpy(), np.float64)
    return None


def _constant(column: pa.ChunkedArray) -> str:
    values = pc.unique(column.drop_null()).to_pylist()
    return str(values[0]) if len(values) == 1 else ""


def _is_time(name: str, values: np.ndarray | None, named: bool) -> bool:
    """A column that only goes up, by its name or, without one, by even steps."""
    if values is None or len(values) < 2 or not np.isfinite(values).all():
        return False
    steps = np.diff(values)
    if not (steps > 0).all():
        return False
    return _TIME.fullmatch(name) is not None and (named or bool(np.allclose(steps, steps[0], rtol=0.05)))
