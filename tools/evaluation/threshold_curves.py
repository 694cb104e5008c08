"""ROC and precision–recall curves of the positive class, with what each threshold would come to.

>>> curves(schema, truth, predicted, None).table[0]
ThresholdRow(threshold=0.04, recall=0.99, precision=0.31, flagged=412, cost=None, chosen=False)
"""

import numpy as np

from noglue.tools.evaluation.decision_threshold import Curve, Threshold, costs_of, positive_of
from noglue.tools.evaluation.findings import Curves, ThresholdRow
from noglue.tools.spec.schema import Schema

MOST_POINTS = 200
RECALLS = (0.99, 0.95, 0.9, 0.8, 0.7, 0.5, 0.3, 0.1)  # the thresholds of the table reach these


def curves(schema: Schema, truth: np.ndarray, predicted: np.ndarray, chosen: Threshold | None) -> Curves | None:
    """None where no class is the positive one, and where the test rows are all of it, or none."""
    positive = positive_of(schema)
    if positive is None:
        return None
    place = list(schema.classes or []).index(positive)
    is_, chance = truth == place, predicted[:, place].astype(np.float64)
    if is_.all() or not is_.any():
        return None
    at = np.unique(chance)[::-1]
    whole = Curve.of(is_, chance, at)
    alarms = whole.alarms / whole.negatives
    area = float(np.trapezoid(np.concatenate([[0.0], whole.recall]), np.concatenate([[0.0], alarms])))
    average = float((np.diff(whole.recall, prepend=0.0) * whole.precision).sum())
    threshold = chosen.threshold if chosen is not None else 0.5
    own = Curve.of(is_, chance, np.array([threshold]))
    some = _thinned(len(at))
    first = (0.0, float(whole.precision[0]))
    return Curves(
        positive=positive,
        rows=len(truth),
        positives=int(is_.sum()),
        area=area,
        average=average,
        roc=[(0.0, 0.0), *_points(alarms[some], whole.recall[some])],
        recalled=[first, *_points(whole.recall[some], whole.precision[some])],
        here=(
            (float(own.alarms[0] / own.negatives), float(own.recall[0])),
            (float(own.recall[0]), float(own.precision[0])),
        ),
        table=_table(is_, chance, threshold, chosen),
    )


def _table(is_: np.ndarray, chance: np.ndarray, own: float, chosen: Threshold | None) -> list[ThresholdRow]:
    """From low to high: for each recall the highest threshold that reaches it, and the model's own."""
    inside = np.sort(chance[is_])[::-1]
    reaching = [float(inside[int(np.ceil(recall * len(inside) - 1e-9)) - 1]) for recall in RECALLS]
    at = np.array(sorted({*reaching, own}))
    here = Curve.of(is_, chance, at)
    asked = None if chosen is None else chosen.asked
    costs = None if asked is None else costs_of(asked)
    cost = None if costs is None else here.cost(costs)
    flagged = here.found + here.alarms
    return [
        ThresholdRow(
            threshold=float(at[i]),
            recall=float(here.recall[i]),
            precision=float(here.precision[i]) if flagged[i] else None,
            flagged=int(flagged[i]),
            cost=None if cost is None else float(cost[i]),
            chosen=bool(at[i] == own),
        )
        for i in range(len(at))
    ]


def _points(across: np.ndarray, up: np.ndarray) -> list[tuple[float, float]]:
    return [(round(float(x), 5), round(float(y), 5)) for x, y in zip(across, up, strict=True)]


def _thinned(count: int) -> np.ndarray:
    """Places of at most so many points, both ends among them."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_POINTS)).round().astype(np.int64))
