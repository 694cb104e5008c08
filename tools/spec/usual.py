"""A schema without data, of the usual shape of one kind of data and one goal: what a family suits is asked with it.

>>> schema("classify", "image").image
ImageShape(height=32, width=32, channels=3)
"""

from typing import Any

from noglue.tools.spec import goals, modalities
from noglue.tools.spec.profiles import GoalName, ModalityName
from noglue.tools.spec.schema import Schema


def schema(goal: GoalName, modality: ModalityName, **facts: Any) -> Schema:
    """Two classes where classes are predicted, and no target where none is needed. facts: fields that are otherwise."""
    target = goals.needs_target(goal)
    labelled = goals.predicts(goal) == "classes"
    usual: dict[str, Any] = {
        "target": "label" if target else None,
        "features": [],
        "classes": ["0", "1"] if labelled else None,
        "counts": {"0": 500, "1": 500} if labelled else None,
        "rows": {"train": 1000, "validation": 100} if target else {"train": 1000},
        "split": "random",
    }
    toy = {**modalities.load(modality).toy, **goals.load(goal).toy}
    return Schema(goal=goal, modality=modality, **usual | toy | facts)
