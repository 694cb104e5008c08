"""Logistic regression or ridge regression on standardised columns: the simple model that others are set beside.

How hard the weights are held back is chosen on the validation rows. At most 200,000 rows, fewer when time is short,
are learned from. Breast cancer: about 97.5 % accuracy in 0.1 s; diabetes: R² about 0.45.
"""

import time
from pathlib import Path

from tools.core.errors import BudgetSpent
from tools.core.protocols import Predictor, Settings, Trained
from tools.core.schema import Schema
from tools.core.step import Step

BASELINE = True
ALIASES = ("linear model", "linear regression", "logistic regression", "ridge regression")
MOST_ROWS = 200_000
STEPS = 200  # that a fit takes at most
STRENGTHS = {"classify": (10.0, 1.0, 0.1, 0.01), "regress": (0.1, 1.0, 10.0, 100.0, 1000.0)}  # sklearn's C; alpha
SPEED = 5e8  # multiplications a second on one slow core, to keep to the time left


def suits(schema: Schema) -> float:
    """Any table to classify or regress on; the last resort."""
    return 0.2 if schema.modality in ("table", "text") and schema.goal in ("classify", "regress") else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises BudgetSpent when not even a thousand rows fit into the time left."""
    from tools import metrics
    from tools.models._tables import lesson as lessons
    from tools.models._tables import linear, predictor
    from tools.models._tables.calibration import calibrate
    from tools.models._tables.dense import Dense
    from tools.models._tables.forms import Linear
    from tools.models._tables.target import Target

    begun = time.monotonic()
    lesson = lessons.read(data, schema, step.seed, _rows_in_time(schema, step.remaining()))
    target = Target.fit(lesson.truth, schema)
    dense = Dense.fit(lesson.train)
    matrix, wanted = dense.matrix(lesson.train), target.inward(lesson.truth)
    fit = linear.logistic if schema.goal == "classify" else linear.ridge
    best, best_score, chosen, stopped = None, float("inf"), 0.0, "converged"
    measure = metrics.load("log_loss" if schema.goal == "classify" else "rmse")
    strengths = STRENGTHS[schema.goal]
    for number, strength in enumerate(strengths):
        left = step.remaining()
        if best is not None and left is not None and left < 2 * (time.monotonic() - begun) / number:
            stopped = "clock"
            break
        coefficients, intercept = fit(matrix, wanted, strength)
        learned = Linear(dense, coefficients, intercept)
        found = measure.compute(lesson.held_truth, target.outward(learned.predict(lesson.held)))
        if best is None or found < best_score:
            best, best_score, chosen = learned, found, strength
        step.progress("round", number + 1, len(strengths), validation=found)
    assert best is not None
    held = best.predict(lesson.held)
    notes = calibrate(target, held, lesson.held_truth, target.shares(lesson.truth), settings.metric or "")
    predictor.save(model, lesson.encoding, best, target)
    rows = len(lesson.train)
    if rows < schema.rows["train"]:
        notes.append(f"learned from {rows:,} of {schema.rows['train']:,} rows")
    return Trained(
        family="linear",
        parameters=best.parameters,
        seconds=time.monotonic() - begun,
        stopped=stopped,
        validation=lessons.scores(schema, lesson.held_truth, target.outward(held)),
        settings={"strength": chosen, "rows": rows},
        notes=notes,
    )


def load(model: Path, device: str) -> Predictor:
    """The device is not used: tables are predicted on the processor."""
    from tools.models._tables import predictor

    return predictor.load(model)


def _rows_in_time(schema: Schema, seconds: float | None) -> int:
    """As many rows as the slowest of the fits can go over `STEPS` times in a quarter of the time left."""
    if seconds is None:
        return MOST_ROWS
    width = sum(60 if c.kind in ("category", "text") else 2 for c in schema.features)
    outputs = len(schema.classes or [0])
    rows = int(seconds / 4 * SPEED / (STEPS * width * outputs))
    if rows < 1000 and rows < schema.rows["train"]:
        left = f"{max(0.0, seconds):.1f} s"
        raise BudgetSpent("no-time", f"{left} are too few to train a linear model.", hint="Give more time.")
    return min(rows, MOST_ROWS)
