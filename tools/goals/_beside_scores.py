"""What is found out of a model beside its scores: how sure it is, where it is wrong, what matters to it.

Used by `_predictions.py`; `calibrate` is what `GOAL.calibrate` of goals that predict is.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.spec import modalities
from noglue.tools.spec.protocols import Predictor, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import datasets
    import numpy as np
    import pyarrow as pa

    from noglue.tools.evaluation.decision_threshold import Threshold
    from noglue.tools.evaluation.verdict import Judge

EXPLAINING_SECONDS, EXPLAINING_SHARE = 12.0, 0.5  # at most, and of what is left


def calibrate(trained: Trained, model: Path, schema: Schema, step: Step) -> None:
    """See `GoalPlugin.calibrate`."""
    from noglue.tools.explanation import background
    from noglue.tools.explanation.likeness import Likeness
    from noglue.tools.selection import set_aside

    set_aside.keep(trained, model, schema, step)
    explaining = modalities.load(schema.modality).explaining
    if explaining is not None and explaining().BACKGROUND:
        background.keep(model, schema, step.run / "data", step.seed)
    Likeness.learn(model, schema, step.run / "data", step.seed)


def promise(
    found: Evaluation,
    judge: "Judge",
    predicted: "np.ndarray",
    answers: "np.ndarray | None",
    level: float,
    step: Step,
) -> None:
    """How often sets and intervals hold the truth, where rows were set aside for them."""
    from noglue.tools.evaluation.conformal import Calibration
    from noglue.tools.evaluation.guarantee import guaranteed

    aside = Calibration.load(step.run / "model", judge.schema.classes)
    if aside is not None and judge.schema.predicts is not None:
        found.guarantee = guaranteed(aside, level, judge, predicted, answers)


def where_wrong(
    found: Evaluation, judge: "Judge", test: "datasets.Dataset", predicted: "np.ndarray", answers: "np.ndarray | None"
) -> None:
    """At which thresholds, and for which rows."""
    import numpy as np

    from noglue.tools.evaluation.segments import segments
    from noglue.tools.evaluation.threshold_curves import curves

    truth, units = judge.truth, None if judge.units is None else judge.units.codes
    found.segments = segments(judge.schema, test, truth, predicted, answers, units)
    found.overall = float(np.abs(predicted - truth).mean() if answers is None else (answers != truth).mean())
    if answers is not None:
        found.curves = curves(judge.schema, truth, predicted, judge.threshold)


def explain_within(
    found: Evaluation,
    model: Predictor,
    judge: "Judge",
    tested: "tuple[datasets.Dataset, np.ndarray, np.ndarray | None]",
    step: Step,
) -> None:
    """What matters to the model, and why it was wrong where it was; in a part of the time that is left.

    tested: the test rows, what the model says of them, the classes told.
    """
    from noglue.tools.explanation.asking import Clock
    from noglue.tools.explanation.explain_model import explain
    from noglue.tools.values.derived_targets import InOwnUnit

    left = step.remaining()
    seconds = EXPLAINING_SECONDS if left is None else min(EXPLAINING_SECONDS, EXPLAINING_SHARE * left)
    derived = judge.schema.derived
    own = InOwnUnit(model, derived) if derived is not None and derived.op == "log" else model
    worst = [example.row for example in found.errors]
    found.explained = explain(own, judge, *tested, worst, Clock(seconds), step)


def promised(
    found: Evaluation, predicted: "np.ndarray", schema: Schema, threshold: "Threshold | None", step: Step
) -> "dict[str, pa.Array] | None":
    """The interval, or the set of labels, of each prediction; None where there are none."""
    from noglue.tools.evaluation import decision_threshold
    from noglue.tools.modelstore import interval_columns

    if found.guarantee is None:
        return None
    answers = None if schema.classes is None else decision_threshold.answers(predicted, schema, threshold)
    found.intervals_written = True
    return interval_columns.load(step.run / "model", schema, found.guarantee.level).columns(predicted, answers)
