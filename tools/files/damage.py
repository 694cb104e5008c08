"""What a reader stumbles over in a stranger's file is the file's fault, not the program's.

with of_files("records", [Path("deep.json")]):
    json.loads("[" * 200_000)
→ DataError unreadable: deep.json can't be read: the reader records gave up on it (RecursionError).
"""

import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from noglue.tools.spec.errors import DataError, Kind, ToolError

_SMALL = 64 << 20  # bytes


@contextmanager
def of_files(reader: str, files: Iterable[Path]) -> Iterator[None]:
    """Raises DataError `unreadable` for any error but those that have a name, a lack of memory, or a missing package.

    Small files that ask for more memory than there is are damaged: a count in them is. The traceback goes to standard
    error, which is the step's log.
    """
    files = list(files)
    try:
        yield
    except (ToolError, ImportError):
        raise
    except Exception as error:
        if isinstance(error, MemoryError) and not 0 < _bytes(files) <= _SMALL:
            raise
        traceback.print_exc(file=sys.stderr)
        listed = [Path(file).name for file in files]
        names = ", ".join(listed[:3]) + (f" and {len(listed) - 3} more" if len(listed) > 3 else "")
        detail = " ".join(str(error).split())[:200].rstrip(".")
        raise DataError(
            Kind.UNREADABLE,
            f"{names or 'The data'} can't be read: the reader {reader} gave up on it "
            f"({type(error).__name__}{f': {detail}' if detail else ''}).",
            hint="Check that the files were downloaded or copied whole, or leave out what is damaged.",
        ) from error


def _bytes(files: Iterable[Path]) -> int:
    return sum(file.stat().st_size for file in files if file.is_file())
