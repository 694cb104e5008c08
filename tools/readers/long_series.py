"""Long tables of time series: many rows a series, told apart by an identifier, with one answer for all of them.

    recording,time,x,y,z,activity            series_id,step,a,b         series_id,surface
    r0,0.00,0.1,9.8,0.3,walk                 0,0,0.1,9.8                0,carpet
    r0,0.02,0.2,9.7,0.3,walk                 0,1,0.2,9.7                1,concrete
    r1,0.00,0.3,9.6,0.2,run                  1,0,0.3,9.6                …

Each identifier is one series, in the order of its time. The answer is a column that says the same in all rows of an
identifier, or stands in a second table that has one row for each. Where the answer changes within an identifier the
rows themselves are what is told, and the table stays a table.
Source: https://tsfresh.readthedocs.io/en/latest/text/data_formats.html (flat data frames)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.readers._grouping import SUBMISSION
from noglue.tools.readers._splits import SPLIT_ORDER, in_order, splits_of
from noglue.tools.series.form import SeriesForm
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from noglue.tools.readers._dialect import Dialect

READS = "long tables of time series, one identifier a series"
BESIDE = True
_ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".gz")
_FEWEST_STEPS = 8  # rows of an identifier, in the middle
_FEWEST_SERIES = 8
_MOST_FILES = 50
_PROBED = 40_000  # rows by which a table is told to be long
_KEY = re.compile(
    r"(.*[\W_])?(id|key|series|sequence|recording|sample|case|trial|instance|unit|window|segment|session|measurement|"
    r"number|nr|no)([\W_].*)?",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(.*[\W_])?(time|timestamp|date|datetime|t|ts|step|steps|index|frame|seconds?|ms|row|order|tick|cycle|zeit|temps|"
    r"tiempo)([\W_].*)?",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"(.*[\W_])?(label|class|target|y|category|activity|outcome|state|condition|diagnosis|type|kind|status|klasse|ziel|"
    r"classe|clase|cible|objetivo)s?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Panel:
    """key, time: columns (time None where rows stand in order). channels: what varies within an identifier. constant:
    what says one thing for each; same: numbers that are the same throughout.
    """

    key: str
    time: str | None
    channels: list[str]
    constant: list[str]
    same: list[str]

    def beside(self, others: "Sequence[Panel]") -> "Panel":
        """As several tables of the same columns show it: what varies in one of them is a channel."""
        varied = {name for one in others for name in one.channels}
        varied |= {name for name in self.same if not any(name in one.constant for one in others)}
        channels = [name for name in self.names if name in varied]
        return Panel(self.key, self.time, channels, [name for name in self.constant if name not in varied], [])

    @property
    def names(self) -> list[str]:
        return sorted({*self.channels, *self.constant, *self.same})


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By the first rows of each table."""
    tables = _tables(files)
    panels = {path: panel for path, dialect in tables.items() if (panel := _panel(path, dialect)) is not None}
    groups: dict[tuple[str, str | None], list[Path]] = {}
    for path, panel in panels.items():
        groups.setdefault((panel.key, panel.time), []).append(path)
    found: list[Match] = []
    for (key, _), paths in groups.items():
        splits: dict[str, list[Path]] = {}
        for path, split in splits_of(sorted(paths)).items():
            splits.setdefault(split, []).append(path)
        first = panels[next(iter(in_order(splits).values()))[0]]
        first = first.beside([panels[path] for path in paths])
        channels = [name for name in tables[paths[0]].names if name in first.channels]
        reading = {"key": key, "time": first.time or "", "channels": "\n".join(channels)}
        listed = ", ".join(path.name for path in paths[:4])
        why = f"{listed}: one series for each {key}, of {len(channels)} channels"
        beside = {
            path: table for path, table in tables.items() if path not in panels and _has_keys(table, key, paths, tables)
        }
        real = {path: table for path, table in beside.items() if not SUBMISSION.search(path.stem)}
        beside = real or beside  # placeholders are no answers where there are some
        if beside:
            why += f"; answers in {', '.join(path.name for path in beside)}"
            found.append(Match(0.9, in_order(splits) | {"about": list(beside)}, why, reading,
                               ", ".join(path.name for path in beside)))  # fmt: skip
        elif first.constant:
            sure = 0.88 if _is_plain(first, tables[paths[0]]) else 0.6
            found.append(Match(sure, in_order(splits), why, reading, listed))
    used = [{*(path for paths in one.files.values() for path in paths)} for one in found]
    return [Match(one.confidence, one.files, one.why, one.reading, one.labels_from, 1.0,
                  {str(path): "another table, of other columns" for path in tables if path not in own})
            for one, own in zip(found, used, strict=True)]  # fmt: skip


