"""Tables that a model takes: read by the reader that is surest of each, and brought to the model's columns."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.files import damage
from noglue.tools.modelstore.inputs import Batch, Found, Source, dataset
from noglue.tools.modelstore.inputs import kind_taken as taken
from noglue.tools.spec import catalogue, modalities
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.spec.schema import Schema
from noglue.tools.values import cells, conform
from noglue.tools.values.text_values import strays_in_words

ROWS_AT_ONCE = 100_000
NO_TEXT = "it is empty"
NOTHING_KNOWN = "nothing of it is known: the answer is the usual one"
MOST_CLAIMS = 8  # ways to read a file, the sheets of a workbook among them, that are tried
FEWEST_LOST = 5  # cells that fit no more: fewer are missing, whatever their share


def kind_taken(schema: Schema) -> str:
    names = [column.name for column in schema.features]
    return f"tables with the columns {', '.join(names[:12])}{', …' if len(names) > 12 else ''}"


def find(files: list[tuple[str, Path]], given: Path, schema: Schema, found: Found, several: bool) -> None:
    for name, file in files:
        read_table(name, file, schema, found, given.is_file(), several)


def file_batches(files: Sequence[tuple[str, Path]], schema: Schema) -> Iterator[Batch]:
    """No file is a row."""
    return iter(())


def table_batches(raw: Raw, table: pa.Table, problems: dict[int, str], first: int, schema: Schema) -> Iterator[Batch]:
    """problems: rows that could not be read, by their place in the table; they keep it.

    A row without the text that the model reads has no answer; one of cells that are all missing has it with a remark.
    """
    reads_texts = all(column.kind == "text" for column in schema.features)
    numbers = range(first, first + table.num_rows)
    for start in range(0, table.num_rows, ROWS_AT_ONCE):
        names = numbers[start : start + ROWS_AT_ONCE]
        reasons = {row - start: why for row, why in problems.items() if start <= row < start + len(names)}
        good = np.array([place for place in range(len(names)) if place not in reasons], np.int64)
        part = conform.conform_table(table.slice(start, ROWS_AT_ONCE).take(pa.array(good)), schema.features)
        bare, remarks = _bare(part), dict[int, str]()
        if reads_texts:
            reasons |= dict.fromkeys(good[bare].tolist(), NO_TEXT)
            part, good = part.filter(pa.array(~bare)), good[~bare]
        else:
            remarks = dict.fromkeys(good[bare].tolist(), NOTHING_KNOWN)
        rows = dataset(dict(zip(part.column_names, part.columns, strict=True)), schema)
        yield Batch(names, rows, good, reasons, remarks=remarks)


def _bare(rows: pa.Table) -> np.ndarray:
    """bool (n,): the rows all of whose cells are missing, or blank."""
    bare = np.ones(rows.num_rows, bool)
    for column in rows.columns:
        missing = column.is_null(nan_is_null=True).to_numpy()
        if pa.types.is_string(column.type):
            missing = missing | pc.equal(pc.utf8_trim_whitespace(column), "").fill_null(True).to_numpy()
        bare &= missing
    return bare


def read_table(name: str, file: Path, schema: Schema, found: Found, alone: bool, several: bool = False) -> None:
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
    found.strays += strays(raw, schema)
    found.cut += raw.cut
    for split, table in raw.splits.items():
        if table.num_rows:
            found.tables.append(table)
            found.raws.append(raw)
            found.sources.append(Source(reader, match, split))
            found.problems.append(raw.problems.get(split, {}))


def _raw_table(name: str, file: Path, schema: Schema, alone: bool) -> tuple[Raw, str, Match] | None:
    """What the file holds, and what read it: of several sheets the one with the model's columns and the fewest others.

    None where no reader knows it.
    """
    claims: list[tuple[str, Match]] = []
    for reader in catalogue.names("noglue.tools.readers"):
        module = catalogue.load("noglue.tools.readers", reader)
        try:
            with damage.of_files(reader, [file]):
                matches = module.readings([file]) if hasattr(module, "readings") else [module.sniff([file])]
        except DataError:
            continue
        claims += [(reader, match) for match in matches if match is not None]
    claims.sort(key=lambda claim: -claim[1].confidence)
    if not claims and alone and schema.form is not None and schema.form.cells:
        again = catalogue.load("noglue.tools.readers", "delimited").as_before(file, schema.form)
        claims = [] if again is None else [("delimited", again)]
    kind, hint = modalities.load(schema.modality), f"This model takes {taken(schema)}."
    if not claims and alone and not kind.content:
        raise DataError(Kind.UNREADABLE, f"{name} is not in a form that is known.", hint=hint)
    first: tuple[Raw, str, Match] | None = None
    closest: int | None = None
    for reader, match in claims[:MOST_CLAIMS]:
        if first is not None and reader != claims[0][0]:
            continue
        with damage.of_files(reader, [file]):
            raw: Raw = catalogue.load("noglue.tools.readers", reader).read(match, form=schema.form)
        raw = cells.settled(raw, schema.form)
        first = (raw, reader, match) if first is None else first
        beside = 0 if kind.content else _columns_beside(raw, schema)
        if beside is not None and (closest is None or beside < closest):
            first, closest = (raw, reader, match), beside
        if closest == 0:
            break
    if first is None or first[0].modality == schema.modality:
        return first
    there = modalities.load(first[0].modality)
    if not (there.cells and kind.tabular):  # a table may have a column of texts
        raise DataError(
            Kind.WRONG_KIND,
            f"{name} holds {there.noun}, but the model was trained on {kind.noun}.",
            hint=hint,
        )
    return first


def _columns_beside(raw: Raw, schema: Schema) -> int | None:
    """How many columns a table has that are not the model's; None where it lacks one of the model's."""
    wanted = [column.name for column in schema.features]
    known = [*wanted, schema.target] if schema.target is not None else wanted
    fits = [
        table.num_columns - len(conform.match_names(table.column_names, known))
        for table in raw.splits.values()
        if len(conform.match_names(table.column_names, wanted)) == len(wanted)
    ]
    return min(fits, default=None)


def strays(raw: Raw, schema: Schema) -> list[str]:
    """What did not fit, in words. Raises DataError `wrong-type` for a column of which most did not: it is another."""
    there = conform.match_names(list(raw.strays), [column.name for column in schema.features])
    for column in schema.features:
        if column.name in there:
            strays, name = raw.strays[there[column.name]], there[column.name]
            tables = [table for table in raw.splits.values() if name in table.column_names]
            read = sum(table.num_rows - table[name].null_count for table in tables)
            if strays.count >= FEWEST_LOST and strays.count > conform.MOST_LOST * (read + strays.count):
                raise conform.wrong_type(column, strays.examples[0])
    return [strays_in_words(name, raw.strays[spelled]) for name, spelled in there.items()]


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
