"""What a reader hands over, as one numbered list of rows: features, target, and what was left out and why.

Rows of all splits stand one after another; `rows["test"]` says which of them the files put in the test split.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from noglue.tools.data.row_content import Cells, Content
from noglue.tools.preparation.row_account import RowAccount
from noglue.tools.preparation.row_origin import RowOrigin
from noglue.tools.spec import modalities
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.modalities import ModalityPlugin
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.schema import ORIGIN
from noglue.tools.values import conform, labels
from noglue.tools.values.column_kinds import column as described_column
from noglue.tools.values.column_names import named

AS_ASKED = "as asked"


@dataclass
class Gathered:
    """columns: what may become a feature, in order. target: one value a row, null where a split has none.

    aside: whole columns that are no features, identifiers among them. dropped: column → reason; identifiers: those of
    them that name rows. kept: whole columns that every split gets beside its features, as `evaluate` must know which
    rows depend on one another. account: of the rows that take no part. only: features that were named one by one, to be
    kept if they vary. origin: where each row came from.
    """

    content: Content
    columns: list[Column]
    rows: dict[str, np.ndarray]
    target: pa.ChunkedArray | None
    aside: dict[str, pa.ChunkedArray]
    dropped: dict[str, str] = field(default_factory=dict)
    kept: dict[str, pa.ChunkedArray] = field(default_factory=dict)
    account: RowAccount = field(init=False)
    only: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    origin: RowOrigin = field(kw_only=True)

    def __post_init__(self) -> None:
        self.account = RowAccount(sum(len(part) for part in self.rows.values()))

    def leave_out(self, rows: np.ndarray, why: str, names: Sequence[str] = ()) -> int:
        """Rows take no part any more, wherever they stand; how many of them did until now."""
        count = len(self.account.leave_out(rows, why, names))
        self.rows = {name: part[self.account.in_use[part]] for name, part in self.rows.items()}
        return count


@dataclass(frozen=True)
class Columns:
    """drop, exclude: to be left out; only: to be used and no others (None: all), as the request names them."""

    drop: Sequence[str] = ()
    exclude: Sequence[str] = ()
    only: Sequence[str] = ()


def gather(raw: Raw, described: Sequence[Column], target: str | None, asked: Columns | None = None) -> Gathered:
    """described: the profile's columns; one that is not among them is described anew.

    Raises DataError `no-features` when nothing but the target is left, `missing-columns`, `ambiguous-column` for a
    name that is none, `target-excluded`.
    """
    splits = {name: _without_origin(table) for name, table in raw.splits.items() if table.num_rows}
    if not splits:
        raise DataError(Kind.NO_ROWS, "The data hold no rows.", hint="Check that the files are whole.")
    starts = np.cumsum([0, *(table.num_rows for table in splits.values())])
    rows = {name: np.arange(starts[i], starts[i + 1]) for i, name in enumerate(splits)}
    tables = list(splits.values())
    answers = joined(tables, target) if target is not None else None
    kind = modalities.load(raw.modality)
    origin = RowOrigin(tables, list(splits), files=bool(kind.content))
    if kind.column is not None and kind.contents is not None:
        others = [name for name in tables[0].column_names if name not in (*kind.own, target)]
        out, _ = _asked(tables, asked or Columns(), target)
        _refuse_cells(asked or Columns(), tables, kind)
        dropped = {name: AS_ASKED if name in out else f"not part of the {kind.name}" for name in others}
        content = kind.contents(raw, tables)
        return Gathered(content, [kind.column(raw)], rows, answers, {}, dropped, origin=origin)
    paths = kind.own[1:]
    tables = [table.drop_columns([name for name in paths if name in table.column_names]) for table in tables]
    return _cells(tables, list(splits), rows, described, target, answers, asked or Columns(), origin)


def _without_origin(table: pa.Table) -> pa.Table:
    """Of a split that was prepared here before: its rows come from elsewhere now."""
    return table.drop_columns([ORIGIN]) if ORIGIN in table.column_names else table


def _asked(tables: list[pa.Table], asked: Columns, target: str | None) -> tuple[set[str], list[str]]:
    """The columns to leave out, and those to keep to (none: all), in the files' spelling."""
    names = list(dict.fromkeys(name for table in tables for name in table.column_names))
    others = [name for name in names if name != target]
    out = set(named(others, asked.drop, "drop"))
    excluded = named(names, asked.exclude, "leave out")
    only = [name for name in named(names, asked.only, "use") if name != target]
    if target in excluded:
        raise DataError(
            Kind.TARGET_EXCLUDED,
            f"The column {target!r} is both to be predicted and to be left out.",
            hint="Name another column to predict.",
        )
    both = [name for name in only if name in excluded]
    if both:
        raise DataError(Kind.MISSING_COLUMNS, f"{', '.join(both)}: both to be used and to be left out.", columns=both)
    return out | set(excluded) | (set(others) - set(only) if asked.only else set()), only


