"""Train the model family that suits the data best, and a simple one to set it beside.

Reads `data/` (never the test split, which is not in sight). Leaves in `model/` everything that predicting needs:

    model/model.json     which family, the metric, the seed, versions; written last, so that a model with it is whole
    model/schema.json    the data's columns and classes
    model/README.md      the model card
    model/reader.py      the reader that was written for the data's form, where no reader here knew it
    model/baseline/      the simple model, laid out the same way
    model/decision.json  from which probability on the answer is the positive class, where 0.5 is not the threshold
    model/…              the family's own files

    >>> run(Args(), step).model_dump(include={"family", "validation", "baseline"})
    {'family': 'boosted_trees', 'validation': {'accuracy': 0.971, …}, 'baseline': 'linear'}
"""

import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

from tools import metrics
from tools.core import catalogue, contenders, cross_validation, deciding, model_folder
from tools.core.asked import Decision
from tools.core.cross_validation import Folds, Repeats
from tools.core.deciding import Threshold
from tools.core.errors import BudgetSpent, StepFailed, ToolError
from tools.core.model_card import card
from tools.core.profiles import Goal
from tools.core.protocols import Settings, Trained, Tried
from tools.core.schema import Schema
from tools.core.step import Access, Arguments, Step

ACCESS = Access(reads=("data",), writes=("model",), device=True)
FAMILIES = contenders.FAMILIES
DEFAULT_METRIC: dict[str, str] = {"classify": "accuracy", "regress": "rmse", "generate": "fd_own"}
BASELINE_SHARE, BASELINE_SECONDS = 0.15, 60.0  # of the time left, and at most
BASELINE_NEEDS, BASELINE_MOST = 10.0, 0.5  # seconds that it gets in any case, but for more than that share
AGAIN = 0.8  # of the time that a training takes, for each fold and each other seed
ranked = contenders.ranked


class Args(Arguments):
    """goal: a check on what `prepare` made of the data; None takes it as it is.

    metric: a module of `tools/metrics/` that choices are made by; None: accuracy or RMSE.
    family: a module of `tools/models/`; None: the one that suits the data best. baseline: also train a simple model.
    families: kinds of model to try and to choose from by validation, beside or instead of `family`; avoid: kinds that
    must not be tried, as members of a blend neither (see `tools.models.ruled_out`). folds: also cross-validate the
    chosen kind so often, for the mean and its spread. repeats: train so often with other seeds, for the spread; the
    first one is kept. balance: how rare classes are made up for. flips: whether images may be mirrored; None lets the
    data decide. decision: see `Decision`.
    reads_with: the code of `read_with`, kept with the model so that it predicts from files of that form.
    """

    goal: Goal | None = None
    metric: str | None = None
    family: str | None = None
    settings: Settings = Settings()
    baseline: bool = True
    families: list[str] = Field(default_factory=list)
    avoid: list[str] = Field(default_factory=list)
    folds: int | None = Field(None, ge=2, le=50)
    repeats: int | None = Field(None, ge=2, le=50)
    balance: Literal["weights", "oversample", "undersample"] | None = None
    flips: bool | None = None
    decision: Decision | None = None
    reads_with: str | None = None


class Result(BaseModel):
    """path: `model`. validation: measure → score. stopped: why the training ended. baseline: its family, or None.

    history: one row an epoch or a round. others: the next best families, in order. learned_from: the splits that the
    model was fitted to; with `validation` among them, its validation scores are cross-validated. alarms, film: of a
    generator, see `Trained` in `tools/core/protocols.py`. candidates: every model that was tried, members of blends and
    the baseline among them. folds, repeats: where they were asked for and there was time. decision: the threshold that
    was chosen. balance, flips: what was asked and done. bytes: of the model's folder.
    """

    path: str
    family: str
    metric: str
    parameters: int | None = None
    validation: dict[str, float] = {}
    learned_from: list[str] = ["train"]
    history: list[dict[str, float]] = []
    seconds: float
    stopped: str
    settings: dict[str, Any] = {}
    device: str
    baseline: str | None = None
    baseline_validation: dict[str, float] = {}
    others: list[str] = []
    notes: list[str] = []
    alarms: list[str] = []
    film: list[str] = []
    candidates: list[Tried] = []
    folds: Folds | None = None
    repeats: Repeats | None = None
    decision: Threshold | None = None
    balance: str | None = None
    flips: bool | None = None
    bytes: int = 0


