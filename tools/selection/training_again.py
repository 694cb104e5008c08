"""A kind of model trained again, on other rows and from other seeds, in the part of the time that is kept for it."""

from noglue.tools.selection import cross_validation
from noglue.tools.selection.cross_validation import Folds, Repeats
from noglue.tools.selection.train_each import shared
from noglue.tools.spec import goals
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.requested import Decision
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

AGAIN = 0.8  # of the time that a training takes, for each fold and each other seed
OWN = 6.0  # seconds that the training itself has before them
MOST_OWN = 0.4  # of the time, that this may be


def leaving_time(step: Step, folds: int | None, repeats: int | None) -> Step:
    """The step of the training itself, with a part of the time; where so many are asked for that it would be too short,
    a model with fewer folds is better than none.
    """
    left, parts = step.remaining(), 1 + AGAIN * ((folds or 0) + (repeats or 1) - 1)
    return shared(step, parts if left is None or left <= 0 else min(parts, left / min(OWN, MOST_OWN * left)))


def again(
    trained: Trained,
    schema: Schema,
    settings: Settings,
    folds: int | None,
    repeats: int | None,
    decision: Decision | None,
    step: Step,
    notes: list[str],
) -> tuple[Folds | None, Repeats | None]:
    """Cross-validation and other seeds, where they were asked for; what there was no time for is noted."""
    found: Folds | None = None
    spread: Repeats | None = None
    if schema.predicts is None or goals.continues(schema.goal):
        return found, spread
    if folds is not None:
        share = shared(step, 1 + AGAIN * ((repeats or 1) - 1) / folds)
        found, fewer = cross_validation.cross_validated(trained.family, schema, settings, folds, decision, share)
        notes += [fewer] if fewer else []
    first = cross_validation.judged(schema, settings, trained, decision)
    if repeats is not None and first is not None:
        spread = cross_validation.repeated(trained.family, first, schema, settings, repeats, decision, step)
    if repeats is not None and (spread is None or spread.count < repeats):
        notes.append(f"there was time for {spread.count if spread else 1} of {repeats} seeds")
    return found, spread
