"""Estimate a number. Targets are stored as float64, NaN where they are missing."""

from typing import TYPE_CHECKING

from noglue.tools.spec.goals import GoalPlugin

if TYPE_CHECKING:
    import numpy as np


def has_truth(values: "np.ndarray") -> "np.ndarray":
    """A missing number is stored as NaN."""
    import numpy as np

    return np.asarray(np.isfinite(values))


GOAL = GoalPlugin(
    name="regress",
    measure="rmse",
    does="it predicts a number",
    has_truth=has_truth,
    verb="Estimates",
    chance="always the mean",
)