def run(args: Args, step: Step) -> Result:
    """Raises StepFailed `goal-mismatch`, `no-family`, `unknown-family`, `unsuitable-family`, `family-unavailable`."""
    schema = Schema.load(step.run / "data")
    if args.goal is not None and args.goal != schema.goal:
        raise StepFailed("goal-mismatch", f"The data were prepared to {schema.goal}, not to {args.goal}.")
    notes: list[str] = []
    who = contenders.contenders(schema, args.family, args.families, args.avoid)
    metric = _metric(args, schema, notes)
    settings = _settings(args, schema, who, metric, notes)
    making = step.folder / "model"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    simple = contenders.beside(schema, who.names[0], args.avoid) if args.baseline and len(who.names) == 1 else None
    if args.baseline and len(who.names) > 1:
        simple = next((name for name in who.names if catalogue.load(FAMILIES, name).BASELINE), None)
        simple = None if simple else contenders.beside(schema, who.names[0], args.avoid)
    beside = _train_baseline(simple, making / "baseline", schema, args, metric, step, notes) if simple else None
    trained, tried = _tried(who, making, schema, settings, args, step)
    threshold = _decide(trained, making, schema, args, metric, step, notes)
    folds, repeats = _again(trained, schema, settings, args, step, notes)
    about = model_folder.about(trained.family, simple if beside else None, trained, metric, step)
    (making / "README.md").write_text(card(schema, trained, metric, beside), encoding="utf-8")
    if args.reads_with is not None:
        (making / model_folder.READER).write_text(args.reads_with, encoding="utf-8")
    model_folder.finish(making, schema, about)
    model_folder.publish(making, step.run / "model")
    others = [name for name in (*who.names, *who.others) if name != trained.family]
    return Result(
        path=step.name(step.run / "model"),
        metric=metric or "",
        device=step.device,
        baseline=beside.family if beside else None,
        baseline_validation=beside.validation if beside else {},
        others=others,
        notes=notes + trained.notes,
        candidates=[*tried, *([_as_tried(beside, False)] if beside else [])],
        folds=folds,
        repeats=repeats,
        decision=threshold,
        balance=settings.options.get("balance"),
        flips=settings.options.get("flips"),
        bytes=model_folder.size(step.run / "model"),
        **trained.model_dump(exclude={"notes", "finished", "candidates"}),
    )


# ---- what was asked ----------------------------------------------------------------------------------------------


def _metric(args: Args, schema: Schema, notes: list[str]) -> str | None:
    """The measure asked for where it applies to such data, else the usual one, saying so."""
    asked, usual = args.metric or args.settings.metric, DEFAULT_METRIC.get(schema.goal)
    if asked is None:
        return usual
    fitting = [m.name for m in metrics.for_goal(schema.goal, len(schema.classes or []), [asked])]
    if asked in fitting:
        return asked
    notes.append(f"{asked.replace('_', ' ')} does not apply to such data; choices are made by {usual}")
    return usual


def _settings(args: Args, schema: Schema, who: contenders.Contenders, metric: str | None, notes: list[str]) -> Settings:
    """What every family is told: the measure, and in `options` what must be avoided, balanced, not mirrored."""
    options = dict(args.settings.options)
    if who.members and schema.modality in ("table", "text"):
        options["avoid"] = list(who.members)
    if args.avoid:
        notes.append(f"ruled out, and tried nowhere: {', '.join(args.avoid)}")
    if args.balance is not None and schema.goal == "classify":
        options["balance"] = args.balance
        unable = [name for name in who.names if not getattr(catalogue.load(FAMILIES, name), "BALANCES", True)]
        if unable:
            notes.append(f"rare classes are not made up for in {', '.join(unable)}")
    elif args.balance is not None:
        notes.append("rare classes are not made up for: there are no classes")
    if args.flips is not None and schema.modality == "image":
        options["flips"] = args.flips
        notes.append("images are mirrored, as asked" if args.flips else "images are never mirrored, as asked")
    return args.settings.model_copy(update={"metric": metric, "options": options})


