"""Columns that are known only after the outcome, by the words of their names and by when they are empty.

    churned,cancellation_reason          died,death_date
    no,                                  0,
    yes,too expensive                    1,2019-03-04

Of two classes, a column that is filled in for every row of one and for none of the other was written when the class was
known: that is certain, whatever its name. Where a name says so too (English, German, French, Spanish:
`hindsight.toml`), an emptiness that goes with the target is enough to tell, or, of a column that is always filled, a
strong hold on the target.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

FEWEST = 50  # rows
FEWEST_EMPTY = 10  # rows that are empty, and that are not
CERTAIN = 1.0
TELLS = 0.8  # of what the commonest class gets wrong, the share that the emptiness alone puts right, whatever the name
WITH_A_NAME = 0.3  # … with a name that says so
HOLDS = 0.8  # with a name and always filled: the share that the values put right; of numbers, |r|


@dataclass(frozen=True)
class Late:
    """certain: filled in for every row of one of two classes and for none of the other; safe to leave out."""

    column: str
    certain: bool
    why: str


def by_emptiness(name: str, missing: np.ndarray, target: np.ndarray, classes: bool) -> Late | None:
    """missing: bool (n,); target: int64 class codes, or float64 values, (n,)."""
    empty = int(missing.sum())
    if len(target) < FEWEST or not FEWEST_EMPTY <= empty <= len(target) - FEWEST_EMPTY:
        return None
    share = _put_right(missing.astype(np.int64), target) if classes else _told(missing, target)
    named = speaks_of_after(name)
    if classes and share >= CERTAIN:
        return Late(name, True, "it is filled in for some classes and empty for the others, in every row")
    if share >= (WITH_A_NAME if named else TELLS):
        also = ", and its name refers to something later" if named else ""
        return Late(name, False, f"whether it is filled in says much about the target{also}")
    return None


def by_name(name: str, codes: np.ndarray, target: np.ndarray, classes: bool) -> Late | None:
    """codes: int64 (n,), of the values or of ranges of them, few to a row."""
    if len(target) < FEWEST or not speaks_of_after(name) or int(codes.max(initial=0)) > len(target) / 20:
        return None
    if (_put_right(codes, target) if classes else _explained(codes, target)) < HOLDS:
        return None
    return Late(name, False, "its name refers to something later, and it says much about the target")


def _put_right(codes: np.ndarray, target: np.ndarray) -> float:
    table = np.zeros((int(codes.max()) + 1, int(target.max()) + 1), np.int64)
    np.add.at(table, (codes, target.astype(np.int64)), 1)
    chance, right = table.sum(axis=0).max(), table.max(axis=1).sum()
    return float((right - chance) / (len(target) - chance)) if chance < len(target) else 0.0


def _told(missing: np.ndarray, target: np.ndarray) -> float:
    return abs(float(np.corrcoef(missing, target)[0, 1])) if target.std() > 0 else 0.0


def _explained(codes: np.ndarray, target: np.ndarray) -> float:
    """The share of the target's variance between the groups, as a correlation."""
    counts = np.bincount(codes)
    means = np.bincount(codes, target) / np.maximum(counts, 1)
    return float(np.sqrt(np.var(means[codes]) / np.var(target))) if np.var(target) > 0 else 0.0


def speaks_of_after(name: str) -> bool:
    """`DischargeDate`, `kündigungsgrund`, `motif_de_sortie`."""
    words = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", name)
    return _after().search(" ".join(re.findall(r"[^\W_]+", words.lower()))) is not None


@cache
def _after() -> re.Pattern[str]:
    lists = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    words = [re.escape(word).replace(r"\*", r"\w*") for words in lists.values() for word in words]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")
