"""Score the models of several targets, each as if it were the only one, and tell of them together.

    metrics["test"]["rmse"]              the mean over the targets that have it, with the mean of its intervals' ends
    metrics["test"]["rmse[yield]"]       of one target
    metrics["test"]["subset_accuracy"]   of labels and of classes: rows with all of them right

The ends of a mean's interval are the means of the targets' own: as wide as if all of them erred together, so never too
narrow. Numbers of different units have no mean error worth the name, so that of several numbers R² decides, unless
another measure was asked for; of labels F1, whose mean over the labels is macro F1.
"""

import shutil
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools import metrics
from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.evaluation.scores import CHANCE, Outcome, Rival, Score
from noglue.tools.goals._predictions import SAMPLE, identifiers_of, predictions_of
from noglue.tools.modelstore import several_models
from noglue.tools.spec import goals
from noglue.tools.spec.schema import OneTarget, Schema, inputs_of, load_split

if TYPE_CHECKING:
    from collections.abc import Iterator

    import datasets
    import numpy as np

    from noglue.tools.evaluate import Args
    from noglue.tools.modelstore.several_models import Part
    from noglue.tools.spec.step import Step

OF_LABELS, OF_NUMBERS = "f1", "r2"
MACRO_F1 = "macro_f1"
WORST_FIRST: tuple[Outcome, ...] = ("worse", "undecided", "no-better", "mixed", "better")
MOST_NAMED = 6  # targets whose verdicts are told whole


def evaluate(args: "Args", schema: Schema, step: "Step") -> Evaluation:
    """Raises as the evaluation of one target does."""
    each = []
    for number, one in enumerate(schema.targets):
        step.progress("target", number + 1, len(schema.targets), name=one.name)
        own = args.model_copy(update={"metric": _measure(args, schema), "top": None})
        with _alone(schema, one, number, step) as (view, turn):
            own_score = goals.load(one.goal).evaluate(own, view, turn)
            assert isinstance(own_score, Evaluation), "what predicts is evaluated so"
            each.append(_named(own_score, step))
    found = _together(args, schema, each)
    parts = several_models.parts(step.run / "model", schema, step.device)
    found.metrics["test"] |= _at_once(parts, schema, step)
    _write_predictions(found, parts, schema, step)
    return found


def _measure(args: "Args", schema: Schema) -> str | None:
    return args.metric or (OF_LABELS if schema.labels is not None else None)


