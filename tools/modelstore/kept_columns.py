"""Columns of the input that stand beside the answers, copied as the files have them.

    noglue predict latest new.csv --keep id,date        input,id,date,prediction,confidence

A table is read a second time for them, its cells left alone, so that `007` stays `007` and a date stays as it was
written. Of files that are one input each there is one such column, `path`.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.modelstore.inputs import Found, Source
from noglue.tools.spec import catalogue, modalities
from noglue.tools.spec.data_form import CellForm, DataForm
from noglue.tools.spec.errors import BadUsage, Kind
from noglue.tools.spec.schema import Schema
from noglue.tools.values import labels
from noglue.tools.values.missing_words import WORDS

PATH = "path"
_VERBATIM = CellForm(kind="text", values=sorted({form(word) for word in WORDS for form in (str, str.upper, str.title)}))
_MOST_LISTED = 30


def kept(found: Found, asked: Sequence[str], schema: Schema) -> pa.Table:
    """Text, one row an input in input order, and of it the columns asked for. Raises BadUsage `keep` for others."""
    if not asked:
        return pa.table({})
    if found.files and not found.tables:
        _resolved(asked, [PATH])
        names = [name.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for name, _ in found.files]
        return pa.table({PATH: pa.array(names, pa.string())})
    parts: list[pa.Table] = []
    for place, (table, source) in enumerate(zip(found.tables, found.sources, strict=True)):
        content = modalities.load(schema.modality).content
        there = [name for name in table.column_names if name != content]
        chosen = _resolved(asked, there)
        verbatim = _read(source, chosen, schema)
        parts.append(_blank(found, place, chosen))
        parts.append(pa.table({name: _text(verbatim[name]) for name in chosen}))
    parts.append(_blank(found, len(found.tables), parts[-1].column_names))
    together = pa.concat_tables(parts)
    assert together.num_rows == found.total, "what is kept would stand beside another input's answer"
    return together


def _blank(found: Found, place: int, columns: Sequence[str]) -> pa.Table:
    """Empty cells for the inputs, given just before a table, of which nothing could be read."""
    count = sum(before == place for before, _, _ in found.unread)
    return pa.table({name: pa.nulls(count, pa.string()) for name in columns})


def _resolved(asked: Sequence[str], there: list[str]) -> list[str]:
    """Columns by their whole names; what is none is cut at its commas. Raises BadUsage."""
    chosen: list[str] = []
    for one in asked:
        chosen += [one] if one in there else [part.strip() for part in one.split(",") if part.strip()]
    missing = [name for name in chosen if name not in there]
    if missing or not chosen:
        more = ", …" if len(there) > _MOST_LISTED else ""
        raise BadUsage(
            Kind.KEEP,
            f"--keep: the input has no column {', '.join(map(repr, missing or asked))}.",
            hint=f"It has: {', '.join(there[:_MOST_LISTED])}{more}.",
        )
    return list(dict.fromkeys(chosen))


def _read(source: Source, columns: list[str], schema: Schema) -> pa.Table:
    """The table again, with these columns as they are written."""
    form = schema.form or DataForm()
    verbatim = form.model_copy(update={"cells": form.cells | dict.fromkeys(columns, _VERBATIM)})
    reader = catalogue.load("noglue.tools.readers", source.reader)
    table: pa.Table = reader.read(source.match, form=verbatim).splits[source.split]
    return table


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """As text; what has no text of its own in Arrow, as Python writes it."""
    column = labels.plain(column)
    try:
        return pc.cast(column, pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.chunked_array([[None if value is None else str(value) for value in column.to_pylist()]], pa.string())
