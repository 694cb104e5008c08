"""Labels of numbered pictures in MATLAB files beside them: one for each, and lists of the numbers of each split.

jpg/image_00001.jpg …    imagelabels.mat  labels (1, 8189)    setid.mat  trnid, valid, tstid     Oxford's flowers
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools.readers._picture_tables import Part
from noglue.tools.spec.errors import DataError

if TYPE_CHECKING:
    pass

ENDING = ".mat"
_LARGEST, _MOST = 1 << 24, 20  # bytes of a file; files
_SPLITS = (("train", r"tra?i?n"), ("validation", r"va?l"), ("test", r"te?st"))
SPLIT = "split"


def parts(files: Sequence[Path], pictures: Sequence[Path]) -> list[Part]:
    """Columns of labels, one a variable that has as many numbers as there are pictures; and one of the splits."""
    import pyarrow as pa

    likely = [path for path in files if path.suffix.lower() == ENDING and path.stat().st_size <= _LARGEST][:_MOST]
    order = _numbered(pictures) if likely else None
    if order is None:
        return []
    first, places = order
    found = []
    for path in likely:
        vectors = _vectors(path)
        columns: dict[str, pa.Array] = {
            name: pa.array(np.char.mod("%d", one)) for name, one in vectors.items() if len(one) == len(places)
        }
        told = _splits(vectors, first, len(places))
        if told is not None:
            columns[SPLIT] = pa.array(told, pa.string())
        if columns:
            note = f"{path.name} describes the pictures in the order of their numbers"
            found.append(Part(path, places, pa.table(columns), note))
    return found if any(set(one.columns.column_names) != {SPLIT} for one in found) else []


def _numbered(pictures: Sequence[Path]) -> tuple[int, np.ndarray] | None:
    """The first number and int64 (n,) of the pictures in their order, where their names count them without a gap."""
    numbers = [re.search(r"(\d+)$", path.stem) for path in pictures]
    if not all(numbers) or len({re.sub(r"\d+$", "", path.stem) for path in pictures}) > 1:
        return None
    counted = np.array([int(match[1]) for match in numbers if match], np.int64)
    places = np.argsort(counted, kind="stable").astype(np.int64)
    whole = len(counted) > 1 and np.array_equal(np.diff(counted[places]), np.ones(len(counted) - 1, np.int64))
    return (int(counted[places[0]]), places) if whole else None


def _vectors(path: Path) -> Mapping[str, np.ndarray]:
    """The whole numbers of each variable of one axis; nothing of a file that can't be read."""
    from noglue.tools.readers import matlab

    found: dict[str, np.ndarray] = {}
    try:
        for name, stored in matlab.load(path).items():
            if stored.kind in "iuf" and stored.vector:
                values = np.asarray(stored.take(None, int(np.argmax(stored.shape)))).reshape(-1)
                if len(values) > 1 and np.array_equal(values, values.astype(np.int64)):
                    found[name] = values.astype(np.int64)
    except (DataError, ValueError, TypeError, IndexError):
        return {}
    return found


def _splits(vectors: Mapping[str, np.ndarray], first: int, count: int) -> list[str | None] | None:
    """The split of each picture, where variables are called train and test and hold the numbers of their pictures."""
    told: list[str | None] = [None] * count
    names = set()
    for name, numbers in vectors.items():
        split = next((one for one, word in _SPLITS if re.match(word, name, re.I)), None)
        places = numbers - first
        if split is None or len(set(places)) < len(places) or places.min() < 0 or places.max() >= count:
            continue
        if any(told[place] is not None for place in places):
            return None
        names.add(split)
        for place in places:
            told[place] = split
    return told if {"train", "test"} <= names else None