def new_series(files: Sequence[Path], form: DataForm) -> Match | None:
    """New rows with the identifier and all channels."""
    known = SeriesForm.of(form)
    if known is None or known.reader != "long_series" or known.key is None:
        return None
    needed = {known.key, *known.channels, *([known.time] if known.time else [])}
    fitting = [path for path, dialect in _tables(files).items() if needed <= set(dialect.names)]
    reading = {"key": known.key, "time": known.time or "", "channels": "\n".join(known.channels)}
    return Match(0.9, {"all": fitting}, "long tables of series", reading) if fitting else None


def count(match: Match) -> dict[str, int]:
    """Series a split."""
    import pyarrow.compute as pc

    from noglue.tools.readers import _long_rows

    key, time = match.reading["key"], match.reading["time"]
    found: dict[str, int] = {}
    for split, paths in match.files.items():
        if split != "about":
            table = _long_rows.joined([Path(path) for path in paths], [key, time], key, time)
            found[split] = int(pc.count_distinct(_long_rows.identifiers(table, key)).as_py())
    return found


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` where a table lacks a column that others have."""
    from noglue.tools.readers import _long_rows, _series
    from noglue.tools.values import cells

    key, time = match.reading["key"], match.reading["time"]
    channels = match.reading["channels"].split("\n")
    known = form.cells if form is not None and SeriesForm.of(form) is not None else None
    texts: dict[str, pa.Table] = {}
    for split in (name for name in SPLIT_ORDER if name in match.files):
        needed = [key, time] if known is None else [key, time, *channels]
        texts[split] = _long_rows.joined([Path(path) for path in match.files[split]], needed, key, time)
    wanted = [*channels, *([time] if time else [])]
    typed = cells.typed({split: table.select(wanted) for split, table in texts.items()}, known)
    forms = {name: one for name, one in typed.forms.items() if name in wanted}
    splits = {}
    for split, table in texts.items():
        told = _long_rows.answers(match, key, split)
        splits[split] = _long_rows.rows(table, typed.tables[split], key, time, channels, told, rows)
    learned = SeriesForm(reader="long_series", channels=channels, key=key, time=time or None)
    targets = list(next(iter(splits.values())).others)
    target = _target(targets)
    for part in splits.values():
        if target is not None:
            part.labels = part.others.pop(target, part.labels)
    raw = _series.raw(splits, form, learned, target=target or _series.LABEL)
    if known is None:
        raw.form = learned.kept().model_copy(update={"cells": forms})
    raw.strays = {name: one for name, one in typed.strays.items() if name in channels}
    raw.notes += [
        f"each {key} is one series" + (f", its rows in the order of {time}" if time else ", its rows as they stand")
    ]
    if missing := sum(_long_rows.without_identifier(table, key) for table in texts.values()):
        raw.notes.append(f"{missing:,} rows have no {key} and belong to no series")
    return raw


def _target(names: Sequence[str]) -> str | None:
    """The one answer there is, or the one that is named like an answer."""
    named = [name for name in names if _ANSWER.fullmatch(name)]
    if len(names) == 1:
        return names[0]
    return named[0] if len(named) == 1 else None


# ---- what is there -----------------------------------------------------------------------------------------------


def _tables(files: Sequence[Path]) -> "dict[Path, Dialect]":
    """Tables of text with a header."""
    from noglue.tools.readers._table_files import tables_of

    likely = [path for path in files if path.suffix.lower() in _ENDINGS and not path.name.startswith(".")]
    if len(likely) > _MOST_FILES:
        return {}
    return {path: dialect for path, dialect in tables_of(likely).items() if dialect.header}


def _panel(path: Path, dialect: "Dialect") -> Panel | None:
    """Whether rows of one identifier follow one another, with something constant beside what varies, or an answer
    in another table.
    """
    if len(dialect.names) < 3 or not any(_runs(dialect, place) for place in range(len(dialect.names))):
        return None
    from noglue.tools.readers import _long_rows

    try:
        table = _long_rows.strings(path, dialect.names, _PROBED)
    except DataError:  # its first rows were even, most are not
        return None
    for key in sorted(dialect.names, key=lambda name: (_KEY.fullmatch(name) is None, dialect.names.index(name))):
        told_by_name = _TIME.fullmatch(key) is not None and _KEY.fullmatch(key) is None
        codes = None if told_by_name else _codes(table[key])
        if codes is None:
            continue
        panel = _of_key(table, key, codes)
        if panel is not None:
            return panel
    return None


def _runs(dialect: "Dialect", place: int) -> bool:
    """Whether a column of the first rows has the same word many times in a row, and then others."""
    values = [row[place] for row in dialect.sample]
    changes = sum(one != two for one, two in pairwise(values))
    return len(values) >= 2 * _FEWEST_STEPS and changes <= len(values) / 4 and bool(values[0])


def _codes(column: "pa.ChunkedArray") -> "np.ndarray | None":
    """A number for each identifier, in the order of appearance; None where it is none: too few, or too short ones."""
    import numpy as np

    if column.null_count:
        return None
    codes = np.asarray(column.combine_chunks().dictionary_encode().indices.to_numpy())
    counts = np.bincount(codes)
    whole = counts[:-1] if len(counts) > 1 else counts  # the last may be cut off
    return codes if len(counts) >= _FEWEST_SERIES and np.median(whole) >= _FEWEST_STEPS else None


def _of_key(table: "pa.Table", key: str, codes: "np.ndarray") -> Panel | None:
    import numpy as np

    first = np.unique(codes, return_index=True)[1]
    contiguous = int((np.diff(codes) != 0).sum()) == len(first) - 1
    channels: list[str] = []
    constant: list[str] = []
    same: list[str] = []
    time = None
    dated: list[str] = []  # words for moments
    for name in table.column_names:
        if name == key:
            continue
        numbers = _numbers(table[name])
        own = np.asarray(table[name].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy())
        if (own == own[first][codes]).all():
            if len(np.unique(own[first])) > 1:
                constant.append(name)
            elif numbers is not None:
                same.append(name)
        elif numbers is not None and (time is None or time in dated) and _is_time(name, numbers, codes):
            time = name
        elif numbers is not None and not _counts(numbers, codes):
            channels.append(name)
        elif numbers is None and len(np.unique(own)) == len(own) and not _TIME.fullmatch(name):
            continue  # the rows' own names
        elif numbers is None and _TIME.fullmatch(name) is not None and _goes_up(own, codes):
            dated.append(name)
            time = time or name
        elif numbers is None:
            return None  # words that change within an identifier: rows of a table
    in_order = contiguous and _KEY.fullmatch(key) is not None
    named = [name for name in constant if len(set(table[name].to_pylist())) < len(first) or _ANSWER.fullmatch(name)]
    return Panel(key, time, channels, named, same) if channels and (time is not None or in_order) else None


def _is_time(name: str, values: "np.ndarray", codes: "np.ndarray") -> bool:
    """By its name, or because it counts the rows of each identifier one by one."""
    return _counts(values, codes) or (_TIME.fullmatch(name) is not None and _goes_up(values, codes))


def _counts(values: "np.ndarray", codes: "np.ndarray") -> bool:
    import numpy as np

    order = np.lexsort((values, codes))
    steps = np.diff(values[order])[codes[order][1:] == codes[order][:-1]]
    return bool(len(steps) and (steps == 1).all())


def _goes_up(values: "np.ndarray", codes: "np.ndarray") -> bool:
    """Strictly, within each identifier, once its rows are put in order: no moment twice."""
    import numpy as np

    order = np.lexsort((values, codes))
    same = codes[order][1:] == codes[order][:-1]
    return bool((np.diff(values[order])[same] > 0).all())


def _numbers(column: "pa.ChunkedArray") -> "np.ndarray | None":
    """A tenth of the cells at most may be missing or no numbers."""
    import numpy as np

    from noglue.tools.values.number_text import is_number

    cells = column.to_pylist()
    some = cells[:: max(1, len(cells) // 500)]
    if sum(cell is not None and (is_number(cell) or is_number(cell, ",")) for cell in some) < 0.9 * len(some):
        return None
    found = np.full(len(cells), np.nan)
    for place, cell in enumerate(cells):
        try:
            found[place] = float((cell or "nan").replace(",", "."))
        except ValueError:
            continue
    return found


def _has_keys(table: "Dialect", key: str, paths: Sequence[Path], tables: "dict[Path, Dialect]") -> bool:
    """Whether a table has one row for each identifier."""
    if key not in table.names or len(table.names) < 2:
        return False
    place = table.names.index(key)
    mine = [row[place].strip() for row in table.sample]
    theirs = {row[tables[path].names.index(key)].strip() for path in paths for row in tables[path].sample}
    return len(set(mine)) == len(mine) and bool(theirs) and sum(one in set(mine) for one in theirs) >= 0.5 * len(theirs)


def _is_plain(panel: Panel, dialect: "Dialect") -> bool:
    """Whether what is constant is plainly an answer: alone, and the last column or named like one."""
    if len(panel.constant) != 1:
        return False
    return dialect.names[-1] == panel.constant[0] or _ANSWER.fullmatch(panel.constant[0]) is not None
