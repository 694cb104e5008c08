"""Score a model that says something of each row, beside what looks at no feature and beside the simple model.

    found = evaluate(args, schema, step)
    found.metrics["test"]["accuracy"]     Score(value=0.972, low=0.951, high=0.986, n=360)

Goals that predict, and those that describe rows without a target, hand `GOAL.evaluate` over to this. Leaves
`predictions.csv`, for the unlabelled rows where the user gave some and else for the test rows, and `examples/*.png`.
"""

import csv
import json
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.evaluation.scores import CHANCE, LAST_SEASON, LAST_VALUE, Rival, Score
from noglue.tools.goals._beside_scores import explain_within, promise, promised, where_wrong
from noglue.tools.metrics import Constant, Evidence
from noglue.tools.modelstore import model_folder
from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.errors import DataError, Kind, StepFailed
from noglue.tools.spec.profiles import DataWarning
from noglue.tools.spec.protocols import Predictor
from noglue.tools.spec.schema import Schema, inputs_of, load_split
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import datasets
    import numpy as np
    import pyarrow as pa

    from noglue.tools.evaluate import Args
    from noglue.tools.evaluation.decision_threshold import Threshold
    from noglue.tools.evaluation.verdict import Judge

SAMPLE = "sample_submission.csv"  # as `prepare` leaves it beside the data
MOST_VALIDATION_ROWS = 3_000  # enough to see a gap; scoring all of them would double the time
MOST_CLASSES_IN_A_MATRIX = 30
PLACES = {CHANCE: "baseline", LAST_VALUE: "last_value", LAST_SEASON: "last_season"}  # of rivals, among the metrics


def evaluate(args: "Args", schema: Schema, step: Step) -> Evaluation:
    """Raises DataError `no-model`, `no-test-rows`, StepFailed `nan-predictions`."""
    from noglue.tools.evaluation import decision_threshold, label_mismatch
    from noglue.tools.evaluation.asked_measures import main_metric, not_measured
    from noglue.tools.evaluation.independent_units import save, units
    from noglue.tools.evaluation.suspicions import suspicions
    from noglue.tools.evaluation.verdict import Judge

    test, truth = _labelled(load_split(step.run / "sealed", "test"), schema)
    if len(test) == 0:
        raise DataError(Kind.NO_ROWS, "The test split has no row with a target, so nothing can be scored.")
    family, simple = model_folder.families(step.run / "model")
    model = _load(family, step.run / "model", step)
    started = time.monotonic()
    predicted = predictions_of(model, test, schema, step, "scoring")
    seconds = time.monotonic() - started
    train, train_truth = _labelled(load_split(step.run / "data", "train"), schema)
    answer = Evidence(schema, truth, predicted, test, model, train)
    threshold = decision_threshold.load(step.run / "model")
    main, remarks = main_metric(args.metric, answer)
    within = units(schema, test, truth, predicted)
    save(within, step.folder)
    judge = Judge(schema, main, truth, step.seed, within, tuple(args.measures), threshold)
    scores = judge.scores(answer, threshold)
    title, guesses = _guess(answer, train_truth)
    rivals = [judge.chance(title, answer, guesses, train_truth), *_persistence(judge, answer, step)]
    skipped = Skipped(step)
    if simple is not None and skipped.time_for(seconds, "the simple model was not scored"):
        rivals += _simple_model(simple, judge, answer, step)
    validation = {}
    if skipped.time_for(0.0, "the validation rows were not scored again"):
        validation = _validation(answer, judge, step)
    outcome, verdict = judge.verdict(scores, answer, guesses, rivals, model_folder.short(step.run / "model"))
    found = Evaluation(
        goal=schema.goal,
        modality=schema.modality,
        metric=main.name,
        metrics={"test": scores, "validation": validation}
        | {PLACES.get(rival.name, "baseline_model"): rival.metrics for rival in rivals},
        rivals=rivals,
        outcome=outcome,
        against=judge.hardest(rivals).name,
        verdict=verdict,
        seconds_predicting=round(seconds, 3),
        device=step.device,
    )
    found.not_measured = not_measured([args.metric, *args.measures], schema, scores)
    answers = None if schema.classes is None else decision_threshold.answers(predicted, schema, threshold)
    _look_into(found, args, judge, answer, answers, skipped)
    _write_predictions(found, args, schema, model, (test, truth, predicted), threshold, step)
    if answers is not None:
        held = validation.get("accuracy")
        remarks += label_mismatch.mismatch(schema, truth, answers, None if held is None else held.value)
    found.warnings = [*remarks, *skipped.warnings, *suspicions(found, main, schema, predicted)]
    return found


