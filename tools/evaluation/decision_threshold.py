"""From which probability on the answer is the positive class, where classes do not weigh alike.

    >>> found = choose(schema, truth, predicted, Decision(miss=10, alarm=1), "accuracy")
    >>> found.threshold, found.why
    (0.11, 'least cost of misses (10) and false alarms (1)')

Chosen on rows that the model did not learn from, kept as `model/decision.json`, applied by `evaluate` and `predict`.
Probabilities stay as they are. A demanded recall is granted as conformal risk control does (Angelopoulos et al. 2022,
https://arxiv.org/abs/2208.02814): with (misses + 1) / (positives + 1) below what may be missed, it holds on average
on new rows, where the positives are many enough for that.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from noglue.tools.spec.requested import Decision
from noglue.tools.spec.schema import Schema

if TYPE_CHECKING:
    import numpy as np

FILE = "decision.json"
TUNED = ("f1", "f2", "f05", "jaccard", "mcc", "kappa")  # measures of two classes that a threshold is chosen for
FEWEST = 5  # rows of either side that a threshold is chosen on
MOST_TRIED = 2000


class Threshold(BaseModel):
    """The positive class is answered from this probability on; below it, the likeliest of the others.

    rows: that it was chosen on. recall, precision, cost: there, `cost` being the mean of a row, beside what 0.5 costs.
    reached: whether what was demanded could be had there; None where nothing was.
    """

    positive: str
    threshold: float
    why: str
    rows: int
    recall: float | None = None
    precision: float | None = None
    cost: float | None = None
    cost_at_half: float | None = None
    reached: bool | None = None
    asked: Decision | None = None

    def save(self, folder: Path) -> None:
        (folder / FILE).write_text(self.model_dump_json(indent=2), encoding="utf-8")


def load(folder: Path) -> Threshold | None:
    """What a model's folder says, None where the likeliest class is the answer."""
    file = folder / FILE
    return Threshold.model_validate_json(file.read_text(encoding="utf-8")) if file.is_file() else None


def answers(predicted: "np.ndarray", schema: Schema, chosen: Threshold | None) -> "np.ndarray":
    """The class that each row is answered with, int64 (n,). predicted: probabilities (n, k), without NaN."""
    import numpy as np

    if chosen is None or not len(predicted):
        return np.asarray(predicted.argmax(axis=1)) if len(predicted) else np.zeros(0, np.int64)
    place = list(schema.classes or []).index(chosen.positive)
    others = np.where(np.arange(predicted.shape[1]) == place, -1.0, predicted)
    answered: np.ndarray = np.where(predicted[:, place] >= chosen.threshold, place, others.argmax(axis=1))
    return answered


def as_certain(predicted: "np.ndarray", schema: Schema, chosen: Threshold | None) -> "np.ndarray":
    """The answers as probabilities of 0 and 1, for measures that depend on answers alone."""
    import numpy as np

    if chosen is None:
        return predicted
    certain: np.ndarray = np.eye(predicted.shape[1])[answers(predicted, schema, chosen)]
    return certain


def positive_of(schema: Schema) -> str | None:
    """The class that a decision is about: the one named, the second of two, none of more."""
    classes = schema.classes or []
    if schema.positive in classes:
        return schema.positive
    return classes[1] if len(classes) == 2 else None


def choose(
    schema: Schema, truth: "np.ndarray", predicted: "np.ndarray", asked: Decision | None, metric: str | None
) -> Threshold | None:
    """The threshold for what was asked, or for a measure that has a best one; None where there is no reason for one.

    truth: int64 (n,), predicted: (n, k), of rows that the model did not learn from.
    """
    import numpy as np

    positive = positive_of(schema)
    tuned = metric in TUNED and len(schema.classes or []) == 2
    if schema.predicts != "classes" or positive is None or (asked is None and not tuned):
        return None
    place = list(schema.classes or []).index(positive)
    known = truth >= 0
    is_, chance = truth[known] == place, predicted[known][:, place].astype(np.float64)
    if min(is_.sum(), (~is_).sum()) < FEWEST:
        return None
    tried = _tried(chance)
    curve = Curve.of(is_, chance, tried)
    best, why, reached = _chosen(curve, asked, metric, tried)
    found = Threshold(positive=positive, threshold=float(tried[best]), why=why, rows=len(is_), asked=asked)
    found.reached = reached
    found.recall, found.precision = float(curve.recall[best]), float(curve.precision[best])
    if asked is not None and (costs := costs_of(asked)) is not None:
        half = Curve.of(is_, chance, np.array([0.5]))
        found.cost, found.cost_at_half = float(curve.cost(costs)[best]), float(half.cost(costs)[0])
    return found


def costs_of(asked: Decision) -> tuple[float, float] | None:
    """What a miss and a false alarm cost; the one that is not told costs 1."""
    if asked.miss is None and asked.alarm is None:
        return None
    return asked.miss if asked.miss is not None else 1.0, asked.alarm if asked.alarm is not None else 1.0


