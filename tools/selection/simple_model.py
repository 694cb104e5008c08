"""The simple model: trained first and in a small part of the time, set beside the other, and in its place where there
was no time for that.

>>> first = train("linear", making / "baseline", schema, "accuracy", None, step, notes)
>>> first.finished
True
"""

import math
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from noglue.tools import metrics
from noglue.tools.modelstore import model_folder
from noglue.tools.selection import contenders, tune_threshold
from noglue.tools.selection.train_each import train_one
from noglue.tools.spec.errors import ToolError
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.requested import Decision
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.short_time import ShortTime
from noglue.tools.spec.step import Note, Progress, Step

SHARE, MOST_SECONDS = 0.15, 60.0  # of the time left, and at most
NEEDS, MOST_SHARE = 10.0, 0.5  # seconds that it gets in any case, but for more than that share
ONE_SIGMA = 0.683  # of two intervals that do not meet, one score is clearly better
LAST_SECONDS = 8.0  # where nothing else was done in time


@dataclass(frozen=True)
class Simple:
    """place: where it lies. finished: whether its fit went to its end, so that it is a rival."""

    trained: Trained
    place: Path
    finished: bool


def train(
    name: str,
    model: Path,
    schema: Schema,
    metric: str | None,
    decision: Decision | None,
    step: Step,
    notes: list[str],
) -> Simple | None:
    """A simple model in a small part of the time or in what it needs; going without one is noted, never fatal.

    One that the time cut short is no rival: it is kept aside, not in `model`, since it is better than no model at all.
    """
    step.progress("baseline")
    left, seconds = step.remaining(), MOST_SECONDS
    if left is not None:
        seconds = min(MOST_SECONDS, max(SHARE * left, min(NEEDS, MOST_SHARE * left)))
    folder = step.folder / "baseline"
    folder.mkdir(exist_ok=True)
    model.mkdir()
    quiet = replace(step, folder=folder, deadline=time.monotonic() + seconds, emit=_only_notes(step))
    try:
        trained = train_one(name, [], model, schema, Settings(metric=metric), quiet)
    except ToolError as error:
        shutil.rmtree(model)
        _without(error.message, step, notes)
        return None
    if not trained.finished:
        _without(f"{_named(name)} could not be trained fully in {seconds:.1f} s.", step, notes)
        return Simple(trained, _moved(model, step.folder / "unfinished"), finished=False)
    tune_threshold.decide(trained, model, schema, decision, metric, step)
    model_folder.finish(model, schema, model_folder.about(name, None, trained, metric, step))
    return Simple(trained, model, finished=True)


def instead(
    name: str, first: Simple | None, making: Path, schema: Schema, settings: Settings, step: Step, short: ShortTime
) -> Trained:
    """The simple model in the place of one that there was no time for, as far as its own fit came; where there is none
    yet, it is trained now, on few rows. short: what there was, and what the other needs. Raises what such a training
    does.
    """
    if first is not None:
        _take_the_place(first, making, step)
        trained = first.trained
    else:
        shutil.rmtree(making)
        making.mkdir()
        last = replace(step, deadline=time.monotonic() + LAST_SECONDS, emit=_only_notes(step))
        trained = train_one(name, [], making, schema, Settings(metric=settings.metric), last)
    told = f"there was no time for a better model (it {short.in_words()}): the simple one, {_named(name)}, is kept"
    step.note(told)
    notes = [*trained.notes, told]
    return trained.model_copy(update={"by_clock": True, "notes": notes, "short": short, "held": trained.held})


def is_better(schema: Schema, metric: str | None, first: Simple, trained: Trained) -> bool:
    """By the validation rows. Where the two were judged by different rows, as a blend is by folds of more of them, only
    where it is clear; there is no such doubt where the other one does no better than guessing.
    """
    simple = first.trained
    if schema.predicts is None or not contenders.better(schema, metric, simple, trained):
        return False
    if "validation" not in (*simple.learned_from, *trained.learned_from):
        return True
    if contenders.is_guessing(schema, trained) and not contenders.is_guessing(schema, simple):
        return True
    measure = metrics.load(metric or "accuracy")
    ranges = [_range(measure, one) for one in (simple, trained)]
    (low, high), (least, most) = ranges
    return bool(low > most or high < least)


def _range(measure: metrics.Metric, trained: Trained) -> tuple[float, float]:
    """Where the validation score may lie, by so many rows; anywhere, where they are not at hand."""
    import numpy as np

    from noglue.tools.evaluation.jackknife import Jackknife

    anywhere = -math.inf, math.inf
    if trained.held is None or len(trained.held[0]) < 2:
        return anywhere
    truth, predicted = trained.held
    score = Jackknife(np.arange(len(truth)), level=ONE_SIGMA).score(measure, truth, predicted)
    return anywhere if score is None else (score.low, score.high)


def rather(first: Simple, trained: Trained, making: Path, step: Step) -> Trained:
    """The simple model in the place of one that does worse by validation."""
    _take_the_place(first, making, step)
    simple = first.trained.family
    told = f"{_named(trained.family)} did worse on validation than {_named(simple)}, the simple model, which is kept"
    step.note(told)
    return first.trained.model_copy(update={"notes": [*first.trained.notes, told], "held": first.trained.held})


def _take_the_place(first: Simple, making: Path, step: Step) -> None:
    place = _moved(first.place, step.folder / "alone")
    shutil.rmtree(making)
    _moved(place, making)
    for name in ("model.json", "decision.json"):  # written anew for the model that it now is
        (making / name).unlink(missing_ok=True)


def _moved(place: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.move(place, to)
    return to


def _named(family: str) -> str:
    return family.replace("_", " ")


def _without(why: str, step: Step, notes: list[str]) -> None:
    notes.append(f"no simple model to compare with: {why}")
    step.note(notes[-1])


def _only_notes(step: Step) -> Callable[[Progress | Note], None]:
    """The baseline's own progress would be mistaken for the model's."""

    def emit(event: Progress | Note) -> None:
        if isinstance(event, Note):
            step.emit(event.model_copy(update={"baseline": True}))

    return emit