# ---- training ----------------------------------------------------------------------------------------------------


def _tried(
    who: contenders.Contenders, making: Path, schema: Schema, settings: Settings, args: Args, step: Step
) -> tuple[Trained, list[Tried]]:
    """The best of the families by validation, left in `making`, and what is to be told of each that was tried."""
    own = _shared(step, 1 + AGAIN * ((args.folds or 0) + (args.repeats or 1) - 1))
    if len(who.names) == 1:
        trained = _train(who.names[0], list(who.others), making, schema, settings, own)
        return trained, trained.candidates or [_as_tried(trained, True)]
    best: Trained | None = None
    found: list[tuple[Trained, Tried]] = []
    failed: list[ToolError] = []
    for number, name in enumerate(who.names):
        folder = step.folder / "tried" / name
        folder.mkdir(parents=True, exist_ok=True)
        share = replace(_shared(own, len(who.names) - number), folder=folder.parent)
        step.progress("family", number + 1, len(who.names), name=name)
        try:
            trained = _train(name, [], folder, schema, settings, share)
        except ToolError as error:
            failed.append(error)
            step.note(f"{name} could not be trained: {error.message}")
            continue
        _tune(trained, schema, args, settings.metric)
        found.append((trained, _as_tried(trained, False)))
        if best is None or contenders.better(schema, settings.metric, trained, best):
            best = trained
    if best is None:
        raise failed[0]
    shutil.copytree(step.folder / "tried" / best.family, making, dirs_exist_ok=True)
    shutil.rmtree(step.folder / "tried")
    best.notes += [f"{error.data.get('family', 'a family')} could not be trained: {error.message}" for error in failed]
    told = [tried.model_copy(update=_kept(trained is best)) for trained, tried in found]
    return best, told


def _kept(best: bool) -> dict[str, Any]:
    return {"chosen": best, "share": float(best)}


def _as_tried(trained: Trained, chosen: bool) -> Tried:
    return Tried(
        family=trained.family,
        title=trained.family.replace("_", " "),
        validation=trained.validation,
        seconds=trained.seconds,
        share=float(chosen),
        chosen=chosen,
    )


def _shared(step: Step, parts: float) -> Step:
    """A step with one of so many parts of the time."""
    left = step.remaining()
    return step if left is None or parts <= 1 else replace(step, deadline=time.monotonic() + left / parts)


