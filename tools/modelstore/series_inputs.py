"""Series that a model takes: files that hold many, tables of long rows, and files that are one series each."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from noglue.tools.files import damage
from noglue.tools.modelstore.file_inputs import pass_over, read_files
from noglue.tools.modelstore.inputs import Batch, Found, Source, dataset
from noglue.tools.series.arrays import NAME, PATH
from noglue.tools.series.form import SeriesForm
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.spec.schema import Schema

READERS = "noglue.tools.readers"
AT_ONCE = 5_000


def kind_taken(schema: Schema) -> str:
    count = len(_channels(schema))
    return f"time series of {count} channel{'s' * (count != 1)}, in files of the form that the model was trained on"


def find(files: list[tuple[str, Path]], given: Path, schema: Schema, found: Found, several: bool) -> None:
    """What a reader of many series knows is read by it; the other files are one series each.

    Raises DataError `wrong-kind` where nothing given can be a series.
    """
    assert schema.form is not None, "series without a form"
    paths = [path for _, path in files]
    names = {path: name for name, path in files}
    for reader in catalogue.names(READERS):
        module = catalogue.load(READERS, reader)
        if hasattr(module, "new_series"):
            match: Match | None = module.new_series(paths, schema.form)
            if match is not None:
                _read(reader, match, schema, found, names, several)
                used = {path for split in match.files.values() for path in split}
                paths = [path for path in paths if path not in used]
    from noglue.tools.readers import sequence_files

    alone = [path for path in paths if given.is_file() or (len(paths) == len(files) and sequence_files.takes(path))]
    found.files += [(names[path], path) for path in alone]
    pass_over([names[path] for path in paths if path not in set(alone)], "no time series of the model's form", found)


def _read(reader: str, match: Match, schema: Schema, found: Found, names: dict[Path, str], several: bool) -> None:
    module = catalogue.load(READERS, reader)
    paths = [path for split in match.files.values() for path in split]
    try:
        with damage.of_files(reader, paths):
            raw: Raw = module.read(match, form=schema.form)
    except DataError as error:
        if not several or error.kind != Kind.UNREADABLE:
            raise
        found.unread += [(len(found.tables), names.get(path, path.name), error.message) for path in paths]
        return
    for split, table in raw.splits.items():
        if table.num_rows:
            found.tables.append(table)
            found.raws.append(raw)
            found.sources.append(Source(reader, match, split))
            found.problems.append(raw.problems.get(split, {}))


def file_batches(files: Sequence[tuple[str, Path]], schema: Schema) -> Iterator[Batch]:
    from noglue.tools.readers import _sequences

    form = SeriesForm.of(schema.form)
    return read_files(files, lambda path: _sequences.sequence(path, form).values.tolist(), schema)


def table_batches(raw: Raw, table: pa.Table, problems: dict[int, str], first: int, schema: Schema) -> Iterator[Batch]:
    """A row is called by its number, or by its own name where the table gives each series one."""
    learned = SeriesForm.of(raw.form)
    own = learned is not None and learned.key is not None
    called = table[PATH].to_pylist() if own else list(range(first, first + table.num_rows))
    for start in range(0, table.num_rows, AT_ONCE):
        names = called[start : start + AT_ONCE]
        reasons = {row - start: why for row, why in problems.items() if start <= row < start + len(names)}
        good = np.array([place for place in range(len(names)) if place not in reasons], np.int64)
        rows = dataset({NAME: table[NAME].slice(start, AT_ONCE).take(pa.array(good))}, schema)
        yield Batch(names, rows, good, reasons)


def _channels(schema: Schema) -> list[str]:
    learned = SeriesForm.of(schema.form)
    return [] if learned is None else learned.channels