def _look_into(
    found: Evaluation,
    args: "Args",
    judge: "Judge",
    answer: Evidence,
    answers: "np.ndarray | None",
    skipped: "Skipped",
) -> None:
    """What lies behind the scores, as far as there is time: the threshold, promises, where it is wrong and why."""
    from noglue.tools.evaluation.threshold_effect import decided

    schema, step, truth, predicted = answer.schema, skipped.step, answer.truth, answer.predicted
    if judge.threshold is not None:
        found.decision = decided(judge.threshold, schema, truth, predicted)
    promise(found, judge, predicted, answers, args.level, step)
    if schema.predicts is None:
        return
    _diagnose(found, schema, truth, predicted, answers, step.seed)
    where_wrong(found, judge, answer.rows, predicted, answers)
    if skipped.time_for(0.0, "no examples are shown"):
        _show_examples(found, args.examples, schema, answer.rows, truth, predicted, answers, step)
    if skipped.time_for(0.0, "what matters to the model was not worked out"):
        explain_within(found, answer.model, judge, (answer.rows, predicted, answers), step)


@dataclass
class Skipped:
    """What there was no time for, as warnings. What must be had (scores, predictions) never asks."""

    step: Step
    warnings: list[DataWarning] = field(default_factory=list)

    def time_for(self, seconds: float, instead: str) -> bool:
        """Whether more than so many are left; else it is told what is missing."""
        left = self.step.remaining()
        if left is None or left > seconds:
            return True
        self.warnings.append(DataWarning(kind="judged-in-haste", message=f"The time was up, so {instead}."))
        self.step.note(self.warnings[-1].message)
        return False


def _guess(answer: Evidence, train_truth: "np.ndarray") -> tuple[str, Evidence]:
    """What looks at no feature, as the goal has it: it says the same of every row, whatever the row."""
    baseline = goals.load(answer.schema.goal).baseline
    assert baseline is not None, "what says something of rows is set beside chance"
    title, predicted = baseline(answer.schema, train_truth, len(answer.truth))
    return title, replace(answer, predicted=predicted, model=Constant(predicted))


def _labelled(rows: "datasets.Dataset", schema: Schema) -> "tuple[datasets.Dataset, np.ndarray]":
    """The rows whose target is known, and their targets; every row, and NaN, where nothing is to be predicted."""
    import numpy as np

    from noglue.tools.data.arrays import label_array
    from noglue.tools.values.derived_targets import own_unit

    if schema.predicts is None:
        return rows, np.full(len(rows), np.nan)
    truth = own_unit(label_array(rows, str(schema.target)), schema.derived)
    known = goals.load(schema.goal).has_truth(truth)
    return (rows, truth) if known.all() else (rows.select(np.flatnonzero(known)), truth[known])


def _load(family: str, folder: Path, step: Step) -> Predictor:
    model: Predictor = catalogue.load("noglue.tools.models", family).load(folder, step.device)
    return model


def predictions_of(model: Predictor, rows: "datasets.Dataset", schema: Schema, step: Step, stage: str) -> "np.ndarray":
    """Probabilities or values for every row. Raises StepFailed where the model gives none."""
    import numpy as np

    from noglue.tools.values.derived_targets import own_unit

    predicted = own_unit(
        model.predict(rows, lambda done, total: step.progress(stage, done, total, unit="rows")), schema.derived
    )
    broken = ~np.isfinite(predicted).reshape(len(predicted), -1).all(axis=1)
    if broken.any():
        raise StepFailed(
            Kind.NAN_PREDICTIONS,
            f"The model gives no usable number for {int(broken.sum()):,} of {len(rows):,} rows.",
            hint="Its training has diverged; train again with a lower learning rate.",
            rows=int(broken.sum()),
        )
    return predicted


def _persistence(judge: "Judge", answer: Evidence, step: Step) -> list[Rival]:
    """What follows from the answers before each row alone, where rows follow one another."""
    from noglue.tools.evaluation.persistence import persistence

    held = []
    if (step.run / "data" / "validation").is_dir():
        held = [_labelled(load_split(step.run / "data", "validation"), judge.schema)[0]]
    found = persistence(judge.schema, [answer.train, *held], answer.rows)
    others = [(one, replace(answer, predicted=one.predicted, model=None)) for one in found]
    return [judge.rival(one.name, one.title, answer, other) for one, other in others]


def _simple_model(family: str | None, judge: "Judge", answer: Evidence, step: Step) -> list[Rival]:
    """The model in `model/baseline`, scored on the same rows."""
    if family is None:
        return []
    from noglue.tools.evaluation import decision_threshold

    folder = step.run / "model" / "baseline"
    model = _load(family, folder, step)
    other = replace(answer, predicted=predictions_of(model, answer.rows, judge.schema, step, "baseline"), model=model)
    title = "the linear model" if "linear" in family else f"the {family.replace('_', ' ')} model"
    if not catalogue.load("noglue.tools.models", family).BASELINE:
        title = f"a plain classifier ({family}) that learned from the same labels"
    return [judge.rival(family, title, answer, other, decision_threshold.load(folder))]


