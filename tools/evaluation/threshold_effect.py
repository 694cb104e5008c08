"""What the threshold that was chosen on validation rows comes to on the test rows."""

import numpy as np

from noglue.tools.evaluation.decision_threshold import Curve, Threshold, costs_of
from noglue.tools.evaluation.findings import Decided
from noglue.tools.evaluation.wording import number
from noglue.tools.spec.schema import Schema


def decided(chosen: Threshold, schema: Schema, truth: np.ndarray, predicted: np.ndarray) -> Decided:
    """Recall, precision, costs beside those of 0.5, and whether what was demanded holds."""
    place = list(schema.classes or []).index(chosen.positive)
    is_, chance = truth == place, predicted[:, place].astype(np.float64)
    here = Curve.of(is_, chance, np.array([chosen.threshold, 0.5]))
    found = Decided(positive=chosen.positive, threshold=chosen.threshold, why=chosen.why, rows=len(truth))
    if here.positives:
        found.recall = float(here.recall[0])
    found.precision = float(here.precision[0]) if here.found[0] + here.alarms[0] else None
    asked = chosen.asked
    if asked is not None and (costs := costs_of(asked)) is not None:
        found.cost, found.cost_at_half = (float(cost) for cost in here.cost(costs))
    if asked is not None and asked.measure is not None and asked.least is not None and 0 < here.positives < len(truth):
        found.measure, found.least = asked.measure, asked.least
        found.reached_value = float(here.measure(asked.measure)[0])
        found.reached = found.reached_value >= asked.least - 1e-9
    found.text = _text(found)
    return found


def _text(found: Decided) -> str:
    """One or two sentences."""
    text = f"The answer is “{found.positive}” from a probability of {found.threshold:.3g} upwards ({found.why})."
    if found.reached is not None and found.reached_value is not None and found.least is not None:
        name = str(found.measure).replace("_", " ")
        got = f"{100 * found.reached_value:.1f} % on the {found.rows:,} test rows"
        held = "which meets the requirement" if found.reached else "short of the requirement"
        text += f" The {name} is {got}, {held} ({100 * found.least:.4g} %)."
    elif found.recall is not None and found.precision is not None:
        text += f" On test: recall {100 * found.recall:.1f} %, precision {100 * found.precision:.1f} %."
    if found.cost is not None and found.cost_at_half is not None:
        text += f" Cost per row {number(found.cost)}, against {number(found.cost_at_half)} with a threshold of 0.5."
    return text
