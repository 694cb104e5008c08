"""What written code left, looked at by the tool that vouches for it (`tools/read_with.py`). The code has ended by then.

rows = Rows.taken(step)         # the plain file that the code left, moved to where the code could not write
rows.count, rows.columns, rows.distinct("label")     # counted here, whatever the code said of it
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.files.step_result import open_plain, read_json, read_result
from noglue.tools.process.written_code_process import IMAGE
from noglue.tools.sandbox import trees
from noglue.tools.spec.errors import DataError, Kind, StepFailed
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import pyarrow.parquet as pq

REPORT_LIMIT, LOG_LIMIT = 1 << 20, 1 << 20
MOST_DISTINCT = 1_000


@dataclass(frozen=True)
class Rows:
    """path: the Parquet file. count: its rows. columns: their names, in order."""

    path: Path
    count: int
    columns: list[str]

    @classmethod
    def taken(cls, step: Step) -> "Rows":
        """Raises DataError `bad-reader` where the code failed, gave rows for an empty folder, or left no such file."""
        _refuse_failed(step)
        path = step.folder / "rows" / "rows.parquet"
        path.parent.mkdir(exist_ok=True)
        try:
            os.close(open_plain(step.untrusted / "rows.parquet"))
            (step.untrusted / "rows.parquet").replace(path)
            with _opened(path) as file:
                return cls(path, sum(batch.num_rows for batch in file.iter_batches()), list(file.schema_arrow.names))
        except FileNotFoundError:
            raise bad("it gave no rows") from None
        except (ValueError, OSError, StepFailed) as error:
            raise bad(f"it left something else than its rows: {str(error)[:300]}") from error

    def distinct(self, column: str) -> int:
        """Different values of a column other than none, counted up to a thousand; of pictures, one."""
        if column == IMAGE:
            return 1
        seen: set[object] = set()
        with _opened(self.path) as file:
            for batch in file.iter_batches(columns=[column]):
                seen.update(batch.column(0).to_pylist())
                if len(seen) > MOST_DISTINCT:
                    break
        return len(seen - {None})


def bytes_below(roots: list[Path]) -> int:
    """Of all files that the code was given."""
    alone = sum(root.stat().st_size for root in roots if root.is_file())
    return alone + sum(entry.found.st_size for root in roots for entry in trees.walk(root) if not entry.is_folder)


def bad(what: str) -> DataError:
    """The error that a planner takes back to the model which wrote the code."""
    return DataError(
        Kind.BAD_READER,
        f"The reader written for these files can't be used: {what}.",
        hint="Give data in a usual format.",
    )


def _opened(path: Path) -> "pq.ParquetFile":
    import pyarrow.parquet as pq

    return pq.ParquetFile(path)


def _refuse_failed(step: Step) -> None:
    """Raises DataError for code that says itself that it failed, or was ended before it could say anything."""
    try:
        reported = read_json(step.untrusted / "reported.json", REPORT_LIMIT)
        error, made = reported.get("error"), int(reported.get("rows_from_nothing", 0))
    except FileNotFoundError:
        raise bad(f"it ended with {_last_words(step) or f'exit status {step.untrusted_status}'}") from None
    except (ValueError, AttributeError, TypeError, StepFailed):
        raise bad("it left something else than its result") from None
    if error is not None:
        raise bad(str(error)[:500])
    if made:
        raise bad(f"it gave {made} rows from an empty folder, so it makes them up")


def _last_words(step: Step) -> str:
    """The last line of its log, where Python names the exception."""
    try:
        lines = read_result(step.untrusted / "log.txt", LOG_LIMIT).decode("utf-8", "replace").strip().splitlines()
    except (OSError, StepFailed):
        return ""
    return " ".join(lines[-1:])[:300]
