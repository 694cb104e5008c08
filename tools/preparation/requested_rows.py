"""The rows that a request asks for: those for which its conditions hold, a sample, so many at most.

Done before anything is learned of the rows, so that what is left out counts for nothing; each row left out keeps its
reason in `Gathered.account`. Rows to predict stay, whatever holds for them.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.preparation.gathering import Gathered, joined
from noglue.tools.preparation.time_order import Order
from noglue.tools.spec import modalities
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.requested import Condition
from noglue.tools.values.conditions_hold import all_hold

LEARNED_FROM = ("train", "all")


def columns_of(raw: Raw) -> dict[str, pa.ChunkedArray]:
    """Every column that a condition may name, over all rows; numbers that stand for classes as the classes' names."""
    tables = [table for table in raw.splits.values() if table.num_rows]
    names = list(dict.fromkeys(name for table in tables for name in table.column_names))
    bare = [name for name in names if not _is_content(raw, name, tables)]
    found = {name: joined(tables, name) for name in bare}
    if raw.classes is not None and raw.target in found and pa.types.is_integer(found[raw.target].type):
        found[raw.target] = pa.chunked_array([pa.array(raw.classes, pa.string())]).take(
            found[raw.target].combine_chunks().cast(pa.int64())
        )
    return found


def _is_content(raw: Raw, name: str, tables: Sequence[pa.Table]) -> bool:
    if name == modalities.load(raw.modality).content:
        return True
    kinds = [table.schema.field(name).type for table in tables if name in table.column_names]
    return any(pa.types.is_nested(kind) or pa.types.is_binary(kind) for kind in kinds)


def to_predict(gathered: Gathered) -> np.ndarray:
    """Row numbers of the splits that have no target at all."""
    target = gathered.target
    closed = [part for name, part in gathered.rows.items() if name == "unlabelled"]
    if target is not None and "test" in gathered.rows:
        test = gathered.rows["test"]
        if target.take(pa.array(test)).null_count == len(test):
            closed.append(test)
    return np.concatenate([np.zeros(0, np.int64), *closed])


def keep_where(gathered: Gathered, conditions: Sequence[Condition], columns: Mapping[str, pa.ChunkedArray]) -> None:
    """Raises DataError `no-rows` naming the condition that leaves none, with the counts."""
    open_ = to_predict(gathered)
    for condition in conditions:
        used = np.setdiff1d(np.concatenate([np.zeros(0, np.int64), *gathered.rows.values()]), open_)
        held = all_hold([condition], columns, len(gathered.account.reason))
        if not held[used].any():
            raise DataError(
                Kind.NO_ROWS,
                f"No row is left: none of {len(used):,} rows fulfils “{condition}”.",
                hint=f"The column {condition.column} holds {_examples(columns, condition)}.",
                condition=str(condition),
            )
        gathered.leave_out(used[~held[used]], f"not “{condition}”, as asked")
    _forget_targets(gathered)


def keep_sample(gathered: Gathered, share: float, random: np.random.Generator) -> None:
    """A share of the rows to learn from and to test on, where the files have no test split of their own."""
    for name in LEARNED_FROM:
        rows = gathered.rows.get(name, np.zeros(0, np.int64))
        count = max(1, round(share * len(rows))) if len(rows) else 0
        kept = random.choice(rows, count, replace=False)
        gathered.leave_out(np.setdiff1d(rows, kept), f"not in the random {_percent(share)} of the rows, as asked")
    _forget_targets(gathered)


def keep_at_most(
    gathered: Gathered, most: int, strata: np.ndarray, order: Order | None, random: np.random.Generator
) -> None:
    """All but `most` labelled rows of train go: the last ones in an order stay, else some at random, as files are often
    sorted.
    """
    for name in LEARNED_FROM:
        rows = gathered.rows.get(name, np.zeros(0, np.int64))
        usable = rows[strata[rows] >= 0]
        if len(usable) <= most:
            continue
        kept = random.choice(usable, most, replace=False)
        if order is not None:
            kept = usable[np.argsort(order.values[usable], kind="stable")[-most:]]
        gathered.leave_out(np.setdiff1d(usable, kept), f"more than {most:,} rows to learn from")


def _forget_targets(gathered: Gathered) -> None:
    """Targets of rows that are left out, so that neither classes nor ranges are learned from them."""
    if gathered.target is not None:
        there = pa.array(gathered.account.in_use)
        gathered.target = pc.if_else(there, gathered.target, pa.scalar(None, gathered.target.type))


def _examples(columns: Mapping[str, pa.ChunkedArray], condition: Condition) -> str:
    from noglue.tools.values.column_names import named

    column = columns[named(list(columns), [condition.column], "choose rows by")[0]]
    known = column.drop_null()
    if not len(known):
        return "nothing"
    if pa.types.is_string(known.type) or pa.types.is_boolean(known.type):
        some = known.unique().slice(0, 9).to_pylist()
        return ", ".join(map(str, some[:8])) + (" …" if len(some) > 8 else "")
    limits = pc.min_max(known).as_py()
    return f"{limits['min']} to {limits['max']}"


def _percent(share: float) -> str:
    return f"{100 * share:g} %"
