"""Tables that tell of the same things, made one: by a key that both have, or row by row.

training_values.csv  id,age,…       training_labels.csv  id,status      →  id,age,…,status
X_train.csv          age,fare,…     y_train.csv          survived       →  age,fare,…,survived
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.spec.errors import DataError, Kind

Part = tuple[str, pa.Table]  # a file's name and its rows


def joined(parts: Sequence[Part], reading: Mapping[str, str], lost: dict[str, int]) -> pa.Table:
    """The first part's rows, with the columns of the others. lost: rows of these that belong to none, by reason.

    Raises DataError `unreadable` where tables that stand side by side have not as many rows.
    """
    tables: list[Part] = []
    for name, part in parts:
        known = next((place for place, (_, one) in enumerate(tables) if one.column_names == part.column_names), None)
        if known is None:
            tables.append((name, part))
        else:
            tables[known] = (tables[known][0], pa.concat_tables([tables[known][1], part]))
    whole = tables[0][1]
    for name, table in tables[1:]:
        if "join" in reading:
            pair = next(
                pair
                for pair in pairs(reading["join"])
                if pair[0] in whole.column_names and pair[1] in table.column_names
            )
            whole = _by_key(whole, name, table, pair, lost, "looked_up" in reading)
        else:
            whole = _by_row(whole, name, table)
    return whole


def pairs(join: str) -> list[tuple[str, str]]:
    """The columns by which tables are joined, of the first and of the other: a line each, a tab between two names."""
    found = [line.split("\t") for line in join.split("\n")]
    return [(names[0], names[-1]) for names in found]


def added(parts: Sequence[Part], reading: Mapping[str, str]) -> list[str]:
    """The columns that the later tables bring along: of values and labels, the labels."""
    first = parts[0][1].column_names
    if reading.get("looked_up"):
        return []
    key = reading.get("join")
    if key is None:
        return list(dict.fromkeys(name for _, part in parts[1:]
                                  for name in _names_beside(first, part.column_names).values()))  # fmt: skip
    keys = re.split(r"[\t\n]", key)
    return list(dict.fromkeys(name for _, part in parts for name in part.column_names if name not in (*first, *keys)))


def _by_key(
    whole: pa.Table, name: str, table: pa.Table, pair: tuple[str, str], lost: dict[str, int], looked_up: bool
) -> pa.Table:
    left, key = pair
    keys, wanted = pc.utf8_trim_whitespace(table[key]), pc.utf8_trim_whitespace(whole[left])
    places = pc.index_in(wanted, value_set=keys.combine_chunks())
    unused = table.num_rows - len(pc.unique(places).drop_null())
    if unused and not looked_up:
        reason = f"{name}: rows whose {key} is in no row of the other table, or is there a second time"
        lost[reason] = lost.get(reason, 0) + unused
    for column in table.column_names:
        if column != key:
            whole = whole.append_column(column, table[column].take(places))
    return whole


def _by_row(whole: pa.Table, name: str, table: pa.Table) -> pa.Table:
    if table.num_rows != whole.num_rows:
        raise DataError(
            Kind.UNREADABLE,
            f"{name} has {table.num_rows:,} rows beside {whole.num_rows:,} in the table that it belongs to.",
            hint="Give tables with one row for each of the other's, or with a key column that both have.",
        )
    for column, renamed in _names_beside(whole.column_names, table.column_names).items():
        whole = whole.append_column(renamed, table[column])
    return whole


def _names_beside(first: Sequence[str], others: Sequence[str]) -> dict[str, str]:
    """Column → what it is called beside the first table's: `target` for a lone one without a name of its own."""
    if len(others) == 1 and others[0] in first:
        return {others[0]: "target"}
    return {name: name for name in others if name not in first}


def with_class(path: Path, table: pa.Table, reading: Mapping[str, str]) -> pa.Table:
    """The table, and beside its columns the name of its file or folder, where that is the class of its rows."""
    by = reading.get("class")
    if by is None:
        return table
    label = path.stem if by == "file" else path.parent.name
    return table.append_column(_free(by, table.column_names), pa.array([label] * table.num_rows, pa.string()))


def class_column(reading: Mapping[str, str], tables: Mapping[str, pa.Table]) -> str | None:
    """The column of `with_class`, the last of each table."""
    return str(next(iter(tables.values())).column_names[-1]) if "class" in reading else None


def _free(name: str, taken: Sequence[str]) -> str:
    return name if name not in taken else _free(f"{name}_name", taken)


def parted(tables: Mapping[str, pa.Table], reading: Mapping[str, str]) -> dict[str, pa.Table]:
    """The rows by what the column of splits says of each, where a reading goes by one; rows without a word stay."""
    from noglue.tools.readers._label_columns import split_values
    from noglue.tools.readers._splits import in_order

    name = reading.get("split")
    if name is None or set(tables) != {"all"} or name not in tables["all"].column_names:
        return dict(tables)
    words = [None if cell is None else str(cell) for cell in tables["all"][name].to_pylist()]
    meaning = split_values(name, words)
    where = [meaning.get(word or "", "all") for word in words]
    found = {split: tables["all"].filter(pa.array([one == split for one in where])) for split in set(where)}
    return in_order(found) if meaning else dict(tables)
