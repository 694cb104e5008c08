"""The height, width and channels of pictures that are told as a row of numbers, where the numbers make them sure.

2304 numbers      48 × 48, grey: a square is one
3072 numbers      32 × 32 of three channels where each third number is like the one before, or three planes follow
                  each other; else grey, of the width at which a row is most like the one below it
192 of noise      None: 12 × 16, 16 × 12 and 8 × 8 of three channels are as likely
"""

import ast
import math
import re
from typing import NamedTuple

import numpy as np

from noglue.tools.spec.profiles import ImageShape

SMALLEST = 8  # pixels a side
_WIDEST = 4  # times the height, and the other way round
_ALIKE = 0.7  # of the other's differences: clearly smoother
_LEAD = 0.85  # of the next best width's


class Layout(NamedTuple):
    """planes: the channels follow each other, each a whole picture; else they lie side by side."""

    shape: ImageShape
    planes: bool = False

    def arranged(self, pixels: np.ndarray) -> np.ndarray:
        """(n, numbers of a cell) as (n, height, width, channels)."""
        height, width, channels = self.shape.height, self.shape.width, self.shape.channels
        if self.planes:
            return pixels.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)
        return pixels.reshape(-1, height, width, channels)


def square(size: int) -> Layout | None:
    """Grey, of as many rows as columns."""
    side = math.isqrt(size)
    return _layout(side, side, 1) if side >= SMALLEST and side * side == size else None


def written(cell: str) -> Layout | None:
    """As nested lists tell it: `[[0, 12], [7, 255]]` are two rows of two, but too small for a picture."""
    if cell.count("[") < SMALLEST:
        return None
    even = re.sub(r"(?<=[\d.])[\s,]+(?=[\d.-])", ",", re.sub(r"\][\s,]*\[", "],[", cell.strip()))
    try:
        sides = np.shape(ast.literal_eval(even))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    if len(sides) == 2:
        sides = (*sides, 1)
    if len(sides) != 3:
        return None
    planes = sides[0] in (1, 3) and sides[2] not in (1, 3)
    height, width, channels = (*sides[1:], sides[0]) if planes else sides
    return _layout(height, width, channels, planes) if min(height, width) >= SMALLEST and channels in (1, 3) else None


def smoothest(values: np.ndarray) -> Layout | None:
    """Of pictures (n, numbers): a square, else as neighbours are most alike, None without a clear lead."""
    size = values.shape[1]
    sure = square(size)
    if sure is not None:
        return sure
    values = values.astype(np.float64)
    third = square(size // 3) if size % 3 == 0 else None
    if size % 3 == 0 and _interleaved(values):
        if third is not None:
            return _layout(third.shape.height, third.shape.width, 3)
        width = _width(values.reshape(len(values), -1, 3))
        return _layout(size // 3 // width, width, 3) if width else None
    if third is not None and _in_planes(values, third.shape.height):
        return _layout(third.shape.height, third.shape.width, 3, True)
    width = _width(values[..., None])
    return _layout(size // width, width, 1) if width else None


def _layout(height: int, width: int, channels: int, planes: bool = False) -> Layout:
    return Layout(ImageShape(height=height, width=width, channels=channels), planes)


def _apart(values: np.ndarray, lag: int) -> float:
    """How far on average numbers are from those `lag` places on, along the second axis."""
    return float(np.abs(values[:, lag:] - values[:, :-lag]).mean())


def _interleaved(values: np.ndarray) -> bool:
    """Whether the numbers come in threes: those of a pixel alike, or those of a channel in the next pixel."""
    steps = np.abs(np.diff(values, axis=1)).mean(axis=0)
    steps = np.append(steps, np.nan).reshape(-1, 3)
    within, across = float(steps[:, :2].mean()), float(np.nanmean(steps[:, 2]))
    return within < _ALIKE * across or _apart(values, 3) < _ALIKE * _apart(values, 1)


def _in_planes(values: np.ndarray, side: int) -> bool:
    """Whether rows break off after each third, and the thirds are alike."""
    rows = values.reshape(len(values), -1, side)
    below = np.abs(np.diff(rows, axis=1)).mean(axis=(0, 2))
    seams = np.array([side - 1, 2 * side - 1])
    planes = rows.reshape(len(values), 3, -1)
    planes = planes - planes.mean(axis=2, keepdims=True)
    spread = float((planes**2).mean())
    alike = float((planes[:, :-1] * planes[:, 1:]).mean()) / spread if spread else 0.0
    within = float(np.delete(below, seams).mean())
    mixed = _apart(values, max(1, values.shape[1] // 7))
    return alike > _ALIKE and within < _ALIKE * mixed and bool(below[seams].min() > within)


def _width(values: np.ndarray) -> int | None:
    """The width at which (n, pixels, channels) are most like what lies below them."""
    count = values.shape[1]
    widths = [width for width in range(SMALLEST, count // SMALLEST + 1) if count % width == 0]
    if not widths:
        return None
    apart = sorted((_apart(values, width), width) for width in widths)
    mixed = float(np.abs(values - np.random.default_rng(0).permutation(values, axis=1)).mean())
    clear = apart[0][0] < _ALIKE * mixed and (len(apart) == 1 or apart[0][0] < _LEAD * apart[1][0])
    width, height = apart[0][1], count // apart[0][1]
    return width if clear and width <= _WIDEST * height and height <= _WIDEST * width else None
