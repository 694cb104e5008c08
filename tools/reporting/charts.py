"""Small charts as inline SVG, coloured by the page's style sheet so that they follow light and dark.

No plotting library: importing one takes seconds, and these charts need lines, dots and bars. Every chart has a
title that is read aloud in its place. Text inside is escaped.

    >>> lines("Learning curve", "epoch", "loss", {"loss": [(1, 0.9), (2, 0.5)]})
    Markup('<svg class="chart" viewBox="0 0 520 250" role="img" aria-label="Learning curve">…</svg>')
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from noglue.tools.evaluation.explained import Dependence
from noglue.tools.evaluation.findings import CalibrationBin, Residuals
from noglue.tools.evaluation.wording import cut, number
from noglue.tools.reporting.drawing import BOTTOM, HEIGHT, LEFT, SQUARE, Frame, Label, Point, svg, tag, ticks, widened


@dataclass(frozen=True)
class Bar:
    """A value with its interval, for `intervals`."""

    name: str
    text: str
    value: float
    low: float
    high: float
    main: bool = False


def lines(title: str, across: str, up: str, series: dict[str, list[Point]], label: Label | None = None) -> Markup:
    """One line a series; where there are several, a key above the plot names them."""
    frame = Frame.around([point for line in series.values() for point in line])
    parts = [frame.axes(across, up, up_label=label)]
    for place, (name, line) in enumerate(series.items()):
        parts.append(frame.path(_thinned(line), f"line s{place}"))
        if len(line) <= 12:
            parts += [
                frame.dot(point, f"dot s{place}", note=f"{number(point[0])}: {(label or number)(point[1])}")
                for point in line
            ]
        if len(series) > 1:
            x = LEFT + 130 * place
            parts.append(tag("line", kind=f"line s{place}", x1=x, x2=x + 18, y1=9, y2=9))
            parts.append(tag("text", name, x=x + 24, y=13))
    return svg(title, parts)


def scatter(title: str, points: Sequence[Point]) -> Markup:
    """Predicted against true, square and on one scale, with the diagonal on which a perfect model lies."""
    values = [value for point in points for value in point]
    low, high = widened(min(values), max(values), 0.03)
    frame = Frame(low, high, low, high, *SQUARE)
    parts = [frame.axes("true", "predicted"), frame.segment((low, low), (high, high), "ideal")]
    return svg(title, parts + [frame.dot(point, "dot s0 faint") for point in points], *SQUARE, "chart square")


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
        if len(found.lines) > 1:
            x = LEFT + 90 * place
            parts.append(tag("line", kind=f"line s{place}", x1=x, x2=x + 14, y1=9, y2=9))
            parts.append(tag("text", cut(name, 9), x=x + 18, y=13))
    most = max(4, int(70 / max(1, len(words))))
    parts += [tag("text", cut(word, most), kind="tick", x=frame.x(x), y=HEIGHT - BOTTOM + 18)
              for x, word in zip(at, words, strict=False)]  # fmt: skip
    floor = HEIGHT - BOTTOM
    for value in found.seen:
        if frame.left <= value <= frame.right:
            x = frame.x(value)
            parts.append(tag("line", kind="rug", x1=x, x2=x, y1=floor, y2=floor - 7))
    return svg(title, parts)


def ranges(title: str, across: str, up: str, boxes: Sequence[tuple[str, float, float, float]]) -> Markup:
    """For each (name, low, middle, high) a bar from low to high with a mark at the middle; and a line at nought."""
    values = [0.0, *(end for _, *ends in boxes for end in ends)]
    frame = Frame(-0.5, len(boxes) - 0.5, *widened(min(values), max(values), 0.06))
    parts = [frame.axes(across, up, lambda value: ""), frame.segment((-0.5, 0), (len(boxes) - 0.5, 0), "ideal")]
    most = max(5, int(62 / max(1, len(boxes))))
    for place, (name, low, middle, high) in enumerate(boxes):
        x, note = frame.x(place), f"{name}: {number(low)} to {number(high)}, in the middle {number(middle)}"
        height = max(0.5, frame.y(low) - frame.y(high))
        parts.append(tag("rect", tag("title", note), kind="bar", x=x - 9, y=frame.y(high), width=18, height=height))
        parts.append(tag("line", kind="middle", x1=x - 12, x2=x + 12, y1=frame.y(middle), y2=frame.y(middle)))
        parts.append(tag("text", cut(name, most), kind="tick", x=x, y=HEIGHT - BOTTOM + 18))
    return svg(title, parts)


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


def intervals(title: str, bars: Sequence[Bar], label: Label) -> Markup:
    """Scores with their 95 % intervals, one row each, on a common scale."""
    row, width, left, right = 32, 800, 245, 195
    height = row * len(bars) + 32
    low, high = widened(min(bar.low for bar in bars), max(bar.high for bar in bars), 0.04)

    def x(value: float) -> float:
        return left + (width - left - right) * (value - low) / (high - low)

    parts = []
    for tick in ticks(low, high, 5):
        parts.append(tag("line", kind="grid", x1=x(tick), x2=x(tick), y1=2, y2=height - 26))
        parts.append(tag("text", label(tick), kind="tick", x=x(tick), y=height - 10))
    for place, bar in enumerate(bars):
        y, kind = row * (place + 0.5) + 2, "main" if bar.main else "other"
        parts.append(tag("text", cut(bar.name, 32), kind=f"name {kind}", x=left - 16, y=y + 4))
        parts.append(tag("line", kind=f"whisker {kind}", x1=x(bar.low), x2=x(bar.high), y1=y, y2=y))
        parts.append(tag("circle", kind=f"mark {kind}", cx=x(bar.value), cy=y, r=5))
        parts.append(tag("text", bar.text, kind=f"figure {kind}", x=width - right + 16, y=y + 4))
    return svg(title, parts, width, height, "chart intervals")


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _thinned(line: list[Point], most: int = 400) -> list[Point]:
    """Every k-th point of a long line, and its last."""
    every = math.ceil(len(line) / most)
    return line if every <= 1 else [*line[::every], line[-1]]
