"""Categories of many levels as numbers: what the target was, in the mean, in the rows of a level.

    >>> codes = TargetCodes.fit(rows, wanted, classes=0)
    >>> codes.encode(new).numbers.shape             # 4 numbers, and one for each category of many levels
    (120, 6)

Micci-Barreca 2001, https://doi.org/10.1145/507533.507538. Levels of few rows are drawn towards the mean of all. A row
that is learned from gets its numbers from the other parts of five, so that its own target is not among them; fitted
within a fold, on the rows that it learns from, like every other part of a learner.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from noglue.tools.models._tables.encoding import Encoded

FEWEST_LEVELS = 20  # of a category that is taken
HELD_BACK = 10.0  # rows that the mean of all counts as
PARTS = 5
MOST_CLASSES = 10  # each has a column


@dataclass(frozen=True)
class TargetCodes:
    """places: int64 (t,), columns of `codes`. tables: float64 (t, levels + 1, m), of each level what it stands for, the
    last for missing and unseen ones.
    """

    places: np.ndarray
    tables: np.ndarray

    @classmethod
    def fit(cls, rows: Encoded, wanted: np.ndarray, classes: int) -> "TargetCodes":
        """classes: 0 for values. wanted: as a learner gets it."""
        places = columns_of_many(rows)
        levels = int(rows.codes[:, places].max(initial=-1)) + 1
        said = _outputs(wanted, classes)
        tables = [_table(rows.codes[:, place], said, levels) for place in places]
        return cls(places, np.array(tables).reshape(len(places), levels + 1, said.shape[1]))

    def encode(self, rows: Encoded) -> Encoded:
        """The columns in question as numbers, and no longer as codes."""
        return self._with(rows, [self._values(rows.codes[:, place], self.tables[i]) for i, place in self._each()])

    def of_training(self, rows: Encoded, wanted: np.ndarray, classes: int, seed: int) -> Encoded:
        """The rows that it was fitted to, each without its own target."""
        part = np.random.default_rng(seed).permutation(np.arange(len(rows)) % PARTS)
        said, levels = _outputs(wanted, classes), self.tables.shape[1] - 1
        found = []
        for _, place in self._each():
            values = np.empty((len(rows), said.shape[1]))
            for number in range(PARTS):
                own = part == number
                table = _table(rows.codes[~own, place], said[~own], levels)
                values[own] = self._values(rows.codes[own, place], table)
            found.append(values)
        return self._with(rows, found)

    def _each(self) -> "list[tuple[int, int]]":
        return list(enumerate(self.places.tolist()))

    @staticmethod
    def _values(codes: np.ndarray, table: np.ndarray) -> np.ndarray:
        last = len(table) - 1
        return np.asarray(table[np.where((codes < 0) | (codes >= last), last, codes)])

    def _with(self, rows: Encoded, values: list[np.ndarray]) -> Encoded:
        others = np.setdiff1d(np.arange(rows.codes.shape[1]), self.places)
        return Encoded(np.concatenate([rows.numbers, *values], axis=1), rows.codes[:, others])

    def save(self, file: Path) -> None:
        from safetensors.numpy import save_file

        save_file({"places": self.places, "tables": np.ascontiguousarray(self.tables)}, file)

    @classmethod
    def load(cls, file: Path) -> "TargetCodes":
        from safetensors.numpy import load_file

        return cls(**load_file(file))


def columns_of_many(rows: Encoded) -> np.ndarray:
    """int64, the columns of `codes` that have many levels."""
    if not len(rows):
        return np.zeros(0, np.int64)
    return np.flatnonzero(rows.codes.max(axis=0, initial=-1) >= FEWEST_LEVELS)


def _outputs(wanted: np.ndarray, classes: int) -> np.ndarray:
    """float64 (n, m): a value; whether it is the second class of two; or which of the most frequent classes it is."""
    if not classes:
        return np.asarray(wanted[:, None], np.float64)
    if classes == 2:
        return np.asarray((wanted == 1)[:, None], np.float64)
    frequent = np.argsort(-np.bincount(wanted, minlength=classes), kind="stable")[:MOST_CLASSES]
    return np.asarray(wanted[:, None] == frequent[None, :], np.float64)


def _table(codes: np.ndarray, said: np.ndarray, levels: int) -> np.ndarray:
    """float64 (levels + 1, m)."""
    overall = said.mean(axis=0)
    known = codes >= 0
    counts = np.bincount(codes[known], minlength=levels)[:, None]
    sums = np.stack([np.bincount(codes[known], column[known], minlength=levels) for column in said.T], axis=1)
    return np.concatenate([(sums + HELD_BACK * overall) / (counts + HELD_BACK), overall[None]])
