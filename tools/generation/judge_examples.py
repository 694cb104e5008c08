"""What a judge's network learns: the classes of the train pictures, or how they were turned; and what is held back.

>>> labelled_images(run / "data", schema, seed=1, most=20_000, side=32).names
['0', '1', …]
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from noglue.tools.data.arrays import label_array
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.training.pixels import Size, fitted, read, working_size

LEAST = 50  # labelled images that classes can be learned from
HELD_SHARE, MOST_HELD, LEAST_HELD = 0.2, 1_000, 20  # pictures held back to prove it on; half of very few
TURNS = ["no turn", "one turn", "two turns", "three turns"]


@dataclass(frozen=True)
class LabelledImages:
    """What it is to learn: uint8 (n, h, w, c), int64 (n,), and the names of the answers; and the same held back.

    how: what the network is told, in words. classes: None where it is turns that it is told. upright: the pictures of
    both as they are.
    """

    pixels: np.ndarray
    labels: np.ndarray
    names: list[str]
    how: str
    classes: list[str] | None
    held_pixels: np.ndarray
    held_labels: np.ndarray
    upright: tuple[np.ndarray, np.ndarray]


def labelled_images(data: Path, schema: Schema, seed: int, most: int, side: int) -> LabelledImages:
    """Of at most `most` train rows, the longer side at most `side` pixels. Raises DataError `too-few-rows`."""
    train, random = load_split(data, "train"), np.random.default_rng(seed)
    if len(train) == 0:
        raise DataError(Kind.TOO_FEW_ROWS, "There is no image to train the judge with.", hint="Give more images.")
    classes, why = schema.classes or [], "the images carry no labels"
    if schema.target is not None and classes:
        labels = label_array(train, schema.target)
        usable = np.flatnonzero(labels >= 0)
        chosen = random.permutation(usable)[:most]
        why = _hindrance(labels[chosen])
        if not why:
            rest, held = divided(chosen)
            size = working_size(train.select(rest), side)
            learned, others = (read(train.select(part), size) for part in (rest, held))
            how = f"a residual network that tells the {len(classes)} classes apart"
            upright = (learned, others)
            return LabelledImages(learned, labels[rest], classes, how, classes, others, labels[held], upright)
    rest, held = divided(random.permutation(len(train))[:most])
    learned, others = (_square(train.select(part), side) for part in (rest, held))
    how = f"a residual network that tells by how many quarter turns an image is rotated ({why})"
    turned, asked = _turned(learned, most, random), _turned(others, len(others), random)
    return LabelledImages(*turned, TURNS, how, None, *asked, (learned, others))


def divided(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers in random order → those to learn from and those held back, each sorted."""
    count = min(MOST_HELD, max(round(HELD_SHARE * len(rows)), min(LEAST_HELD, len(rows) // 2)))
    return np.sort(rows[count:]), np.sort(rows[:count])


def _hindrance(labels: np.ndarray) -> str:
    """Why classes can't be learned from these, or nothing."""
    if len(labels) < LEAST:
        return f"only {len(labels)} images carry a label"
    if (np.bincount(labels) >= 2).sum() < 2:
        return "fewer than two classes have two images"
    return ""


def _square(rows: Any, longest: int) -> np.ndarray:
    """Squeezed, not padded: bars at two sides would give the turn away."""
    if not len(rows):
        return np.zeros((0, 1, 1, 1), np.uint8)
    size = working_size(rows, longest)
    side = round((size.height * size.width) ** 0.5)
    return fitted(read(rows, size), Size(height=side, width=side, channels=size.channels))


def _turned(pixels: np.ndarray, most: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Each image in one to four random turns, as many as `most` allows; and the number of turns, int64."""
    copies = int(np.clip(most // max(1, len(pixels)), 1, len(TURNS)))
    first = random.integers(0, len(TURNS), len(pixels))
    turns = ((first[None] + np.arange(copies)[:, None]) % len(TURNS)).ravel()
    turned = np.tile(pixels, (copies, 1, 1, 1))
    for turn in range(1, len(TURNS)):
        turned[turns == turn] = np.rot90(turned[turns == turn], turn, (1, 2))
    return turned, turns
