"""Measures. A file holds `METRIC = Metric(…)`, found by the file's name; each knows its own direction.

Most are computed on the truth and the predictions. One that has to look at the model or the rows themselves (how robust
it is, how fair, how near to its training data) says so in `needs` and turns its `Evidence` into numbers for each row in
`observe`; its intervals and differences come about as those of any other.

>>> load("accuracy").better(0.91, 0.90)
True
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.profiles import GoalName

if TYPE_CHECKING:
    import datasets
    import numpy as np

    from noglue.tools.metrics._parts import Parts
    from noglue.tools.spec.schema import Schema

Sees = Literal["predictions", "own features", "inception features", "inception probabilities"]


Need = Literal["model", "rows", "train"]


class Constant:
    """A model that says the same of every row, as what looks at no feature does. answers: what it says of some rows."""

    def __init__(self, answers: "np.ndarray") -> None:
        self._answer = answers[:1]

    def predict(self, rows: "datasets.Dataset", progress: "Callable[[int, int], None] | None" = None) -> "np.ndarray":
        return self._answer.repeat(len(rows), axis=0)


@dataclass(frozen=True)
class Evidence:
    """What can be looked at to judge an answer for some rows.

    truth: their targets, as `classify` or `regress` has them, NaN where there is none. predicted: the answer. rows: the
    rows, with the schema's features. model: the `Predictor` or `Sampler` that the answer came of; None where no model
    gives it. train: the rows that were learned from.
    """

    schema: "Schema"
    truth: "np.ndarray"
    predicted: "np.ndarray"
    rows: "datasets.Dataset"
    model: Any = None
    train: "datasets.Dataset | None" = None


@dataclass(frozen=True)
class Metric:
    """One measure.

    compute(truth, predicted) → float. For `classify`, truth is int64 (n,) class indices and predicted float (n, k)
    probabilities; for `regress`, both are float64 (n,). For `generate` see `sees`.
    title: as printed, `ROC AUC`. aliases: how people write it, lower case (`auc`, `f1`).
    parts, combine: the measure as a function of means over rows (see `_parts.py`), so that its interval is quick;
    None: the interval comes from computing it again on resampled rows.
    effective(truth) → the number of independent rows behind a score in 0…1, where it is like a proportion.
    sees: what a measure of samples is computed on: `predictions`, as for `classify`, or real and sampled images as
    features, float32 (n, d) and (m, d), of the judge trained on the data (`own features`) or of the Inception network,
    or as that network's probabilities (n, k), (m, k). Only one of Inception's features is called FID or KID.
    rows(real, fake): of a measure that is a mean over rows, these; None for what it can't be computed on.
    resampled: the interval of any other measure is found on at most so many of the rows.
    binary: needs exactly two classes. unit: `fraction` (printed as a percentage), `relative` (likewise, but not bounded
    by 1), `nats`, `target` (the target's own), or "".
    on_request: computed only where it was asked for, so that a report stays short. answers: it depends on the answers
    alone, the most probable class or what a threshold makes of the probabilities. one_sided: always giving the same
    answer may reach its best value. no_value_without: in words.
    needs: what else of its `Evidence` it looks at. observe(evidence) → numbers of each row, (n,) or (n, k), found once;
    `compute` then gets them in the predictions' place. Of samples beside others, `train`: those others are train rows.
    bind(classes, positive) → the measure for these class names: of one class where it is one of the positive class.
    """

    name: str
    title: str
    goal: GoalName
    higher: bool
    compute: "Callable[[np.ndarray, np.ndarray], float]"
    unit: str = ""
    binary: bool = False
    aliases: tuple[str, ...] = ()
    parts: "Callable[[np.ndarray, np.ndarray], Parts] | None" = None
    combine: "Callable[[np.ndarray], np.ndarray] | None" = None
    effective: "Callable[[np.ndarray], float] | None" = None
    sees: Sees = "predictions"
    rows: "Callable[[np.ndarray, np.ndarray], np.ndarray | None] | None" = None
    resampled: int | None = None
    on_request: bool = False
    answers: bool = False
    one_sided: bool = False
    no_value_without: str = ""
    needs: frozenset[Need] = frozenset()
    observe: "Callable[[Evidence], np.ndarray] | None" = None
    bind: "Callable[[Sequence[str], str | None], Metric] | None" = None

    def better(self, a: float, b: float) -> bool:
        """Whether score a beats score b. NaN beats nothing, and any number beats NaN."""
        if math.isnan(a) or math.isnan(b):
            return math.isnan(b) and not math.isnan(a)
        return a > b if self.higher else a < b

    def measures(self, goal: str) -> bool:
        """Whether it says how well a goal is met: its own, or one whose answers have values that it takes."""
        return self.goal in (goal, goals.load(goal).measured_as)

    @property
    def against_train(self) -> bool:
        """Of samples: whether it sets them beside the rows learned from, and means nothing beside others."""
        return self.observe is None and "train" in self.needs

    def seen(self, evidence: Evidence) -> "np.ndarray | None":
        """What it is computed on beside the truth; None where something that it needs is not there."""
        if self.observe is None:
            point = goals.load(evidence.schema.goal).point if self.goal != evidence.schema.goal else None
            return evidence.predicted if point is None else point(evidence.predicted)
        there = {"rows", *(["model"] if evidence.model is not None else [])}
        there |= {"train"} if evidence.train is not None else set()
        return self.observe(evidence) if self.needs <= there else None


def load(name: str) -> Metric:
    """The measure in `tools/metrics/<name>.py`. Raises KeyError listing what there is."""
    metric: Metric = catalogue.load("noglue.tools.metrics", name).METRIC
    return metric


def bound(name: str, classes: Sequence[str] | None, positive: str | None = None) -> Metric:
    """The measure for data of these classes: `recall` of two is that of `positive`, of the second one where none is.

    >>> bound("recall", ["no", "yes"]).title
    'recall of yes'
    """
    metric = load(name)
    return metric if metric.bind is None or not classes else metric.bind(classes, positive)


def of_target(name: str, target: str) -> str:
    """A measure of one of several targets, as scores are named beside the mean over all of them.

    >>> of_target("rmse", "yield")
    'rmse[yield]'
    """
    return f"{name}[{target}]"


def for_goal(
    goal: str,
    classes: int | None = None,
    also: Sequence[str | None] = (),
    names: Sequence[str] | None = None,
    positive: str | None = None,
) -> list[Metric]:
    """The usual measures that apply to a goal (and to a number of classes), by name, and those of `also` that do.

    names, positive: the classes by name, which some measures are bound to.
    """
    found = (load(name) for name in catalogue.names("noglue.tools.metrics"))
    fitting = [m for m in found if m.measures(goal) and (not m.binary or classes == 2)]
    also = (*also, *goals.load(goal).beside)
    usual = [m for m in fitting if (m.goal == goal and not m.on_request) or m.name in also]
    return [bound(m.name, names, positive) for m in usual]
