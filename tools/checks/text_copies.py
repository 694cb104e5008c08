"""Near-copies among texts: four fifths of their runs of three words are the same.

    Free entry in a weekly draw, text WIN now to enter our prize competition by the end of May
    Free entry in a weekly draw, text WIN now to enter our prize competition by the end of June

Texts that may be alike are found by MinHash (Broder 1997, https://doi.org/10.1109/SEQUEN.1997.666900): the least hashes
of their runs agree in as large a share as their runs do. Each such pair is then counted out. Of scripts without blanks
the runs are of characters. 20,000 texts of 100 words take about two seconds.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from noglue.tools.checks.near_copies import Copies
from noglue.tools.data.hashing import byte_hash

MOST = 50_000  # texts
LONGEST = 20_000  # characters of a text that are looked at
RUN = 3
FEWEST_WORDS = 8
ALIKE = 0.8
BANDS, HASHES = 12, 4  # a pair that is alike shares all hashes of one band, but for one in a thousand
CROWDED = 50  # texts that share a band; each is set beside its neighbours alone
_WORD = re.compile(r"\w+")


def written(table: pa.Table) -> list[str]:
    """The columns that hold sentences."""
    names = []
    for name in table.column_names:
        if pa.types.is_string(table[name].type) or pa.types.is_large_string(table[name].type):
            some = pc.drop_null(table[name].slice(0, 2_000))
            lengths = [len(_units(text)) for text in some.to_pylist()]
            varied = len(some) > 0 and pc.count_distinct(some).as_py() > len(some) / 2
            if varied and np.median(lengths) >= FEWEST_WORDS:
                names.append(name)
    return names


def find(
    table: pa.Table, names: Sequence[str], rest: np.ndarray, parts: list[np.ndarray], random: np.random.Generator
) -> Copies:
    """Near-copies within the first part and, of the rows of the others, in it; their other columns are the same.

    rest: the hash of each row's other columns.
    """
    total = sum(map(len, parts))
    share = min(1.0, MOST / max(1, total))
    rows = [np.sort(random.choice(part, int(share * len(part)), replace=False)) for part in parts]
    every, known = np.concatenate(rows), set(rows[0].tolist())
    columns = [table[name].take(pa.array(every)).to_pylist() for name in names]
    runs = [_runs(" ".join(text or "" for text in texts)) for texts in zip(*columns, strict=True)]
    pairs = []
    for one, other in _candidates(runs):
        late, early = int(every[other]), int(every[one])
        if (early in known or late in known) and rest[late] == rest[early] and _alike(runs[one], runs[other]):
            pairs.append((late, early) if early in known else (early, late))
    found = np.array(sorted(set(pairs)), np.int64).reshape(-1, 2)
    return Copies(found, len(every), total)


def _units(text: str) -> list[str]:
    """Words, or the characters of a text without blanks."""
    words = _WORD.findall(text[:LONGEST].lower())
    letters = "".join(words)
    without_blanks = len(letters) > 8 * len(words) and sum(map(_is_syllable, letters)) > len(letters) / 2
    return list(letters) if without_blanks else words


def _is_syllable(letter: str) -> bool:
    """Of Thai, Lao, Khmer, Burmese, Chinese or Japanese, whose words stand without blanks between them."""
    return "\u0e00" <= letter <= "\u0eff" or "\u1000" <= letter <= "\u17ff" or "\u3040" <= letter <= "\u9fff"


def _runs(text: str) -> np.ndarray:
    """The hashes of all runs of three words, uint64, each once; none of a text that is too short to tell."""
    units = _units(text)
    if len(units) < FEWEST_WORDS:
        return np.zeros(0, np.uint64)
    return np.unique([byte_hash(" ".join(units[i : i + RUN]).encode("utf-8", "surrogatepass"))
                      for i in range(len(units) - RUN + 1)]).astype(np.uint64)  # fmt: skip


def _candidates(runs: list[np.ndarray]) -> Iterable[tuple[int, int]]:
    """Pairs of places whose texts may be alike, the earlier one first."""
    full = np.flatnonzero([len(one) for one in runs])
    if len(full) < 2:
        return []
    joined, starts = np.concatenate([runs[i] for i in full]), np.cumsum([0, *(len(runs[i]) for i in full[:-1])])
    found: set[tuple[int, int]] = set()
    random = np.random.default_rng(0)
    for _ in range(BANDS):
        least = [np.minimum.reduceat(_scrambled(joined, random), starts) for _ in range(HASHES)]
        band = np.bitwise_xor.reduce([row * np.uint64(2 * i + 1) for i, row in enumerate(least)])
        order = np.argsort(band, kind="stable")
        for ahead in range(1, CROWDED):
            same = np.flatnonzero(band[order[ahead:]] == band[order[:-ahead]])
            if not len(same):
                break
            kept = same if ahead == 1 else same[_uncrowded(band, order, same)]
            found.update(zip(full[order[kept]].tolist(), full[order[kept + ahead]].tolist(), strict=True))
    return sorted(found)


def _uncrowded(band: np.ndarray, order: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Of bands that few texts share, all pairs are looked at; of others, only neighbours."""
    last = np.minimum(places + CROWDED, len(order) - 1)
    at_the_end = places + CROWDED >= len(order)  # of the last band there are no more
    return np.asarray(at_the_end | (band[order[last]] != band[order[places]]))


def _scrambled(hashes: np.ndarray, random: np.random.Generator) -> np.ndarray:
    odd, shift = (random.integers(0, 1 << 63, dtype=np.uint64) for _ in range(2))
    mixed = (hashes ^ shift) * (odd | np.uint64(1))
    return mixed ^ (mixed >> np.uint64(29))


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared >= ALIKE * (len(one) + len(other) - shared)
