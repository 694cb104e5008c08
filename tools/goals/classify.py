"""Tell which of a few classes a row is of. Targets are stored as the class's index, int64, -1 where it is missing."""

from typing import TYPE_CHECKING

from noglue.tools.spec.goals import GoalPlugin

if TYPE_CHECKING:
    import numpy as np


def has_truth(values: "np.ndarray") -> "np.ndarray":
    """A missing class is stored as -1."""
    import numpy as np

    return np.asarray(values >= 0)


GOAL = GoalPlugin(
    name="classify",
    measure="accuracy",
    does="it classifies",
    has_truth=has_truth,
    verb="Tells",
    chance="always the most frequent class",
)