class Curve:
    """Counts at each threshold, float64 (t,): positives found, false alarms; and of all rows."""

    def __init__(self, found: "np.ndarray", alarms: "np.ndarray", positives: int, negatives: int) -> None:
        self.found, self.alarms, self.positives, self.negatives = found, alarms, positives, negatives

    @classmethod
    def of(cls, is_: "np.ndarray", chance: "np.ndarray", thresholds: "np.ndarray") -> "Curve":
        import numpy as np

        inside, outside = np.sort(chance[is_]), np.sort(chance[~is_])
        found = len(inside) - np.searchsorted(inside, thresholds, side="left")
        alarms = len(outside) - np.searchsorted(outside, thresholds, side="left")
        return cls(found.astype(np.float64), alarms.astype(np.float64), len(inside), len(outside))

    @property
    def recall(self) -> "np.ndarray":
        return self.found / self.positives

    @property
    def precision(self) -> "np.ndarray":
        """0 where nothing is told as positive."""
        import numpy as np

        called = self.found + self.alarms
        precision: np.ndarray = np.where(called > 0, self.found / np.maximum(called, 1), 0.0)
        return precision

    @property
    def specificity(self) -> "np.ndarray":
        return 1 - self.alarms / self.negatives

    def measure(self, name: str) -> "np.ndarray":
        """A measure of two classes at each threshold. Raises KeyError for one that is none of answers."""
        from noglue.tools import metrics

        known = {"recall": self.recall, "precision": self.precision, "specificity": self.specificity}
        if name in known:
            return known[name]
        metric = metrics.bound(name, ["no", "yes"])
        if metric.combine is None or not metric.answers:
            raise KeyError(name)
        score: np.ndarray = metric.combine(self._shares(name))
        return score

    def cost(self, costs: tuple[float, float]) -> "np.ndarray":
        """The mean of a row."""
        import numpy as np

        total: np.ndarray = costs[0] * (self.positives - self.found) + costs[1] * self.alarms
        return np.asarray(total / (self.positives + self.negatives))

    def _shares(self, name: str) -> "np.ndarray":
        """What `tools/metrics/_parts.counts` gives, or of accuracy the share that is right."""
        import numpy as np

        rows = self.positives + self.negatives
        rejected, called = self.negatives - self.alarms, self.found + self.alarms
        if name == "accuracy":
            return np.asarray((self.found + rejected) / rows)[:, None]
        ones = np.ones(len(called))
        columns: tuple[np.ndarray, ...] = (
            rejected,
            self.found,
            self.negatives * ones,
            self.positives * ones,
            rows - called,
            called,
        )
        shares: np.ndarray = np.stack(columns, axis=1) / rows
        return shares


def _tried(chance: "np.ndarray") -> "np.ndarray":
    """Thresholds between the distinct probabilities and beyond both ends, rising; at most so many."""
    import numpy as np

    values = np.unique(chance)
    if len(values) > MOST_TRIED:
        values = np.unique(np.quantile(values, np.linspace(0, 1, MOST_TRIED)))
    between = (values[:-1] + values[1:]) / 2
    return np.asarray(np.concatenate([[0.0], between, [min(1.0, float(values[-1]) + 1e-6)]]))


def _chosen(
    curve: Curve, asked: Decision | None, metric: str | None, tried: "np.ndarray"
) -> tuple[int, str, bool | None]:
    """The place of the threshold, why it is the one, and whether what was demanded could be had."""
    import numpy as np

    costs = None if asked is None else costs_of(asked)
    if asked is not None and asked.measure is not None and asked.least is not None:
        allowed, reached = _allowed(curve, asked.measure, asked.least)
        gain = -curve.cost(costs) if costs else _companion(curve, asked.measure)
        why = f"{asked.measure.replace('_', ' ')} of at least {asked.least:.4g}"
        return int(np.argmax(np.where(allowed, gain, -np.inf))), why, reached
    if costs is not None:
        cost = curve.cost(costs)
        equal = np.flatnonzero(cost <= cost.min() + 1e-12)
        ideal = costs[1] / max(1e-12, costs[0] + costs[1])  # of probabilities that are right
        why = f"least cost of misses ({costs[0]:g}) and false alarms ({costs[1]:g})"
        return int(equal[np.argmin(np.abs(tried[equal] - ideal))]), why, None
    score = np.nan_to_num(curve.measure(str(metric)), nan=-np.inf)
    equal = np.flatnonzero(score >= score.max() - 1e-12)
    return int(equal[np.argmin(np.abs(tried[equal] - 0.5))]), f"largest {metric}", None


def _allowed(curve: Curve, measure: str, least: float) -> tuple["np.ndarray", bool]:
    """The thresholds at which it holds; where at none, those at which most of it is had."""
    import numpy as np

    score = np.nan_to_num(curve.measure(measure), nan=-1.0)
    if measure == "recall":
        sure = (curve.positives - curve.found + 1) / (curve.positives + 1) <= 1 - least
        if sure.any():
            return sure, True
    holds = score >= least - 1e-9
    return (holds, True) if holds.any() else (score >= score.max() - 1e-12, False)


def _companion(curve: Curve, measure: str) -> "np.ndarray":
    """What is to be as large as possible beside a measure that is held: precision beside recall, and so on."""
    import numpy as np

    if measure in ("precision", "specificity"):
        return curve.recall
    if measure == "recall":
        return curve.precision + 1e-6 * curve.specificity
    return np.asarray(np.nan_to_num(curve.measure(measure), nan=-1.0))
