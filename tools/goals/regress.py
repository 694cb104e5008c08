"""Estimate a number. Targets are stored as float64, NaN where they are missing."""

from typing import TYPE_CHECKING

from noglue.tools.goals._beside_scores import calibrate
from noglue.tools.goals._predictions import evaluate
from noglue.tools.spec.goals import Baseline, GoalPlugin

if TYPE_CHECKING:
    import numpy as np

    from noglue.tools.spec.schema import Schema


def baseline(schema: "Schema", train: "np.ndarray", rows: int) -> Baseline:
    """The mean of the training targets."""
    import numpy as np

    return "always answering the training rows' mean", np.full(rows, float(train.mean()))


GOAL = GoalPlugin(
    name="regress",
    measure="rmse",
    evaluate=evaluate,
    baseline=baseline,
    calibrate=calibrate,
    chance="always the mean",
    request="Predict a number for",
    thing="a number",
    does="it predicts a number",
    title="{target} from {modality} data",
    card="Estimates {target} from {given}.",
)