def _validation(answer: Evidence, judge: "Judge", step: Step) -> dict[str, Score]:
    """The same measures on the validation rows, which chose the model: the test score should not lie far below.

    Nothing for a model that was fitted again to these rows too: its scores on them would flatter.
    """
    import numpy as np

    from noglue.tools.evaluation.independent_units import units

    said = json.loads((step.run / "model" / "model.json").read_text(encoding="utf-8"))
    if "validation" in said.get("learned_from", []) or not (step.run / "data" / "validation").is_dir():
        return {}
    rows, truth = _labelled(load_split(step.run / "data", "validation"), judge.schema)
    if len(rows) > MOST_VALIDATION_ROWS:
        chosen = np.sort(np.random.default_rng(step.seed).permutation(len(rows))[:MOST_VALIDATION_ROWS])
        rows, truth = rows.select(chosen), truth[chosen]
    if len(rows) == 0:
        return {}
    assert answer.model is not None, "what is scored here is a model"
    predicted = predictions_of(answer.model, rows, judge.schema, step, "validation")
    within = units(judge.schema, rows, truth, predicted)
    answer = replace(answer, truth=truth, predicted=predicted, rows=rows)
    return replace(judge, truth=truth, units=within).scores(answer, judge.threshold)


def _diagnose(
    found: Evaluation,
    schema: Schema,
    truth: "np.ndarray",
    predicted: "np.ndarray",
    answers: "np.ndarray | None",
    seed: int,
) -> None:
    """Confusions of the classes told and calibration, or residuals."""
    from noglue.tools.evaluation import diagnosis

    if schema.classes is None or answers is None:
        found.residuals = diagnosis.residuals(truth, predicted, seed)
        return
    matrix = diagnosis.confusion_matrix(truth, answers, len(schema.classes))
    found.classes = diagnosis.class_rows(matrix, schema.classes)
    found.confused = diagnosis.most_confused(matrix, schema.classes)
    found.confusion = matrix.tolist() if len(schema.classes) <= MOST_CLASSES_IN_A_MATRIX else None
    found.calibration = diagnosis.calibration_bins(truth, predicted)


def _show_examples(
    found: Evaluation,
    most: int,
    schema: Schema,
    test: "datasets.Dataset",
    truth: "np.ndarray",
    predicted: "np.ndarray",
    answers: "np.ndarray | None",
    step: Step,
) -> None:
    import numpy as np

    from noglue.tools.evaluation.hardest_examples import chosen_rows, examples

    answers = np.zeros(len(truth), np.int64) if answers is None else answers
    typical, worst = chosen_rows(schema, truth, predicted, answers, step.seed, most)
    folder = step.folder / "examples"
    found.typical = examples(test, typical, schema, truth, predicted, answers, folder)
    found.errors = examples(test, worst, schema, truth, predicted, answers, folder)
    for example in [*found.typical, *found.errors]:
        example.image = step.name(folder / example.image) if example.image else None


def _write_predictions(
    found: Evaluation,
    args: "Args",
    schema: Schema,
    model: Predictor,
    tested: "tuple[datasets.Dataset, np.ndarray, np.ndarray]",
    threshold: "Threshold | None",
    step: Step,
) -> None:
    """For the rows that the user gave without a target, where there are some; else for the test rows, with the truth.

    args.top: so many are also listed by rank. tested: the test rows, their targets, what the model says of them.
    """
    from noglue.tools.evaluation import top_gains as top
    from noglue.tools.modelstore.predictions import TRUTH, true_answers, write_predictions

    sample: Path | None = None
    identifiers: list[str] | None = None
    rows, truth, predicted = tested
    tells = schema.predicts is not None and goals.load(schema.goal).columns is None
    known: np.ndarray | None = truth if tells else None
    if (step.run / "data" / "unlabelled").is_dir():
        rows = load_split(step.run / "data", "unlabelled")
        predicted = predictions_of(model, rows, schema, step, "predicting")
        sample = step.run / "data" / SAMPLE if (step.run / "data" / SAMPLE).is_file() else None
        identifiers = identifiers_of(rows, sample)
        found.predictions, known = "unlabelled", None
    found.prediction_rows = len(predicted)
    beside: dict[str, pa.Array] = {}
    if args.intervals and sample is None:
        beside = promised(found, predicted, schema, threshold, step) or {}
    if known is not None:
        beside[TRUTH] = true_answers([known], schema)
    write_predictions(
        step.folder / "predictions.csv",
        inputs_of(rows),
        predicted,
        schema,
        sample=sample,
        identifiers=identifiers,
        threshold=threshold,
        beside=beside,
    )
    if args.top is not None:
        found.top = top.top(rows, predicted, known, schema, threshold, args.top, step.folder / top.FILE)


def identifiers_of(rows: "datasets.Dataset", sample: Path | None) -> list[str] | None:
    """The unlabelled rows' values of the column that the sample begins with."""
    if sample is None:
        return None
    with sample.open(encoding="utf-8", errors="replace", newline="") as file:
        header = next(csv.reader(file), [])
    return next(([str(value) for value in rows[name]] for name in header if name in rows.column_names), None)
