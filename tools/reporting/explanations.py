"""What the report tells of how a model works: what matters, how, and why it was wrong of some rows.

>>> facts(found, schema)["why"][0].reasons[0]
Line(name='bmi', value='31.2', amount='+21.4', share=1.0, against=False)
"""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from noglue.tools import metrics
from noglue.tools.evaluation.explained import Because, Explained, Importance, Reason
from noglue.tools.evaluation.findings import Evaluation, Example
from noglue.tools.evaluation.wording import PERCENT, cut, number, value_text
from noglue.tools.metrics import Metric
from noglue.tools.reporting import charts, forest
from noglue.tools.reporting.drawing import tick_text
from noglue.tools.spec.schema import Schema

MOST_BARS = 15
MOST_REASONS = 6  # of a row, the weightiest


@dataclass(frozen=True)
class Line:
    """One reason. share: of the weightiest of its row, 0…1. against: it speaks against what was answered."""

    name: str
    value: str
    amount: str
    share: float
    against: bool


@dataclass(frozen=True)
class Why:
    """One row: what it is and what was said, and why. base: what is said on average, where reasons add up to it."""

    row: str
    truth: str
    predicted: str
    said: str
    base: str
    picture: str | None
    reasons: list[Line]


def facts(found: Evaluation | None, schema: Schema) -> dict[str, Any]:
    """The templates' variables."""
    explained = None if found is None else found.explained
    if found is None or explained is None:
        return {
            "importance_chart": None,
            "matters": [],
            "in_points": False,
            "dependence_charts": [],
            "why": [],
            "explained_notes": [],
        }
    metric = metrics.bound(explained.measure, schema.classes, schema.positive) if explained.measure else None
    shown = explained.importances[:MOST_BARS]
    rows = {example.row: example for example in found.errors}
    return {
        "importance_chart": _importances(shown, metric) if shown and metric is not None else None,
        "matters": shown,
        "in_points": metric is not None and metric.unit in PERCENT,
        "dependence_charts": [_dependence(explained, place, schema) for place in range(len(explained.dependences))],
        "why": [_why(one, rows[one.row], schema) for one in explained.because if one.row in rows],
        "explained_notes": explained.notes,
    }


def _importances(shown: list[Importance], metric: Metric) -> Markup:
    bars = [
        forest.Bar(cut(", ".join(one.columns), 90), _points(metric, one), one.worse, one.low, one.high, one.low > 0)
        for one in shown
    ]
    title = f"How much worse the {metric.title} is without each column, with 95 % intervals"
    percent = metric.unit in PERCENT
    return forest.intervals(title, bars, lambda value: tick_text(100 * value if percent else value))


def _points(metric: Metric, one: Importance) -> str:
    """`2.8 (0.6 to 5.0)`, in points."""
    if metric.unit in PERCENT:
        worse, low, high = (f"{round(100 * value, 1) + 0.0:.1f}" for value in (one.worse, one.low, one.high))
        return f"{worse} ({low} to {high})"
    return f"{value_text(metric, one.worse)} ({value_text(metric, one.low)} to {value_text(metric, one.high)})"


def _dependence(explained: Explained, place: int, schema: Schema) -> tuple[str, Markup]:
    one = explained.dependences[place]
    classes = schema.classes is not None
    up = f"probability of {cut(next(iter(one.lines)), 24)}" if classes and len(one.lines) == 1 else "probability"
    up = up if classes else f"predicted {cut(str(schema.target), 24)}"
    label = (lambda value: f"{100 * value:.0f} %") if classes else None
    return one.column, charts.dependence(f"{up} by {one.column}", cut(one.column, 60), up, one, label)


def _why(one: Because, example: Example, schema: Schema) -> Why:
    most = max((abs(reason.amount) for reason in one.reasons), default=0.0)
    return Why(
        row=example.input or str(example.row),
        truth=example.truth,
        predicted=example.predicted,
        said=_amount(one.said, schema),
        base="" if one.base is None else _amount(one.base, schema),
        picture=one.picture,
        reasons=[_line(reason, most, schema) for reason in one.reasons[:MOST_REASONS]],
    )


def _line(reason: Reason, most: float, schema: Schema) -> Line:
    amount = _amount(abs(reason.amount), schema, points=True)
    sign = "+" if reason.amount > 0 else "−"
    share = abs(reason.amount) / most if most else 0.0
    return Line(reason.name, reason.value, f"{sign}{amount}", share, reason.amount < 0)


def _amount(value: float, schema: Schema, points: bool = False) -> str:
    if schema.classes is None:
        return number(value)
    return f"{100 * value:.1f}" if points else f"{100 * value:.1f} %"
