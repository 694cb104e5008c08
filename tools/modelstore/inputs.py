"""New inputs to batches of rows that a model takes, each with the name it goes by in predictions.csv.

How a kind of data is taken is told by its modality: `image_inputs.py`, `table_inputs.py`, `text_inputs.py`, and
`file_inputs.py` for any whose files are one input each.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.spec import modalities
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.modalities import Inputs
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.spec.schema import Schema
from noglue.tools.values import conform
from noglue.tools.values.labels import natural

if TYPE_CHECKING:
    import datasets

MOST_LISTED = 5
LEFTOVERS = ("__MACOSX", "Thumbs.db", "desktop.ini")
ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".lz4", ".tbz2", ".txz", ".7z", ".rar")


@dataclass(frozen=True)
class Batch:
    """names: of all inputs of the batch; rows: those that could be read, `readable` their places; reasons by place.

    remarks: place → what is to be known of an answer. sources: the encoded images behind `rows`, where it is
    images. cut: how many of them have values that are cut off.
    """

    names: Sequence[str | int]
    rows: "datasets.Dataset"
    readable: np.ndarray
    reasons: dict[int, str] = field(default_factory=dict)
    sources: Sequence[Path | bytes] = ()
    cut: int = 0
    remarks: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """What a table was read from: a module of `tools/readers/`, what it claimed, and which of its splits it is."""

    reader: str
    match: Match
    split: str


@dataclass
class Found:
    """What was given, in order: files that are one input each, with their names, or tables (of cells or of images).

    problems: of each table, row → why it can't be read. unread: files of which nothing can: behind how many tables
    each was given, its name, the reason. strays: what cells of which columns did not fit the form that the model knows,
    in words. cut: pictures that hold values beyond the range that it knows, among those of tables.
    """

    files: list[tuple[str, Path]] = field(default_factory=list)
    tables: list[pa.Table] = field(default_factory=list)
    raws: list[Raw] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    problems: list[dict[int, str]] = field(default_factory=list)
    unread: list[tuple[int, str, str]] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    cut: int = 0

    @property
    def total(self) -> int:
        return len(self.files) + sum(int(table.num_rows) for table in self.tables) + len(self.unread)


def how(schema: Schema) -> Inputs:
    """The way of the model's kind of data."""
    inputs = modalities.load(schema.modality).inputs
    assert inputs is not None, f"no family learns from {schema.modality}"
    return inputs()


def find(given: Sequence[tuple[str, Path]], schema: Schema) -> Found:
    """Every input, as typed and where it lies. Raises DataError `not-found`, `wrong-kind`, `nothing-readable`."""
    found = Found()
    for as_given, path in given:
        if not path.exists():
            raise DataError(Kind.NOT_FOUND, f"There is no file or folder {as_given}.", hint="Check the path.")
        files = _below(as_given, path)
        how(schema).find(files, path, schema, found, several=len(files) + len(given) > 2)
    if not found.total:
        names = ", ".join(as_given for as_given, _ in given[:5])
        raise DataError(
            Kind.NOTHING_READABLE,
            f"There is nothing to predict in {names}.",
            hint=f"This model takes {kind_taken(schema)}.",
        )
    kind = modalities.load(schema.modality)
    if kind.content and found.files and found.tables:
        raise DataError(
            Kind.WRONG_KIND,
            f"{kind.name.capitalize()} files and files that hold many {kind.plural} can't be mixed in one prediction.",
            hint="Predict them separately.",
        )
    return found


def gaps(found: Found, schema: Schema) -> list[str]:
    """Features that some table lacks; `conform` lets those pass that had missing values in training."""
    if modalities.load(schema.modality).content:
        return []
    wanted = [column.name for column in schema.features]
    known = [conform.match_names(table.column_names, wanted) for table in found.tables]
    return [name for name in wanted if any(name not in names for names in known)]


def batches(found: Found, schema: Schema) -> Iterator[Batch]:
    """A few thousand inputs at a time."""
    yield from how(schema).file_batches(found.files, schema)
    start = 0
    for place, (raw, table, problems) in enumerate(zip(found.raws, found.tables, found.problems, strict=True)):
        yield from _unread(found, place, schema)
        yield from how(schema).table_batches(raw, table, problems, start, schema)
        start += table.num_rows
    yield from _unread(found, len(found.tables), schema)


def remarked(remarks: Mapping[int | str, str]) -> list[str]:
    """Inputs → what is to be known of their answers, in one line each: `Rows 4, 7: nothing of it is known …`."""
    lines = []
    for remark in dict.fromkeys(remarks.values()):
        rows = [str(name) for name, said in remarks.items() if said == remark]
        more = f" and {len(rows) - MOST_LISTED:,} more" if len(rows) > MOST_LISTED else ""
        lines.append(f"Row{'' if len(rows) == 1 else 's'} {', '.join(rows[:MOST_LISTED])}{more}: {remark}")
    return lines


def kind_taken(schema: Schema) -> str:
    """In words, for a message."""
    return how(schema).kind_taken(schema)


def _unread(found: Found, place: int, schema: Schema) -> Iterator[Batch]:
    """The files given just before a table, of which nothing could be read."""
    unread = [(name, why) for before, name, why in found.unread if before == place]
    if unread:
        kinds = conform.features_of(schema, target=False).arrow_schema
        rows, none = dataset({field.name: pa.array([], field.type) for field in kinds}, schema), np.zeros(0, np.int64)
        yield Batch([name for name, _ in unread], rows, none, {row: why for row, (_, why) in enumerate(unread)})


def dataset(columns: Mapping[str, pa.ChunkedArray | pa.Array], schema: Schema) -> "datasets.Dataset":
    """What a model is given: the schema's features, from Arrow columns."""
    return _shapes(_Same(schema)).filled(pa.table(dict(columns)))


@dataclass(frozen=True, eq=False)
class _Same:
    """A schema as the key of a cache: itself, and no other that is equal to it."""

    schema: Schema

    def __hash__(self) -> int:
        return id(self.schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.schema is self.schema


@lru_cache(maxsize=16)
def _shapes(of: _Same) -> conform.Shape:
    return conform.Shape.of(conform.features_of(of.schema, target=False))


def _below(as_given: str, path: Path) -> list[tuple[str, Path]]:
    """Files with the names they go by: as typed, and what lies below a folder in natural order."""
    if path.is_file():
        packed = as_given.lower().endswith(ARCHIVES) and not path.name.lower().endswith(ARCHIVES)
        return [(f"{as_given}/{path.name}" if packed else as_given, path)]
    found = []
    for place, folders, names in os.walk(path):
        folders[:] = [name for name in folders if name not in LEFTOVERS and not name.startswith(".")]
        below = Path(place).relative_to(path).parts
        found += [(*below, name) for name in names if name not in LEFTOVERS and not name.startswith(".")]
    found = [parts for parts in found if not _is_special(path.joinpath(*parts))]
    found.sort(key=lambda parts: [natural(part) for part in parts])
    base = as_given.rstrip("/")
    return [("/".join((base, *parts)), path.joinpath(*parts)) for parts in found]


def _is_special(path: Path) -> bool:
    """A pipe, a socket or a device: to open it may wait for ever."""
    return path.exists() and not path.is_file()
