"""Tables of a database that belong together by its declared keys: each row with what its keys lead to.

    orders     id  customer_id  total          customers  id  city
               1   7            12.50                     7   Graz
    orders with customers    id  customer_id  total  city
                             1   7            12.50  Graz

Only keys that name one row are followed (many orders to one customer), never from the one to the many, which would
repeat rows. A name that both tables have gets the other table's name in front: `customers.name`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from noglue.tools.readers._grids import Grid

_DEEPEST = 3  # keys one after the other
_MOST_COLUMNS = 2000


class Key(NamedTuple):
    """`table`.`column` names a row of `other` by its `key`."""

    table: str
    column: str
    other: str
    key: str


def with_joins(tables: Mapping[str, Grid], keys: Sequence[Key]) -> dict[str, Grid]:
    """The tables, and beside each that has keys the same one with what they lead to."""
    found = dict(tables)
    for name, table in tables.items():
        joined, brought = _joined(name, table, tables, keys, (name,))
        if brought:
            title = f"{name} with {', '.join(brought)}"
            told = f"{name} is joined with {', '.join(brought)}, by the foreign keys that the database declares"
            found[title] = replace(joined, notes=[*joined.notes, told], joined=True)
    return found


def _joined(
    name: str, table: Grid, tables: Mapping[str, Grid], keys: Sequence[Key], path: tuple[str, ...]
) -> tuple[Grid, list[str]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    brought: list[str] = []
    names, columns = list(table.names), list(table.columns)
    for key in keys:
        other = tables.get(key.other)
        usable = key.table == name and other is not None and key.column in table.names and key.key in other.names
        if not usable or other is None or key.other in path or len(path) > _DEEPEST:
            continue
        whole, further = _joined(key.other, other, tables, keys, (*path, key.other))
        place = whole.names.index(key.key)
        theirs = whole.columns[place].to_pylist()
        of_key = {value: row for row, value in enumerate(theirs) if value}
        if len(of_key) < sum(map(bool, theirs)):
            continue  # a key that names several rows
        added = [at for at in range(len(whole.names)) if at != place]
        if len(names) + len(added) > _MOST_COLUMNS:
            continue
        mine = table.columns[table.names.index(key.column)].to_pylist()
        names += [_called(whole.names[at], key, names) for at in added]
        rows = pa.array([of_key.get(value) for value in mine], pa.int64())
        columns += [pc.fill_null(whole.columns[at].take(rows), "") for at in added]
        brought += [key.other, *further]
    return replace(table, names=names, columns=columns), list(dict.fromkeys(brought))


def _called(name: str, key: Key, taken: Sequence[str]) -> str:
    """Its own name, where no other column has it; else that of its table, or of the key that leads there, in front."""
    for one in (name, f"{key.other}.{name}", f"{key.column}.{name}"):
        if one not in taken:
            return one
    return f"{key.column}.{name}.{len(taken)}"
