"""SVG by hand: one function that writes an element, and the frame that puts data into a picture.

>>> tag("circle", kind="dot", cx=3.14159, cy=2, r=4)
Markup('<circle class="dot" cx="3.1" cy="2" r="4"/>')
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from noglue.tools.evaluation.wording import cut

WIDTH, HEIGHT = 520, 250
SQUARE = (400, 372)  # with as much room for the data across as up
LEFT, RIGHT, TOP, BOTTOM = 64, 22, 14, 44
LONGEST = 40  # letters of a name in a key

Point = tuple[float, float]
Label = Callable[[float], str]


def tag(name: str, inside: str | Markup = "", kind: str = "", **attributes: float | str) -> Markup:
    """One element. kind: its class. Numbers get one decimal; `_` in an attribute's name stands for `-`. All escaped."""
    stated = {"class": kind} if kind else {}
    stated |= {key.replace("_", "-"): _short(value) for key, value in attributes.items()}
    head = " ".join([name, *(f'{key}="{escape(value)}"' for key, value in stated.items())])
    return Markup(f"<{head}>{escape(inside)}</{name}>" if inside else f"<{head}/>")


def svg(
    title: str, parts: Sequence[Markup], width: float = WIDTH, height: float = HEIGHT, kind: str = "chart"
) -> Markup:
    """The picture. Its title is what a screen reader says."""
    box = f"0 0 {width:g} {height:g}"
    return tag("svg", Markup("").join(parts), kind=kind, viewBox=box, role="img", aria_label=title)


@dataclass(frozen=True)
class Frame:
    """The data's window, and where its values lie in the picture of `width` by `height`."""

    left: float
    right: float
    bottom: float
    top: float
    width: float = WIDTH
    height: float = HEIGHT

    @classmethod
    def around(cls, points: Sequence[Point]) -> "Frame":
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return cls(*widened(min(xs), max(xs), 0.02), *widened(min(ys), max(ys), 0.06))

    def x(self, value: float) -> float:
        return LEFT + (self.width - LEFT - RIGHT) * (value - self.left) / (self.right - self.left)

    def y(self, value: float) -> float:
        return self.height - BOTTOM - (self.height - BOTTOM - TOP) * (value - self.bottom) / (self.top - self.bottom)

    def axes(self, across: str, up: str, across_label: Label | None = None, up_label: Label | None = None) -> Markup:
        """Grid, tick labels, and the axes' names."""
        parts = []
        for tick in ticks(self.bottom, self.top, 5):
            y = self.y(tick)
            parts.append(tag("line", kind="grid", x1=LEFT, x2=self.width - RIGHT, y1=y, y2=y))
            parts.append(tag("text", (up_label or tick_text)(tick), kind="tick up", x=LEFT - 8, y=y + 4))
        for tick in ticks(self.left, self.right, 6):
            parts.append(
                tag("text", (across_label or tick_text)(tick), kind="tick", x=self.x(tick), y=self.height - BOTTOM + 18)
            )
        parts.append(tag("text", across, kind="axis", x=(LEFT + self.width - RIGHT) / 2, y=self.height - 6))
        turned = f"translate(13 {(self.height - BOTTOM + TOP) / 2:.1f}) rotate(-90)"
        parts.append(tag("text", up, kind="axis", transform=turned))
        return Markup("").join(parts)

    def dot(self, point: Point, kind: str, radius: float = 3.0, note: str = "") -> Markup:
        inside = tag("title", note) if note else ""
        return tag("circle", inside, kind=kind, cx=self.x(point[0]), cy=self.y(point[1]), r=radius)

    def segment(self, start: Point, end: Point, kind: str) -> Markup:
        x1, y1, x2, y2 = self.x(start[0]), self.y(start[1]), self.x(end[0]), self.y(end[1])
        return tag("line", kind=kind, x1=x1, y1=y1, x2=x2, y2=y2)

    def path(self, points: Sequence[Point], kind: str) -> Markup:
        return tag("polyline", kind=kind, points=" ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points))


def key(names: Sequence[str]) -> Markup:
    """What the lines of a chart are, to stand above it: as HTML, so that it wraps and keeps its size."""
    spans = [tag("span", cut(name, LONGEST), kind=f"s{place}") for place, name in enumerate(names)]
    return tag("div", Markup("").join(spans), kind="key")


def widened(low: float, high: float, share: float) -> tuple[float, float]:
    """A range with some room, and with a width even where low equals high."""
    room = (high - low) * share or abs(high) * 0.1 or 1.0
    return low - room, high + room


def ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers (1, 2 or 5 times a power of ten) in the range."""
    if not 0 < high - low < math.inf:
        return [low] if math.isfinite(low) else []
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def tick_text(value: float) -> str:
    """A round number without the noughts that say nothing: `0.2`, `1,500`, `1e-07`."""
    if value and not 1e-4 <= abs(value) < 1e9:
        return f"{value:g}"
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
