"""Files that are one input each, whatever they hold: for a modality that has a function to read one of them.

>>> inputs = FileInputs("sound files and folders of them", lambda path: path.suffix == ".wav", read=samples)
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from noglue.tools.modelstore.inputs import Batch, Found, dataset
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.schema import Schema
from noglue.tools.values import conform

AT_ONCE = 5_000
MOST_NAMED = 8


@dataclass(frozen=True)
class FileInputs:
    """words: what is taken, for a message. takes: whether a file is one. read: its content; ValueError says what is
    wrong with it.
    """

    words: str
    takes: Callable[[Path], bool]
    read: Callable[[Path], Any]

    def kind_taken(self, schema: Schema) -> str:
        return self.words

    def find(self, files: list[tuple[str, Path]], given: Path, schema: Schema, found: Found, several: bool) -> None:
        """A file that was given by itself is an input whatever its name."""
        others = [name for name, file in files if not (given.is_file() or self.takes(file))]
        found.files += [(name, file) for name, file in files if name not in others]
        pass_over(others, f"files of another kind than {self.words}", found)

    def file_batches(self, files: Sequence[tuple[str, Path]], schema: Schema) -> Iterator[Batch]:
        return read_files(files, self.read, schema)

    def table_batches(
        self, raw: Raw, table: pa.Table, problems: dict[int, str], first: int, schema: Schema
    ) -> Iterator[Batch]:
        """`find` takes no tables."""
        return iter(())


def pass_over(names: Sequence[str], why: str, found: Found) -> None:
    """What was given and is no input is told of."""
    if names:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        found.strays.append(f"Passed over, as they are {why}: {', '.join(names[:MOST_NAMED])}{more}")


def read_files(files: Sequence[tuple[str, Path]], read: Callable[[Path], Any], schema: Schema) -> Iterator[Batch]:
    """The model's one column, read from each file; one that can't be keeps its place."""
    kind = conform.features_of(schema, target=False).arrow_schema.field(schema.features[0].name).type
    for start in range(0, len(files), AT_ONCE):
        part = files[start : start + AT_ONCE]
        values, good, reasons = [], [], dict[int, str]()
        for place, (_, path) in enumerate(part):
            try:
                values.append(read(path))
                good.append(place)
            except ValueError as error:
                reasons[place] = str(error)
        rows = dataset({schema.features[0].name: pa.array(values, kind)}, schema)
        yield Batch([name for name, _ in part], rows, np.array(good, np.int64), reasons)
