"""The lines below a header that ends in `@data`, as sktime and the Monash archive write their files."""

from collections.abc import Iterator
from pathlib import Path

from noglue.tools.readers._splits import unreadable

LONGEST_LINE = 1 << 28  # bytes; a series is a line


def lines_below(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines below `@data`, but comments. Raises DataError `unreadable` for one that is too long."""
    below, number = False, 0
    with path.open(encoding="utf-8", errors="replace") as file:
        while line := file.readline(LONGEST_LINE):
            number += 1
            if len(line) >= LONGEST_LINE:
                raise unreadable(path, f"line {number} is longer than {LONGEST_LINE >> 20} MB")
            bare = line.strip()
            if below and bare and not bare.startswith("#"):
                yield number, bare
            below = below or bare.lower() == "@data"