def _train(name: str, others: list[str], model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    left = step.remaining()
    if left is not None and left <= 0:
        raise BudgetSpent("no-time", "The time was up before training began.", hint="Give a larger --budget.")
    family = catalogue.load(FAMILIES, name)
    try:
        trained: Trained = family.train(step.run / "data", model, schema, settings, step)
    except ImportError as error:
        missing = error.name or str(error)
        raise StepFailed(
            "family-unavailable",
            f"{name} can't run here: {missing} is not installed.",
            hint=f"Install {missing}, or let another family be tried: {', '.join(others) or 'there is none'}.",
            family=name,
            others=others,
        ) from error
    except StepFailed as error:  # so that whoever planned can try another
        error.data = {"family": name, "others": others} | error.data
        raise
    return trained


def _train_baseline(
    name: str, model: Path, schema: Schema, args: Args, metric: str | None, step: Step, notes: list[str]
) -> Trained | None:
    """A simple model, first, in a small part of the time or in what it needs; going without one is noted, never fatal.

    One that the time cut short is no rival, and is gone without too.
    """
    step.progress("baseline")
    left = step.remaining()
    seconds = BASELINE_SECONDS
    if left is not None:
        seconds = min(BASELINE_SECONDS, max(BASELINE_SHARE * left, min(BASELINE_NEEDS, BASELINE_MOST * left)))
    folder = step.folder / "baseline"
    folder.mkdir(exist_ok=True)
    model.mkdir()
    quiet = replace(step, folder=folder, deadline=time.monotonic() + seconds, emit=_only_notes(step))
    try:
        trained = _train(name, [], model, schema, Settings(metric=metric), quiet)
        if not trained.finished:
            raise BudgetSpent("no-time", f"{seconds:.1f} s were too few for {name} to converge.")
    except ToolError as error:
        shutil.rmtree(model)
        notes.append(f"no baseline: {error.message}")
        step.note(notes[-1])
        return None
    _decide(trained, model, schema, args, metric, step, [])
    model_folder.finish(model, schema, model_folder.about(name, None, trained, metric, step))
    return trained


# ---- decisions and spread ----------------------------------------------------------------------------------------


def _decide(
    trained: Trained, model: Path, schema: Schema, args: Args, metric: str | None, step: Step, notes: list[str]
) -> Threshold | None:
    """The threshold where one was asked for, or where the measure has a best one, kept with the model."""
    if schema.goal != "classify":
        return None
    if trained.held is None and (args.decision is not None or metric in deciding.TUNED):
        trained.held = _held(trained.family, model, schema, step) if "validation" not in trained.learned_from else None
    chosen = _tune(trained, schema, args, metric)
    if chosen is None:
        if args.decision is not None:
            notes.append(f"the threshold was not moved: {_no_threshold(trained, schema)}")
        return None
    chosen.save(model)
    notes.append(f"answers {chosen.positive} from a probability of {chosen.threshold:.3g} on: {chosen.why}")
    if chosen.reached is False:
        notes.append(f"{chosen.why} could not be had on the validation rows; the nearest threshold stands")
    return chosen


def _tune(trained: Trained, schema: Schema, args: Args, metric: str | None) -> Threshold | None:
    """The threshold, with the validation scores of answers as they are with it."""
    if trained.held is None:
        return None
    truth, predicted = trained.held
    chosen = deciding.choose(schema, truth, predicted, args.decision, metric)
    if chosen is not None:
        classes = schema.classes or []
        certain = deciding.as_certain(predicted, schema, chosen)
        for measure in metrics.for_goal("classify", len(classes), [metric], classes, schema.positive):
            if measure.answers and measure.name in trained.validation:
                trained.validation[measure.name] = float(measure.compute(truth, certain))
    return chosen


def _held(family: str, model: Path, schema: Schema, step: Step) -> tuple[Any, Any] | None:
    """Targets and probabilities of the validation rows, which such a family did not learn from."""
    from tools.core.arrays import label_array
    from tools.core.schema import load_split

    if not (step.run / "data" / "validation").is_dir():
        return None
    rows = load_split(step.run / "data", "validation")
    predictor = catalogue.load(FAMILIES, family).load(model, step.device)
    return label_array(rows, str(schema.target)), predictor.predict(rows)


def _no_threshold(trained: Trained, schema: Schema) -> str:
    if deciding.positive_of(schema) is None:
        return f"there are {len(schema.classes or [])} classes, and none is said to be the positive one"
    return "there are no rows to choose it on" if trained.held is None else "too few rows of one side to choose it on"


def _again(
    trained: Trained, schema: Schema, settings: Settings, args: Args, step: Step, notes: list[str]
) -> tuple[Folds | None, Repeats | None]:
    """Cross-validation and other seeds, where they were asked for."""
    folds: Folds | None = None
    repeats: Repeats | None = None
    if schema.goal == "generate":
        return folds, repeats
    if args.folds is not None:
        share = _shared(step, 1 + AGAIN * ((args.repeats or 1) - 1) / args.folds)
        folds = cross_validation.cross_validated(trained.family, schema, settings, args.folds, args.decision, share)
        if folds is None or folds.count < args.folds:
            notes.append(f"there was time for {folds.count if folds else 0} of {args.folds} folds")
    first = cross_validation.judged(schema, settings, trained, args.decision)
    if args.repeats is not None and first is not None:
        repeats = cross_validation.repeated(trained.family, first, schema, settings, args.repeats, args.decision, step)
    if args.repeats is not None and (repeats is None or repeats.count < args.repeats):
        notes.append(f"there was time for {repeats.count if repeats else 1} of {args.repeats} seeds")
    return folds, repeats


def _only_notes(step: Step) -> Any:
    """The baseline's own progress would be mistaken for the model's."""

    def emit(event: dict[str, Any]) -> None:
        if event.get("event") == "note":
            step.emit({**event, "baseline": True})

    return emit
