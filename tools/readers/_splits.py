"""What names tell: the split of a file or a folder. And the error of a file that is not what its name says."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from noglue.tools.spec.errors import DataError, Kind

SPLIT_ORDER = ("train", "validation", "test", "unlabelled", "all")
MOST_CLASSES = 1000  # more kinds than that are not classes
Value = TypeVar("Value")

_SPLITS = {
    "train": r"train|training|trn|train(ing)?s?(set|data|daten)|entrenamiento|entrainement|treino|lerndaten",
    "test": r"test|testing|tst|t10k|eval|evaluation|holdout|test(ing)?(set|data|daten)|prueba|pruebas|teste",
    "validation": r"val|valid|validation|dev|validierung|validierungsdaten|validacion|validacao|validazione",
    "unlabelled": r"unlabelled|unlabeled|pred|predict",
}


def split_of(name: str) -> str | None:
    """The split that a file's or folder's name tells, or None.

    >>> split_of("emnist-letters-train-images-idx3-ubyte"), split_of("x_test"), split_of("retrained")
    ('train', 'test', None)
    >>> split_of("trainLabels.csv"), split_of("Protest.csv")
    ('train', None)
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() if not name.isascii() else name
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", plain)
    words = re.split(r"[^a-z0-9]+|(?<=[a-z])(?=\d+$)", plain.lower())
    for split, pattern in _SPLITS.items():
        if any(re.fullmatch(pattern, word) for word in words):
            return split
    return None


def splits_of(paths: Sequence[Path]) -> dict[Path, str]:
    """Each file's split by its name (`train-00000-of-00002`), or by its folder's (`train/0.csv`); else `all`.

    Beside a test split, files that tell none are for training (`adult.data`, `adult.test`).
    """
    found = {path: split_of(path.name) or "all" for path in paths}
    if set(found.values()) == {"all"} and len({path.parent for path in paths}) > 1:
        found = {path: split_of(path.parent.name) or "all" for path in paths}
    if "all" in found.values() and "test" in found.values() and "train" not in found.values():
        found = {path: "train" if split == "all" else split for path, split in found.items()}
    return found


def in_order(found: Mapping[str, Value]) -> dict[str, Value]:
    """The splits, train first; then whatever else the keys are."""
    return {key: found[key] for key in sorted(found, key=lambda key: (*SPLIT_ORDER, key).index(key))}


def unreadable(path: Path, reason: str, hint: str = "") -> DataError:
    """The error of a file that is not what its name says."""
    hint = hint or "Check that the file was downloaded or copied whole, or leave it out."
    return DataError(Kind.UNREADABLE, f"{path.name} can't be read: {reason}.", hint=hint, path=str(path))
