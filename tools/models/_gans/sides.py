"""Whether pictures can be told from their mirror images: only where they can't may a generator learn from both.

    >>> found = told_from_mirror(pixels, labels, classes=["shoe", "bag"], seed=0)
    >>> found.symmetric, found.why
    (False, "of the class 'shoe', 98 % of 180 pictures can be told from their mirror images")

A ridge classifier of what changes when a picture is mirrored, in the looks of tools/generation/looks/, is fitted on
half of the pictures and asked about the other half, overall and within each class: a generator that is asked for a
class must not turn it round either. Few pictures can't show that both ways are as frequent: they are not mirrored.
"""

from dataclasses import dataclass

import numpy as np

from noglue.tools.evaluation.bootstrap import wilson
from noglue.tools.spec import catalogue

LOOKS = "noglue.tools.generation.looks"
ROWS, OF_CLASSES = 1_000, 4_000  # pictures overall, and of all classes together
OF_A_CLASS = 40  # pictures of a class, below which it is not looked at alone
TOLERATED = 0.6  # the share told rightly that the interval must lie under overall
SURE = 0.99  # level of a class's interval, as there are many classes
RIDGE = 0.1  # of the kernel's mean diagonal


@dataclass(frozen=True)
class Sides:
    """right: the share of `rows` pictures that were told from their mirror images. why: in words."""

    symmetric: bool
    right: float
    rows: int
    why: str


def told_from_mirror(
    pixels: np.ndarray, labels: np.ndarray, classes: list[str] | None, seed: int, haste: float = 1.0
) -> Sides:
    """pixels: uint8 (n, h, w, c), n ≥ 2. labels: int64 (n,), looked at only where there are classes. haste: by how much
    fewer pictures are looked at.
    """
    order = np.random.default_rng(seed).permutation(len(pixels))
    right, rows = _told(pixels[order[: round(ROWS / haste)]], seed)
    if wilson(right, rows)[1] > TOLERATED:
        return Sides(False, right, rows, f"{_share(right, rows)} can be told from their mirror images")
    names = classes or []
    for number, name in enumerate(names):
        some = order[labels[order] == number][: max(OF_A_CLASS, round(OF_CLASSES / len(names) / haste))]
        if len(some) < OF_A_CLASS:
            continue
        told, count = _told(pixels[some], seed)
        if wilson(told, count, SURE)[0] > 0.5:
            why = f"of the class {name!r}, {_share(told, count)} can be told from their mirror images"
            return Sides(False, told, count, why)
    return Sides(
        True, right, rows, f"only {_share(right, rows)} can be told from their mirror images, chance being 50 %"
    )


def _share(right: float, rows: int) -> str:
    return f"{100 * right:.0f} % of {rows:,} pictures"


def _told(pixels: np.ndarray, seed: int) -> tuple[float, int]:
    """How often a picture is told from its mirror image, and of how many that the classifier was not fitted on."""
    changes = []
    for name in catalogue.names(LOOKS):
        describe = catalogue.load(LOOKS, name).describe
        change = describe(pixels, seed) - describe(np.ascontiguousarray(pixels[:, :, ::-1]), seed)
        changes.append(change / max(1e-12, float(np.square(change).sum(1).mean()) ** 0.5))
    change = np.concatenate(changes, 1).astype(np.float64)
    half = len(pixels) // 2
    fitted, asked = change[:half], change[half:]
    kernel = fitted @ fitted.T
    weights = np.linalg.solve(kernel + RIDGE * max(1e-12, np.trace(kernel) / half) * np.eye(half), np.ones(half))
    answer = asked @ fitted.T @ weights
    return float(((answer > 0) + 0.5 * (answer == 0)).mean()), len(asked)
