"""Which files are tables of text, and what stands beside them: names, the target, rows to predict."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.files.file_account import is_prose
from noglue.tools.readers._column_descriptions import told_by
from noglue.tools.readers._splits import SPLIT_ORDER
from noglue.tools.readers._text_tables import dialect_of, strings
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.values.missing_words import is_missing
from noglue.tools.values.number_text import is_number
from noglue.tools.values.text_values import apply

if TYPE_CHECKING:
    from noglue.tools.readers._dialect import Dialect
    from noglue.tools.readers._grouping import Table

_ANSWERS = re.compile(r"([yt]|labels?|targets?|class(es)?)[_-]?(train|test|val|valid|validation|all)?"
                      r"|(train|test|val)\w*[_-](y|labels?|targets?)", re.IGNORECASE)  # fmt: skip
_PROSE = re.compile(r"readme|license|licence|index|requirements|changelog|labels?_?names|classes", re.IGNORECASE)
_FEW = 50
_MOST_TRIED, _FIRST = 200, 10  # files whose names tell nothing; of these a few tell of the rest
_FEWEST_ROWS = 5
_MOSTLY, _RAGGED = 0.7, 0.02
_OTHER_TEXT = (".names", ".info", ".svm", ".libsvm", ".svmlight", ".scale", ".json", ".jsonl", ".xml", ".arff",
               ".ndjson", ".ts", ".log", ".srt", ".vtt", ".eml", ".conll", ".conllu", ".iob")  # fmt: skip
_PROBED = 1000  # rows by which columns without names are told apart


def tables_of(likely: Sequence[Path]) -> "dict[Path, Dialect]":
    """The files that are tables, prose and single columns of text left out. A readme's words are no cells."""
    tables: dict[Path, Dialect] = {}
    for path in likely:
        dialect = dialect_of(path)
        if dialect is None or not (len(dialect.names) > 1 or _is_column(path)):
            continue
        if path.suffix != ".txt" or dialect.delimiter != " " or not _PROSE.search(path.stem):
            tables[path] = dialect
    return tables


def under_any_name(files: Sequence[Path]) -> "dict[Path, Dialect]":
    """Tables among files whose names tell of none: even rows under a header, or of numbers. No mails, no licences.

    Of files that are mostly something else none is one.
    """
    some = [path for path in files if not is_prose(path) and path.suffix.lower() not in _OTHER_TEXT]
    tables: dict[Path, Dialect] = {}
    for tried, path in enumerate(some[:_MOST_TRIED], 1):
        dialect = _even_table(path)
        if dialect is not None:
            tables[path] = dialect
        if tried > _FIRST and 2 * len(tables) < tried:
            return {}
    return tables if 2 * len(tables) > min(len(some), _MOST_TRIED) else {}


def _even_table(path: Path) -> "Dialect | None":
    """Marks between cells need a header or numbers; blanks, which any text has, need numbers in most cells."""
    dialect = dialect_of(path)
    if dialect is None or len(dialect.names) < 2 or len(dialect.sample) < _FEWEST_ROWS:
        return None
    if dialect.heading[:1] and dialect.heading[0].lstrip()[:1] in ("{", "[", "<", "@", "\\"):
        return None
    cells = [cell for row in dialect.sample[:_PROBED] for cell in row if not is_missing(cell)]
    numbers = sum(is_number(cell) or is_number(cell, ",") for cell in cells) / max(1, len(cells))
    if numbers < (_MOSTLY if dialect.delimiter == " " else 0.0 if dialect.header else 0.5):
        return None
    if len(dialect.names) < 3 and not (dialect.header and numbers >= 0.5):
        return None  # a comma or two in each line of prose
    try:
        found = strings(path, dialect, _PROBED)
    except DataError:
        return None
    return dialect if sum(found.lost.values()) <= _RAGGED * found.table.num_rows else None


def order(files: Iterable[str]) -> list[str]:
    """The splits among the keys, train first."""
    return [split for split in SPLIT_ORDER if split in files]


def named(tables: dict[str, pa.Table], about: Sequence[Path]) -> tuple[dict[str, pa.Table], str | None]:
    """Column names, and the target, from a file beside the table that tells as many as there are columns."""
    first = next(iter(tables.values())).column_names
    own = sum(re.fullmatch(r"column_\d+", name) is not None for name in first)  # of a join, the first table's
    for path in about:
        for width in dict.fromkeys((len(first), own)):
            names, target = told_by(path, width)
            if names and not set(names) & set(first[width:]):
                whole = [*names, *first[width:]]
                return {
                    split: table.rename_columns(whole[: table.num_columns]) for split, table in tables.items()
                }, target
    return tables, None


