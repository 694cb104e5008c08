"""Score the trained model on the sealed test split, beside its baselines, and look at where it is wrong.

    metrics["test"]["accuracy"] = {"value": 0.972, "low": 0.951, "high": 0.986, "n": 360}

Reads `data/` (the schema, the training targets for the baseline, the validation rows), `sealed/test` and `model/`
(`model.json` names the family and the baseline family, whose own model lies in `model/baseline`). Leaves
`predictions.csv`, for the unlabelled rows where the user gave some and else for the test rows, and `examples/*.png`.
A generator is scored on fresh samples (`tools/generation/scoring.py`) and leaves `samples/*.png` and `judge/`.
Raises DataError `no-model`, StepFailed `nan-predictions`.
"""

import csv
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from noglue.tools.evaluation.findings import CHANCE, LAST_SEASON, LAST_VALUE, Evaluation, Rival, Score
from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.errors import DataError, Kind, StepFailed
from noglue.tools.spec.protocols import Predictor, Sampler
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Access, Arguments, Step

if TYPE_CHECKING:
    import datasets
    import numpy as np

    from noglue.tools.evaluation.decision_threshold import Threshold
    from noglue.tools.evaluation.verdict import Judge

SAMPLE = "sample_submission.csv"  # as `prepare` leaves it beside the data
MOST_VALIDATION_ROWS = 3_000  # enough to see a gap; scoring all of them would double the time
MOST_CLASSES_IN_A_MATRIX = 30
PLACES = {CHANCE: "baseline", LAST_VALUE: "last_value", LAST_SEASON: "last_season"}  # of rivals, among the metrics


class Args(Arguments):
    """metric: the measure that was asked for, or None. measures: others that were asked for, to be told beside it.

    examples: how many test rows of each kind to show. top: so many rows are listed, those surest to be of the positive
    class, or of the largest values: of the rows to predict where there are some, else of all test rows.

    Of a generator: samples: how many to draw, None: as many as there are test rows, 1,000 to 10,000. judge: the folder
    of a judge that was trained before, so that several models can be compared. inception: the file with the weights of
    the Inception network, for FID and its like. sheet: so many new pictures on one page, `samples/sheet.png`.
    """

    metric: str | None = None
    measures: list[str] = Field(default_factory=list)
    examples: int = 24
    top: int | None = Field(default=None, ge=1)
    samples: int | None = Field(default=None, ge=2, le=100_000)
    judge: str | None = None
    inception: str | None = None
    sheet: int | None = Field(default=None, ge=1, le=10_000)

    def reads(self) -> list[str]:
        return [path for path in (self.judge, self.inception) if path is not None]


class Result(Evaluation):
    """See `Evaluation`."""


ACCESS = Access(reads=("data", "sealed", "model"), publishes=("predictions.csv", "top.csv", "samples"), device=True)


def run(args: Args, step: Step) -> Result:
    from noglue.tools.evaluation import decision_threshold
    from noglue.tools.evaluation.asked_measures import main_metric, not_measured
    from noglue.tools.evaluation.independent_units import units
    from noglue.tools.evaluation.suspicions import suspicions
    from noglue.tools.evaluation.threshold_effect import decided
    from noglue.tools.evaluation.verdict import Judge, chance

    schema = Schema.load(step.run / "data")
    if schema.goal == "generate":
        return _samples(args, schema, step)
    test, truth = _labelled(load_split(step.run / "sealed", "test"), schema)
    if len(test) == 0:
        raise DataError(Kind.NO_ROWS, "The test split has no row with a target, so nothing can be scored.")
    family, simple = _families(step)
    model = _load(family, step.run / "model", step)
    started = time.monotonic()
    predicted = _predict(model, test, schema, step, "scoring")
    seconds = time.monotonic() - started
    train, train_truth = _labelled(load_split(step.run / "data", "train"), schema)
    threshold = decision_threshold.load(step.run / "model")
    main, remarks = main_metric(args.metric, schema, truth, predicted)
    within = units(schema, test, truth, predicted)
    judge = Judge(schema, main, truth, step.seed, within, tuple(args.measures), threshold)
    scores = judge.scores(predicted, threshold)
    title, guesses = chance(schema, train_truth, len(truth))
    rivals = [
        judge.rival(CHANCE, title, predicted, guesses),
        *_persistence(judge, train, test, predicted, step),
        *_simple_model(simple, judge, test, predicted, step),
    ]
    outcome, verdict = judge.verdict(scores, predicted, guesses, rivals)
    found = Result(
        goal=schema.goal,
        modality=schema.modality,
        metric=main.name,
        metrics={"test": scores, "validation": _validation(model, judge, step)}
        | {PLACES.get(rival.name, "baseline_model"): rival.metrics for rival in rivals},
        rivals=rivals,
        outcome=outcome,
        against=judge.hardest(rivals).name,
        verdict=verdict,
        seconds_predicting=round(seconds, 3),
        device=step.device,
    )
    found.not_measured = not_measured([args.metric, *args.measures], schema, scores)
    if threshold is not None:
        found.decision = decided(threshold, schema, truth, predicted)
    told = None if schema.classes is None else decision_threshold.answers(predicted, schema, threshold)
    _diagnose(found, schema, truth, predicted, told, step.seed)
    _show_examples(found, args.examples, schema, test, truth, predicted, told, step)
    _write_predictions(found, args.top, schema, model, (test, truth, predicted), threshold, step)
    found.warnings = [*remarks, *suspicions(found, main, schema, predicted)]
    return found


