"""Work on each column of a table, side by side where there is enough of it for threads to pay.

>>> each_column({"a": pa.chunked_array([["1"]])}, lambda name, column: column[0].as_py())
{'a': '1'}
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pyarrow as pa

FEWEST = 20_000  # cells, below which starting threads takes longer than the work
Found = TypeVar("Found")


def each_column(
    columns: Mapping[str, pa.ChunkedArray], work: Callable[[str, pa.ChunkedArray], Found]
) -> dict[str, Found]:
    """name → what the work gives of the column."""
    if sum(len(column) for column in columns.values()) < FEWEST:
        return {name: work(name, column) for name, column in columns.items()}
    with ThreadPoolExecutor() as pool:
        return dict(zip(columns, pool.map(work, columns, columns.values()), strict=True))
