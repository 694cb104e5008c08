"""What the layouts are made of: scikit-learn's digits as pictures, penguins-like tables, and what is expected of each.

>>> @layout
... def class_folders(root: Path) -> Expected:
...     return Expected(truth={draw(root / name / f"{n}.png", name): name for name, n in each(4)})
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

NAMES = ("nought", "one", "two")  # what the digits 0, 1, 2 are called in the layouts


@dataclass
class Expected:
    """What `inspect` must say of a layout.

    truth: picture → its label, of the pictures with one; of pictures without one nothing.
    splits: split → pictures, where there are several.
    rows: split → rows; of pictures made of `truth` and `splits` where not given.
    target: the column that the profile names. classes: as the profile has them.
    columns, absent: among the profile's, or not. hints: what the request tells `inspect`.
    passed: how many files are passed over, where told. among: the reading need not be the first.
    roots: below the layout's folder. archived: it is unpacked first. error: the kind of error expected instead.
    """

    modality: str = "image"
    truth: Mapping[Path, Any] = field(default_factory=dict)
    splits: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    target: str | None = None
    classes: Sequence[str] | None = None
    columns: Sequence[str] = ()
    absent: Sequence[str] = ()
    hints: Mapping[str, Any] = field(default_factory=dict)
    passed: int | None = None
    among: bool = False
    roots: Sequence[str] = ()
    archived: bool = False
    error: str = ""


Builder = Callable[[Path], Expected]
LAYOUTS: dict[str, Builder] = {}


def layout(build: Builder) -> Builder:
    LAYOUTS[build.__name__] = build
    return build


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    found = load_digits()
    return (found.images * 15.9).astype(np.uint8), found.target


_drawn: dict[int, int] = {}


def pixels(digit: int) -> np.ndarray:
    """uint8 (8, 8): the next picture of a digit, another each time."""
    images, labels = _digits()
    places = np.flatnonzero(labels == digit)
    _drawn[digit] = _drawn.get(digit, -1) + 1
    return images[places[_drawn[digit] % len(places)]]


def draw(path: Path, name: str = NAMES[0]) -> Path:
    """A picture of a digit in the file, the format by its ending (PNG without one)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(np.kron(pixels(NAMES.index(name) if name in NAMES else 3), np.ones((2, 2), np.uint8)))
    picture.save(path, None if path.suffix.lower() in (".png", ".jpg", ".jpeg", ".ppm", ".gif", ".bmp") else "PNG")
    return path


def each(count: int, names: Sequence[str] = NAMES, start: int = 0) -> Iterator[tuple[str, int]]:
    """Class names in turn, with running numbers: (nought, 0), (one, 1), (two, 2), (nought, 3), …"""
    for number in range(start, start + count * len(names)):
        yield names[number % len(names)], number


def table(path: Path, rows: Sequence[Sequence[Any]], header: Sequence[str] = (), delimiter: str = ",") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows([header, *rows] if header else rows)
    return path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def flowers(count: int = 150) -> list[tuple[Any, ...]]:
    """Iris: (sepal_length, sepal_width, petal_length, petal_width, species), shuffled."""
    from sklearn.datasets import load_iris

    found = load_iris()
    order = np.random.default_rng(0).permutation(len(found.target))[:count]
    return [(*map(float, found.data[n]), str(found.target_names[found.target[n]])) for n in order]


FLOWERS = ("sepal_length", "sepal_width", "petal_length", "petal_width", "species")
SPECIES = ("setosa", "versicolor", "virginica")
