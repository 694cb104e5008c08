"""What the report tells of the training: the models that were tried, folds, other seeds, the threshold, the size.

>>> facts(trained, schema)["tried"][0]
Row(title='forest', score='93.1 %', seconds='2.1 s', share='100 %', chosen=True)
"""

from dataclasses import dataclass
from typing import Any

from noglue.tools import metrics
from noglue.tools.evaluation.wording import value_text
from noglue.tools.metrics import Metric
from noglue.tools.reporting.facts import Trained
from noglue.tools.selection.cross_validation import Spread
from noglue.tools.spec import catalogue
from noglue.tools.spec.schema import Schema

MOST_SHOWN = 30


@dataclass(frozen=True)
class Row:
    """One model that was tried, as text."""

    title: str
    score: str
    seconds: str
    share: str
    chosen: bool


def facts(trained: Trained | None, schema: Schema) -> dict[str, Any]:
    """The templates' variables."""
    if trained is None or trained.metric not in catalogue.names("noglue.tools.metrics"):
        return {"tried": [], "spreads": [], "tried_by": ""}
    metric = metrics.bound(trained.metric, schema.classes, schema.positive)
    return {
        "tried": _tried(trained, metric),
        "tried_by": metric.title,
        "spreads": _spreads(trained, metric),
    }


def _tried(trained: Trained, metric: Metric) -> list[Row]:
    """The best first; those without a score last."""

    def place(score: float | None) -> tuple[bool, float]:
        return score is None, 0.0 if score is None else -score if metric.higher else score

    ordered = sorted(trained.candidates, key=lambda one: place(one.validation.get(metric.name)))
    return [
        Row(
            title=one.title,
            score=value_text(metric, one.validation[metric.name]) if metric.name in one.validation else "–",
            seconds=f"{one.seconds:.1f} s" if one.begun else "not begun",
            share=f"{100 * one.share:.0f} %" if one.share else "–",
            chosen=one.chosen,
        )
        for one in ordered[:MOST_SHOWN]
    ]


def _spreads(trained: Trained, metric: Metric) -> list[str]:
    """A sentence each for folds and for other seeds."""
    said = []
    if trained.folds is not None:
        said.append(f"{_counted(trained.folds, 'fold')} {trained.folds.dealt}: {_spread(trained.folds, metric)}.")
    if trained.repeats is not None:
        said.append(f"{_counted(trained.repeats, 'seed')}, on validation rows: {_spread(trained.repeats, metric)}.")
    return said


def _counted(spread: Spread, what: str) -> str:
    """`5 folds`, `3 folds (5 were asked for; the time was up)`."""
    some = f"{spread.count} {what}{'' if spread.count == 1 else 's'}"
    return some if spread.count == spread.asked else f"{some} ({spread.asked} were asked for; the time was up)"


def _spread(spread: Spread, metric: Metric) -> str:
    scores = ", ".join(value_text(metric, score) for score in spread.scores)
    return f"{metric.title} {value_text(metric, spread.mean)} ± {value_text(metric, spread.std)} ({scores})"
