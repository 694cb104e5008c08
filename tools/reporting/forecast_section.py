"""What the report says of a forecaster and of nothing else: some series drawn, with what was forecast and what came.

>>> facts(found)["forecasts"][0].caption
'the values, the forecast of the 12 steps that were held back with its 90 % interval, and the next 12'
"""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from noglue.tools.evaluation.findings import Drawn, Evaluation, Forecasting
from noglue.tools.reporting.drawing import BOTTOM, HEIGHT, Frame, Point, key, svg, tag


@dataclass(frozen=True)
class Shown:
    """One series: its chart and what stands below it."""

    name: str
    chart: Markup
    caption: str


def facts(found: Evaluation | None) -> dict[str, Any]:
    """The templates' variables: `forecasts`."""
    said = found.forecast if found else None
    return {"forecasts": [] if said is None else [_shown(one, said) for one in said.drawn]}


def _shown(one: Drawn, said: Forecasting) -> Shown:
    caption = (
        f"the values, the forecast of the {len(one.test)} steps that were held back with its {100 * said.level:g} % "
        f"interval, and the next {len(one.next)}"
    )
    return Shown(one.name, chart(one, f"Forecast of {one.name or 'the series'}"), caption)


def chart(one: Drawn, title: str) -> Markup:
    """History, test with its band and truth, the next steps with theirs; the times of where each part begins below."""
    history: list[Point] = [(float(at), value) for at, value in enumerate(one.history) if value is not None]
    begins = len(one.history)
    test = [(float(begins + at), *cells) for at, cells in enumerate(one.test)]
    truth: list[Point] = [(float(begins + at), value) for at, value in enumerate(one.truth) if value is not None]
    later = begins + len(one.truth)
    coming = [(float(later + at), *cells) for at, cells in enumerate(one.next)]
    corners = [*history, *truth, *((x, y) for x, *cells in (*test, *coming) for y in cells)]
    frame = Frame.around(corners)
    parts = [frame.axes("", "", across_label=lambda value: "")]
    for band in (test, coming):
        if band:
            parts.append(_band(frame, [(x, low, high) for x, _, low, high in band]))
    parts.append(frame.path([*history, *truth], "line s0"))
    parts.append(frame.path([(x, mean) for x, mean, *_ in test], "line s1"))
    joint = [truth[-1]] if truth else history[-1:]
    parts.append(frame.path([*joint, *((x, mean) for x, mean, *_ in coming)], "line s2"))
    marks = {"from": 0, "test": begins, "to": later + len(one.next) - 1}
    for name, at in marks.items():
        text = one.times.get(name, "")
        kind = "tick up" if name == "to" else "tick"  # the last one ends where the plot does
        parts.append(tag("text", text, kind=kind, x=frame.x(at), y=HEIGHT - BOTTOM + 18))
    return key(["values", "forecast of what was held back", "next steps"]) + svg(title, parts)


def _band(frame: Frame, cells: list[tuple[float, float, float]]) -> Markup:
    around = [(x, high) for x, _, high in cells] + [(x, low) for x, low, _ in reversed(cells)]
    return tag("polygon", kind="band", points=" ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in around))
