"""Scores and ranges side by side, a row each: names in full, which wrap, and a common scale that fits any screen.

Laid out as HTML and not as a drawing, so that text keeps its size on a phone.

    >>> intervals("Accuracy", [Bar("this model", "97.2 %", 0.972, 0.95, 0.99, main=True)], label)
    Markup('<div class="forest" role="group" aria-label="Accuracy"><div class="row main">…</div>…</div>')
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from noglue.tools.evaluation.wording import cut, number
from noglue.tools.reporting.drawing import Label, tag, tick_text, ticks, widened
from noglue.tools.showing.line_breaks import breakable

BLANK = Markup(" ")  # an element without content would not be closed
LONGEST = 90  # characters of a name
EDGE = 0.06  # of the scale
NEAR = 12.0  # percent of the scale between two tick labels at least


@dataclass(frozen=True)
class Bar:
    """A value with its interval, and what is written beside it."""

    name: str
    text: str
    value: float
    low: float
    high: float
    main: bool = False


def intervals(title: str, bars: Sequence[Bar], label: Label) -> Markup:
    """Dots with whiskers: scores with their 95 % intervals."""
    return _forest(title, bars, label, "whisker", widened(*_ends(bars), 0.04))


def ranges(title: str, boxes: Sequence[tuple[str, float, float, float]]) -> Markup:
    """For each (name, low, middle, high) a box from low to high with a mark at the middle; nought is on the scale."""
    bars = [
        Bar(name, f"{number(low)} to {number(high)}", middle, low, high, main=True) for name, low, middle, high in boxes
    ]
    low, high = _ends(bars)
    return _forest(title, bars, tick_text, "box", widened(min(0.0, low), max(0.0, high), 0.04))


def _ends(bars: Sequence[Bar]) -> tuple[float, float]:
    return min(bar.low for bar in bars), max(bar.high for bar in bars)


def _forest(title: str, bars: Sequence[Bar], label: Label, kind: str, scale: tuple[float, float]) -> Markup:
    low, high = scale
    marks = ticks(low, high, 4)

    def place(value: float) -> str:
        return f"left:{100 * (value - low) / (high - low):.2f}%"

    kinds = {mark: "grid nought" if mark == 0 else "grid" for mark in marks}
    grid = Markup("").join(tag("span", BLANK, kind=kinds[mark], style=place(mark)) for mark in marks)
    rows = []
    for bar in bars:
        wide = f"{place(bar.low)};width:{100 * (bar.high - bar.low) / (high - low):.2f}%"
        span = tag("span", BLANK, kind=kind, style=wide)
        mark = tag("span", BLANK, kind="middle" if kind == "box" else "mark", style=place(bar.value))
        cells = [
            tag("span", breakable(cut(bar.name, LONGEST)), kind="name"),
            tag("span", grid + span + mark, kind="plot"),
            tag("span", bar.text, kind="figure"),
        ]
        rows.append(tag("div", Markup("").join(cells), kind=f"row {'main' if bar.main else 'other'}"))
    step = (high - low) * NEAR / 100
    shown = [mark for turn, mark in enumerate(marks) if turn == 0 or mark - marks[turn - 1] >= step]
    said = Markup("").join(tag("span", label(mark), kind=_end(mark, scale), style=place(mark)) for mark in shown)
    rows.append(tag("div", tag("span", said, kind="plot"), kind="row axis"))
    return tag("div", Markup("").join(rows), kind="forest", role="group", aria_label=title)


def _end(mark: float, scale: tuple[float, float]) -> str:
    """The class of a tick's label: one at an end of the scale is not to stick out of a narrow screen."""
    share = (mark - scale[0]) / (scale[1] - scale[0])
    return "tick last" if share > 1 - EDGE else "tick first" if share < EDGE else "tick"
