"""Texts that a model takes: each text file is one, and each row of a table with a column of that name."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from noglue.tools.modelstore import table_inputs
from noglue.tools.modelstore.file_inputs import read_files
from noglue.tools.modelstore.inputs import Batch, Found
from noglue.tools.modelstore.table_inputs import table_batches as table_batches
from noglue.tools.spec.schema import Schema

TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx")


def kind_taken(schema: Schema) -> str:
    return "text files, folders and archives of them, and tables with a column of texts"


def find(files: list[tuple[str, Path]], given: Path, schema: Schema, found: Found, several: bool) -> None:
    from noglue.tools.readers import text_folder

    for name, file in files:
        if text_folder.takes(file) or (given.is_file() and file.suffix.lower() not in TABLES):
            found.files.append((name, file))
        elif file.suffix.lower() in TABLES:
            table_inputs.read_table(name, file, schema, found, alone=given.is_file())


def file_batches(files: Sequence[tuple[str, Path]], schema: Schema) -> Iterator[Batch]:
    from noglue.tools.readers import text_folder

    return read_files(files, text_folder.text_of, schema)
