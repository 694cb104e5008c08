"""New inputs to batches of rows that a model takes, each with the name it goes by in predictions.csv."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.data.arrays import fixed_images, image_column
from noglue.tools.data.row_content import encoded_images
from noglue.tools.pictures import decoding
from noglue.tools.preparation.gathering import joined
from noglue.tools.spec import catalogue
from noglue.tools.spec.data_form import PixelScale
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.spec.schema import Schema
from noglue.tools.values import cells, conform
from noglue.tools.values.labels import natural
from noglue.tools.values.text_values import told

if TYPE_CHECKING:
    import datasets

IMAGES_AT_ONCE = 2048
BYTES_AT_ONCE = 64 << 20  # of pixels or of encoded files
MOST_NAMED = 8
ROWS_AT_ONCE = 100_000
MOST_CLAIMS = 8  # ways to read a file, the sheets of a workbook among them, that are tried
TEXTS_AT_ONCE = 5_000
FEWEST_LOST = 5  # cells that fit no more: fewer are missing, whatever their share
LEFTOVERS = ("__MACOSX", "Thumbs.db", "desktop.ini")
TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx")
ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".tbz2", ".txz", ".7z")


@dataclass(frozen=True)
class Batch:
    """names: of all inputs of the batch; rows: those that could be read, `readable` their places; reasons by place.

    sources: the encoded images behind `rows`, where it is images. cut: how many of them have values that are cut off.
    """

    names: Sequence[str | int]
    rows: "datasets.Dataset"
    readable: np.ndarray
    reasons: dict[int, str] = field(default_factory=dict)
    sources: Sequence[Path | bytes] = ()
    cut: int = 0


@dataclass(frozen=True)
class Source:
    """What a table was read from: a module of `tools/readers/`, what it claimed, and which of its splits it is."""

    reader: str
    match: Match
    split: str


@dataclass
class Found:
    """What was given, in order: image files or texts with their names, or tables (of cells or of images).

    problems: of each table, row → why it can't be read. unread: files of which nothing can: behind how many tables
    each was given, its name, the reason. strays: what cells of which columns did not fit the form that the model knows,
    in words. cut: pictures that hold values beyond the range that it knows, among those of tables.
    """

    pictures: list[tuple[str, Path]] = field(default_factory=list)
    texts: list[tuple[str, Path]] = field(default_factory=list)
    tables: list[pa.Table] = field(default_factory=list)
    raws: list[Raw] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    problems: list[dict[int, str]] = field(default_factory=list)
    unread: list[tuple[int, str, str]] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    cut: int = 0

    @property
    def total(self) -> int:
        return (
            len(self.pictures) + len(self.texts) + sum(int(table.num_rows) for table in self.tables) + len(self.unread)
        )


def find(given: Sequence[tuple[str, Path]], schema: Schema) -> Found:
    """Every input, as typed and where it lies. Raises DataError `not-found`, `wrong-kind`, `nothing-readable`."""
    found = Found()
    for as_given, path in given:
        if not path.exists():
            raise DataError(Kind.NOT_FOUND, f"There is no file or folder {as_given}.", hint="Check the path.")
        files = _below(as_given, path)
        if schema.modality == "image" and _take_pictures(files, found):
            continue
        if schema.modality == "text":
            _add_texts(files, path, schema, found)
            continue
        before = len(found.tables)
        for name, file in files:
            _read_table(name, file, schema, found, path.is_file(), several=len(files) + len(given) > 2)
        if len(found.tables) == before and path.is_file():
            found.pictures += files if schema.modality == "image" else []
    if not found.total:
        names = ", ".join(as_given for as_given, _ in given[:5])
        raise DataError(
            Kind.NOTHING_READABLE,
            f"There is nothing to predict in {names}.",
            hint=f"This model takes {kind_taken(schema)}.",
        )
    if found.pictures and found.tables:
        raise DataError(
            Kind.WRONG_KIND,
            "Image files and files that hold many images can't be mixed in one prediction.",
            hint="Predict them in two goes.",
        )
    return found


def _take_pictures(files: list[tuple[str, Path]], found: Found) -> bool:
    """Whether there are pictures; those that can't be read keep their rows, and what is none is told of."""
    kinds = {name: decoding.is_picture(file) or file.suffix.lower() in decoding.UNREADABLE for name, file in files}
    if not any(kinds.values()):
        return False
    found.pictures += [(name, file) for name, file in files if kinds[name]]
    others = [name for name, is_one in kinds.items() if not is_one]
    if others:
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        found.strays.append(f"Passed over, as they are no pictures: {', '.join(others[:MOST_NAMED])}{more}")
    return True


