"""One split to disk, batch by batch, as `datasets.load_from_disk` reads it: the whole never lies in memory.

    train/data-00000-of-00001.arrow    an Arrow stream, the features in its metadata
    train/dataset_info.json  train/state.json

`Dataset.save_to_disk` writes the same files, but wants the whole split at once and a fingerprint of its memory.
Source: https://github.com/huggingface/datasets, `Dataset.save_to_disk`
"""

import json
import shutil
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    import datasets

FILE = "data-00000-of-00001.arrow"


class SplitWriter:
    """Writes `folder`, replacing what a broken-off run left there; `fingerprint` names the content for its cache."""

    def __init__(self, folder: Path, features: "datasets.Features", fingerprint: str) -> None:
        self.folder, self.features, self.fingerprint, self.rows = folder, features, fingerprint, 0

    def __enter__(self) -> "SplitWriter":
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True)
        self._schema = self.features.arrow_schema
        self._stream = pa.ipc.new_stream(str(self.folder / FILE), self._schema)
        return self

    def write(self, columns: dict[str, pa.ChunkedArray | pa.Array]) -> None:
        """Append rows; every column of the features, in any order."""
        arrays = [_as(columns[field.name], field.type) for field in self._schema]
        table = pa.Table.from_arrays(arrays, schema=self._schema)
        self._stream.write_table(table, max_chunksize=10_000)
        self.rows += table.num_rows

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        import datasets

        self._stream.close()
        if error is not None:
            return
        info = datasets.DatasetInfo(features=self.features)
        info.write_to_directory(str(self.folder))
        state: dict[str, object] = {
            "_data_files": [{"filename": FILE}],
            "_fingerprint": self.fingerprint,
            "_format_columns": None,
            "_format_kwargs": {},
            "_format_type": None,
            "_output_all_columns": False,
            "_split": self.folder.name,
        }
        (self.folder / "state.json").write_text(json.dumps(state, indent=1), encoding="utf-8")


def _as(column: pa.ChunkedArray | pa.Array, kind: pa.DataType) -> pa.ChunkedArray | pa.Array:
    return column if column.type == kind else column.cast(kind)
