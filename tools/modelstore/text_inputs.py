"""Texts that a model takes: each text file is one, and each row of a table with a column of that name."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from noglue.tools.modelstore import table_inputs
from noglue.tools.modelstore.file_inputs import read_files
from noglue.tools.modelstore.inputs import Batch, Found, Source
from noglue.tools.modelstore.table_inputs import table_batches as table_batches
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.spec.schema import Schema

TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx")


def kind_taken(schema: Schema) -> str:
    return "text files, folders and archives of them, and tables with a column of texts"


def find(files: list[tuple[str, Path]], given: Path, schema: Schema, found: Found, several: bool) -> None:
    from noglue.tools.readers import text_folder

    lines = schema.form is not None and schema.form.lines
    for name, file in files:
        if lines and file.suffix.lower() not in TABLES[2:]:
            _of_lines(file, schema, found)
        elif text_folder.takes(file) or (given.is_file() and file.suffix.lower() not in TABLES):
            found.files.append((name, file))
        elif file.suffix.lower() in TABLES:
            table_inputs.read_table(name, file, schema, found, alone=given.is_file())


def _of_lines(file: Path, schema: Schema, found: Found) -> None:
    """A file of one text a line, as those learned from were. A blank line among them keeps its place."""
    from noglue.tools.readers import text_lines

    table = text_lines.new_lines(file, schema.classes or [])
    texts = table["text"].to_pylist()
    raw = Raw("text", {"all": table}, form=schema.form or DataForm())
    found.tables.append(table)
    found.raws.append(raw)
    found.sources.append(
        Source("text_lines", Match(0.9, {"all": [file]}, "a text on each line", {"way": "lines"}), "all")
    )
    found.problems.append({place: table_inputs.NO_TEXT for place, text in enumerate(texts) if not text})


def file_batches(files: Sequence[tuple[str, Path]], schema: Schema) -> Iterator[Batch]:
    return read_files(files, _text_of, schema)


def _text_of(file: Path) -> str:
    """Raises ValueError for a file without a text, which no answer would be about."""
    from noglue.tools.readers import text_folder

    text = text_folder.text_of(file)
    if not text.strip():
        raise ValueError(table_inputs.NO_TEXT)
    return text
