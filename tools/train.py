"""Train the model family that suits the data best, and a simple one to set it beside.

Reads `data/` (never the test split, which is not in sight). Leaves in `model/` everything that predicting needs:

    model/model.json     which family, the metric, the seed, versions; written last, so that a model with it is whole
    model/schema.json    the data's columns and classes
    model/README.md      the model card
    model/reader.py      the reader that was written for the data's form, where no reader here knew it
    model/baseline/      the simple model, laid out the same way
    model/decision.json  from which probability on the answer is the positive class, where 0.5 is not the threshold
    model/calibration.arrow  of rows that it did not learn from, for sets and intervals that hold the truth
    model/…              the family's own files
    model/targets/0/ …   of several targets: a whole model each, laid out the same way

    >>> run(Args(), step).model_dump(include={"family", "validation", "baseline"})
    {'family': 'boosted_trees', 'validation': {'accuracy': 0.971, …}, 'baseline': 'linear'}
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

from noglue.tools import metrics, models
from noglue.tools.evaluation.decision_threshold import Threshold
from noglue.tools.modelstore import model_folder, several_models
from noglue.tools.modelstore.model_card import card, several_card
from noglue.tools.selection import contenders, each_target, in_time, simple_model, tune_threshold
from noglue.tools.selection.compete import compete
from noglue.tools.selection.cross_validation import Folds, Repeats
from noglue.tools.selection.train_each import as_tried, train_each, train_one
from noglue.tools.selection.training_again import again, leaving_time
from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.errors import BudgetSpent, Kind, StepFailed
from noglue.tools.spec.profiles import GoalName
from noglue.tools.spec.protocols import Settings, Trained, Tried
from noglue.tools.spec.requested import Decision
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.short_time import ShortTime
from noglue.tools.spec.step import Access, Arguments, Step
from noglue.tools.spec.step_paths import StepPath

ACCESS = Access(reads=("data",), writes=("model",), device=True)
FILLED_BY = {"reads_with": ("read_with.code",)}
FAMILIES = contenders.FAMILIES
ranked = contenders.ranked


class Args(Arguments):
    """goal: a check on what `prepare` made of the data; None takes it as it is.

    metric: a module of `tools/metrics/` that choices are made by; None: accuracy or RMSE.
    family: a module of `tools/models/`; None: those that suit the data well compete. baseline: train a simple one, too.
    families: kinds of model to try and to choose from by validation, beside or instead of `family`; avoid: kinds that
    must not be tried, as members of a blend neither (see `models.ruled_out`). folds: also cross-validate the
    chosen kind so often, for the mean and its spread. repeats: train so often with other seeds, for the spread; the
    first one is kept. balance: how rare classes are made up for. flips: whether images may be mirrored; None lets the
    data decide. pretrained: whether to bring what was learned from other data; None: as it turns out.
    asked: `epochs`, `batch_size` and `learning_rate` as the request has them; families that have such settings are then
    the only ones trained, where there are some. decision: see `Decision`.
    reads_with: the code of `read_with`, kept with the model so that it predicts from files of that form.
    """

    goal: GoalName | None = None
    metric: str | None = None
    family: str | None = None
    settings: Settings = Settings()
    asked: dict[str, float] = Field(default_factory=dict)
    baseline: bool = True
    families: list[str] = Field(default_factory=list)
    avoid: list[str] = Field(default_factory=list)
    folds: int | None = Field(None, ge=2, le=50)
    repeats: int | None = Field(None, ge=2, le=50)
    balance: Literal["weights", "oversample", "undersample"] | None = None
    flips: bool | None = None
    pretrained: bool | None = None
    decision: Decision | None = None
    reads_with: str | None = None


class Result(BaseModel):
    """path: `model`. validation: measure → score. stopped: why the training ended; by_clock: for want of time.

    baseline: its family, or None. history: one row an epoch or a round. others: the next best families, in order.
    learned_from: the splits that the model was fitted to; with `validation` among them, its validation scores are
    cross-validated. alarms, sample_history: of a generator, see `Trained` in `tools/spec/protocols.py`. candidates:
    every model that was tried, members of blends and the baseline among them. folds, repeats: where they were asked for
    and there was time. decision: the threshold that was chosen. balance, flips: what was asked and done. bytes: of the
    model's folder. short: the time was too short for a training of use; of several targets, of that which needs most.
    """

    path: StepPath
    family: str
    metric: str
    parameters: int | None = None
    validation: dict[str, float] = {}
    learned_from: list[str] = ["train"]
    history: list[dict[str, float]] = []
    seconds: float
    stopped: str
    by_clock: bool = False
    settings: dict[str, Any] = {}
    device: str
    baseline: str | None = None
    baseline_validation: dict[str, float] = {}
    others: list[str] = []
    notes: list[str] = []
    alarms: list[str] = []
    sample_history: list[StepPath] = []
    candidates: list[Tried] = []
    folds: Folds | None = None
    repeats: Repeats | None = None
    decision: Threshold | None = None
    balance: str | None = None
    flips: bool | None = None
    short: ShortTime | None = None
    bytes: int = 0


def run(args: Args, step: Step) -> Result:
    """Raises BudgetSpent where a family that was named found no time, or nothing did; StepFailed `goal-mismatch`,
    `no-family`, `unknown-family`, `unsuitable-family`, `family-unavailable`.
    """
    schema = Schema.load(step.run / "data")
    if args.goal is not None and args.goal != schema.goal:
        raise StepFailed(Kind.GOAL_MISMATCH, f"The data were prepared to {schema.goal}, not to {args.goal}.")
    return _several(args, schema, step) if schema.targets else _one(args, schema, step)


def _one(args: Args, schema: Schema, step: Step) -> Result:
    """A model of one target."""
    if step.is_over():
        raise BudgetSpent(Kind.BUDGET_SPENT, "The time was up before training began.", hint="Give a larger --budget.")
    notes: list[str] = []
    who = contenders.contenders(
        schema, args.family, args.families, args.avoid, step.device, args.pretrained, list(args.asked)
    )
    notes += who.lacking
    metric = _metric(args, schema, notes)
    settings = _settings(args, schema, who, metric, notes)
    making = step.folder / "model"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    chosen = _chosen(args, schema, who, metric, settings, making, step, notes)
    trained, beside = chosen.trained, chosen.beside
    threshold = tune_threshold.decide(trained, making, schema, args.decision, metric, step)
    if (calibrate := goals.load(schema.goal).calibrate) is not None:
        calibrate(trained, making, schema, step)
    folds, repeats = again(trained, schema, settings, args.folds, args.repeats, args.decision, step, notes)
    about = model_folder.about(trained.family, beside.family if beside else None, trained, metric, step)
    (making / "README.md").write_text(card(schema, trained, metric, beside), encoding="utf-8")
    if args.reads_with is not None:
        (making / model_folder.READER).write_text(args.reads_with, encoding="utf-8")
    model_folder.finish(making, schema, about)
    model_folder.publish(making, step.run / "model")
    return Result(
        path=step.name(step.run / "model"),
        metric=metric or "",
        device=step.device,
        baseline=beside.family if beside else None,
        baseline_validation=beside.validation if beside else {},
        others=[name for name in (*who.names, *who.others) if name != trained.family],
        notes=notes + trained.notes,
        candidates=[*chosen.tried, *([as_tried(beside, False)] if beside else [])],
        folds=folds,
        repeats=repeats,
        decision=threshold,
        balance=settings.options.get("balance"),
        flips=settings.options.get("flips"),
        bytes=model_folder.size(step.run / "model"),
        **trained.model_dump(exclude={"notes", "finished", "candidates"}),
    )


@dataclass(frozen=True)
class Chosen:
    """tried: all but the simple model. beside: the simple model, where it is a rival of what was chosen."""

    trained: Trained
    tried: list[Tried]
    beside: Trained | None


def _chosen(
    args: Args,
    schema: Schema,
    who: contenders.Contenders,
    metric: str | None,
    settings: Settings,
    making: Path,
    step: Step,
    notes: list[str],
) -> Chosen:
    """The simple model itself where there was no time for more, or it is better; what was named is never swapped."""
    plain = any(catalogue.load(FAMILIES, name).BASELINE for name in who.names)  # it is one of those compared
    simple = contenders.beside(schema, who.names[0], args.avoid) if args.baseline and not plain else None
    first = None
    if simple is not None:
        first = simple_model.train(simple, making / "baseline", schema, metric, args.decision, step, notes)
    beside = None if first is None or not first.finished else first.trained
    own = leaving_time(step, args.folds, args.repeats)
    left = own.remaining()
    short = None if who.named else in_time.too_late(who.names, schema, own, beside)
    try:
        if short is None:
            trained, tried = _learned(who, making, schema, settings, args.decision, own)
    except BudgetSpent:
        if simple is None or who.named or schema.predicts is None:
            raise
        short = in_time.none_left(who.names, schema, own, left or 0.0)
    if short is not None and simple is not None:
        trained = simple_model.instead(simple, first, making, schema, settings, step, short)
        return Chosen(trained, [as_tried(trained, True), *in_time.not_begun(who.names, short)], None)
    if first is None or beside is None or who.named or not simple_model.is_better(schema, metric, first, trained):
        return Chosen(trained, tried, beside)
    trained = simple_model.rather(first, trained, making, step)
    tried = [one.model_copy(update={"share": 0.0, "chosen": False}) for one in tried]
    return Chosen(trained, [*tried, as_tried(trained, True)], None)


def _learned(
    who: contenders.Contenders,
    making: Path,
    schema: Schema,
    settings: Settings,
    decision: Decision | None,
    step: Step,
) -> tuple[Trained, list[Tried]]:
    """The one family, or the best of several, in `making`, and what was tried. Raises what the trainings raise."""
    if len(who.names) == 1:
        trained = train_one(who.names[0], who.others, making, schema, settings, step)
        return trained, trained.candidates or [as_tried(trained, True)]
    together = train_each if who.named else compete
    return together(who.names, making, schema, settings, decision, step)


# ---- several targets ---------------------------------------------------------------------------------------------


def _several(args: Args, schema: Schema, step: Step) -> Result:
    """A model for each target, each chosen by a measure that fits it, and what is told of all of them."""
    making = step.folder / "model"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    found = each_target.each(schema, step, making, lambda turn: _one(_for(turn, args, schema), turn.schema, turn.step))
    both = list(zip(schema.targets, found, strict=True))
    result = Result(
        path=step.name(step.run / "model"),
        family=each_target.alike([one.family for one in found]),
        metric=found[0].metric,
        parameters=sum(one.parameters or 0 for one in found) or None,
        validation=each_target.scores(schema.targets, [one.validation for one in found]),
        learned_from=list(dict.fromkeys(split for one in found for split in one.learned_from)),
        seconds=sum(one.seconds for one in found),
        stopped=each_target.alike([one.stopped for one in found]),
        by_clock=any(one.by_clock for one in found),
        settings=each_target.in_common([one.settings for one in found]),
        device=step.device,
        baseline=each_target.alike([one.baseline for one in found if one.baseline is not None]) or None,
        others=[name for name in found[0].others if all(name in one.others for one in found)],
        notes=list(dict.fromkeys(f"{target.name}: {note}" for target, one in both for note in one.notes)),
        candidates=[kept for target, one in both for kept in each_target.tried(target, one.candidates)],
        folds=each_target.fewest(schema.targets, [one.folds for one in found]),
        repeats=each_target.fewest(schema.targets, [one.repeats for one in found]),
        decision=next((one.decision for one in found if one.decision is not None), None),
        balance=next((one.balance for one in found if one.balance is not None), None),
        flips=found[0].flips,
        short=max((one.short for one in found if one.short is not None), key=lambda short: short.needs, default=None),
    )
    about = several_models.about(making, result.family, result.baseline, result.learned_from, step)
    (making / "README.md").write_text(several_card(schema, making), encoding="utf-8")
    model_folder.finish(making, schema, about)
    model_folder.publish(making, step.run / "model")
    return result.model_copy(update={"bytes": model_folder.size(step.run / "model")})


def _for(turn: each_target.Turn, args: Args, schema: Schema) -> Args:
    """The arguments as one target takes them: of a label that hardly a row has, accuracy would tell nothing."""
    asked = args.metric or args.settings.metric
    metric = each_target.MEASURE_OF_LABELS if schema.labels is not None and asked is None else asked
    classes = turn.schema.classes or []
    decision = args.decision if len(classes) == 2 else None
    return args.model_copy(update={"metric": metric, "decision": decision})


# ---- what was asked ----------------------------------------------------------------------------------------------


def _metric(args: Args, schema: Schema, notes: list[str]) -> str | None:
    """The measure asked for where it applies to such data, else the usual one, saying so."""
    asked, usual = args.metric or args.settings.metric, goals.load(schema.goal).measure
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
    if who.members and any(models.blends(name) for name in who.names):
        options["avoid"] = list(who.members)
    if args.avoid:
        notes.append(f"ruled out, and tried nowhere: {', '.join(args.avoid)}")
    if args.balance is not None and schema.predicts == "classes":
        options["balance"] = args.balance
        unable = [name for name in who.names if not getattr(catalogue.load(FAMILIES, name), "BALANCES", True)]
        if unable:
            notes.append(f"rare classes are not given more weight by {', '.join(unable)}")
    elif args.balance is not None:
        notes.append("rare classes can't be given more weight: there are no classes")
    if args.flips is not None and schema.image is not None:
        options["flips"] = args.flips
        notes.append("images are mirrored, as asked" if args.flips else "images are never mirrored, as asked")
    return args.settings.model_copy(update={"metric": metric, "options": options} | _schedule(args, who, notes))


def _schedule(args: Args, who: contenders.Contenders, notes: list[str]) -> dict[str, float]:
    """What was asked for, of settings that all have; a batch that did not fit in memory stays smaller."""
    kept = {name: value for name, value in args.asked.items() if all(name in models.settings(one) for one in who.names)}
    unable = [name.replace("_", " ") for name in args.asked if name not in kept]
    if unable:
        notes.append(f"{' and '.join(unable)}: nothing that is trained here has such a setting")
    whole = {name: int(value) if name != "learning_rate" else value for name, value in kept.items()}
    if "batch_size" in whole and args.settings.batch_size is not None:
        whole["batch_size"] = min(whole["batch_size"], args.settings.batch_size)
    return whole
