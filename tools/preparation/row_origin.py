"""Where each row came from, as `input` of predictions.csv says it, so that an answer finds its row.

    pets/test/a.png      a file, from the folder that holds all of them
    17                   a row of a table, counted from 0 among the rows that were read
    test: 17             the same where rows of several tables meet in one split

Only the test rows and the rows to predict carry it, in the column `ORIGIN`; no model sees it.
"""

import os.path
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

PATH = "path"  # of each row's file, in the tables of readers that make a row of a file


class RowOrigin:
    def __init__(self, tables: Sequence[pa.Table], names: Sequence[str], files: bool) -> None:
        """tables: all rows, in the order in which they are numbered; names: of each table its split.

        files: whether rows are files where the tables have their paths.
        """
        self.names = list(names)
        self.starts = np.cumsum([0, *(table.num_rows for table in tables)])
        self.paths: pa.ChunkedArray | None = None
        if files and all(_has_paths(table) for table in tables):
            paths = pa.chunked_array([chunk for table in tables for chunk in table[PATH].chunks])
            self.paths = pc.utf8_slice_codeunits(paths, _length_above(paths))

    def cells(self, rows: np.ndarray) -> pa.Array | pa.ChunkedArray:
        """rows: int64 (n,), as they are numbered. Text of files and of rows of several tables, else int64."""
        if self.paths is not None:
            return self.paths.take(pa.array(rows))
        table = np.searchsorted(self.starts, rows, side="right") - 1
        places = rows - self.starts[table]
        if len(np.unique(table)) < 2:
            return pa.array(places, pa.int64())
        told = zip(table.tolist(), places.tolist(), strict=True)
        return pa.array([f"{self.names[one]}: {place}" for one, place in told], pa.string())


def _has_paths(table: pa.Table) -> bool:
    """Of files that were read, which a column of the data that is called so has not."""
    if PATH not in table.column_names or table.schema.field(PATH).type != pa.string():
        return False
    absolute = pc.all(pc.starts_with(table[PATH], "/"), skip_nulls=False, min_count=0)
    return bool(absolute.as_py()) and Path(table[PATH][0].as_py()).exists()


def _length_above(paths: pa.ChunkedArray) -> int:
    """How many characters of every path lead to the folder that holds all of them, without its own name."""
    ends = pc.min_max(paths).as_py()  # what first and last have in common, all have
    common = Path(os.path.commonpath([Path(ends[name]).parent for name in ("min", "max")]))
    return len(str(common)) - len(common.name)
