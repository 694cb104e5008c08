"""What the promise of sets and intervals comes to on the test rows, which no step before had seen.

>>> guaranteed(calibration, 0.9, judge, predicted, answers).coverage
Score(value=0.912, low=0.879, high=0.937, n=360)
"""

from typing import TYPE_CHECKING

import numpy as np

from noglue.tools import metrics
from noglue.tools.evaluation.conformal import Calibration, Guarantee
from noglue.tools.evaluation.findings import Covered, Guaranteed
from noglue.tools.evaluation.scores import Score
from noglue.tools.evaluation.wording import number

if TYPE_CHECKING:
    from noglue.tools.evaluation.verdict import Judge

MOST_CLASSES = 30


def guaranteed(
    rows: Calibration, level: float, judge: "Judge", predicted: np.ndarray, answers: np.ndarray | None
) -> Guaranteed:
    """level: what is promised; less where the rows set aside can't promise so much."""
    level = min(level, rows.highest)
    promise = Guarantee.at(rows, level)
    truth, schema = judge.truth, judge.schema
    found = Guaranteed(level=level, rows=len(rows.truth), by=promise.by, ordered=rows.ordered)
    if rows.group is not None:
        found.group, found.units = rows.group, rows.units
    if schema.classes is not None and answers is not None:
        sets = promise.sets(predicted, answers)
        inside, labels = sets[np.arange(len(truth)), truth], sets.sum(axis=1)
        single = labels == 1
        found.labels, found.single = float(labels.mean()), float(single.mean())
        found.single_right = float(inside[single].mean()) if single.any() else None
        found.shared = promise.shared
        found.classes = [
            Covered(name=name, rows=int(of.sum()), share=float(inside[of].mean()), labels=float(labels[of].mean()))
            for name, of in ((name, truth == place) for place, name in enumerate(schema.classes))
            if of.any()
        ][:MOST_CLASSES]
    else:
        low, high = promise.intervals(predicted)
        inside = (low <= truth) & (truth <= high)
        found.widths = [float(width) for width in np.percentile(high - low, [10, 50, 90])]
        found.spread = float(np.subtract(*np.percentile(truth, [95, 5]))) if len(truth) >= 20 else None
    found.coverage, found.give = _covered(judge, inside), promise.give
    found.text = _text(found)
    return found


def _covered(judge: "Judge", inside: np.ndarray) -> Score | None:
    """The share of the test rows whose truth lies inside, as any share of rows that are right."""
    right = np.stack([1.0 - inside, inside], axis=1)
    return judge.resampling.score(metrics.load("accuracy"), np.ones(len(inside), np.int64), right)


def _text(found: Guaranteed) -> str:
    """Two to four sentences."""
    promised, score = f"{100 * found.level:.4g} %", found.coverage
    what = "The interval" if found.widths else "The set of labels"
    alike = "of new rows" if found.group is None else "of rows like those set aside"
    new = f"of rows of a new {found.group}" if found.by == "groups" else alike
    by = f"{found.rows:,} rows" + (f" of {found.units} values of {found.group}" if found.by == "groups" else "")
    text = f"{what} holds the truth for {promised} {new}, calibrated on {by} that the model did not learn from."
    if score is not None:
        text += f" On the sealed test rows it did for {100 * score.value:.1f} %"
        text += f" ({100 * score.low:.1f}–{100 * score.high:.1f} %)."
        if found.short:
            text += " That is less than promised: the test rows are unlike those set aside."
    if found.labels is not None and found.single is not None:
        text += f" {100 * found.single:.0f} % of the sets are a single label"
        text += "" if found.single_right is None else f", right for {100 * found.single_right:.1f} % of them"
        text += f"; the mean set has {found.labels:.2f} labels."
    elif found.widths:
        text += f" Half of the intervals are narrower than {number(found.widths[1])}"
        text += "." if not found.spread else f"; the middle nine tenths of the true values span {number(found.spread)}."
    return text + _provided(found)


def _provided(found: Guaranteed) -> str:
    if found.ordered:
        return " It is promised for rows like those set aside; later rows may differ."
    if found.group is not None and found.by == "rows":
        return f" {found.units} values of {found.group} are too few to promise it for a new one."
    return ""
