"""What a goal says of itself. A file in `tools/goals/` holds `GOAL = GoalPlugin(…)`, found by the file's name.

>>> load("regress").measure
'rmse'

The rooms that the goals themselves may use (evaluation, training, …) reach them through here, by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from noglue.tools.spec import catalogue

if TYPE_CHECKING:
    import numpy as np

PACKAGE = "noglue.tools.goals"


@dataclass(frozen=True)
class GoalPlugin:
    """One goal.

    measure: the module of `tools/metrics/` that decides where none was asked for.
    does: what a model does, as in "This model can't generate; it classifies."
    verb: how the model card begins: "Tells `species` from …"; empty where nothing is predicted.
    chance: the answer that knows only the training targets, in words; empty where nothing is predicted.
    has_truth(values) → bool (n,): the rows whose stored target says something.
    """

    name: str
    measure: str
    does: str
    has_truth: "Callable[[np.ndarray], np.ndarray]"
    verb: str = ""
    chance: str = ""


def load(name: str) -> GoalPlugin:
    """The goal in `tools/goals/<name>.py`. Raises KeyError listing what there is."""
    goal: GoalPlugin = catalogue.load(PACKAGE, name).GOAL
    return goal