def _samples(args: Args, schema: Schema, step: Step) -> Result:
    """What a generator's fresh samples are worth."""
    from noglue.tools.generation.scoring import Wishes, evaluation

    family, simple = _families(step)
    sampler: Sampler = catalogue.load("noglue.tools.models", family).load(step.run / "model", step.device)
    beside = None
    if simple is not None:
        beside = (
            simple,
            catalogue.load("noglue.tools.models", simple).load(step.run / "model" / "baseline", step.device),
        )
    said = json.loads((step.run / "model" / "model.json").read_text(encoding="utf-8"))
    wishes = Wishes(
        metric=args.metric,
        samples=args.samples,
        judge=None if args.judge is None else step.path(args.judge),
        inception=None if args.inception is None else step.path(args.inception),
        sheet=args.sheet,
        alarms=said.get("alarms", []),
    )
    return Result.model_validate(evaluation(schema, sampler, beside, wishes, step).model_dump())


def _labelled(rows: "datasets.Dataset", schema: Schema) -> "tuple[datasets.Dataset, np.ndarray]":
    """The rows whose target is known, and their targets."""
    import numpy as np

    from noglue.tools.data.arrays import label_array
    from noglue.tools.values.derived_targets import own_unit

    truth = own_unit(label_array(rows, str(schema.target)), schema.derived)
    known = goals.load(schema.goal).has_truth(truth)
    return (rows, truth) if known.all() else (rows.select(np.flatnonzero(known)), truth[known])


def _families(step: Step) -> tuple[str, str | None]:
    """The model's family, and the baseline's if one was trained beside it."""
    try:
        said = json.loads((step.run / "model" / "model.json").read_text(encoding="utf-8"))
        return str(said["family"]), said.get("baseline")
    except (OSError, ValueError, KeyError) as error:
        raise DataError(Kind.NO_MODEL, "There is no trained model to score: model/model.json can't be read.") from error


def _load(family: str, folder: Path, step: Step) -> Predictor:
    model: Predictor = catalogue.load("noglue.tools.models", family).load(folder, step.device)
    return model


def _predict(model: Predictor, rows: "datasets.Dataset", schema: Schema, step: Step, stage: str) -> "np.ndarray":
    """Probabilities or values for every row. Raises StepFailed where the model gives none."""
    import numpy as np

    from noglue.tools.values.derived_targets import own_unit

    predicted = own_unit(model.predict(rows, lambda done, total: step.progress(stage, done, total)), schema.derived)
    broken = ~np.isfinite(predicted).reshape(len(predicted), -1).all(axis=1)
    if broken.any():
        raise StepFailed(
            Kind.NAN_PREDICTIONS,
            f"The model gives no usable number for {int(broken.sum()):,} of {len(rows):,} rows.",
            hint="Its training has diverged; train again with a lower learning rate.",
            rows=int(broken.sum()),
        )
    return predicted


def _persistence(
    judge: "Judge", train: "datasets.Dataset", test: "datasets.Dataset", predicted: "np.ndarray", step: Step
) -> list[Rival]:
    """What follows from the answers before each row alone, where rows follow one another."""
    from noglue.tools.evaluation.persistence import persistence

    held = []
    if (step.run / "data" / "validation").is_dir():
        held = [_labelled(load_split(step.run / "data", "validation"), judge.schema)[0]]
    found = persistence(judge.schema, [train, *held], test)
    return [judge.rival(one.name, one.title, predicted, one.predicted) for one in found]