def gaps(found: Found, schema: Schema) -> list[str]:
    """Features that some table lacks; `conform` lets those pass that had missing values in training."""
    if schema.modality == "image":
        return []
    wanted = [column.name for column in schema.features]
    known = [conform.match_names(table.column_names, wanted) for table in found.tables]
    return [name for name in wanted if any(name not in names for names in known)]


def batches(found: Found, schema: Schema) -> Iterator[Batch]:
    """A few thousand inputs at a time."""
    if found.pictures:
        names = [name for name, _ in found.pictures]
        yield from _image_batches(names, [path for _, path in found.pictures], schema)
    for start in range(0, len(found.texts), TEXTS_AT_ONCE):
        yield _text_batch(found.texts[start : start + TEXTS_AT_ONCE], schema)
    start = 0
    for place, (raw, table, problems) in enumerate(zip(found.raws, found.tables, found.problems, strict=True)):
        yield from _unread(found, place, schema)
        yield from _table_batches(raw, table, problems, start, schema)
        start += table.num_rows
    yield from _unread(found, len(found.tables), schema)


def sifted(batch: Batch) -> Batch:
    """The batch without the images that can't be decoded whole."""
    decoded = decoding.each(lambda source: decoding.pixels(source, 3).shape, batch.sources)
    reasons, good = dict(batch.reasons), []
    for place, result in enumerate(decoded):
        if isinstance(result, ValueError):
            reasons[int(batch.readable[place])] = str(result)
        else:
            good.append(place)
    sources = [batch.sources[place] for place in good]
    return Batch(batch.names, batch.rows.select(good), batch.readable[good], reasons, sources, batch.cut)


def beyond(cut: int, schema: Schema) -> list[str]:
    """In words, what became of pixel values that the model does not know; nothing where there are none."""
    if not cut:
        return []
    scale = _scale(schema)
    known = "the range of their type" if scale is None else f"{scale.low:g}…{scale.high:g}"
    return [f"{cut:,} picture{' has' if cut == 1 else 's have'} values outside {known}, which are cut off"]


def kind_taken(schema: Schema) -> str:
    """In words, for a message."""
    if schema.modality == "image":
        return "image files (PNG, JPEG, …), folders and archives of them"
    if schema.modality == "text":
        return "text files, folders and archives of them, and tables with a column of texts"
    names = [column.name for column in schema.features]
    return f"tables with the columns {', '.join(names[:12])}{', …' if len(names) > 12 else ''}"


# ---- images ------------------------------------------------------------------------------------------------------


