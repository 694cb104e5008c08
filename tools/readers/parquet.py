"""Parquet, ORC, Arrow and Feather files, one table or shards of one.

    train-00000-of-00002.parquet  train-00001-of-00002.parquet  test-00000-of-00001.parquet   (Hugging Face)
    train.feather  test.arrow  part-0.parquet …
    year=2020/month=1/part-0.parquet  year=2020/month=2/…   folders that are columns (`_partitions.py`)

The Hugging Face image layout, `image: struct<bytes: binary, path: string>` and `label: int64`, becomes images, and
recordings where the bytes are sound; class
names come from the `huggingface` entry of the schema's metadata. Structs are flattened (`a.b`), short lists of one
length spread (`x.0`); columns of other nested types are left out and reported.
Source: https://huggingface.co/docs/datasets/about_arrow, https://parquet.apache.org/docs/file-format/,
https://orc.apache.org/specification/
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.readers import _beginnings, _drawn, _partitions
from noglue.tools.readers._drawn import Draw
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import pyarrow as pa

READS = "Parquet, ORC, Arrow and Feather"
_PARQUET = (".parquet", ".pq", ".parq")
_ORC = (".orc",)
_ARROW = (".arrow", ".feather", ".ipc", ".arrows")
_MARKS = {b"PAR1": _PARQUET, b"ORC": _ORC, b"ARROW1": _ARROW}
_BATCH = 1 << 16
_OWN_LENGTH = 8  # bytes of a text, at least
_PLAUSIBLE = 1 << 20  # rows that no file is too small for: of nothing but one value, run-length encoded
_ROWS_A_BYTE = 1000
_USUAL = ("label", "labels", "fine_label", "target", "class", "y")


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By first bytes, or by an ending that a damaged file still has: every group of tables of the same columns, those
    with a train split first, then the largest."""
    from noglue.tools.readers import _declared
    from noglue.tools.readers._families import ANOTHER
    from noglue.tools.readers._splits import in_order, splits_of

    said = _declared.of(files)
    likely = _declared.files_of(said, _tables(sorted(files)))
    splits = splits_of(likely)
    if any(said.splits.get(path, "all") != "all" for path in likely):
        splits = {path: said.splits[path] for path in likely}
    groups: dict[tuple[str, ...], list[Path]] = {}
    broken: list[Path] = []
    for path in likely:
        names = tuple(sorted(_names(path)))  # in whatever order: they are put together by their names
        (groups.setdefault(names, []) if names else broken).append(path)
    if not groups and broken:
        groups[()] = []
    found: list[Match] = []
    for names in sorted(groups, key=lambda names: _weight(groups[names], splits), reverse=True):
        by_split: dict[str, list[Path]] = {}
        for path in groups[names] + ([] if found else broken):
            by_split.setdefault(splits[path], []).append(path)
        for others, paths in groups.items() if "train" in by_split else ():  # a test table that lacks the target
            if others != names and set(others) < set(names) and all(splits[path] == "test" for path in paths):
                by_split.setdefault("unlabelled", []).extend(paths)
        ordered = in_order(by_split)
        used = [path for paths in ordered.values() for path in paths]
        listed = ", ".join(path.name for path in used[:6])
        ignored = {str(path): ANOTHER for path in likely if path not in used}
        why = f"{listed}: {len(names)} column{'s' * (len(names) != 1)}"
        found.append(Match(0.9 * 0.97 ** len(found), ordered, why, labels_from=listed, ignored=ignored))
    return [_declared.told(match, said, likely) for match in found]


def count(match: Match) -> dict[str, int]:
    """Rows a split, from the files' own tables of contents."""
    found: dict[str, int] = {}
    for split, paths in match.files.items():
        for path in map(Path, paths):
            with _guarded(path):
                rows = _counted(path)
                if rows > _PLAUSIBLE and rows > _ROWS_A_BYTE * path.stat().st_size:
                    raise ValueError(f"it claims {rows:,} rows, more than its bytes can hold")
            found[split] = found.get(split, 0) + rows
    return found


