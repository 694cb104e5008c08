"""What is put right about class probabilities after training, on rows that the learner has not seen.

>>> calibrate(target, probabilities, truth, "balanced_accuracy")
['temperature 1.31', 'classes weighed by frequency ^ -0.75, for balanced accuracy']
"""

import numpy as np

from noglue.tools import metrics
from noglue.tools.models._tables import blending
from noglue.tools.models._tables.target import Target, softmax

FEWEST_ROWS = 100  # with fewer, a temperature is noise
EVEN_HANDED = ("balanced_accuracy", "macro_f1")  # measures that count every class alike
EVEN_HANDED_OF_MANY = ("recall", "f1", "f2", "f05", "jaccard")  # those that are means over more than two
POWERS = (0.0, 0.25, 0.5, 0.75, 1.0)


def calibrate(
    target: Target, probabilities: np.ndarray, truth: np.ndarray, frequency: np.ndarray, metric: str
) -> list[str]:
    """Sets `target.temperature`, `target.doubt` and `target.logit_adjustment`; gives what was done, in words.

    probabilities: (n, m) of the classes present. truth: int64 (n,) as the column has it. frequency: (m,), the share
    of each class present in the training rows. Nothing is done with fewer than 100 rows, except that an even-handed
    measure weighs classes by their inverse frequency, which balanced accuracy is largest at.
    """
    if not target.classes:
        return []
    notes: list[str] = []
    target.doubt = 1 / (len(truth) + 2)  # rule of succession: where no row was wrong, the next may be
    enough = len(truth) >= FEWEST_ROWS
    if enough:
        target.temperature = _temperature(probabilities, target.encode(truth))
        notes.append(f"temperature {target.temperature:.2f}")
    if metric in EVEN_HANDED or (metric in EVEN_HANDED_OF_MANY and len(target.present) > 2):
        power = _power(target, probabilities, truth, frequency, metric) if enough else 1.0
        target.logit_adjustment = (-power * np.log(frequency)).tolist()
        notes.append(f"classes weighed by frequency ^ -{power:g}, for {metrics.load(metric).title}")
    return notes


def _temperature(probabilities: np.ndarray, places: np.ndarray) -> float:
    """What minimises the log loss, between 1/4 and 4; 1 unless the gain is worth having."""
    from scipy.optimize import minimize_scalar

    known = places >= 0
    logits, places = np.log(np.clip(probabilities[known], 1e-12, 1.0)), places[known]

    def loss(log_temperature: float) -> float:
        return float(blending.log_loss(places, softmax(logits / np.exp(log_temperature))).mean())

    found = minimize_scalar(loss, bounds=(-np.log(4), np.log(4)), method="bounded")
    return float(np.exp(found.x)) if found.fun < loss(0.0) else 1.0


def _power(target: Target, probabilities: np.ndarray, truth: np.ndarray, frequency: np.ndarray, metric: str) -> float:
    """The exponent that the measure asked for is best at."""
    measure = metrics.load(metric)
    best, best_score = 1.0, float("nan")
    for power in reversed(POWERS):
        tried = target.model_copy(update={"logit_adjustment": (-power * np.log(frequency)).tolist()})
        score = measure.compute(truth, tried.decode(probabilities))
        if np.isnan(best_score) or measure.better(score, best_score):
            best, best_score = power, score
    return best
