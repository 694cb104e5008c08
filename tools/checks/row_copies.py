"""Near-copies among the rows of a table: numbers rounded to three digits, a text with some words changed.

    weight,height,name                  text
    71.268,1.8314,A                     Free entry in a weekly draw, text WIN now to enter
    71.3,1.83,A                         Free entry in a weekly draw, text WIN now to join

Every other column must be the same. Numbers with fractions count where there are three or more of them, as two may be
alike by chance; whole numbers are never near: one year older is another person.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.checks import text_copies
from noglue.tools.checks.near_copies import Copies, Part, near_pairs
from noglue.tools.data.hashing import table_hashes
from noglue.tools.data.row_content import Cells

MOST = 10_000  # rows of numbers whose other columns are those of another row; each is set beside each
MOST_USUAL = 8_000  # rows that say how far neighbours usually lie
FEWEST_NUMBERS = 3
FEWEST_VALUES = 20
RATIO = 3e-3  # of squared distances
ROUNDED = 0.006  # of a number's size, or hundredth of its spread: what rounding to three digits changes


def find(content: Cells, parts: list[np.ndarray], random: np.random.Generator) -> Copies:
    """Near-copies within the first part and, of the rows of the others, in it."""
    table = content.table
    texts = text_copies.written(table)
    numbers = [name for name in table.column_names if name not in texts and _has_fractions(table[name])]
    if texts:
        return text_copies.find(table, texts, _of_others(table, texts), parts, random)
    if len(numbers) < FEWEST_NUMBERS:
        return Copies(rows=sum(map(len, parts)))
    every = np.concatenate(parts)
    sample = every[random.choice(len(every), min(len(every), MOST_USUAL), replace=False)]
    middle, spread = _middle_and_spread(_values(table, numbers, sample))
    gaps = _values(table, numbers, every)
    same = _of_others(table, numbers)[every] ^ table_hashes(pa.table({"gaps": _bits(~np.isfinite(gaps))}))
    values = np.where(np.isfinite(gaps), gaps, 0.0)
    scaled = Part(every, ((values - middle) / spread).astype(np.float32))
    sides = np.repeat(np.arange(len(parts)), [len(part) for part in parts]) > 0
    shared = _may_be_copies(same, sides)
    looked = shared if len(shared) <= MOST else np.sort(random.choice(shared, MOST, replace=False))
    places = np.full(int(every.max(initial=0)) + 1, -1)
    places[every] = np.arange(len(every))

    def confirm(pairs: np.ndarray) -> np.ndarray:
        one, other = places[pairs[:, 0]], places[pairs[:, 1]]
        apart = np.abs(values[one] - values[other])
        rounded = apart <= np.maximum(ROUNDED * np.abs(values[one]), 0.01 * spread)
        return np.asarray((same[one] == same[other]) & rounded.all(axis=1) & (apart > 0).any(axis=1))

    usual = scaled.where(places[sample[~sides[places[sample]]]])
    known, others = (scaled.where(looked[sides[looked] == side]) for side in (False, True))
    pairs = near_pairs(known, others, RATIO, confirm, random, usual)
    return Copies(pairs, len(every) - len(shared) + len(looked), len(every))


def _values(table: pa.Table, numbers: list[str], rows: np.ndarray) -> np.ndarray:
    """float64 (n, k), NaN where missing."""
    taken = [table[name].take(pa.array(rows)).cast(pa.float64()).to_numpy() for name in numbers]
    return np.stack(taken, axis=1).astype(np.float64)


def _middle_and_spread(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    there = np.where(np.isfinite(values), values, 0.0)
    spread = there.std(axis=0)
    return there.mean(axis=0), np.where(spread > 0, spread, 1.0)


def _may_be_copies(same: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The places of rows whose other columns stand in another row as well, of which one is among the first."""
    _, group, counts = np.unique(same, return_inverse=True, return_counts=True)
    among_first = np.bincount(group[~others], minlength=len(counts)) > 0
    return np.flatnonzero((counts[group] > 1) & among_first[group])


def _of_others(table: pa.Table, names: list[str]) -> np.ndarray:
    """uint64 (n,): the rows' content but for these columns; of numbers with fractions the first three digits."""
    others = {name: table[name] for name in table.column_names if name not in names}
    rounded = {name: _three_digits(column) if pa.types.is_floating(column.type) else column
               for name, column in others.items()}  # fmt: skip
    return table_hashes(pa.table(rounded)) if rounded else np.zeros(table.num_rows, np.uint64)


def _three_digits(column: pa.ChunkedArray) -> pa.ChunkedArray:
    values = column.cast(pa.float64()).to_numpy()
    size = 10.0 ** (np.floor(np.log10(np.abs(np.where(values == 0, 1.0, values)))) - 2)
    return pa.chunked_array([np.where(values == np.floor(values), values, np.round(values / size) * size)])


def _has_fractions(column: pa.ChunkedArray) -> bool:
    if not pa.types.is_floating(column.type) or pc.count_distinct(column).as_py() < FEWEST_VALUES:
        return False
    return not pc.all(pc.equal(pc.floor(column), column)).as_py()


def _bits(missing: np.ndarray) -> np.ndarray:
    """Which of a row's numbers are missing, as one number."""
    weights = np.random.default_rng(0).integers(1, 1 << 40, missing.shape[1])
    return np.asarray(missing @ weights)