def _counted(path: Path) -> int:
    import pyarrow.parquet as pq
    from pyarrow import orc

    if _ending(path) in _ORC:
        return int(orc.ORCFile(str(path)).nrows)
    packed = _ending(path) in _PARQUET
    return pq.read_metadata(path).num_rows if packed else sum(batch.num_rows for batch in _arrow(path))


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` for a file that is cut off or damaged."""
    from noglue.tools.readers import _declared, _nested, _sound_cells

    draws = {split: _draw(match, split, rows) for split, paths in match.files.items()}
    kinds = _partitions.types([Path(path) for paths in match.files.values() for path in paths])
    tables = {
        split: _table([Path(path) for path in paths], rows, draws[split], kinds) for split, paths in match.files.items()
    }
    lost = {reason: count for draw in draws.values() for reason, count in draw.lost().items()}
    told = [note for draw in draws.values() for note in draw.told()]
    first = next(iter(tables.values()))
    declared = {name: names for name, names in _declared.class_names(match).items() if name in first.column_names}
    labels = {**declared, **_nested.class_names(first.schema)}
    image = _nested.image_column(first)
    target = _declared.target(match, tables) or _target(first, labels, tables, image)
    classes = labels.get(target) if target else None
    if target in declared and declared.get(target) is classes:
        classes = _declared.classes(match, target, tables)
    if image is not None and _sound_cells.holds_sound(first[image]):
        sounds = _sound_cells.sounds(tables, image, target, classes, form)
        sounds.lost, sounds.skipped = sounds.lost | lost, [*sounds.skipped, *told]
        return sounds
    if image is not None:
        pictures = _nested.images(tables, image, target, classes, form)
        pictures.lost, pictures.skipped = pictures.lost | lost, [*pictures.skipped, *told]
        return pictures
    skipped = told
    plain = {split: _nested.flattened(table, skipped) for split, table in tables.items()}
    return Raw("table", plain, target, classes, None, list(dict.fromkeys(skipped)), lost=lost)


def _draw(match: Match, split: str, rows: int | None) -> Draw:
    """Which rows of a split are read at all: of those to learn from as many as fit in memory."""
    import pyarrow as pa

    if rows is not None or not _drawn.draws(match, split):
        return Draw(1.0)
    paths = [Path(path) for path in match.files[split]]
    with _guarded(paths[0]):
        kinds = [field.type for field in _schema(paths[0])]
    encoded = any(pa.types.is_binary(kind) or pa.types.is_struct(kind) for kind in kinds)
    sizes = {path: _unpacked(path) for path in paths}
    return Draw(_drawn.share_of(sizes, _drawn.MOST_ENCODED if encoded else _drawn.MOST_CELLS))


def _unpacked(path: Path) -> int:
    """Bytes that a file's columns will take in memory, or as it lies on the disk where that is more.

    A file tells how large its columns are without compression, but still with each word or number written once where
    they come again and again: so at least what that many cells of these types take.
    """
    import pyarrow.parquet as pq

    size = path.stat().st_size
    if _ending(path) not in _PARQUET:
        return size
    with _guarded(path):
        facts = pq.read_metadata(path)
        told = sum(int(facts.row_group(group).total_byte_size) for group in range(facts.num_row_groups))
        width = sum(_width(field.type) for field in facts.schema.to_arrow_schema())
        return max(size, told, int(facts.num_rows * width))


def _width(kind: "pa.DataType") -> float:
    """Bytes of a cell, the least of one whose length is its own."""
    try:
        return float(kind.bit_width) / 8
    except ValueError:
        return _OWN_LENGTH


def _table(
    paths: Sequence[Path], rows: int | None, draw: Draw, kinds: "Mapping[str, pa.DataType] | None" = None
) -> "pa.Table":
    """One split; of shards as many as are needed for `rows`, of rows those drawn. kinds: of columns by folders."""
    import pyarrow as pa

    kinds = _partitions.types(paths) if kinds is None else kinds
    batches: list[pa.Table] = []
    got = 0
    for path in paths:
        with _guarded(path):
            for batch in _batches(path, rows):
                _check(batch, path)
                batches.append(_partitions.with_values(path, draw.some(pa.Table.from_batches([batch])), kinds))
                got += batch.num_rows
                if rows is not None and got >= rows:
                    return pa.concat_tables(batches, promote_options="permissive").slice(0, rows)
    with _guarded(paths[0]):
        if not batches:
            return _partitions.with_values(paths[0], _schema(paths[0]).empty_table(), kinds)
        return pa.concat_tables(batches, promote_options="permissive")


def _batches(path: Path, rows: int | None) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import orc

    if _ending(path) in _ORC:
        file = orc.ORCFile(str(path))
        if file.nrows > _PLAUSIBLE and file.nrows > _ROWS_A_BYTE * path.stat().st_size:
            raise ValueError(f"it claims {file.nrows:,} rows, more than its bytes can hold")
        for stripe in range(file.nstripes):
            yield from pa.Table.from_batches([file.read_stripe(stripe)]).to_batches()
    elif _ending(path) in _PARQUET:
        yield from pq.ParquetFile(path).iter_batches(_BATCH if rows is None else max(1, min(rows, _BATCH)))
    else:
        yield from _arrow(path)


def _check(batch: "pa.RecordBatch", path: Path) -> None:
    """Offsets that point out of their buffer, and rows without bytes, before anything touches them.

    Reading trusts a file's own offsets, and their use ends the process. About 0.3 ms a megabyte.
    """
    batch.validate(full=True)
    if batch.num_rows > _PLAUSIBLE and batch.num_rows > _ROWS_A_BYTE * path.stat().st_size:
        raise ValueError(f"it claims {batch.num_rows:,} rows in one part, more than its bytes can hold")


def _arrow(path: Path) -> "Iterator[pa.RecordBatch]":
    """Arrow's file format (Feather too) or its stream format, which `datasets` writes."""
    import pyarrow as pa

    with pa.memory_map(str(path)) as file:
        if _start(path)[:6] == b"ARROW1":
            reader = pa.ipc.open_file(file)
            yield from (reader.get_batch(place) for place in range(reader.num_record_batches))
        else:
            yield from pa.ipc.open_stream(file)


def _schema(path: Path) -> "pa.Schema":
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import orc

    if _ending(path) in _ORC:
        return orc.ORCFile(str(path)).schema
    if _ending(path) in _PARQUET:
        return pq.read_schema(path)
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).schema if _start(path)[:6] == b"ARROW1" else pa.ipc.open_stream(file).schema


def _names(path: Path) -> list[str]:
    """Column names, those of folders among them; none where the file is broken, which `read` reports."""
    from noglue.tools.spec.errors import DataError

    try:
        with _guarded(path):
            return list(dict.fromkeys([*_schema(path).names, *_partitions.of(path)]))
    except DataError:
        return []


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """What pyarrow raises on a broken file, as DataError `unreadable`."""
    import pyarrow as pa

    from noglue.tools.readers._splits import unreadable

    try:
        yield
    except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError, MemoryError) as error:
        reason = str(error).splitlines()[0].rstrip(".")[:200] if str(error) else type(error).__name__
        raise unreadable(path, f"it is cut off or damaged ({reason})") from error


def _tables(files: Sequence[Path]) -> list[Path]:
    found = _beginnings.of(files, (*_PARQUET, *_ARROW, *_ORC), *_MARKS)
    return [path for path in found if not path.name.startswith("_")]


def _ending(path: Path) -> str:
    """Of the format that a file begins as, else its own."""
    begins = _start(path)
    return next((endings[0] for mark, endings in _MARKS.items() if begins.startswith(mark)), path.suffix.lower())


def _weight(paths: Sequence[Path], splits: Mapping[Path, str]) -> tuple[bool, int]:
    """Which of several tables is meant: one with a train split, then the largest."""
    return any(splits[path] == "train" for path in paths), sum(path.stat().st_size for path in paths)


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(8)


def _target(
    table: "pa.Table", labels: Mapping[str, list[str]], tables: "Mapping[str, pa.Table]", image: str | None
) -> str | None:
    """The label column that the metadata, the unlabelled rows, or (beside images) its name tells."""
    names = table.column_names
    if labels:
        return next((name for name in _USUAL if name in labels), next(iter(labels)))
    lacking = [name for name in names if "unlabelled" in tables and name not in tables["unlabelled"].column_names]
    if len(lacking) == 1:
        return str(lacking[0])
    if image is not None:
        others = [name for name in names if name != image]
        return next((name for name in _USUAL if name in others), others[0] if len(others) == 1 else None)
    return None