def _image_batches(names: Sequence[str | int], sources: Sequence[Path | bytes], schema: Schema) -> Iterator[Batch]:
    shape = schema.image
    assert shape is not None, "an image model without an image's shape"
    small = schema.features[0].dtype != conform.ENCODED
    size = max(1, min(IMAGES_AT_ONCE, BYTES_AT_ONCE // max(1, shape.height * shape.width * shape.channels)))
    for start in range(0, len(sources), size):
        part = sources[start : start + size]
        make = _decoded if small else _encoded
        yield make(names[start : start + size], part, schema)


def _decoded(names: Sequence[str | int], sources: Sequence[Path | bytes], schema: Schema) -> Batch:
    """Brought to the size and the colours of the training images."""
    shape = schema.image
    assert shape is not None, "pixels without a shape"
    block = np.empty((len(sources), shape.height, shape.width, shape.channels), np.uint8)
    good: list[int] = []
    reasons: dict[int, str] = {}

    scale, cut = _scale(schema), list[bool]()

    def work(source: Path | bytes) -> np.ndarray:
        channels = 1 if shape.channels == 1 else 3
        _refuse_unknown(source)
        cut.append(decoding.beyond(source, scale))
        return decoding.pixels(source, channels, (shape.height, shape.width), scale)

    for place, found in enumerate(decoding.each(work, sources)):
        if isinstance(found, ValueError):
            reasons[place] = str(found)
        else:
            block[len(good)] = found
            good.append(place)
    rows = _dataset({"image": image_column(block[: len(good)])}, schema)
    return Batch(names, rows, np.array(good, np.int64), reasons, cut=sum(cut))


def _encoded(names: Sequence[str | int], sources: Sequence[Path | bytes], schema: Schema) -> Batch:
    scale, cut = _scale(schema), list[bool]()

    def work(source: Path | bytes) -> bytes:
        _refuse_unknown(source)
        decoding.size(source)  # a file that is cut off is refused before it is read
        cut.append(decoding.beyond(source, scale))
        data = source.read_bytes() if isinstance(source, Path) else source
        return decoding.in_bytes(data, scale)

    data: list[bytes] = []
    good: list[int] = []
    reasons: dict[int, str] = {}
    for place, found in enumerate(decoding.each(work, sources)):
        if isinstance(found, ValueError):
            reasons[place] = str(found)
        else:
            data.append(found)
            good.append(place)
    rows = _dataset({"image": encoded_images(data, [str(names[place]) for place in good])}, schema)
    return Batch(names, rows, np.array(good, np.int64), reasons, data, sum(cut))


def _refuse_unknown(source: Path | bytes) -> None:
    """Raises ValueError for a picture of a format that can't be decoded here."""
    kind = decoding.UNREADABLE.get(source.suffix.lower()) if isinstance(source, Path) else None
    if kind is not None:
        raise ValueError(f"{kind} pictures can't be read here")


def _scale(schema: Schema) -> PixelScale | None:
    return None if schema.form is None else schema.form.pixels


# ---- texts -------------------------------------------------------------------------------------------------------


def _add_texts(files: Sequence[tuple[str, Path]], given: Path, schema: Schema, found: Found) -> None:
    """Each text file is an input; a table with a column of that name holds one in each row."""
    from noglue.tools.readers import text_folder

    for name, file in files:
        if text_folder.takes(file) or (given.is_file() and file.suffix.lower() not in TABLES):
            found.texts.append((name, file))
        elif file.suffix.lower() in TABLES:
            _read_table(name, file, schema, found, alone=given.is_file())


def _text_batch(texts: Sequence[tuple[str, Path]], schema: Schema) -> Batch:
    from noglue.tools.readers import text_folder

    read: list[str] = []
    good: list[int] = []
    reasons: dict[int, str] = {}
    for place, (_, path) in enumerate(texts):
        try:
            read.append(text_folder.text_of(path))
            good.append(place)
        except ValueError as error:
            reasons[place] = str(error)
    rows = _dataset({schema.features[0].name: pa.array(read, pa.string())}, schema)
    return Batch([name for name, _ in texts], rows, np.array(good, np.int64), reasons)


# ---- tables ------------------------------------------------------------------------------------------------------


def _read_table(name: str, file: Path, schema: Schema, found: Found, alone: bool, several: bool = False) -> None:
    """By the reader that is surest of the file; what none claims is passed over, unless it was given by itself.

    several: other inputs are there, so that one that can't be read is a row among theirs.
    """
    try:
        read = _raw_table(name, file, schema, alone)
        if read is None:
            found.strays.append(f"{name} is passed over, as it is no table")
            return
        raw, reader, match = read
        _refuse_lost_rows(name, raw)
    except DataError as error:
        if not several or error.kind not in (Kind.UNREADABLE, "bad-file"):
            raise
        found.unread.append((len(found.tables), name, error.message))
        return
    found.strays += _strays(raw, schema)
    found.cut += raw.cut
    for split, table in raw.splits.items():
        if table.num_rows:
            found.tables.append(table)
            found.raws.append(raw)
            found.sources.append(Source(reader, match, split))
            found.problems.append(raw.problems.get(split, {}))


def _raw_table(name: str, file: Path, schema: Schema, alone: bool) -> tuple[Raw, str, Match] | None:
    """What the file holds, and what read it: of several sheets the one with the model's columns.

    None where no reader knows it.
    """
    claims: list[tuple[str, Match]] = []
    for reader in catalogue.names("noglue.tools.readers"):
        module = catalogue.load("noglue.tools.readers", reader)
        told = module.readings([file]) if hasattr(module, "readings") else [module.sniff([file])]
        claims += [(reader, match) for match in told if match is not None]
    claims.sort(key=lambda claim: -claim[1].confidence)
    if not claims and alone and schema.form is not None and schema.form.cells:
        again = catalogue.load("noglue.tools.readers", "delimited").as_before(file, schema.form)
        claims = [] if again is None else [("delimited", again)]
    if not claims and alone and schema.modality != "image":
        raise DataError(Kind.UNREADABLE, f"{name} is not in a form that is known.", hint=_takes(schema))
    first: tuple[Raw, str, Match] | None = None
    wanted = [column.name for column in schema.features]
    for reader, match in claims[:MOST_CLAIMS]:
        if first is not None and reader != claims[0][0]:
            continue
        raw: Raw = catalogue.load("noglue.tools.readers", reader).read(match, form=schema.form)
        raw = cells.settled(raw, schema.form)
        first = (raw, reader, match) if first is None else first
        tables = raw.splits.values()
        if schema.modality == "image" or any(
            len(conform.match_names(table.column_names, wanted)) == len(wanted) for table in tables
        ):
            first = (raw, reader, match)
            break
    if first is not None and first[0].modality not in (schema.modality, "table" if schema.modality == "text" else None):
        raise DataError(
            Kind.WRONG_KIND,
            f"{name} holds {_kind(first[0])}, but the model was trained on {_kind(schema)}.",
            hint=_takes(schema),
        )
    return first


def _unread(found: Found, place: int, schema: Schema) -> Iterator[Batch]:
    """The files given just before a table, of which nothing could be read."""
    told = [(name, why) for before, name, why in found.unread if before == place]
    if told:
        empty = {column.name: pa.array([], conform.arrow_type(column)) for column in schema.features}
        rows, none = _dataset(dict(empty), schema), np.zeros(0, np.int64)
        yield Batch([name for name, _ in told], rows, none, {row: why for row, (_, why) in enumerate(told)})


def _strays(raw: Raw, schema: Schema) -> list[str]:
    """What did not fit, in words. Raises DataError `wrong-type` for a column of which most did not: it is another."""
    there = conform.match_names(list(raw.strays), [column.name for column in schema.features])
    for column in schema.features:
        if column.name in there:
            strays, name = raw.strays[there[column.name]], there[column.name]
            tables = [table for table in raw.splits.values() if name in table.column_names]
            read = sum(table.num_rows - table[name].null_count for table in tables)
            if strays.count >= FEWEST_LOST and strays.count > conform.MOST_LOST * (read + strays.count):
                raise conform.wrong_type(column, strays.examples[0])
    return [told(name, raw.strays[spelled]) for name, spelled in there.items()]


def _refuse_lost_rows(name: str, raw: Raw) -> None:
    """One prediction for each row, or none at all: with rows left out, every later row number would be wrong."""
    lost = sum(raw.lost.values())
    there = lost + sum(table.num_rows for table in raw.splits.values())
    if lost:
        raise DataError(
            Kind.UNREADABLE,
            f"{lost:,} of the {there:,} rows of {name} can't be read ({next(iter(raw.lost))}), so the others would be "
            "misnumbered.",
            hint="Mend or remove those lines.",
        )


def _table_batches(raw: Raw, table: pa.Table, problems: dict[int, str], first: int, schema: Schema) -> Iterator[Batch]:
    """problems: rows that could not be read, by their place in the table; they keep it."""
    numbers = range(first, first + table.num_rows)
    if schema.modality == "image":
        yield from _stored_images(raw, table, numbers, schema)
        return
    for start in range(0, table.num_rows, ROWS_AT_ONCE):
        names = numbers[start : start + ROWS_AT_ONCE]
        reasons = {row - start: why for row, why in problems.items() if start <= row < start + len(names)}
        good = np.array([place for place in range(len(names)) if place not in reasons], np.int64)
        part = conform.conform_table(table.slice(start, ROWS_AT_ONCE).take(pa.array(good)), schema.features)
        rows = _dataset(dict(zip(part.column_names, part.columns, strict=True)), schema)
        yield Batch(names, rows, good, reasons)


def _stored_images(raw: Raw, table: pa.Table, numbers: range, schema: Schema) -> Iterator[Batch]:
    """Images that a file holds many of. Pixels of another shape than the model's go through PNG, the path of files."""
    for start in range(0, table.num_rows, IMAGES_AT_ONCE):
        names = numbers[start : start + IMAGES_AT_ONCE]
        part = table.slice(start, IMAGES_AT_ONCE)
        sources: list[Path | bytes]
        if raw.image is None:
            column = joined([part], "image").to_pylist()
            sources = [Path(value) if isinstance(value, str) else value for value in column]
        else:
            pixels = fixed_images(part.column("image"), raw.image)
            if raw.image == schema.image and schema.features[0].dtype != conform.ENCODED:
                yield Batch(names, _dataset({"image": image_column(pixels)}, schema), np.arange(len(names)))
                continue
            sources = [_png(image) for image in pixels]
        yield from _image_batches(names, sources, schema)


def _png(pixels: np.ndarray) -> bytes:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(buffer, "PNG", compress_level=0)
    return buffer.getvalue()


# ---- small things ------------------------------------------------------------------------------------------------


def _dataset(columns: dict[str, pa.ChunkedArray | pa.Array], schema: Schema) -> "datasets.Dataset":
    return conform.dataset(pa.table(columns), conform.features_of(schema, target=False))


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
    found.sort(key=lambda parts: [natural(part) for part in parts])
    base = as_given.rstrip("/")
    return [("/".join((base, *parts)), path.joinpath(*parts)) for parts in found]


def _kind(what: Raw | Schema) -> str:
    return {"image": "images", "table": "a table", "text": "text", "audio": "sound", "series": "series"}[what.modality]


def _takes(schema: Schema) -> str:
    return f"This model takes {kind_taken(schema)}."
