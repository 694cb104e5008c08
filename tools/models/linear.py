"""Logistic regression or ridge regression on standardised columns: the simple model that others are set beside.

How hard the weights are held back is chosen on the validation rows, and each fit goes on until it has converged. At
most 200,000 rows, fewer when time is short, are learned from; a second of computing it has in any case, once there was
time to begin. Breast cancer: about 97.5 % accuracy in 0.1 s; diabetes: R² about 0.45.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec.errors import BudgetSpent, Kind
from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.slowness import slowness
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import numpy as np

    from noglue.tools.models._tables.dense import Dense
    from noglue.tools.models._tables.forms import Linear
    from noglue.tools.models._tables.target import Target
    from noglue.tools.models._tables.train_val_data import TrainValData

BASELINE = True
ALIASES = (
    "linear model",
    "linear regression",
    "logistic regression",
    "ridge regression",
    "linear classifier",
    "logit",
    "lineares modell",
    "lineare regression",
    "logistische regression",
    "modèle linéaire",
    "régression linéaire",
    "régression logistique",
    "modelo lineal",
    "regresión lineal",
    "regresión logística",
)
KINDS = ("linear models",)
MEMBERS = ("logistic", "ridge", "discriminant")
MOST_ROWS, FAIR_ROWS, FEWEST_ROWS = 200_000, 1_000, 300  # a rival that learned from less than the second is not fair
STEPS = 200  # passes over all rows that the fits take together, as a rule
STRENGTHS = {"classify": (10.0, 1.0, 0.1, 0.01), "regress": (0.1, 1.0, 10.0, 100.0, 1000.0)}  # sklearn's C; alpha
LEAST = 1.0  # seconds that the fits have, however long the libraries took to load
SPEED = 2e9  # multiplications a second on one slow core, to keep to the time left


def suits(schema: Schema) -> float:
    """Any table to classify or regress on; the last resort."""
    return 0.2 if schema.modality in ("table", "text") and schema.goal in ("classify", "regress") else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """`finished` is False when the time was up before one fit was. Raises BudgetSpent when it is too short to begin."""
    begun = time.monotonic()
    if step.is_over():
        raise _too_short(step.remaining())
    from noglue.tools.models._tables import predictor, train_val_data
    from noglue.tools.models._tables.calibration import calibrate
    from noglue.tools.models._tables.dense import Dense
    from noglue.tools.models._tables.target import Target

    left = step.remaining()
    enough = None if left is None else max(LEAST, left)
    splits = train_val_data.read(data, schema, step.seed, _rows_in_time(schema, enough), enough)
    metric, balance = settings.metric or "", settings.options.get("balance") if schema.classes else None
    rows, weights = len(splits.train), splits.weights(balance)
    splits = splits.balanced(balance, step.seed)
    target = Target.fit(splits.truth, schema)
    dense = Dense.fit(splits.train)
    if schema.goal == "classify":
        learned, strength, converged = _classes(dense, splits, target, weights, step.patience(LEAST))
    else:
        learned, strength, converged = _values(dense, splits, target, metric or "rmse", step.patience(LEAST), step)
    held = learned.predict(splits.val)
    notes = calibrate(
        target, held, splits.val_truth, splits.shares(target, balance), metric
    ) + train_val_data.balance_notes(balance)
    predictor.save(model, splits.encoding, learned, target)
    if rows < schema.rows["train"]:
        notes.append(f"learned from {rows:,} of {schema.rows['train']:,} rows")
    return Trained(
        family="linear",
        parameters=learned.parameters,
        seconds=time.monotonic() - begun,
        stopped="converged" if converged else "the time budget was used",
        by_clock=not converged,
        finished=converged and (rows >= FAIR_ROWS or rows >= schema.rows["train"]),
        validation=train_val_data.scores(schema, splits.val_truth, target.decode(held), metric),
        settings={"strength": strength, "rows": rows},
        notes=notes,
        held=(splits.val_truth, target.decode(held)),
    )


def _classes(
    dense: "Dense",
    splits: "TrainValData",
    target: "Target",
    weights: "np.ndarray | None",
    patience: Callable[[], float | None],
) -> tuple["Linear", float, bool]:
    """The model, its strength as scikit-learn's C, and whether it converged."""
    import numpy as np

    from noglue.tools.models._tables.forms import Linear
    from noglue.tools.training.logistic import softmax_regression

    matrix, held = dense.matrix(splits.train), dense.matrix(splits.val)
    known = np.isin(splits.val_truth, target.present)  # a class that no training row has can't be told
    fit = softmax_regression(
        matrix,
        target.encode(splits.truth),
        len(target.present),
        (held[known], target.encode(splits.val_truth[known])),
        [1 / (strength * len(matrix)) for strength in STRENGTHS["classify"]],
        patience,
        weights,
    )
    if fit is None:
        raise _too_short(patience())
    return Linear(dense, fit.weights, fit.intercept), round(1 / (fit.strength * len(matrix)), 4), fit.converged


def _values(
    dense: "Dense",
    splits: "TrainValData",
    target: "Target",
    metric: str,
    patience: Callable[[], float | None],
    step: Step,
) -> tuple["Linear", float, bool]:
    """The strength that is best by the measure asked for; each is solved exactly, as long as there is time."""
    from noglue.tools import metrics
    from noglue.tools.models._tables.forms import Linear
    from noglue.tools.models._tables.linear_fits import ridge

    begun = time.monotonic()
    matrix, wanted = dense.matrix(splits.train), target.encode(splits.truth)
    measure = metrics.load(metric)
    found: list[tuple[float, float, Linear]] = []
    for number, strength in enumerate(STRENGTHS["regress"]):
        left = patience()
        if found and left is not None and left < 2 * (time.monotonic() - begun) / number:
            break
        learned = Linear(dense, *ridge(matrix, wanted, strength))
        error = measure.compute(splits.val_truth, target.decode(learned.predict(splits.val)))
        found.append((error, strength, learned))
        step.progress("round", number + 1, len(STRENGTHS["regress"]), validation=error, measure=metric)
    best = found[0]
    for one in found[1:]:
        best = one if measure.better(one[0], best[0]) else best
    _, strength, learned = best
    return learned, strength, True


def load(model: Path, device: str) -> Predictor:
    """The device is not used: tables are predicted on the processor."""
    from noglue.tools.models._tables import predictor

    return predictor.load(model)


def _rows_in_time(schema: Schema, seconds: float | None) -> int:
    """As many rows as the slowest of the fits can go over `STEPS` times in a quarter of the time left."""
    if seconds is None:
        return MOST_ROWS
    width = sum(60 if c.kind in ("category", "text") else 2 for c in schema.features)
    outputs = len(schema.classes or [0])
    rows = int(seconds / 4 * SPEED / slowness() / (STEPS * width * outputs))
    return min(max(rows, FEWEST_ROWS), MOST_ROWS)


def _too_short(seconds: float | None) -> BudgetSpent:
    left = f"{max(0.0, seconds or 0.0):.1f} s"
    return BudgetSpent(Kind.BUDGET_SPENT, f"{left} are too few to train a linear model.", hint="Give more time.")
