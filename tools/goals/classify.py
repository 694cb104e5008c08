"""Tell which of a few classes a row is of. Targets are stored as the class's index, int64, -1 where it is missing."""

from typing import TYPE_CHECKING

from noglue.tools.goals._beside_scores import calibrate
from noglue.tools.goals._predictions import evaluate
from noglue.tools.spec.goals import Baseline, GoalPlugin

if TYPE_CHECKING:
    import numpy as np

    from noglue.tools.spec.schema import Schema


def baseline(schema: "Schema", train: "np.ndarray", rows: int) -> Baseline:
    """The classes' training frequencies, so that the predicted class is always the most frequent one."""
    import numpy as np

    from noglue.tools.evaluation.wording import cut

    classes = schema.classes or []
    counts = np.bincount(train, minlength=len(classes)).astype(np.float64)
    title = f"always answering “{cut(classes[int(counts.argmax())], 60)}” (the most frequent class)"
    return title, np.tile(counts / counts.sum(), (rows, 1))


GOAL = GoalPlugin(
    name="classify",
    measure="accuracy",
    evaluate=evaluate,
    target_kind="classes",
    baseline=baseline,
    calibrate=calibrate,
    chance="always the most frequent class",
    request="Classify",
    thing="a class",
    does="it classifies",
    title="{target} from {modality} data",
    card="Tells {target} from {given}.",
)
