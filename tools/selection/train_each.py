"""One family trained, or several by turns with an equal part of the time each, the best kept.

>>> best, tried = train_each(("forest", "linear"), making, schema, settings, None, step)
>>> best.family, [one.family for one in tried if one.chosen]
('forest', ['forest'])
"""

import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from noglue.tools import models
from noglue.tools.selection import contenders, tune_threshold
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import BudgetSpent, Kind, StepFailed, ToolError
from noglue.tools.spec.packages import missing_package
from noglue.tools.spec.protocols import Settings, Trained, Tried
from noglue.tools.spec.requested import Decision
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

FAMILIES = contenders.FAMILIES


def train_one(name: str, others: Sequence[str], model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Leaves the model in `model`. others: families that could be tried in its place, for whoever hears of a failure.

    Raises BudgetSpent `budget-spent`, StepFailed `missing-package` (an extra brings it) or `family-unavailable`, and
    what the family raises.
    """
    left = step.remaining()
    if left is not None and left <= 0:
        raise BudgetSpent(Kind.BUDGET_SPENT, "The time was up before training began.", hint="Give a larger --budget.")
    family = catalogue.load(FAMILIES, name)
    try:
        with step.phase("learning"):
            trained: Trained = family.train(step.run / "data", model, schema, settings, step)
    except ImportError as error:
        if (
            of_an_extra := missing_package(error, schema.modality)
        ) is not None:  # the other families of such data need it as well
            raise of_an_extra from error
        missing = error.name or str(error)
        raise StepFailed(
            Kind.FAMILY_UNAVAILABLE,
            f"{name} can't run here: {missing} is not installed.",
            hint=f"Install {missing}, or let another family be tried: {', '.join(others) or 'there is none'}.",
            family=name,
            others=list(others),
        ) from error
    except StepFailed as error:  # so that whoever planned can try another
        error.data = {"family": name, "others": list(others)} | error.data
        raise
    return trained


def train_each(
    names: Sequence[str], making: Path, schema: Schema, settings: Settings, decision: Decision | None, step: Step
) -> tuple[Trained, list[Tried]]:
    """The best by validation, left in `making`, and what is to be told of each. One that fails is told of and left out.

    Raises what the first one raised, where all failed.
    """
    best: Trained | None = None
    found: list[Trained] = []
    failed: list[tuple[str, ToolError]] = []
    for number, name in enumerate(names):
        folder = step.folder / "tried" / name
        folder.mkdir(parents=True, exist_ok=True)
        share = replace(shared(step, len(names) - number), folder=folder.parent)
        step.progress("family", number + 1, len(names), name=name)
        try:
            trained = train_one(name, [], folder, schema, settings, share)
        except ToolError as error:
            failed.append((name, error))
            step.note(f"{name} could not be trained: {error.message}")
            continue
        tune_threshold.tune(trained, schema, decision, settings.metric)
        found.append(trained)
        if best is None or contenders.better(schema, settings.metric, trained, best):
            best = trained
    if best is None:
        raise failed[0][1]
    shutil.copytree(step.folder / "tried" / best.family, making, dirs_exist_ok=True)
    shutil.rmtree(step.folder / "tried")
    best.notes += [f"{name} could not be trained: {error.message}" for name, error in failed]
    return best, [one for trained in found for one in tried_with_members(trained, trained is best)]


def tried_with_members(trained: Trained, best: bool) -> list[Tried]:
    """The family, or what it tried within it; of a blend both. Nothing that is not kept has a share."""
    within = [one if best else one.model_copy(update={"share": 0.0, "chosen": False}) for one in trained.candidates]
    return [as_tried(trained, best), *within] if not within or models.blends(trained.family) else within


def as_tried(trained: Trained, chosen: bool) -> Tried:
    """A family that was trained, as it is told of."""
    return Tried(
        family=trained.family,
        title=trained.family.replace("_", " "),
        validation=trained.validation,
        seconds=trained.seconds,
        share=float(chosen),
        chosen=chosen,
    )


def shared(step: Step, parts: float) -> Step:
    """A step with one of so many parts of the time."""
    left = step.remaining()
    return step if left is None or parts <= 1 else replace(step, deadline=time.monotonic() + left / parts)
