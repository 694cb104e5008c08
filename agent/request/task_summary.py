"""What was understood, in one line.

>>> understood(task)
'Classify images from mnist: target chosen from the data, budget 10 min'
"""

from typing import TYPE_CHECKING

from noglue.tools.reporting.quantities import duration
from noglue.tools.spec import goals, modalities

if TYPE_CHECKING:
    from noglue.agent.task import Task

_LIMIT = {
    "labels": "{} labelled examples",
    "labels_per_class": "{} labelled examples per class",
    "device": "on {}",
    "family": "model {}",
    "max_rows": "at most {} rows",
    "pixels": "{} pixels",
    "seed": "seed {}",
    "attack": "robust against {}",
    "epsilon": "epsilon {:g}",
    "exclude": "without {}",
    "only": "using only {}",
    "group": "rows of the same {} kept together",
    "time": "ordered by {}",
    "test_fraction": "{:.0%} of the rows for the test",
    "test_file": "tested on {}",
    "positive": "positive class {}",
    "folds": "{} folds",
}


def understood(task: "Task", found: str | None = None) -> str:
    """One line for a person: goal, kind of data, where from, target, measure, limits.

    found: the data that the plan has, where the request names none.
    """
    begins = "Learn from" if task.goal is None else goals.load(task.goal).request
    kind = modalities.load(task.modality).plural if task.modality else "data"
    place = ", ".join(task.sources) or found
    where = f"{'in' if task.goal is None else 'from'} {place}" if place else "that are still to be found"
    parts = ["goal chosen from the data"] if task.goal is None else []
    if goals.needs_target(task.goal):
        several = "s" if isinstance(task.target, list) and len(task.target) > 1 else ""
        parts.append(f"target{several} {target}" if (target := named(task)) else "target chosen from the data")
    if task.metric:
        parts.append(f"measured by {_title(task.metric)}")
    limits = task.constraints.without(("target", "metric")).stated()
    parts += [_limit(name, value) for name, value in limits.items()]
    if "family" in task.evidence and task.constraints.family is None:
        parts.append(task.evidence["family"])  # `"random forest" is not among the model families here`
    return f"{begins} {kind} {where}" + (f": {', '.join(parts)}" if parts else "")


def named(task: "Task") -> str | None:
    """The target, where it is a name; other words for it are the planner's to make something of."""
    from noglue.agent.request.target_words import is_name

    sure = task.confidence.get("target", 0.0) > 0.9  # named as a column, whatever it is called
    named = [task.target] if isinstance(task.target, str) else task.target or []
    return ", ".join(named) if named and (sure or all(map(is_name, named))) else None


def _limit(name: str, value: object) -> str:
    if name == "budget_seconds" and isinstance(value, (int, float)):
        return f"budget {duration(value)}"
    if name in ("offline", "private"):
        return {"offline": "without network", "private": "with differential privacy"}[name]
    if isinstance(value, dict):  # thresholds
        value = [f"{measure}={least:g}" for measure, least in value.items()]
    shown = ", ".join(map(str, value)) if isinstance(value, list) else value
    return _LIMIT.get(name, name.replace("_", " ") + " {}").format(shown)


def _title(metric: str) -> str:
    """`RMSE`, as people write it; words that no measure answers to stay."""
    from noglue.tools import metrics
    from noglue.tools.spec import catalogue

    known = metric in catalogue.names("noglue.tools.metrics")
    return metrics.load(metric).title if known else metric.replace("_", " ")