def _refuse_cells(asked: Columns, tables: list[pa.Table], kind: ModalityPlugin) -> None:
    """Raises DataError `wrong-kind` where columns beside the content are to be learned from, as no family does."""
    names = named(tables[0].column_names, asked.only, "use")
    if names and names != [kind.content]:
        raise DataError(
            Kind.WRONG_KIND,
            f"Only {', '.join(names)} is to be used, and a model of {kind.piece}s takes nothing but the {kind.piece}.",
            hint=f"Learn from the table of these columns, without the {kind.piece}s.",
        )


def _cells(
    tables: list[pa.Table],
    names: list[str],
    rows: dict[str, np.ndarray],
    described: Sequence[Column],
    target: str | None,
    answers: pa.ChunkedArray | None,
    asked: Columns,
    origin: RowOrigin,
) -> Gathered:
    profiled = {column.name: column for column in described}
    out, only = _asked(tables, asked, target)
    columns, aside, dropped, identifiers = [], {}, dict[str, str](), list[str]()
    there = [set(table.column_names) for table in tables]
    for name in tables[0].column_names:
        if name == target:
            continue
        kind = tables[0].schema.field(name).type
        column = profiled.get(name)
        if column is None or column.dtype != str(labels.plain(tables[0][name]).type):  # the profile saw some rows alone
            column = described_column(name, joined(tables, name))
        lacking = [names[i] for i, known in enumerate(there) if name not in known]
        if name in only:
            column = _as_feature(column, kind)
        if name in out:
            dropped[name] = AS_ASKED
        elif lacking:
            unlabelled = lacking[0] == "unlabelled"
            dropped[name] = "the rows to predict lack it" if unlabelled else f"the {lacking[0]} table lacks it"
        elif column.kind == "identifier":
            dropped[name] = "an identifier: it names a row and says nothing about the next"
            identifiers.append(name)
        elif pa.types.is_nested(kind) or column.kind == "image":
            dropped[name] = f"cells of type {kind} are not used"
        else:
            columns.append(column)
        if name in dropped and not pa.types.is_nested(kind):
            aside[name] = joined(tables, name)
    aside |= _of_later_tables(tables)
    if all(column.kind == "constant" for column in columns):
        counting = _counting(tables[0], profiled, identifiers)
        columns += counting.values()
        identifiers = [name for name in identifiers if name not in counting]
        dropped = {name: why for name, why in dropped.items() if name not in counting}
    if not columns:
        raise DataError(
            Kind.NO_FEATURES,
            f"No column is left to learn from besides the target {target!r}: {_reasons(dropped)}.",
            hint="Give a table with at least one column that says something about the target.",
        )
    whole = pa.concat_tables([conform.conform_table(table, columns) for table in tables])
    content = Cells(whole)
    return Gathered(content, columns, rows, answers, aside, dropped, only=only, identifiers=identifiers, origin=origin)


def _as_feature(column: Column, kind: pa.DataType) -> Column:
    """An identifier that was named as a feature is the number or the word that it is written as."""
    if column.kind != "identifier":
        return column
    return column.model_copy(update={"kind": "number" if _is_number(kind) else "category"})


def _counting(table: pa.Table, profiled: dict[str, Column], identifiers: list[str]) -> dict[str, Column]:
    """Numbers that look like an identifier, where they are all there is to learn from: `x` that counts 1, 2, 3, …"""
    numbers = [name for name in identifiers if _is_number(table.schema.field(name).type)]
    columns = {name: profiled.get(name) or described_column(name, table[name]) for name in numbers}
    return {name: column.model_copy(update={"kind": "number"}) for name, column in columns.items()}


def _of_later_tables(tables: list[pa.Table]) -> dict[str, pa.ChunkedArray]:
    """Columns that the first table lacks, such as the numbers by which rows to predict are told apart."""
    found = {}
    for table in tables[1:]:
        for name in table.column_names:
            if name not in tables[0].column_names and not pa.types.is_nested(table.schema.field(name).type):
                found[name] = joined(tables, name)
    return found


def joined(tables: list[pa.Table], name: str) -> pa.ChunkedArray:
    """One column over all tables, null where a table lacks it; numbers of two types meet as float64, others as text."""
    parts = [labels.plain(table.column(name)) if table.schema.get_field_index(name) >= 0 else None for table in tables]
    kinds = {part.type for part in parts if part is not None and not pa.types.is_null(part.type)}
    kind = next(iter(kinds)) if len(kinds) == 1 else pa.float64() if all(map(_is_number, kinds)) else pa.string()
    filled = [
        pa.chunked_array([pa.nulls(table.num_rows, kind)]) if part is None else part.cast(kind)
        for part, table in zip(parts, tables, strict=True)
    ]
    return pa.chunked_array([chunk for part in filled for chunk in part.chunks], type=kind)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _reasons(dropped: dict[str, str]) -> str:
    return "; ".join(f"{name} ({why})" for name, why in list(dropped.items())[:5]) or "there are no others"
