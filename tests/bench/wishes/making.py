"""What the made data sets share: columns written as a table, small pictures of a shape, and draws with a trend.

>>> write_table(folder / "people.csv", {"name": ["Ann", "Bo"], "height_m": [1.71, 1.84]}, separator=";", comma=True)
"""

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

SHAPES = ("disc", "square", "triangle", "cross", "stripes", "ring")


def write_table(
    path: Path, columns: dict[str, Sequence[Any]], *, separator: str = ",", comma: bool = False, header: bool = True
) -> None:
    """The columns, all of one length, as a delimited file; None becomes an empty cell, `comma` a decimal comma."""

    def cell(value: Any) -> str:
        if value is None:
            return ""
        text = str(value.item() if isinstance(value, np.generic) else value)
        return text.replace(".", ",") if comma and isinstance(value, float | np.floating) else text

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator="\n")
        if header:
            writer.writerow(columns)
        writer.writerows([cell(value) for value in row] for row in zip(*columns.values(), strict=True))


def days(start: str, count: int, step: int = 1, form: str = "%Y-%m-%d") -> list[str]:
    """Dates from `start` (ISO) on, `step` days apart."""
    first = date.fromisoformat(start)
    return [(first + timedelta(days=step * i)).strftime(form) for i in range(count)]


def words(draw: np.random.Generator, choices: Sequence[str], count: int) -> list[str]:
    """`count` of the choices, each as likely as the next."""
    return [choices[i] for i in draw.integers(len(choices), size=count)]


def numbers(draw: np.random.Generator, mean: float, spread: float, count: int, digits: int = 1) -> Any:
    """Normal draws, rounded, never below zero; whole numbers where `digits` is 0."""
    values = np.maximum(0, draw.normal(mean, spread, count))
    return values.round().astype(int) if digits == 0 else values.round(digits)


def likely(draw: np.random.Generator, strength: Any, share: float = 0.5) -> Any:
    """True for about `share` of the rows, the more likely the greater their strength."""
    noisy = strength + draw.normal(0, 0.4 * float(np.std(strength)), len(strength))
    return noisy > np.quantile(noisy, 1 - share)


def thirds(draw: np.random.Generator, strength: Any, names: Sequence[str]) -> list[str]:
    """As many levels as there are names, by rank of the strength with some noise."""
    noisy = strength + draw.normal(0, 0.3 * float(np.std(strength)), len(strength))
    edges = np.quantile(noisy, np.linspace(0, 1, len(names) + 1)[1:-1])
    return [names[i] for i in np.searchsorted(edges, noisy)]


def some_missing(draw: np.random.Generator, values: Any, word: Any = None, share: float = 0.06) -> list[Any]:
    """The values with a share of them replaced by `word`, the file's sign for nothing."""
    gone = draw.random(len(values)) < share
    return [word if out else value for out, value in zip(gone, list(values), strict=True)]


def picture(path: Path, shape: str, draw: np.random.Generator, tint: tuple[int, int, int], size: int = 28) -> None:
    """One small RGB picture: the shape, somewhere near the middle, in the tint on noise."""
    noise = draw.integers(0, 60, (size, size, 3)).astype(np.uint8)
    image = Image.fromarray(noise)
    pen = ImageDraw.Draw(image)
    x, y = draw.integers(2, 7, 2).tolist()
    right, low = x + size - 10, y + size - 10
    if shape == "disc":
        pen.ellipse((x, y, right, low), fill=tint)
    elif shape == "ring":
        pen.ellipse((x, y, right, low), outline=tint, width=3)
    elif shape == "square":
        pen.rectangle((x, y, right, low), fill=tint)
    elif shape == "triangle":
        pen.polygon([(x, low), (right, low), ((x + right) // 2, y)], fill=tint)
    elif shape == "cross":
        pen.line((x, y, right, low), fill=tint, width=4)
        pen.line((x, low, right, y), fill=tint, width=4)
    else:
        for line in range(y, low, 5):
            pen.line((x, line, right, line), fill=tint, width=2)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)