@contextmanager
def _alone(schema: Schema, one: OneTarget, number: int, step: "Step") -> "Iterator[tuple[Schema, Step]]":
    """The run as a target's own: its model, the splits, and a folder for its examples, which stays."""
    run, folder = step.folder / "views" / str(number), step.folder / "targets" / str(number)
    shutil.rmtree(run, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (run / "data").mkdir(parents=True)
    for split in ("train", "validation"):
        if (step.run / "data" / split).is_dir():
            (run / "data" / split).symlink_to((step.run / "data" / split).resolve(), target_is_directory=True)
    (run / "sealed").symlink_to((step.run / "sealed").resolve(), target_is_directory=True)
    (run / "model").symlink_to(several_models.folder_of(step.run / "model", number).resolve(), target_is_directory=True)
    try:
        yield schema.of(one), replace(step, run=run, folder=folder)
    finally:
        shutil.rmtree(run)


def _named(found: Evaluation, step: "Step") -> Evaluation:
    """With the paths of its pictures as this step names them."""
    for example in [*found.typical, *found.errors]:
        example.image = step.name(Path(example.image)) if example.image else None
    return found


# ---- all of them together ----------------------------------------------------------------------------------------


def _together(args: "Args", schema: Schema, each: Sequence[Evaluation]) -> Evaluation:
    names = [one.name for one in schema.targets]
    outcomes = {one.outcome for one in each}
    outcome = next(one for one in WORST_FIRST if one in outcomes)
    if len(outcomes) > 1 and "better" in outcomes:
        outcome = "mixed"
    places = list(dict.fromkeys(place for one in each for place in one.metrics))
    return Evaluation(
        goal=schema.goal,
        modality=schema.modality,
        metric=main_measure(args.metric, schema, each),
        metrics={place: _means([one.metrics.get(place, {}) for one in each], names, schema) for place in places},
        rivals=_rivals(each, names, schema),
        outcome=outcome,
        against=CHANCE,
        verdict=_verdict(each, names),
        warnings=[
            warning.model_copy(update={"message": f"{name}: {warning.message}"})
            for name, one in zip(names, each, strict=True)
            for warning in one.warnings
        ],
        decision=next((one.decision for one in each if one.decision is not None), None),
        not_measured={
            measure: why
            for measure, why in each[0].not_measured.items()
            if all(measure in other.not_measured for other in each)
        },
        seconds_predicting=round(sum(one.seconds_predicting for one in each), 3),
        device=each[0].device,
        targets=dict(zip(names, each, strict=True)),
    )


def main_measure(asked: str | None, schema: Schema, each: Sequence[Evaluation]) -> str:
    """What is said of all targets in one number."""
    measured = [one.metric for one in each]
    if schema.labels is not None and asked is None:
        return MACRO_F1
    if asked is None and schema.predicts == "values":
        return OF_NUMBERS
    return asked if asked in measured else measured[0]


def _means(scores: Sequence[dict[str, Score]], names: Sequence[str], schema: Schema) -> dict[str, Score]:
    """Each measure's mean over the targets that have it, then those of every target."""
    measures = list(dict.fromkeys(measure for one in scores for measure in one))
    found = {measure: _mean([one[measure] for one in scores if measure in one]) for measure in measures}
    if schema.labels is not None:  # of labels it is the mean of F1, and not of what both answers to each have
        found |= {MACRO_F1: found.pop(OF_LABELS)} if OF_LABELS in found else {}
    own = {
        metrics.of_target(measure, name): score
        for name, one in zip(names, scores, strict=True)
        for measure, score in one.items()
    }
    return found | own


def _mean(scores: Sequence[Score]) -> Score:
    count = len(scores)
    value, low, high = (sum(getattr(one, end) for one in scores) / count for end in ("value", "low", "high"))
    return Score(value=value, low=low, high=high, n=max(one.n for one in scores))


def _rivals(each: Sequence[Evaluation], names: Sequence[str], schema: Schema) -> list[Rival]:
    """Those that every target was set beside, by their names; `chance` first."""
    found = []
    for rival in each[0].rivals:
        own = [next((one for one in other.rivals if one.name == rival.name), None) for other in each]
        there = [one for one in own if one is not None]
        if len(there) == len(each):
            scores = {m: s for m, s in _means([one.metrics for one in there], names, schema).items() if "[" not in m}
            title = rival.title
            if rival.name == CHANCE:
                same = any(one.answered is not None for one in there)
                title = "always the same answer, the best one" if same else goals.load(schema.goal).chance
            found.append(Rival(name=rival.name, title=title, metrics=scores))
    return found


def _verdict(each: Sequence[Evaluation], names: Sequence[str]) -> str:
    if len(each) <= MOST_NAMED:
        return " ".join(f"{name}: {one.verdict}" for name, one in zip(names, each, strict=True))
    better = [name for name, one in zip(names, each, strict=True) if one.outcome in ("better", "mixed")]
    others = [name for name in names if name not in better]
    rest = f"; no better, or not surely so: {', '.join(others)}" if others else ""
    return f"Better than chance for {len(better)} of {len(each)} targets{rest}."


# ---- all of a row ------------------------------------------------------------------------------------------------


def _at_once(parts: "Sequence[Part]", schema: Schema, step: "Step") -> dict[str, Score]:
    """Of labels and classes: how many rows have all of them right, and what else is told of sets of labels."""
    import numpy as np

    from noglue.tools.data.arrays import label_array
    from noglue.tools.evaluation import decision_threshold, label_sets
    from noglue.tools.evaluation.bootstrap import Bootstrap
    from noglue.tools.evaluation.independent_units import units
    from noglue.tools.evaluation.jackknife import Jackknife

    if any(goals.predicts(part.schema.goal) != "classes" for part in parts):
        return {}
    test = load_split(step.run / "sealed", "test")
    truth = np.stack([label_array(test, str(part.schema.target)) for part in parts], axis=1)
    known = (truth >= 0).all(axis=1)
    if not known.any():
        return {}
    rows, truth = test.select(np.flatnonzero(known)), truth[known]
    told = [decision_threshold.answers(part.model.predict(rows), part.schema, part.threshold) for part in parts]
    answers = np.stack(told, axis=1)
    right = np.eye(2)[(answers != truth).any(axis=1).astype(int)]
    within = units(schema, rows, np.zeros(len(rows), np.int64), right)
    resampling: Bootstrap | Jackknife = Bootstrap(len(rows), step.seed)
    if within is not None and within.count > 1:
        resampling = Jackknife(within.codes, step.seed)
    if schema.labels is None:
        score = resampling.score(label_sets.MEASURES["subset_accuracy"], truth, answers)
        return {} if score is None else {"subset_accuracy": score}
    return label_sets.scores(_fits(truth, parts), _fits(answers, parts), resampling)


def _fits(codes: "np.ndarray", parts: "Sequence[Part]") -> "np.ndarray":
    """bool (n, k): where the code of a label is that of its positive class."""
    import numpy as np

    places = [list(part.schema.classes or []).index(str(part.schema.positive)) for part in parts]
    return np.asarray(codes == np.array(places))


def _write_predictions(found: Evaluation, parts: "Sequence[Part]", schema: Schema, step: "Step") -> None:
    """For the rows that the user gave without targets, where there are some; else for the test rows."""
    from noglue.tools.modelstore.predictions import TRUTH, true_answers, write_predictions

    given = (step.run / "data" / "unlabelled").is_dir()
    rows = load_split(step.run / "data", "unlabelled") if given else load_split(step.run / "sealed", "test")
    found.predictions, found.prediction_rows = "unlabelled" if given else "test", len(rows)
    predicted: list[Any] = [predictions_of(part.model, rows, part.schema, step, "predicting") for part in parts]
    sample = step.run / "data" / SAMPLE
    thresholds = [part.threshold for part in parts]
    file, inputs = step.folder / "predictions.csv", inputs_of(rows)
    if given and sample.is_file():
        ids = identifiers_of(rows, sample)
        write_predictions(file, inputs, predicted, schema, sample=sample, identifiers=ids, threshold=thresholds)
    else:
        beside = {} if given else {TRUTH: true_answers(_truths(parts, rows), schema)}
        write_predictions(file, inputs, predicted, schema, threshold=thresholds, beside=beside)


def _truths(parts: "Sequence[Part]", rows: "datasets.Dataset") -> "list[np.ndarray]":
    """Of each target the codes or the values (n,), below 0 and NaN where it is not known."""
    from noglue.tools.data.arrays import label_array
    from noglue.tools.values.derived_targets import own_unit

    return [own_unit(label_array(rows, str(one.schema.target)), one.schema.derived) for one in parts]
