"""The threshold that goes with a trained model: chosen on rows that it did not learn from, kept in its folder."""

from pathlib import Path
from typing import Any

from noglue.tools import metrics
from noglue.tools.evaluation import decision_threshold
from noglue.tools.evaluation.decision_threshold import Threshold
from noglue.tools.spec import catalogue
from noglue.tools.spec.protocols import Trained
from noglue.tools.spec.requested import Decision
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step


def decide(
    trained: Trained, model: Path, schema: Schema, decision: Decision | None, metric: str | None, step: Step
) -> Threshold | None:
    """The threshold where one was asked for, or where the measure has a best one, kept with the model and noted."""
    if schema.predicts != "classes":
        return None
    if trained.held is None and (decision is not None or metric in decision_threshold.TUNED):
        trained.held = _held(trained.family, model, schema, step) if "validation" not in trained.learned_from else None
    chosen = tune(trained, schema, decision, metric)
    if chosen is None:
        if decision is not None:
            trained.notes.append(f"the threshold was not moved: {_no_threshold(trained, schema)}")
        return None
    chosen.save(model)
    trained.notes.append(
        f"answers {chosen.positive} from a probability of {chosen.threshold:.3g} upwards: {chosen.why}"
    )
    if chosen.reached is False:
        trained.notes.append(f"{chosen.why} could not be reached on the validation rows; the nearest threshold is used")
    return chosen


def tune(trained: Trained, schema: Schema, decision: Decision | None, metric: str | None) -> Threshold | None:
    """The threshold, with the validation scores of answers as they are with it."""
    if trained.held is None:
        return None
    truth, predicted = trained.held
    chosen = decision_threshold.choose(schema, truth, predicted, decision, metric)
    if chosen is not None:
        classes = schema.classes or []
        certain = decision_threshold.as_certain(predicted, schema, chosen)
        for measure in metrics.for_goal(schema.goal, len(classes), [metric], classes, schema.positive):
            if measure.answers and measure.name in trained.validation:
                trained.validation[measure.name] = float(measure.compute(truth, certain))
    return chosen


def _held(family: str, model: Path, schema: Schema, step: Step) -> tuple[Any, Any] | None:
    """Targets and probabilities of the validation rows, which such a family did not learn from."""
    from noglue.tools.data.arrays import label_array
    from noglue.tools.spec.schema import load_split

    if not (step.run / "data" / "validation").is_dir():
        return None
    rows = load_split(step.run / "data", "validation")
    predictor = catalogue.load("noglue.tools.models", family).load(model, step.device)
    return label_array(rows, str(schema.target)), predictor.predict(rows)


def _no_threshold(trained: Trained, schema: Schema) -> str:
    if decision_threshold.positive_of(schema) is None:
        return f"there are {len(schema.classes or [])} classes, and none is named as the positive one"
    return "there are no rows to choose it on" if trained.held is None else "too few rows of one side to choose it on"
