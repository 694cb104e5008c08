"""A batch of generated rows of a table, from the step's file to where the user wants it.

samples/samples.csv      the rows, as the step left them
samples/provenance.json  where they come from, and the file's SHA-256, signed
"""

import csv
import io
import os
from pathlib import Path
from typing import Any

from noglue.agent.commands.batch_folder import listed_file, whole_or_nothing, write_provenance
from noglue.tools.files.step_result import open_plain
from noglue.tools.generation import provenance
from noglue.tools.generation.signing import SigningKey
from noglue.tools.spec.errors import Kind, StepFailed

ROWS = "samples.csv"
MOST_BYTES = 1 << 30


def write(
    file: Path, count: int, out: Path, origin: dict[str, Any], label: str | None, key: SigningKey
) -> dict[str, Any]:
    """file: what the step left, read with distrust. → provenance.json's content. Raises OSError, StepFailed."""
    data = _read(file)
    try:
        rows = sum(1 for _ in csv.reader(io.StringIO(data.decode("utf-8"), newline=""))) - 1
    except (UnicodeDecodeError, csv.Error) as error:
        raise StepFailed(Kind.BAD_RESULT, f"The step's rows are no table: {error}.") from error
    if rows != count:
        raise StepFailed(Kind.BAD_RESULT, f"The step left {rows:,} rows, not the {count:,} that it was asked for.")
    with whole_or_nothing(out) as folder:
        (folder / ROWS).write_bytes(data)
        content = provenance.batch(origin, count, label, [listed_file(ROWS, data)], key, "rows", "nobody measured them")
        write_provenance(folder, content)
    return content


def _read(file: Path) -> bytes:
    descriptor = open_plain(file)
    with os.fdopen(descriptor, "rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise StepFailed(Kind.BAD_RESULT, "The step's rows take more than 1 GB.", hint="Ask for fewer with --count.")
    return data
