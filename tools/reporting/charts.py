"""Small charts as inline SVG, coloured by the page's style sheet so that they follow light and dark.

No plotting library: importing one takes seconds, and these charts need lines, dots and bars. Every chart has a
title that is read aloud in its place. Text inside is escaped.

    >>> lines("Learning curve", "epoch", "loss", {"loss": [(1, 0.9), (2, 0.5)]})
    Markup('<svg class="chart" viewBox="0 0 520 250" role="img" aria-label="Learning curve">…</svg>')
"""

import math
from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from noglue.tools.evaluation.explained import Dependence
from noglue.tools.evaluation.findings import CalibrationBin, Residuals
from noglue.tools.evaluation.wording import cut, number
from noglue.tools.reporting.drawing import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    SQUARE,
    Frame,
    Label,
    Point,
    key,
    svg,
    tag,
    widened,
)

CELLS = 44  # across and up, of a scatter plot


def lines(title: str, across: str, up: str, series: dict[str, list[Point]], label: Label | None = None) -> Markup:
    """One line a series; where there are several, a key above it names them."""
    frame = Frame.around([point for line in series.values() for point in line])
    parts = [frame.axes(across, up, up_label=label)]
    for place, line in enumerate(series.values()):
        parts.append(frame.path(_thinned(line), f"line s{place}"))
        if len(line) <= 12:
            parts += [
                frame.dot(point, f"dot s{place}", note=f"{number(point[0])}: {(label or number)(point[1])}")
                for point in line
            ]
    return (key(list(series)) if len(series) > 1 else Markup("")) + svg(title, parts)


def scatter(title: str, points: Sequence[Point]) -> Markup:
    """Predicted against true, square and on one scale, with the diagonal on which a perfect model lies.

    Rows that would lie over each other are one dot, its area by their number.
    """
    values = [value for point in points for value in point]
    low, high = widened(min(values), max(values), 0.03)
    frame = Frame(low, high, low, high, *SQUARE)
    cell = (high - low) / CELLS
    held = Counter((int((x - low) / cell), int((y - low) / cell)) for x, y in points)
    most, widest = max(held.values()), 0.48 * (SQUARE[0] - LEFT - RIGHT) / CELLS
    parts = [frame.axes("true", "predicted"), frame.segment((low, low), (high, high), "ideal")]
    for (across, up), rows in sorted(held.items()):
        middle = (low + (across + 0.5) * cell, low + (up + 0.5) * cell)
        radius = max(1.6, widest * math.sqrt(rows / most))
        parts.append(frame.dot(middle, "dot s0", radius, f"{rows} rows" if rows > 1 else ""))
    return svg(title, parts, *SQUARE, "chart square")


def shares(title: str, across: str, up: str, line: Sequence[Point], here: Point, guess: tuple[Point, Point]) -> Markup:
    """A curve of shares, square: a ROC curve, or precision against recall.

    here: where the model's own threshold lies on it. guess: the line on which answers that look at nothing lie.
    """
    frame = Frame(0.0, 1.0, 0.0, 1.0, *SQUARE)
    note = f"the model's threshold: {across} {_percent(here[0])}, {up} {_percent(here[1])}"
    parts = [frame.axes(across, up, _percent, _percent), frame.segment(*guess, "ideal")]
    parts += [frame.path(list(line), "line s0"), frame.dot(here, "dot s1", 5, note)]
    return svg(title, parts, *SQUARE, "chart square")


def dependence(title: str, across: str, up: str, found: Dependence, label: Label | None = None) -> Markup:
    """What a model says for each value of a column: a line for each class, over the range of single rows; below it the
    column's deciles, so that it can be seen where rows are. Values in words stand beside each other.
    """
    words = [one for one in found.at if isinstance(one, str)]
    at = [float(place) for place in range(len(words))] if words else [float(one) for one in found.at]
    ends = [*found.low, *found.high, *(value for line in found.lines.values() for value in line)]
    frame = Frame(*widened(min(at), max(at), 0.02 + 0.08 * bool(words)), *widened(min(ends), max(ends), 0.06))
    parts = [frame.axes(across, up, (lambda value: "") if words else None, label)]
    if found.low:
        band = [*zip(at, found.high, strict=True), *reversed(list(zip(at, found.low, strict=True)))]
        drawn = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in band)
        parts += [] if words else [tag("polygon", kind="band", points=drawn)]
        for x, low, high in zip(at, found.low, found.high, strict=True) if words else []:
            parts.append(frame.segment((x, low), (x, high), "whisker"))
    for place, (name, line) in enumerate(found.lines.items()):
        points = list(zip(at, line, strict=True))
        parts += [] if words else [frame.path(points, f"line s{place}")]
        parts += [frame.dot(point, f"dot s{place}", note=f"{cut(name, 40)}: {(label or number)(point[1])}")
                  for point in points]  # fmt: skip
    most = max(4, int(70 / max(1, len(words))))
    parts += [tag("text", cut(word, most), kind="tick", x=frame.x(x), y=HEIGHT - BOTTOM + 18)
              for x, word in zip(at, words, strict=False)]  # fmt: skip
    floor = HEIGHT - BOTTOM
    for value in found.seen:
        if frame.left <= value <= frame.right:
            x = frame.x(value)
            parts.append(tag("line", kind="rug", x1=x, x2=x, y1=floor, y2=floor - 7))
    return (key(list(found.lines)) if len(found.lines) > 1 else Markup("")) + svg(title, parts)


def reliability(title: str, bins: Sequence[CalibrationBin]) -> Markup:
    """Fraction right against confidence; a dot's area goes with its rows; the diagonal is perfect calibration."""
    frame, most = Frame(0.0, 1.02, 0.0, 1.05), max(part.rows for part in bins)
    parts = [frame.axes("stated confidence", "fraction right", _percent, _percent)]
    parts.append(frame.segment((0, 0), (1, 1), "ideal"))
    parts.append(frame.path([(part.confidence, part.accuracy) for part in bins], "line s0 faint"))
    for part in bins:
        note = f"{part.rows:,} rows: confidence {_percent(part.confidence)}, right {_percent(part.accuracy)}"
        radius = 2.5 + 6 * math.sqrt(part.rows / most)
        parts.append(frame.dot((part.confidence, part.accuracy), "dot s0", radius, note))
    return svg(title, parts)


def histogram(title: str, found: Residuals) -> Markup:
    """Predicted minus true; a line stands at nought."""
    frame = Frame(found.edges[0], found.edges[-1], 0.0, max(found.counts) * 1.05)
    parts = [frame.axes("predicted minus true", "rows")]
    for low, high, count in zip(found.edges[:-1], found.edges[1:], found.counts, strict=True):
        x, y = frame.x(low), frame.y(count)
        wide = max(0.5, frame.x(high) - x - 1)
        parts.append(tag("rect", kind="bar", x=x + 0.5, y=y, width=wide, height=frame.y(0) - y))
    if frame.left < 0 < frame.right:
        parts.append(frame.segment((0, 0), (0, frame.top), "ideal"))
    return svg(title, parts)


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _thinned(line: list[Point], most: int = 400) -> list[Point]:
    """Every k-th point of a long line, and its last."""
    every = math.ceil(len(line) / most)
    return line if every <= 1 else [*line[::every], line[-1]]