def _simple_model(
    family: str | None, judge: "Judge", test: "datasets.Dataset", predicted: "np.ndarray", step: Step
) -> list[Rival]:
    """The model in `model/baseline`, scored on the same rows."""
    if family is None:
        return []
    from noglue.tools.evaluation import decision_threshold

    folder = step.run / "model" / "baseline"
    other = _predict(_load(family, folder, step), test, judge.schema, step, "baseline")
    title = "the linear model" if "linear" in family else f"the {family.replace('_', ' ')} model"
    if not catalogue.load("noglue.tools.models", family).BASELINE:
        title = f"a plain classifier ({family}) that learned from the same labels"
    return [judge.rival(family, title, predicted, other, decision_threshold.load(folder))]


def _validation(model: Predictor, judge: "Judge", step: Step) -> dict[str, Score]:
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
    predicted = _predict(model, rows, judge.schema, step, "validation")
    within = units(judge.schema, rows, truth, predicted)
    return replace(judge, truth=truth, units=within).scores(predicted, judge.threshold)


def _diagnose(
    found: Result,
    schema: Schema,
    truth: "np.ndarray",
    predicted: "np.ndarray",
    told: "np.ndarray | None",
    seed: int,
) -> None:
    """Confusions of the classes told and calibration, or residuals."""
    from noglue.tools.evaluation import diagnosis

    if schema.classes is None or told is None:
        found.residuals = diagnosis.residuals(truth, predicted, seed)
        return
    matrix = diagnosis.confusion_matrix(truth, told, len(schema.classes))
    found.classes = diagnosis.class_rows(matrix, schema.classes)
    found.confused = diagnosis.most_confused(matrix, schema.classes)
    found.confusion = matrix.tolist() if len(schema.classes) <= MOST_CLASSES_IN_A_MATRIX else None
    found.calibration = diagnosis.calibration_bins(truth, predicted)


def _show_examples(
    found: Result,
    most: int,
    schema: Schema,
    test: "datasets.Dataset",
    truth: "np.ndarray",
    predicted: "np.ndarray",
    told: "np.ndarray | None",
    step: Step,
) -> None:
    import numpy as np

    from noglue.tools.evaluation.hardest_examples import chosen_rows, examples

    told = np.zeros(len(truth), np.int64) if told is None else told
    typical, worst = chosen_rows(schema, truth, predicted, told, step.seed, most)
    folder = step.folder / "examples"
    found.typical = examples(test, typical, schema, truth, predicted, told, folder)
    found.errors = examples(test, worst, schema, truth, predicted, told, folder)
    for example in [*found.typical, *found.errors]:
        example.image = step.name(folder / example.image) if example.image else None


def _write_predictions(
    found: Result,
    most: int | None,
    schema: Schema,
    model: Predictor,
    tested: "tuple[datasets.Dataset, np.ndarray, np.ndarray]",
    threshold: "Threshold | None",
    step: Step,
) -> None:
    """For the rows that the user gave without a target, where there are some; else for the test rows.

    most: so many of them are also listed by rank. tested: the test rows, their targets, what the model says of them.
    """
    from noglue.tools.evaluation import top_gains as top
    from noglue.tools.modelstore.predictions import write_predictions

    sample: Path | None = None
    identifiers: list[str] | None = None
    rows, truth, predicted = tested
    known: np.ndarray | None = truth
    if (step.run / "data" / "unlabelled").is_dir():
        rows = load_split(step.run / "data", "unlabelled")
        predicted = _predict(model, rows, schema, step, "predicting")
        sample = step.run / "data" / SAMPLE if (step.run / "data" / SAMPLE).is_file() else None
        identifiers = _identifiers(rows, sample)
        found.predictions, known = "unlabelled", None
    found.prediction_rows = len(predicted)
    write_predictions(
        step.folder / "predictions.csv",
        range(len(predicted)),
        predicted,
        schema,
        sample=sample,
        identifiers=identifiers,
        threshold=threshold,
    )
    if most is not None:
        found.top = top.top(rows, predicted, known, schema, threshold, most, step.folder / top.FILE)


def _identifiers(rows: "datasets.Dataset", sample: Path | None) -> list[str] | None:
    """The unlabelled rows' values of the column that the sample begins with."""
    if sample is None:
        return None
    with sample.open(encoding="utf-8", errors="replace", newline="") as file:
        header = next(csv.reader(file), [])
    return next(([str(value) for value in rows[name]] for name in header if name in rows.column_names), None)
