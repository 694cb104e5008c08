"""The texts that a family learns from, with their labels: as many as there is time to count.

>>> rows = read(data, schema, seed=0, seconds=30.0)
>>> len(rows), rows.held.sum()                  # held: those that `prepare` kept for validation
(5197, 783)
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.data.arrays import label_array
from noglue.tools.data.held_back import HELD, held_back
from noglue.tools.data.labels import labelled
from noglue.tools.models._tables.encoding import arrow
from noglue.tools.models._texts.counted import UNITS, Unit, units_of
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema, load_split

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

PROBED = 100  # texts whose counting is timed
FEWEST = 500  # that are learned from in any case
MOST_CHARACTERS = 20_000  # of a text; what follows is not read


@dataclass(frozen=True)
class TextRows:
    """columns: the texts of each column. truth: as the target's column has it, int64 class indices or float64 values.
    held: bool (n,), kept for validation. units: what is counted in each column. there: training rows that there are.
    table: the rows themselves, in the same order.
    """

    columns: list[list[str]]
    truth: np.ndarray
    held: np.ndarray
    units: list[tuple[Unit, ...]]
    there: int
    table: "pa.Table"

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, rows: np.ndarray) -> "TextRows":
        columns = [[column[row] for row in rows.tolist()] for column in self.columns]
        return TextRows(columns, self.truth[rows], self.held[rows], self.units, self.there, self.table.take(rows))


def text_names(schema: Schema) -> list[str]:
    """The columns that hold texts."""
    return [column.name for column in schema.features if column.kind == "text"]


def other_names(schema: Schema) -> list[str]:
    """The columns beside the texts that a table's family learns from."""
    return [column.name for column in schema.features if column.kind != "text"]


def read(data: Path, schema: Schema, seed: int, seconds: float) -> TextRows:
    """Of train and validation, those with a target, as many as can be counted in `seconds`; parts of words are left out
    where that brings more of them in. Raises DataError `no-rows`.
    """
    names, target = text_names(schema), str(schema.target)
    train = labelled(load_split(data, "train"), schema)
    held = labelled(load_split(data, "validation"), schema) if (data / "validation").is_dir() else train.select([])
    if len(train) < 2:
        raise DataError(Kind.NO_ROWS, f"Only {len(train)} training rows have a value in {target!r}.")
    units = [units_of(some) for some in texts_of(_spread(train, PROBED * 5), names)]
    units, most = _in_time(train, names, units, seconds)
    random, there = np.random.default_rng(seed), len(train)
    kept = most * len(train) // (len(train) + len(held))
    train, held = _some(train, kept, random), _some(held, max(FEWEST // 4, most - kept), random)
    import pyarrow as pa

    table = pa.concat_tables([arrow(train), arrow(held)], promote_options="permissive")
    truth = np.concatenate([label_array(train, target), label_array(held, target)])
    last = np.arange(len(truth)) >= len(train)
    if not len(held):
        last = held_back(train, schema, HELD, seed)
    return TextRows(texts_in(table, names), truth, last, units, there, table)


def texts_of(rows: "datasets.Dataset", names: Sequence[str]) -> list[list[str]]:
    return texts_in(arrow(rows), names)


def texts_in(table: "pa.Table", names: Sequence[str]) -> list[list[str]]:
    """Each column's texts, "" where one is missing."""
    return [
        [(value or "")[:MOST_CHARACTERS] for value in table.column(name).cast("string").to_pylist()] for name in names
    ]


def _in_time(
    rows: "datasets.Dataset", names: list[str], units: list[tuple[Unit, ...]], seconds: float
) -> tuple[list[tuple[Unit, ...]], int]:
    """What is counted, and in how many rows; each is counted twice: when the counting is learned, and done."""
    some = texts_of(_spread(rows, PROBED), names)
    needed = len(rows) * sum(_seconds(own, texts) for own, texts in zip(units, some, strict=True))
    if needed > seconds:
        units = [("words",) if "parts of words" in own else own for own in units]
        needed = len(rows) * sum(_seconds(own, texts) for own, texts in zip(units, some, strict=True))
    return units, max(FEWEST, int(len(rows) * min(1.25, seconds / max(needed, 1e-9))))


def _seconds(units: Sequence[Unit], texts: list[str]) -> float:
    """To count one text twice, as measured."""
    from sklearn.feature_extraction.text import CountVectorizer

    began = time.monotonic()
    for unit in units:
        analyse = CountVectorizer(**UNITS[unit]).build_analyzer()
        for text in texts:
            len(dict.fromkeys(analyse(text)))
    return 2.5 * (time.monotonic() - began) / max(1, len(texts))


def _spread(rows: "datasets.Dataset", most: int) -> "datasets.Dataset":
    return rows.select(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int)) if len(rows) else rows


def _some(rows: "datasets.Dataset", most: int, random: np.random.Generator) -> "datasets.Dataset":
    return rows if len(rows) <= most else rows.select(np.sort(random.choice(len(rows), most, replace=False)))
