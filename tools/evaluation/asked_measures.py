"""The measures that were asked for: the one that decides, and those that have no value on these rows."""

import math
from collections.abc import Sequence

from noglue.tools import metrics
from noglue.tools.evaluation.scores import Score
from noglue.tools.metrics import Evidence, Metric
from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.schema import Schema


def main_metric(asked: str | None, answer: Evidence) -> tuple[Metric, list[DataWarning]]:
    """The measure that was asked for where it has a value here, else the usual one, saying so."""
    schema = answer.schema
    usual = metrics.load(goals.load(schema.goal).measure)
    if asked is None:
        return usual, []
    classes = schema.classes
    found = metrics.for_goal(schema.goal, len(classes or []), [asked], classes, schema.positive)
    fitting = {metric.name: metric for metric in found}
    seen = fitting[asked].seen(answer) if asked in fitting else None
    if seen is not None and not math.isnan(fitting[asked].compute(answer.truth, seen)):
        return fitting[asked], []
    reason = _lacks(fitting[asked]) if asked in fitting else f"does not apply here; {', '.join(fitting)} do"
    message = f"The measure asked for, {asked}, {reason}. {usual.title} is used instead."
    return usual, [DataWarning(kind="metric", message=message)]


def _lacks(metric: Metric) -> str:
    return f"needs {metric.no_value_without or 'test rows of both classes'}"


def not_measured(asked: Sequence[str | None], schema: Schema, scores: dict[str, Score]) -> dict[str, str]:
    """Measures that were asked for and have no value here, each with the reason."""
    missing: dict[str, str] = {}
    for name in dict.fromkeys(name for name in asked if name is not None):
        if name not in scores:
            metric = metrics.load(name) if name in catalogue.names("noglue.tools.metrics") else None
            applies = metric is not None and metric.measures(schema.goal)
            missing[name] = _lacks(metric) if metric is not None and applies else "does not apply to such a target"
    return missing
