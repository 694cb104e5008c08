"""Some training rows, kept with the model: what a row's explanation sets it beside.

keep(model, schema, run / "data")       → model/background.arrow, the features of at most 64 rows drawn at random
load(model, schema)                     → a table with the schema's features, or None
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.explanation.asking import features_table
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.values import conform

if TYPE_CHECKING:
    import datasets

FILE = "background.arrow"
ROWS = 64
MOST_BYTES = 1 << 20


def keep(model: Path, schema: Schema, data: Path, seed: int) -> None:
    """Nothing where the rows are larger than a megabyte even when they are few."""
    rows = drawn(load_split(data, "train"), seed)
    table = features_table(rows, schema)
    while table.nbytes > MOST_BYTES and table.num_rows > 8:
        table = table.take(pa.array(np.arange(table.num_rows // 2)))
    if table.nbytes > MOST_BYTES:
        return
    with pa.OSFile(str(model / FILE), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def drawn(rows: "datasets.Dataset", seed: int, most: int = ROWS) -> "datasets.Dataset":
    chosen = np.sort(np.random.default_rng(seed).permutation(len(rows))[:most])
    return rows.select(chosen)


def load(model: Path, schema: Schema) -> pa.Table | None:
    """None where none were kept, or others than the schema's features."""
    file = model / FILE
    if not file.is_file() or file.stat().st_size > 4 * MOST_BYTES:
        return None
    wanted = conform.features_of(schema, target=False).arrow_schema
    try:
        with pa.OSFile(str(file), "rb") as source:
            table = pa.ipc.open_file(source).read_all()
        table = pa.table([table.column(field.name).cast(field.type) for field in wanted], schema=wanted)
        table.validate(full=True)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, KeyError, OSError):
        return None
    return table if table.num_rows else None
