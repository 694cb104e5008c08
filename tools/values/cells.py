"""Tables of text to tables of numbers, booleans, dates and text: each column by one form, over all splits alike.

    >>> typed({"train": …, "test": …})                  learns the forms, and applies them
    >>> typed({"all": new_rows}, schema.form.cells)     applies those that `prepare` learned

Readers of text do so themselves; `settled` does it for the columns of text that other readers hand over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import pyarrow as pa

from noglue.tools.spec import modalities
from noglue.tools.spec.data_form import CellForm, DataForm, Strays
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.requested import MissingWords
from noglue.tools.values import labels
from noglue.tools.values.absent import without
from noglue.tools.values.column_names import named
from noglue.tools.values.conform import match_names
from noglue.tools.values.each_column import each_column
from noglue.tools.values.text_values import Parsed, apply, learn_together


@dataclass(frozen=True)
class Typed:
    """forms: of each column of text. strays: what did not fit, by column. notes: what was decided without certainty."""

    tables: dict[str, pa.Table]
    forms: dict[str, CellForm] = field(default_factory=dict)
    strays: dict[str, Strays] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def typed(
    tables: Mapping[str, pa.Table], known: Mapping[str, CellForm] | None = None, semicolons: bool = False
) -> Typed:
    """Columns whose form is known are read by it; the others' are learned from all tables together.

    semicolons: they separate the cells of the file.
    """
    names = list(dict.fromkeys(name for table in tables.values() for name in table.column_names))
    known = _spelled(names, known or {})
    columns = {name: text for name in names if (text := _text(tables, name, name in known)) is not None}
    unknown = {name: column for name, column in columns.items() if name not in known}
    learned, notes = learn_together(unknown, semicolons)
    forms = {name: known[name] if name in known else learned[name] for name in columns}

    def work(name: str, column: pa.ChunkedArray) -> Parsed:
        return apply(column, forms[name])

    parsed = each_column(columns, work)
    done: dict[str, pa.Table] = {}
    start = dict.fromkeys(columns, 0)
    for split, table in tables.items():
        parts = dict(zip(table.column_names, table.columns, strict=True))
        for name in parts.keys() & parsed.keys():
            parts[name] = parsed[name].column.slice(start[name], table.num_rows)
            start[name] += table.num_rows
        done[split] = pa.table(parts) if parts else table
    strays = {
        name: Strays(count=found.count, kind=forms[name].kind, examples=found.strays)
        for name, found in parsed.items()
        if found.count
    }
    return Typed(done, forms, strays, notes)


def settled(raw: Raw, form: DataForm | None = None) -> Raw:
    """What a reader handed over, with its columns of text read; those that it has read by a form stay as they are."""
    if not modalities.load(raw.modality).cells:
        return raw
    known = form.cells if form is not None else {}
    open_tables = {
        split: table.select([name for name in table.column_names if name not in raw.form.cells])
        for split, table in raw.splits.items()
    }
    found = typed(open_tables, known)
    if not found.forms:
        return _without_absent(raw, known)
    splits = {
        split: pa.table(
            {name: (found.tables[split] if name in found.forms else table)[name] for name in table.column_names}
        )
        for split, table in raw.splits.items()
    }
    cells = raw.form.model_copy(update={"cells": raw.form.cells | found.forms})
    read = replace(raw, splits=splits, form=cells, strays=raw.strays | found.strays,
                   notes=[*raw.notes, *found.notes])  # fmt: skip
    return _without_absent(read, known)


def said_missing(raw: Raw, asked: Sequence[MissingWords]) -> Raw:
    """What was handed over, with the cells that the request calls missing gone, and columns of text read anew: one of
    numbers beside `unknown` is one of numbers. Raises DataError `missing-columns` for a column that is none.
    """
    names = list(dict.fromkeys(name for table in raw.splits.values() for name in table.column_names))
    kind = modalities.load(raw.modality)
    names = [name for name in names if not kind.content or name not in kind.own]
    words: dict[str, list[str]] = {}
    for one in asked:
        for name in names if one.columns is None else named(names, one.columns, "read cells as missing in"):
            words.setdefault(name, []).extend(word.strip().casefold() for word in one.words)
    if not words:
        return raw
    splits = {
        split: pa.table({name: without(table[name], words[name]) if name in words else table[name]
                         for name in table.column_names})
        for split, table in raw.splits.items()
    }  # fmt: skip
    if kind.content:
        return replace(raw, splits=splits)
    old = raw.form.cells
    again = [name for name in words if name not in old or old[name].kind == "text"]
    found = typed({split: _of(table, again) for split, table in splits.items()})
    for split, table in splits.items():
        read = found.tables[split]
        splits[split] = pa.table(
            {name: read[name] if name in found.forms else table[name] for name in table.column_names}
        )
    forms = old | found.forms
    first = {name: next(table[name] for table in splits.values() if name in table.column_names) for name in words}
    for name, told in words.items():
        if not pa.types.is_nested(first[name].type):
            form = forms.get(name) or CellForm(kind=_kind(first[name].type))
            forms[name] = form.model_copy(update={"absent": list(dict.fromkeys([*told, *form.absent]))})
    strays = {name: one for name, one in raw.strays.items() if not _all_said(one, words.get(name, []))}
    return replace(raw, splits=splits, form=raw.form.model_copy(update={"cells": forms}), strays=strays | found.strays)


def _of(table: pa.Table, names: list[str]) -> pa.Table:
    return table.select([name for name in names if name in table.column_names])


def _all_said(strays: Strays, words: list[str]) -> bool:
    return bool(words) and all(example.strip().casefold() in words for example in strays.examples)


def _kind(kind: pa.DataType) -> Literal["number", "boolean", "date", "text"]:
    if pa.types.is_temporal(kind):
        return "date"
    return "boolean" if pa.types.is_boolean(kind) else "text" if _is_text(kind) else "number"


def _without_absent(raw: Raw, known: Mapping[str, CellForm]) -> Raw:
    """Cells of other types than text that were said to stand for a missing value, such as zeros of a Parquet file."""
    names = list(dict.fromkeys(name for table in raw.splits.values() for name in table.column_names))
    words = {name: form.absent for name, form in _spelled(names, known).items() if form.absent}
    if not words:
        return raw
    splits = {
        split: pa.table({name: without(table[name], words[name]) if name in words else table[name]
                         for name in table.column_names})
        for split, table in raw.splits.items()
    }  # fmt: skip
    return replace(raw, splits=splits)


def _spelled(names: list[str], known: Mapping[str, CellForm]) -> dict[str, CellForm]:
    """The known forms under the names that the tables at hand write: `DATE` for `date`."""
    found = match_names(names, list(known))
    return {there: known[name] for name, there in found.items()}


def _text(tables: Mapping[str, pa.Table], name: str, known: bool) -> pa.ChunkedArray | None:
    """One column over all tables, where it is text in one of them (or categories of text that have a form)."""
    parts = [
        labels.plain(table[name]) if known else table[name]
        for table in tables.values()
        if table.schema.get_field_index(name) >= 0
    ]
    if not any(_is_text(part.type) for part in parts) or not all(_is_flat(part.type) for part in parts):
        return None
    return pa.chunked_array([chunk for part in parts for chunk in part.cast(pa.string()).chunks], pa.string())


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_flat(kind: pa.DataType) -> bool:
    return _is_text(kind) or pa.types.is_null(kind) or bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
