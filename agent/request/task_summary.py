"""What was understood, in one line; and the one question worth asking where it was not.

>>> understood(task)
'Classify images, data from mnist, target open, budget 10 min'
"""

from typing import TYPE_CHECKING

from noglue.tools.reporting.quantities import duration
from noglue.tools.spec import goals, modalities

if TYPE_CHECKING:
    from noglue.agent.task import Task

_LIMIT = {
    "labels": "{} labels",
    "labels_per_class": "{} labels per class",
    "device": "on {}",
    "family": "family {}",
    "max_rows": "at most {} rows",
    "pixels": "{} pixels",
    "seed": "seed {}",
    "attack": "robust against {}",
    "epsilon": "epsilon {:g}",
    "exclude": "without {}",
    "only": "from {} alone",
    "group": "rows of one {} together",
    "time": "in the order of {}",
    "test_fraction": "{:.0%} for the test",
    "test_file": "tested on {}",
    "positive": "looking for {}",
}


def understood(task: "Task", found: str | None = None) -> str:
    """One line for a person: goal, kind of data, where from, target, measure, limits.

    found: the data that the plan has, where the request names none.
    """
    begins = "Learn (goal open) from" if task.goal is None else goals.load(task.goal).request
    kind = modalities.load(task.modality).plural if task.modality else "data of a kind left to the files"
    parts = [f"{begins} {kind}"]
    place = ", ".join(task.sources) or found
    parts.append(f"data from {place}" if place else "data to be found")
    if goals.needs_target(task.goal):
        parts.append(f"target {target}" if (target := _named(task)) else "target open")
    if task.metric:
        parts.append(f"measured by {task.metric.replace('_', ' ')}")
    limits = task.constraints.without(("target", "metric")).stated()
    parts += [_limit(name, value) for name, value in limits.items()]
    if "family" in task.evidence and task.constraints.family is None:
        parts.append(task.evidence["family"])  # `"random forest" is not among the model families here`
    return ", ".join(parts)


def _named(task: "Task") -> str | None:
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
    shown = ", ".join(map(str, value)) if isinstance(value, list) else value
    return _LIMIT.get(name, name.replace("_", " ") + " {}").format(shown)


def _of_cells(task: "Task") -> bool:
    """Whether the data may be a table's columns."""
    if task.modality is None:
        return False
    return any(modalities.load(kind).cells for kind in (task.modality, *modalities.load(task.modality).comes_as))


def open_question(task: "Task") -> str | None:
    """The one question that would help most, or None when the data can decide the rest."""
    if not task.sources:
        what = f"learn {target}" if (target := _named(task)) else "learn from"
        return f"Where is the data to {what}? (a URL, a file, a folder, or the name of a well-known data set)"
    if task.goal is None and task.target is None:
        *others, last = (f"{goals.load(name).thing} ({name})" for name in goals.names())
        return f"What should be learnt: {', '.join(others)}, or {last}? (Enter: the data decides)"
    if goals.predicts(task.goal) and task.target is None and _of_cells(task):
        return "Which column is to be predicted? (Enter: the data decides)"
    return None
