"""What the report tells of several targets: a row each beside chance and the simple model, and where each is wrong.

>>> facts(found, schema)["target_rows"][0]
TargetRow(name='yield', what='a number', measure='RMSE', test='0.377 (0.329 to 0.428)', chance='3.10', …)
"""

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from noglue.tools import metrics
from noglue.tools.evaluation import label_sets
from noglue.tools.evaluation.findings import ClassRow, Evaluation
from noglue.tools.evaluation.scores import CHANCE, FEATURELESS, Score
from noglue.tools.evaluation.wording import score_text, value_text
from noglue.tools.metrics import Metric
from noglue.tools.reporting import charts
from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.schema import Schema

MOST_SHOWN = 60
MOST_DRAWN, MOST_CLASSES = 12, 12  # targets with a chart; classes of one target
OUTCOMES = {
    "better": "better than chance",
    "no-better": "no better than chance",
    "worse": "worse than chance",
    "undecided": "too few rows to tell",
    "mixed": "depends on the measure",
}


@dataclass(frozen=True)
class TargetRow:
    """One target, as text. scatter: of a number, predicted against true. class_rows: of classes."""

    name: str
    what: str
    measure: str
    test: str
    chance: str
    simple: str
    rows: str
    outcome: str
    scatter: Markup | None = None
    class_rows: list[ClassRow] = field(default_factory=list)


def facts(found: Evaluation | None, schema: Schema) -> dict[str, Any]:
    """The templates' variables."""
    each = {} if found is None else found.targets
    there = [one for one in schema.targets if one.name in each]
    rows = [
        _row(one.name, each[one.name], schema.of(one), drawn=place < MOST_DRAWN)
        for place, one in enumerate(there[:MOST_SHOWN])
    ]
    return {"target_rows": rows, "more_targets": len(there) - MOST_SHOWN, "are_labels": schema.labels}


def measure_named(name: str, schema: Schema) -> Metric | None:
    """The measure of a score, one of all labels of a row among them; None of a single target's (`rmse[yield]`)."""
    if name in label_sets.MEASURES:
        return label_sets.MEASURES[name]
    known = name in catalogue.names("noglue.tools.metrics")
    several = bool(schema.targets)
    classes, positive = (None, None) if several else (schema.classes, schema.positive)
    return metrics.bound(name, classes, positive) if known else None


def _row(name: str, found: Evaluation, schema: Schema, drawn: bool) -> TargetRow:
    """drawn: whether there is room for its chart."""
    main = metrics.bound(found.metric, schema.classes, schema.positive)
    test = found.metrics["test"][main.name]
    beside = {rival.name: rival.metrics.get(main.name) for rival in found.rivals}
    simple = next((score for rival, score in beside.items() if rival not in FEATURELESS), None)
    return TargetRow(
        name=name,
        what=goals.load(schema.goal).thing,
        measure=main.title,
        test=score_text(main, test),
        chance=_text(main, beside.get(CHANCE)),
        simple=_text(main, simple),
        rows=f"{test.n:,}",
        outcome=OUTCOMES[found.outcome],
        scatter=charts.scatter(f"{name}: predicted against true", found.residuals.points)
        if found.residuals and drawn
        else None,
        class_rows=worst_first(found.classes)[:MOST_CLASSES] if len(found.classes) > 2 else [],
    )


def worst_first(classes: list[ClassRow]) -> list[ClassRow]:
    return sorted(classes, key=lambda row: (row.recall is None, row.recall or 0.0))


def _text(metric: Metric, score: Score | None) -> str:
    return "–" if score is None else value_text(metric, score.value)
