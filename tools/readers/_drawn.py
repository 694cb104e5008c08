"""Tables that are larger than what is held in memory: rows drawn at random, while they are read batch by batch.

>>> round(share_of({Path("five-gigabytes.csv"): 5 << 30}, MOST_TEXT), 3)
0.059

`Draw(0.059).some(batch)` gives about 6 of 100 rows, the same ones whenever the file is read; `left` counts the rest.

Rows of a split to learn from are drawn where `prepare` reads them, those of the others (to test on, to predict) never:
each of them has an answer. What is left out is counted, and stands in the ledger of rows with its reason.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.protocols import DRAWN, Match

if TYPE_CHECKING:
    import pyarrow as pa

MOST_TEXT = 300 << 20  # of delimited text: typed, screened and split, it takes some five times as much
MOST_CELLS = 400 << 20  # of Arrow's columns, unpacked
MOST_ENCODED = 1 << 30  # of encoded images and other long bytes, which are held once
PACKED_TEXT = 4  # how many times its size a compressed text unpacks to, as a rule
LEARNED_FROM = ("train", "all")


class Draw:
    """share: of the rows to be kept, 1 for all. kept, left: how many were, so far."""

    def __init__(self, share: float) -> None:
        import numpy as np

        self.share, self.kept, self.left = min(1.0, share), 0, 0
        self._random = np.random.default_rng(0)

    @property
    def whole(self) -> bool:
        return self.share >= 1

    def some(self, table: "pa.Table") -> "pa.Table":
        import pyarrow as pa

        if self.whole:
            return table
        mask = self._random.random(table.num_rows) < self.share
        drawn = table.filter(pa.array(mask))
        self.kept, self.left = self.kept + drawn.num_rows, self.left + table.num_rows - drawn.num_rows
        return drawn

    def lost(self) -> dict[str, int]:
        """Reason → how many rows were not drawn."""
        reason = "not drawn: the data is larger than what is held in memory, so rows to learn from are drawn at random"
        return {reason: self.left} if self.left else {}

    def told(self) -> list[str]:
        """The same for a note."""
        if not self.left:
            return []
        total = self.kept + self.left
        return [f"{self.kept:,} of {total:,} rows are learned from, drawn at random: all of them do not fit in memory"]


def draws(match: Match, split: str) -> bool:
    """Whether rows of a split may be left out."""
    return match.reading.get(DRAWN[0]) == DRAWN[1] and split in LEARNED_FROM


def share_of(sizes: Mapping[Path, int] | Iterable[Path], most: int) -> float:
    """sizes: bytes of each file as it will lie in memory; paths alone: as it lies on the disk."""
    known = sizes if isinstance(sizes, Mapping) else {path: path.stat().st_size for path in sizes}
    total = sum(known.values())
    return 1.0 if total <= most else most / total