def placed(path: Path, table: pa.Table, dialect: "Table", form: DataForm | None) -> pa.Table:
    """New rows under the names that the columns of a table without header were given, by their places.

    The target may be left out wherever it stood; another column too, where the values then fit better.
    Raises DataError `missing-columns` when there are more or fewer columns, or their values are others.
    """
    names = form.names if form is not None else None
    if form is None or names is None or (set(table.column_names) <= set(names) and dialect.header):
        return table
    if dialect.header and len(set(table.column_names) & set(names)) > len(table.column_names) / 2:
        return table
    if table.num_columns == len(names):
        return table.rename_columns(names)
    if table.num_columns == len(names) - 1:
        some = table.slice(0, _PROBED)
        own = [_fit(column, name, form) for column, name in zip(some.columns, names[:-1], strict=True)]
        behind = [_fit(column, name, form) for column, name in zip(some.columns, names[1:], strict=True)]
        fits = {out: sum(own[:place]) + sum(behind[place:]) for place, out in enumerate(names)}
        best = max(fits, key=lambda out: fits[out])
        chosen = form.target if form.target in fits and fits[form.target] > fits[best] - 0.5 else best
        if fits[chosen] >= 0.5 * len([name for name in names if name != chosen and _tells(form, name)]):
            return table.rename_columns([name for name in names if name != chosen])
    less = f", or {len(names) - 1} without {form.target}" if form.target in names else ""
    listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    raise DataError(
        Kind.MISSING_COLUMNS,
        f"{path.name} has {table.num_columns} columns without names; the model was trained on {len(names)} "
        f"({listed}){less}.",
        hint="Give the columns of the training file in the same order, or a header that names them.",
        columns=names,
    )


def _fit(column: pa.ChunkedArray, name: str, form: DataForm) -> float:
    """The share of a column's cells that suit a form that tells something."""
    filled = len(column) - column.null_count
    if not filled or not _tells(form, name):
        return 0.0
    cells = form.cells[name]
    read = apply(column, cells)
    if not cells.levels:
        return float((filled - read.count) / filled)
    known = pc.is_in(read.column, pa.array([*cells.levels, *cells.missing]))
    return float((pc.sum(pc.or_(known, read.column.is_null())).as_py() - column.null_count) / filled)


def _tells(form: DataForm, name: str) -> bool:
    return name in form.cells and (form.cells[name].kind != "text" or bool(form.cells[name].levels))


def target(tables: Mapping[str, pa.Table], about: Sequence[Path]) -> str | None:
    """The column that the sample submission asks for, or the one that the rows to predict lack (or have empty)."""
    train = tables.get("train")
    if train is None:
        return None
    for path in about:
        describes = path.suffix == ".names" or told_by(path, train.num_columns)[0] is not None
        dialect = None if describes else dialect_of(path)
        sample = dialect is not None and dialect.header  # a list without a header asks for nothing
        asked = [name for name in dialect.names[1:] if name in train.column_names] if dialect and sample else []
        if len(asked) == 1:
            return asked[0]
    rows = tables.get("unlabelled")
    if rows is not None:
        lacking = [name for name in train.column_names if name not in rows.column_names]
        both = [name for name in rows.column_names if name in train.column_names]
        empty = [name for name in both if rows[name].null_count == len(rows) > train[name].null_count]
        if len(lacking or empty) == 1:
            return str((lacking or empty)[0])
    return None


def harmonised(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """adult.test writes `<=50K.` where adult.data has `<=50K`: the dot goes where it alone keeps the values apart."""
    train = tables.get("train")
    if train is None:
        return tables
    done = dict(tables)
    for split in set(tables) - {"train"}:
        for place, name in enumerate(tables[split].column_names):
            column = tables[split][name]
            if name not in train.column_names or not pc.all(pc.ends_with(column, ".")).as_py():
                continue
            bare = pc.utf8_rtrim(column, ".")
            known, values = train[name].unique(), bare.unique().drop_null()
            if len(known) <= _FEW and len(values) and pc.all(pc.is_in(values, known)).as_py():
                done[split] = done[split].set_column(place, name, bare)
    return done


def _is_column(path: Path) -> bool:
    """A file of one column counts as a table only where its name says so."""
    return ".csv" in path.suffixes or ".tsv" in path.suffixes or _ANSWERS.fullmatch(path.stem) is not None
