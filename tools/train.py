"""Train the model family that suits the data best, and a simple one to set it beside.

Reads `data/` (never the test split, which is not in sight). Leaves in `model/` everything that predicting needs:

    model/model.json     which family, the metric, the seed, versions; written last, so that a model with it is whole
    model/schema.json    the data's columns and classes
    model/README.md      the model card
    model/reader.py      the reader that was written for the data's form, where no reader here knew it
    model/baseline/      the simple model, laid out the same way
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

from tools.core import catalogue, model_folder
from tools.core.asked import Decision
from tools.core.errors import BudgetSpent, StepFailed, ToolError
from tools.core.model_card import card
from tools.core.profiles import Goal
from tools.core.protocols import Settings, Trained
from tools.core.schema import Schema
from tools.core.step import Access, Arguments, Step

ACCESS = Access(reads=("data",), writes=("model",), device=True)
FAMILIES = "tools.models"
DEFAULT_METRIC: dict[str, str] = {"classify": "accuracy", "regress": "rmse", "generate": "fd_own"}
BASELINE_SHARE, BASELINE_SECONDS = 0.15, 60.0  # of the time left, and at most
BASELINE_NEEDS, BASELINE_MOST = 10.0, 0.5  # seconds that it gets in any case, but for more than that share


class Args(Arguments):
    """goal: a check on what `prepare` made of the data; None takes it as it is.

    metric: a module of `tools/metrics/` that choices are made by; None: accuracy or RMSE.
    family: a module of `tools/models/`; None: the one that suits the data best. baseline: also train a simple model.
    families: kinds of model to try and to choose from by validation, beside or instead of `family`; avoid: kinds that
    must not be tried, as members of a blend neither. folds: also cross-validate the chosen kind so often, for the mean
    and its spread. repeats: train so often with other seeds, for the spread; the first one is kept. balance: how rare
    classes are made up for. flips: whether images may be mirrored; None lets the data decide. decision: see `Decision`.
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
    generator, see `Trained` in `tools/core/protocols.py`.
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


def run(args: Args, step: Step) -> Result:
    """Raises StepFailed `goal-mismatch`, `no-family`, `unknown-family`, `unsuitable-family`, `family-unavailable`."""
    schema = Schema.load(step.run / "data")
    if args.goal is not None and args.goal != schema.goal:
        raise StepFailed("goal-mismatch", f"The data were prepared to {schema.goal}, not to {args.goal}.")
    name, others = _choose(args.family, schema)
    metric = args.metric or args.settings.metric or DEFAULT_METRIC.get(schema.goal)
    settings = args.settings.model_copy(update={"metric": metric})
    making = step.folder / "model"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    notes: list[str] = []
    simple = _baseline_family(schema, name) if args.baseline else None
    beside = _train_baseline(simple, making / "baseline", schema, metric, step, notes) if simple else None
    trained = _train(name, others, making, schema, settings, step)
    about = model_folder.about(name, simple if beside else None, trained, metric, step)
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
        others=others,
        notes=notes + trained.notes,
        **trained.model_dump(exclude={"notes", "finished"}),
    )


# ---- which family ------------------------------------------------------------------------------------------------


def ranked(schema: Schema) -> list[str]:
    """Families that can learn from such data, best suited first."""
    fits = {name: float(catalogue.load(FAMILIES, name).suits(schema)) for name in catalogue.names(FAMILIES)}
    return sorted((name for name, fit in fits.items() if fit > 0), key=lambda name: (-fits[name], name))


def _choose(asked: str | None, schema: Schema) -> tuple[str, list[str]]:
    """The family asked for or the best suited, and the others that would do."""
    able = ranked(schema)
    what = f"{schema.goal} {schema.modality} data"
    if asked is not None and asked not in catalogue.names(FAMILIES):
        raise StepFailed("unknown-family", f"There is no model family {asked!r}.", hint=_offer(able), others=able)
    if asked is not None and asked not in able:
        raise StepFailed("unsuitable-family", f"{asked} can't {what}.", hint=_offer(able), family=asked, others=able)
    if not able:
        raise StepFailed(
            "no-family", f"No model family here can {what}.", hint="Tables and images can be learned from."
        )
    name = asked or able[0]
    return name, [other for other in able if other != name]


def _offer(able: list[str]) -> str:
    return f"Those that suit these data: {', '.join(able) or 'none'}."


def _baseline_family(schema: Schema, chosen: str) -> str | None:
    """The family that the chosen one names (`BESIDE`), else the best suited simple one; None when that is chosen."""
    named = getattr(catalogue.load(FAMILIES, chosen), "BESIDE", None)
    if named is not None:
        return str(named)
    simple = [name for name in ranked(schema) if catalogue.load(FAMILIES, name).BASELINE]
    return None if not simple or chosen in simple else simple[0]


# ---- training ----------------------------------------------------------------------------------------------------


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
    name: str, model: Path, schema: Schema, metric: str | None, step: Step, notes: list[str]
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
    model_folder.finish(model, schema, model_folder.about(name, None, trained, metric, step))
    return trained


def _only_notes(step: Step) -> Any:
    """The baseline's own progress would be mistaken for the model's."""

    def emit(event: dict[str, Any]) -> None:
        if event.get("event") == "note":
            step.emit({**event, "baseline": True})

    return emit
