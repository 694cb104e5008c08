"""Several kinds of learner for a table, blended: linear models, kernels, trees, boosting, whichever these rows favour.

Every candidate is judged by cross-validation on the training and validation rows together (five folds), a greedy
selection gives each its weight, and those with one are fitted again to all these rows. Above 20,000 rows, where rows
belong together (a split by time or by group), or when time is short, the validation rows judge instead. The scores are
of rows that neither the learners nor (with folds) the weights had seen.

Beside scikit-learn's histogram gradient boosting see `tests/bench/tables.py`.
options: `candidates`, names or beginnings of names to try (`["lightgbm", "kernel"]`). `settings.epochs`: at most so
many rounds of boosting.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from tools.core.errors import BudgetSpent, DataError
from tools.core.protocols import Predictor, Settings, Trained
from tools.core.schema import Schema
from tools.core.step import Step

if TYPE_CHECKING:
    import numpy as np

    from tools.models._tables.crossing import Crossed, Problem
    from tools.models._tables.learned import Member
    from tools.models._tables.lesson import Lesson
    from tools.models._tables.target import Target

BASELINE = False
MOST_ROWS = 200_000
MOST_CROSSED = 20_000
FOLDS = 5
SECONDS_A_CELL = 5e-5  # that all candidates together take for one fold
SPARE = 0.5  # seconds, for weighing and saving
LONGEST = 600.0  # seconds, where there is no deadline


def suits(schema: Schema) -> float:
    """Tables of up to 200,000 rows."""
    fits = schema.modality in ("table", "text") and schema.goal in ("classify", "regress")
    return 0.8 if fits and schema.rows.get("train", 0) <= MOST_ROWS else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises BudgetSpent `no-time` when not one candidate was done in time."""
    from tools.models._tables import lesson as lessons
    from tools.models._tables import predictor
    from tools.models._tables.calibration import calibrate
    from tools.models._tables.learned import Blend
    from tools.models._tables.target import Target

    begun = time.monotonic()
    metric = settings.metric or ("accuracy" if schema.goal == "classify" else "rmse")
    end = begun + LONGEST if step.deadline is None else step.deadline
    lesson = lessons.read(data, schema, step.seed)
    problem = _problem(lesson, schema, metric, step.seed, end - time.monotonic())
    learned_from = lesson.truth if problem.alone else problem.truth
    target = Target.fit(learned_from, schema)
    crossed, history, notes = _crossed(problem, target, settings, step, end)
    truth = problem.truth[problem.scored]
    shares, mixed = _blended(problem, target, crossed)
    notes += calibrate(target, mixed, truth, target.shares(learned_from), metric)
    members, afresh = _members(crossed, shares, step, end)
    learned = Blend(members, target)
    predictor.save(model, lesson.encoding, learned, target)
    return Trained(
        family="table_blend",
        parameters=learned.parameters,
        seconds=time.monotonic() - begun,
        stopped="clock" if any("no time" in note for note in notes) else "all candidates tried",
        validation=lessons.scores(schema, truth, target.outward(mixed) if target.classes else mixed),
        learned_from=["train"] if problem.alone and not afresh else ["train", "validation"],
        history=history,
        settings={"members": {m.name: round(m.weight, 3) for m in members}, "folds": problem.count, "metric": metric},
        notes=notes,
    )


def load(model: Path, device: str) -> Predictor:
    """The device is not used: tables are predicted on the processor."""
    from tools.models._tables import predictor

    return predictor.load(model)


def _problem(lesson: "Lesson", schema: Schema, metric: str, seed: int, seconds: float) -> "Problem":
    """Raises DataError `no-repeats` when no class has two rows."""
    import numpy as np

    from tools.models._tables import folds
    from tools.models._tables.crossing import Problem

    rows = lesson.train.beside(lesson.held)
    truth = np.concatenate([lesson.truth, lesson.held_truth])
    too_long = FOLDS * len(rows) * max(1, len(schema.features)) * SECONDS_A_CELL > seconds / 3
    if len(rows) > MOST_CROSSED or schema.split in ("time", "grouped") or (too_long and len(lesson.held) >= 50):
        held = np.repeat([-1, 0], [len(lesson.train), len(lesson.held)])
        return Problem(rows, truth, held, metric, seed, alone=True)
    dealt = folds.stratified(truth, FOLDS, seed) if schema.goal == "classify" else folds.even(len(rows), FOLDS, seed)
    if dealt.max() < 1:
        raise DataError(
            "no-repeats",
            f"No class of {schema.target!r} has two rows, so nothing can be learned about telling them.",
            hint="Give more rows, or name another target column.",
        )
    return Problem(rows, truth, dealt, metric, seed)


def _crossed(
    problem: "Problem", target: "Target", settings: Settings, step: Step, end: float
) -> tuple[list["Crossed"], list[dict[str, float]], list[str]]:
    """All candidates that there is time for, judged; a learning curve of the best score so far; notes."""
    import numpy as np
    from catboost import CatBoostError

    from tools import metrics
    from tools.models._tables import crossing

    measure, truth = metrics.load(problem.metric), problem.truth[problem.scored]
    done: list[Crossed] = []
    history: list[dict[str, float]] = []
    notes: list[str] = []
    tried = crossing.tries(problem, target, settings.options.get("candidates"), settings.epochs)
    for number, one in enumerate(tried):
        left = end - time.monotonic() - sum(c.again_seconds for c in done) - SPARE
        if one.seconds > left / 2 and (done or not one.bounded):
            notes.append(f"no time for {one.name}")
            continue
        try:
            found = one.cross(left / 2)
        except (np.linalg.LinAlgError, CatBoostError) as error:
            notes.append(f"{one.name} left out: {error}")
            continue
        done.append(found)
        score = measure.compute(truth, target.full(found.predicted))
        history.append({"candidate": number + 1, "validation": score, "seconds": found.seconds})
        step.progress("candidate", number + 1, len(tried), name=one.name, validation=score)
    if not done:
        raise BudgetSpent("no-time", "The time was too short for any kind of learner.", hint="Give a larger --budget.")
    return done, history, notes


def _blended(problem: "Problem", target: "Target", crossed: list["Crossed"]) -> "tuple[np.ndarray, np.ndarray]":
    """Each candidate's share, and the blend's predictions of the rows with a fold."""
    import numpy as np

    from tools.models._tables import blending

    truth, folds = problem.truth[problem.scored], problem.folds[problem.scored]
    places = target.inward(truth) if target.classes else truth
    known = places >= 0 if target.classes else np.isfinite(places)
    loss = blending.loss_for(target.classes, problem.metric)
    stack = np.stack([c.predicted for c in crossed])
    shares = blending.weights(stack[:, known], places[known], loss)
    if problem.alone:
        return shares, blending.mix(stack, shares)
    return shares, blending.cross_mixed(stack, places, folds, loss)


def _members(
    crossed: list["Crossed"], shares: "np.ndarray", step: Step, end: float
) -> tuple[tuple["Member", ...], bool]:
    """Fitted to all rows, those that judged among them, as far as there is time; whether any was."""
    from tools.models._tables.learned import Member

    chosen = [(c, float(share)) for c, share in zip(crossed, shares, strict=True) if share > 0]
    members, afresh = [], False
    for number, (one, share) in enumerate(chosen):
        enough = end - time.monotonic() - SPARE > one.again_seconds
        learned = one.again() if enough else one.first
        afresh = afresh or enough
        members.append(Member(one.name, share, learned, one.target))
        step.progress("fit", number + 1, len(chosen), name=one.name)
    return tuple(members), afresh
